/** The verified-token cache (R23): a cached decision always equals an uncached one. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Verifier } from '../../src/keys/backend.ts'
import * as nodeApi from '../../src/node.ts'
import { forged, secret, now as start } from '../backends-list.ts'

const key = nodeApi.importSecret(secret)
const verdictOf = (call: () => unknown): unknown => {
  try {
    return call()
  } catch (error) {
    return (error as nodeApi.JwtError).code
  }
}
const policy = { algorithms: ['HS256'], issuer: null, audience: null, leeway: 3, maxAge: '40s' } as const
const tokens = [
  forged({ exp: start + 20, iat: start }),
  forged({ exp: start + 30, iat: start, nbf: start + 5 }),
  forged({ iat: start - 10 }),
  forged({ exp: start + 20, iat: start }, undefined, 'another secret of thirty-two bytes or more'),
  forged({ exp: 'x', iat: start }),
  'a.b.c',
  '',
]

it('equals an uncached decoder under a moving clock, with any bound', () => {
  const step = fc.tuple(fc.integer({ min: -8, max: 12 }), fc.constantFrom(...tokens))
  fc.assert(
    fc.property(
      fc.array(step, { maxLength: 40 }),
      fc.integer({ min: 1, max: 4 }),
      fc.integer({ min: 1, max: 30 }),
      (steps, maxEntries, seconds) => {
        let time = start
        const now = (): number => time
        const cached = nodeApi.createDecoder(key, { ...policy, now, cache: { maxEntries, maxAge: { seconds } } })
        const plain = nodeApi.createDecoder(key, { ...policy, now })
        for (const [move, token] of steps) {
          time += move
          expect(verdictOf(() => cached.decodeComplete(token))).toEqual(verdictOf(() => plain.decodeComplete(token)))
          expect(verdictOf(() => cached.decode(token))).toEqual(verdictOf(() => plain.decode(token)))
        }
      },
    ),
    { numRuns: 300 },
  )
})

/** A Verifier that counts. */
function counting(kid: string): { verifier: Verifier<'HS256', 'sync'>; calls: () => number } {
  const made = nodeApi.node.verifier('HS256', key)
  let calls = 0
  const verify = (input: Uint8Array, signature: Uint8Array): boolean => {
    calls++
    return made.verify(input, signature)
  }
  return { verifier: { algorithm: 'HS256', mode: 'sync', symmetric: true, kid, verify }, calls: () => calls }
}

describe('what is kept', () => {
  const [token] = tokens as [string]
  const waived = { issuer: null, audience: null, now: () => start } as const

  it('spares the signature of a token seen before, and never that of a bad one', () => {
    const { verifier, calls } = counting('k')
    const { decode } = nodeApi.createDecoder(verifier, { ...waived, cache: { maxEntries: 10, maxAge: '1m' } })
    decode(token)
    decode(token)
    expect(calls()).toBe(1)
    for (let i = 0; i < 3; i++) expect(verdictOf(() => decode(tokens[3]!))).toBe('invalid_signature')
    expect(calls()).toBe(4)
  })

  it('is bounded', () => {
    const { verifier, calls } = counting('k')
    const { decode } = nodeApi.createDecoder(verifier, { ...waived, cache: { maxEntries: 4, maxAge: '1m' } })
    const many = Array.from({ length: 20 }, (_, n) => forged({ n }))
    for (const one of many) decode(one)
    for (const one of many) decode(one)
    expect(calls()).toBe(40)
  })

  it('is told apart by its whole text', () => {
    const { decode } = nodeApi.createDecoder(key, { ...waived, algorithms: ['HS256'], cache: { maxEntries: 4, maxAge: '1m' } })
    decode(token)
    const [header, , signature] = token.split('.')
    const changed = Buffer.from(JSON.stringify({ admin: true })).toString('base64url')
    for (const payload of [changed, token.split('.')[1]!.slice(1)]) {
      expect(verdictOf(() => decode(`${header}.${payload}.${signature}`))).toMatch(/^(invalid_signature|malformed_token)$/)
    }
  })

  it.each([
    ['maxAge', 59, 1],
    ['maxAge', 60, 2],
    ['exp', 19, 1, { exp: start + 20 }],
    ['exp, although leeway would grant more', 20, 2, { exp: start + 20 }],
    ['the time it was kept at', -1, 2],
  ] as [string, number, number, object?][])(
    'is not used beyond %s: after %d s the signature is asked for the %d. time',
    (_name, seconds, asked, claims = {}) => {
      const { verifier, calls } = counting('k')
      let time = start
      const cache = { maxEntries: 10, maxAge: '1m' } as const
      const { decode } = nodeApi.createDecoder(verifier, { issuer: null, audience: null, leeway: 30, now: () => time, cache })
      const one = forged(claims)
      decode(one)
      time += seconds
      decode(one)
      expect(calls()).toBe(asked)
    },
  )

  it('stays as long as it is used', () => {
    const { verifier, calls } = counting('k')
    const { decode } = nodeApi.createDecoder(verifier, { ...waived, cache: { maxEntries: 2, maxAge: '1m' } })
    const [a, b, c] = ['a', 'b', 'c'].map((sub) => forged({ sub })) as [string, string, string]
    for (const one of [a, b, a, c, a]) decode(one)
    expect(calls()).toBe(3)
  })

  it('has its signature, whichever function asked first', () => {
    const decoder = nodeApi.createDecoder(key, { ...waived, algorithms: ['HS256'], cache: { maxEntries: 4, maxAge: '1m' } })
    for (let i = 0; i < 3; i++) decoder.decode(forged({ i }))
    decoder.decode(token)
    expect(Buffer.from(decoder.decodeComplete(token).signature).toString('base64url')).toBe(token.split('.')[2])
  })

  it('asks a source with the kid of the token', () => {
    const { verifier, calls } = counting('k')
    const candidates = ({ kid }: { readonly kid?: string }): readonly (typeof verifier)[] => (kid === 'k' ? [verifier] : [])
    const source = { mode: 'sync', algorithms: ['HS256'], candidates } as const
    const { decode } = nodeApi.createDecoder(source, { ...waived, cache: { maxEntries: 4, maxAge: '1m' } })
    const named = forged({}, { alg: 'HS256', kid: 'k' })
    for (let i = 0; i < 3; i++) expect(decode(named)).toEqual({})
    expect(calls()).toBe(1)
  })

  it('dies with the key that vouched for it', () => {
    const first = counting('k')
    let offered: readonly Verifier<'HS256', 'sync'>[] = [first.verifier]
    const source = { mode: 'sync', algorithms: ['HS256'], candidates: () => offered } as const
    const { decode } = nodeApi.createDecoder(source, { ...waived, cache: { maxEntries: 4, maxAge: '1m' } })
    decode(token)
    decode(token)
    expect(first.calls()).toBe(1)
    offered = []
    expect(verdictOf(() => decode(token))).toBe('key_not_found')
    const second = counting('k')
    offered = [second.verifier]
    decode(token)
    expect([first.calls(), second.calls()]).toEqual([1, 1])
  })

  it('cannot be changed by who got it', () => {
    const decoder = nodeApi.createDecoder(key, { ...policy, maxAge: '9h', now: () => start, cache: { maxEntries: 4, maxAge: '1m' } })
    const nested = forged({ iat: start, roles: ['user'], deep: { a: 1 } })
    for (let i = 0; i < 3; i++) {
      const { header, claims, signature } = decoder.decodeComplete(nested) as unknown as {
        header: Record<string, unknown>
        claims: Record<string, any>
        signature: Uint8Array
      }
      expect(() => claims['roles'].push('admin')).toThrow(TypeError)
      expect(() => {
        claims['deep'].a = 2
      }).toThrow(TypeError)
      expect(() => {
        header['alg'] = 'none'
      }).toThrow(TypeError)
      signature.fill(0)
    }
    expect(decoder.decodeComplete(nested).signature.some((byte) => byte !== 0)).toBe(true)
  })

  it.each([
    {},
    null,
    true,
    5,
    { maxEntries: 0, maxAge: '1m' },
    { maxEntries: 5 },
    { maxAge: '1m' },
    { maxEntries: 5, maxAge: 60 },
    { maxEntries: 5, maxAge: '1m', x: 1 },
  ])('the option %j is refused', (cache) => {
    expect(verdictOf(() => nodeApi.createDecoder(key, { ...waived, algorithms: ['HS256'], cache: cache as never }))).toBe('invalid_usage')
    expect(verdictOf(() => nodeApi.decode(token, key, { algorithms: ['HS256'], cache: { maxEntries: 1, maxAge: '1m' } }))).toBe(
      'invalid_usage',
    )
  })
})
