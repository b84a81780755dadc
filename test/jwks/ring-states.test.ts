import { describe, expect, it } from 'vitest'
import { type KeyState, type StoredKey, statesAt } from '../../src/jwks/ring/state.ts'
import { createKeyRing } from '../../src/jwks.node.ts'
import { generateKey, generateSecret, importKey, jwkThumbprint } from '../../src/node.ts'
import { codeOf, issue, kidOf, makeClock, statesOf, verdict } from './ring-kit.ts'

const ec = generateKey('ES256')
const other = generateKey('ES256')

describe('the state of a key follows from its times', () => {
  const key = (times: Partial<StoredKey>): StoredKey => ({ kid: 'k', algorithm: 'ES256', createdAt: 0, ...times })
  const whole = { activateAt: 100, retireAt: 200, removeAt: 300 }
  const rows: readonly [Partial<StoredKey>, number, KeyState | undefined][] = [
    [{}, 0, 'pending'],
    [{}, 1e9, 'pending'],
    [whole, 99.999, 'pending'],
    [whole, 100, 'active'],
    [whole, 199.999, 'active'],
    [whole, 200, 'retiring'],
    [whole, 299.999, 'retiring'],
    [whole, 300, undefined],
    [{ activateAt: 0 }, 0, 'active'],
    [{ ...whole, revokedAt: 150 }, 160, 'revoked'],
    // A clock that went back behind a revocation does not undo it.
    [{ ...whole, revokedAt: 150 }, 120, 'revoked'],
    [{ ...whole, revokedAt: 150 }, 300, undefined],
    // Rotated by a process whose clock lagged: it has retired before it became active.
    [{ activateAt: 200, retireAt: 190, removeAt: 300 }, 195, 'retiring'],
  ]
  it.each(rows)('%j at %d is %s', (times, now, expected) => {
    const subject = key(times)
    expect(statesAt([subject], now).get(subject)).toBe(expected)
  })

  it('one key of an algorithm is active: the last to become so, and the first listed of equals', () => {
    const keys = [
      key({ kid: 'a', activateAt: 10 }),
      key({ kid: 'b', activateAt: 20 }),
      key({ kid: 'c', activateAt: 20 }),
      key({ kid: 'd', algorithm: 'ES384', activateAt: 1 }),
    ]
    const at = (now: number) => [...statesAt(keys, now)].map(([{ kid }, state]) => `${kid}:${state}`).sort()
    expect(at(15)).toEqual(['a:active', 'b:pending', 'c:pending', 'd:active'])
    expect(at(25)).toEqual(['a:retiring', 'b:active', 'c:retiring', 'd:active'])
  })
})

describe('a ring without a store', () => {
  it('answers at once, signs with the first key and verifies with all', async () => {
    const ring = createKeyRing({ keys: [ec, other] })
    const token: string = issue(ring)
    expect(ring.algorithm).toBe('ES256')
    expect(kidOf(token)).toBe(jwkThumbprint(ec))
    expect(await verdict(ring, token)).toBe('ok')
    const second = issue(createKeyRing({ keys: [other] }))
    expect(await verdict(ring, second)).toBe('ok')
    expect(await verdict(ring, issue(createKeyRing({ keys: [generateKey('ES256')] })))).toBe('key_not_found')
  })

  const clock = makeClock()
  const { start } = clock
  const entries = [
    { key: ec, kid: 'first', activateAt: start, retireAt: start + 100, removeAt: start + 150 },
    { key: other, kid: 'second', activateAt: start + 100 },
  ]
  const timeline: readonly [number, string, readonly string[]][] = [
    [0, 'first', ['first:active', 'second:pending']],
    [99, 'first', ['first:active', 'second:pending']],
    [100, 'second', ['first:retiring', 'second:active']],
    [149, 'second', ['first:retiring', 'second:active']],
    [150, 'second', ['second:active']],
    // Back again: what the clock says is what holds.
    [50, 'first', ['first:active', 'second:pending']],
  ]
  const ring = createKeyRing({ keys: entries, now: clock.now })
  it.each(timeline)('by its times, after %d seconds %s signs', (after, kid, states) => {
    clock.to(after)
    expect(kidOf(issue(ring))).toBe(kid)
    expect(statesOf(ring.keys())).toEqual(states)
    expect(ring.jwks().keys.map((key) => key.kid)).toEqual([
      kid,
      ...states.map((text) => text.split(':')[0]!).filter((name) => name !== kid),
    ])
  })

  it('has no key to sign with before the first activates', async () => {
    clock.to(-1)
    expect(await codeOf(() => issue(ring))).toBe('backend_failure')
  })

  const states: readonly [KeyState, string, boolean][] = [
    ['pending', 'ok', true],
    ['active', 'ok', true],
    ['retiring', 'ok', true],
    ['revoked', 'key_not_found', false],
  ]
  it.each(states)('a token of a %s key: %s', async (state, expected, isPublished) => {
    const token = issue(createKeyRing({ keys: [{ key: other, kid: 'x' }] }))
    const judge = createKeyRing({ keys: [ec, { key: other, kid: 'x', state }] })
    expect(await verdict(judge, token)).toBe(expected)
    expect(judge.jwks().keys.some(({ kid }) => kid === 'x')).toBe(isPublished)
  })

  it('a public key verifies and never signs', async () => {
    const ring = createKeyRing({ keys: [ec.publicKey] })
    expect(await verdict(ring, issue(createKeyRing({ keys: [ec] })))).toBe('ok')
    expect(await codeOf(() => issue(ring))).toBe('backend_failure')
  })

  it('a token of another algorithm, or of none of the ring, finds no key', async () => {
    const ring = createKeyRing({ keys: [ec] })
    expect(await verdict(ring, issue(createKeyRing({ algorithm: 'EdDSA', keys: [generateKey('EdDSA')] })))).toBe('algorithm_not_allowed')
    expect(ring.candidates({ alg: 'ES384' })).toEqual([])
    expect(ring.candidates({ alg: 'ES256' })).toHaveLength(1)
  })

  it('verifies two algorithms while one replaces the other', async () => {
    const old = issue(createKeyRing({ keys: [ec] }))
    const ring = createKeyRing({ algorithm: 'EdDSA', keys: [generateKey('EdDSA'), { key: ec, algorithm: 'ES256', state: 'retiring' }] })
    expect(ring.algorithms).toEqual(['EdDSA', 'ES256'])
    expect(await verdict(ring, old)).toBe('ok')
    expect(await verdict(ring, issue(ring))).toBe('ok')
  })
})

describe('what a ring does not take', () => {
  const secret = generateSecret('HS256')
  const signer = { ...(createKeyRing({ keys: [ec] }).snapshot() as object) }
  const rows: readonly [string, unknown, string][] = [
    ['no options', undefined, 'invalid_usage'],
    ['neither algorithm nor keys', {}, 'invalid_usage'],
    ['an unknown option', { algorithm: 'ES256', rotation: 1 }, 'invalid_usage'],
    ['an undefined option', { algorithm: 'ES256', store: undefined }, 'invalid_usage'],
    ['an unknown algorithm', { algorithm: 'es256' }, 'invalid_usage'],
    ['none', { algorithm: 'none' }, 'invalid_usage'],
    ['an algorithm list without its own', { algorithm: 'ES256', algorithms: ['ES384'] }, 'invalid_usage'],
    ['secrets beside public keys', { algorithm: 'ES256', algorithms: ['ES256', 'HS256'] }, 'invalid_usage'],
    ['no keys', { keys: [] }, 'invalid_usage'],
    ['a key as text', { keys: ['secret'] }, 'invalid_usage'],
    ['a key that serves several algorithms', { keys: [generateKey('EdDSA')] }, 'invalid_usage'],
    ['a secret without a kid', { algorithm: 'HS256', keys: [secret] }, 'invalid_usage'],
    [
      'one kid for two keys',
      {
        keys: [
          { key: ec, kid: 'k' },
          { key: other, kid: 'k' },
        ],
      },
      'invalid_usage',
    ],
    ['the same key twice', { keys: [ec, ec] }, 'invalid_usage'],
    ['a state and times', { keys: [{ key: ec, state: 'active', activateAt: 0 }] }, 'invalid_usage'],
    ['an unknown state', { keys: [{ key: ec, state: 'expired' }] }, 'invalid_usage'],
    ['a time in NaN', { keys: [{ key: ec, activateAt: Number.NaN }] }, 'invalid_usage'],
    ['a time in milliseconds of the far future', { keys: [{ key: ec, activateAt: 1e15 }] }, 'invalid_usage'],
    ['an active public key', { keys: [{ key: ec.publicKey, state: 'active' }] }, 'invalid_usage'],
    ['a key that does not fit', { algorithm: 'ES384', keys: [ec] }, 'invalid_key'],
    ['a bare number for a duration', { algorithm: 'ES256', publishFor: 60 }, 'invalid_usage'],
    ['a store without save', { algorithm: 'ES256', store: { load: async () => undefined } }, 'invalid_usage'],
    ['create without open', { algorithm: 'ES256', create: () => ({ reference: 1 }) }, 'invalid_usage'],
    ['secrets made elsewhere', { algorithm: 'HS256', create: () => 1, open: () => 1 }, 'invalid_usage'],
    ['a Signer and a store', { keys: [signer], store: { load: async () => undefined, save: async () => true } }, 'invalid_usage'],
    ['a clock that is none', { keys: [ec], now: () => Number.NaN }, 'invalid_usage'],
    [
      'a clock that throws',
      {
        keys: [ec],
        now: () => {
          throw new RangeError('text')
        },
      },
      'invalid_usage',
    ],
    ['a secret too short', { algorithm: 'HS256', keys: [importKey(new Uint8Array(8).fill(7))] }, 'invalid_usage'],
    ['a named secret too short', { keys: [{ key: importKey(new Uint8Array(8).fill(7)), kid: 'k', algorithm: 'HS256' }] }, 'invalid_key'],
  ]
  it.each(rows)('%s', async (_name, options, code) => {
    expect(await codeOf(() => createKeyRing(options as never))).toBe(code)
  })

  it.each([['retire'], ['revoke']] as const)('%s of a kid that it does not have', async (name) => {
    const ring = createKeyRing({ keys: [ec] })
    expect(await codeOf(() => ring[name]('unknown'))).toBe('invalid_usage')
    expect(await codeOf(() => ring[name](undefined as never))).toBe('invalid_usage')
  })
})
