import { describe, expect, it } from 'vitest'
import { isJwtError } from '../../src/core/errors.ts'
import type { PrivateJwk, PublicJwk, PublicKey } from '../../src/index.node.ts'
import { createDecoder, createEncoder, decode, encode, exportJwk, generateKey, generateSecret } from '../../src/index.node.ts'

const secret = generateSecret('HS256')
const privateKey = generateKey('ES256')
const { publicKey } = privateKey
const allowed = { algorithms: ['ES256'] }

/** Each thing that does not compile (api.test-d.ts), done all the same. */
const rows: readonly (readonly [what: string, code: string, call: () => unknown])[] = [
  ['no algorithms', 'invalid_usage', () => decode('a.b.c', publicKey, {} as never)],
  ['algorithms as text', 'invalid_usage', () => decode('a.b.c', publicKey, { algorithms: 'ES256' } as never)],
  ['no algorithm', 'invalid_usage', () => encode({}, secret, {} as never)],
  ['a public key that signs', 'invalid_key', () => encode({}, publicKey as never, { algorithm: 'ES256' })],
  ['a public JWK that signs', 'invalid_key', () => encode({}, exportJwk(publicKey) as unknown as PrivateJwk, { algorithm: 'ES256' })],
  ['a private key that verifies', 'invalid_key', () => decode('a.b.c', privateKey as unknown as PublicKey, allowed)],
  ['a private JWK that verifies', 'invalid_key', () => decode('a.b.c', exportJwk(privateKey) as unknown as PublicJwk, allowed)],
  ['a numeric lifetime', 'invalid_usage', () => encode({}, secret, { algorithm: 'HS256', expiresIn: 900 } as never)],
  ['a numeric age', 'invalid_usage', () => decode('a.b.c', publicKey, { ...allowed, maxAge: 900 } as never)],
  ['a duration without unit', 'invalid_usage', () => encode({}, secret, { algorithm: 'HS256', expiresIn: '15' } as never)],
  ['a decoder without issuer and audience', 'invalid_usage', () => createDecoder(publicKey, allowed as never)],
  ['a decoder without audience', 'invalid_usage', () => createDecoder(publicKey, { ...allowed, issuer: null } as never)],
  ['an encoder without issuer and audience', 'invalid_usage', () => createEncoder(privateKey, { algorithm: 'ES256' } as never)],
  ['an option that is undefined', 'invalid_usage', () => decode('a.b.c', publicKey, { ...allowed, audience: undefined } as never)],
]

describe('what does not compile is refused at run time too', () => {
  it.each(rows)('%s: %s', (_what, code, call) => {
    let thrown: unknown
    try {
      call()
    } catch (error) {
      thrown = error
    }
    expect(isJwtError(thrown) && thrown.code).toBe(code)
  })
})
