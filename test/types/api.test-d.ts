import { createPrivateKey, type KeyObject, type webcrypto as nodeWebcrypto } from 'node:crypto'
import type { StandardSchemaV1 } from '@standard-schema/spec'
import { assertType, describe, expectTypeOf, it } from 'vitest'
import type {
  Claims,
  ClaimsSchema,
  Decoder,
  Encoder,
  In,
  Mode,
  PrivateKey,
  PublicKey,
  SecretKey,
  Signer,
  Verifier,
} from '../../src/index.node.ts'
import { createDecoder, createEncoder, decode, encode, generateKey, generateSecret, importKey, tryDecode } from '../../src/index.node.ts'
import { decodeUnverified } from '../../src/unverified.ts'
import * as webcrypto from '../../src/webcrypto.ts'

declare const secret: SecretKey
declare const privateKey: PrivateKey
declare const publicKey: PublicKey
declare const keyObject: KeyObject
declare const cryptoKey: nodeWebcrypto.CryptoKey
declare const syncSigner: Signer<'ES256', 'sync'>
declare const asyncSigner: Signer<'ES256', 'async'>
declare const anySigner: Signer
declare const asyncVerifier: Verifier<'ES256', 'async'>
declare const schema: StandardSchemaV1<unknown, { sub: string; roles: string[] }>
const es256 = { algorithm: 'ES256' } as const
const allowed = { algorithms: ['ES256'] } as const
const decided = { issuer: null, audience: null } as const

describe('sync and async', () => {
  it('a sync key gives a value, an async one a promise, an unknown one both', () => {
    expectTypeOf(encode({}, secret, { algorithm: 'HS256' })).toEqualTypeOf<string>()
    expectTypeOf(encode({}, 'text', { algorithm: 'HS256' })).toEqualTypeOf<string>()
    expectTypeOf(encode({}, privateKey, es256)).toEqualTypeOf<string>()
    expectTypeOf(encode({}, keyObject, es256)).toEqualTypeOf<string>()
    expectTypeOf(encode({}, createPrivateKey('pem'), es256)).toEqualTypeOf<string>()
    expectTypeOf(encode({}, syncSigner)).toEqualTypeOf<string>()
    expectTypeOf(encode({}, asyncSigner)).toEqualTypeOf<Promise<string>>()
    expectTypeOf(encode({}, cryptoKey, es256)).toEqualTypeOf<Promise<string>>()
    expectTypeOf(encode({}, anySigner)).toEqualTypeOf<string | Promise<string>>()
    expectTypeOf(decode('', publicKey, allowed)).toEqualTypeOf<Claims>()
    expectTypeOf(decode('', asyncVerifier, {})).toEqualTypeOf<Promise<Claims>>()
    expectTypeOf(decode('', cryptoKey, allowed)).toEqualTypeOf<Promise<Claims>>()
    expectTypeOf(webcrypto.encode({}, secret, { algorithm: 'HS256' })).toEqualTypeOf<Promise<string>>()
    expectTypeOf(webcrypto.generateKey('ES256')).toEqualTypeOf<Promise<PrivateKey>>()
    expectTypeOf(generateKey('ES256')).toEqualTypeOf<PrivateKey>()
    expectTypeOf(generateSecret('HS256')).toEqualTypeOf<SecretKey>()
    expectTypeOf(createDecoder(publicKey, { ...allowed, ...decided })).toEqualTypeOf<Decoder<'sync'>>()
    expectTypeOf(createDecoder(asyncVerifier, decided)).toEqualTypeOf<Decoder<'async'>>()
    expectTypeOf(createEncoder(asyncSigner, decided)).toEqualTypeOf<Encoder<'async'>>()
    expectTypeOf<In<Mode, string>>().toEqualTypeOf<string | Promise<string>>()
  })

  it('a Standard Schema types the claims, and nothing else does', () => {
    assertType<ClaimsSchema>(schema)
    expectTypeOf(decode('', publicKey, { ...allowed, schema })).toEqualTypeOf<{ sub: string; roles: string[] }>()
    expectTypeOf(createDecoder(asyncVerifier, { ...decided, schema }).decode('')).toEqualTypeOf<Promise<{ sub: string; roles: string[] }>>()
    const result = tryDecode('', publicKey, allowed)
    if (result.ok) expectTypeOf(result.claims.exp).toEqualTypeOf<number | undefined>()
    expectTypeOf(decode('', publicKey, allowed)['roles']).toEqualTypeOf<unknown>()
  })

  it('importKey says what it gives', () => {
    expectTypeOf(importKey(new Uint8Array(32))).toEqualTypeOf<SecretKey>()
    expectTypeOf(importKey('pem', { type: 'private' })).toEqualTypeOf<PrivateKey>()
    expectTypeOf(importKey({ kty: 'oct', k: '' })).toEqualTypeOf<SecretKey>()
    expectTypeOf(importKey({ kty: 'EC', crv: 'P-256', x: '', y: '', d: '' })).toEqualTypeOf<PrivateKey>()
    expectTypeOf(importKey({ kty: 'EC', crv: 'P-256', x: '', y: '' })).toEqualTypeOf<PublicKey>()
    expectTypeOf(importKey(cryptoKey, { type: 'public' })).toEqualTypeOf<PublicKey<'async'>>()
  })
})

describe('what does not compile', () => {
  const claims = (verified: Claims): unknown => verified

  it('is also refused at run time, by test/types/refused.test.ts', () => {
    // @ts-expect-error algorithms is required
    decode('', publicKey, {})
    // @ts-expect-error algorithms is a list
    decode('', publicKey, { algorithms: 'ES256' })
    // @ts-expect-error algorithm is required
    encode({}, secret, {})
    // @ts-expect-error a public key cannot sign
    encode({}, publicKey, es256)
    // @ts-expect-error a public JWK cannot sign
    encode({}, { kty: 'EC', crv: 'P-256', x: '', y: '' }, es256)
    // @ts-expect-error a private key does not verify
    decode('', privateKey, allowed)
    // @ts-expect-error a private JWK does not verify
    decode('', { kty: 'EC', crv: 'P-256', x: '', y: '', d: '' }, allowed)
    // @ts-expect-error a duration is no bare number
    encode({}, secret, { algorithm: 'HS256', expiresIn: 900 })
    // @ts-expect-error a duration is no bare number
    decode('', publicKey, { ...allowed, maxAge: 900 })
    // @ts-expect-error a duration has a unit
    encode({}, secret, { algorithm: 'HS256', expiresIn: '15' })
    // @ts-expect-error a decoder decides on issuer and audience
    createDecoder(publicKey, allowed)
    // @ts-expect-error a decoder decides on audience
    createDecoder(publicKey, { ...allowed, issuer: null })
    // @ts-expect-error an encoder decides on issuer and audience
    createEncoder(privateKey, es256)
    // @ts-expect-error an option present but undefined
    decode('', publicKey, { ...allowed, audience: undefined })
    // @ts-expect-error unverified claims are not claims
    claims(decodeUnverified('').claims)
    // @ts-expect-error unverified tokens are not claims
    claims(decodeUnverified(''))
    // @ts-expect-error no type parameter merely asserts
    decode<PublicKey, { sub: string }>('', publicKey, allowed)
    // @ts-expect-error the caller waits for an async decoder
    claims(decode('', asyncVerifier, {}))
  })
})
