import { describe, expect, it } from 'vitest'
import { createKeyRing, type KeyRingState, type KeyRingStore, memoryStore } from '../../src/jwks.node.ts'
import { createDecoder, createEncoder, generateKey, generateSecret, importJwks } from '../../src/node.ts'
import { codeOf, counted, issue, kidOf, makeClock, undecided, verdict } from './ring-kit.ts'

const times = {
  publishFor: { seconds: 60 },
  tokenLifetime: { seconds: 300 },
  rotateEvery: { seconds: 1000 },
  refresh: { seconds: 10 },
} as const

describe('rotate', () => {
  it('does what is due, over a moving clock', async () => {
    const clock = makeClock()
    const ring = createKeyRing({ algorithm: 'ES256', ...times, now: clock.now })
    const step = (after: number) => {
      clock.to(after)
      const { created, ...rest } = ring.rotate()
      return { ...rest, created: created.length }
    }
    const begun = step(0)
    const [a, b] = [begun.active, begun.pending]
    expect(begun).toEqual({ rotated: false, active: a, pending: b, created: 2, nextAt: clock.start + 1000 })
    const first = issue(ring)
    expect(kidOf(first)).toBe(a)
    expect(step(1)).toMatchObject({ rotated: false, active: a, pending: b, created: 0 })
    expect(step(999.9)).toMatchObject({ rotated: false, active: a, created: 0 })
    const turned = step(1000)
    expect(turned).toMatchObject({ rotated: true, active: b, created: 1, nextAt: clock.start + 2000 })
    expect(ring.jwks().keys.map(({ kid }) => kid)).toEqual([b, turned.pending, a])
    expect(kidOf(issue(ring))).toBe(b)
    clock.to(1299)
    expect(await verdict(ring, first)).toBe('ok')
    clock.to(1300)
    expect(await verdict(ring, first)).toBe('key_not_found')
    expect(ring.keys()).toHaveLength(2)
    expect(step(2000)).toMatchObject({ rotated: true, active: turned.pending, created: 1 })
  })

  it('never lets a key sign that has not been published long enough, but by force', () => {
    const clock = makeClock()
    const ring = createKeyRing({ algorithm: 'ES256', publishFor: '1m', now: clock.now })
    const { active, pending } = ring.rotate()
    clock.to(59)
    expect(ring.rotate()).toMatchObject({ rotated: false, active })
    expect(ring.rotate({ force: true })).toMatchObject({ rotated: true, active: pending })
    clock.to(118)
    expect(ring.rotate()).toMatchObject({ rotated: false, active: pending })
    clock.to(119)
    expect(ring.rotate()).toMatchObject({ rotated: true })
  })

  it('with a store, waits for the processes that look at it only now and then', async () => {
    const clock = makeClock()
    const ring = createKeyRing({ algorithm: 'ES256', store: memoryStore(), publishFor: '1m', refresh: '10s', now: clock.now })
    await ring.rotate()
    clock.to(69)
    expect(await ring.rotate()).toMatchObject({ rotated: false })
    clock.to(70)
    expect(await ring.rotate()).toMatchObject({ rotated: true })
  })

  it('goes on with a clock that went back', async () => {
    const clock = makeClock()
    const ring = createKeyRing({ algorithm: 'ES256', ...times, now: clock.now })
    const { active } = ring.rotate()
    clock.to(1000)
    const next = ring.rotate().active
    const token = issue(ring)
    clock.to(-5000)
    // Both keys are as they were before the rotation, and the ring still signs and verifies.
    expect(kidOf(issue(ring))).toBe(active)
    expect(await verdict(ring, token)).toBe('ok')
    expect(ring.rotate()).toMatchObject({ rotated: false })
    const forced = ring.rotate({ force: true })
    expect(forced.rotated).toBe(true)
    expect(kidOf(issue(ring))).toBe(forced.active)
    clock.to(1001)
    expect(await verdict(ring, token)).toBe('ok')
    expect(kidOf(issue(ring))).toBe(next)
  })

  it.each(['HS256', 'ES256', 'EdDSA'] as const)('makes %s keys and takes over the given first key', async (algorithm) => {
    const key = algorithm === 'HS256' ? generateSecret(algorithm) : generateKey(algorithm)
    const ring = createKeyRing({ algorithm, keys: [{ key, kid: 'mine' }], publishFor: '0s', now: makeClock().now })
    const token = issue(ring)
    expect(ring.rotate()).toMatchObject({ rotated: false, active: 'mine' })
    expect(ring.rotate()).toMatchObject({ rotated: true })
    expect(kidOf(issue(ring))).not.toBe('mine')
    expect(await verdict(ring, token)).toBe('ok')
  })

  it('names secrets at random, never by a hash of theirs', () => {
    const ring = createKeyRing({ algorithm: 'HS256' })
    const { active, pending } = ring.rotate()
    expect(active).toMatch(/^[\w-]{22}$/)
    expect(pending).not.toBe(active)
  })

  it('refuses unknown options', async () => {
    expect(await codeOf(() => createKeyRing({ algorithm: 'ES256' }).rotate({ forced: true } as never))).toBe('invalid_usage')
  })
})

describe('revoke and retire', () => {
  it('a revoked key is refused at once, and the next one signs', async () => {
    const ring = createKeyRing({ algorithm: 'ES256', now: makeClock().now })
    const { active, pending } = ring.rotate()
    const token = issue(ring)
    ring.revoke(active!)
    expect(await verdict(ring, token)).toBe('key_not_found')
    expect(kidOf(issue(ring))).toBe(pending)
    const keys = ring.keys()
    expect(keys.map(({ state }) => state)).toEqual(['revoked', 'active', 'pending'])
    expect(ring.jwks().keys).toHaveLength(2)
    ring.revoke(active!)
    expect(ring.keys()).toEqual(keys)
  })

  it('a ring whose every key was revoked makes a new one that signs at once, also for a clock that lags', async () => {
    const clock = makeClock()
    const ring = createKeyRing({ algorithm: 'ES256', now: clock.now })
    const { active, pending } = ring.rotate()
    ring.revoke(pending!)
    ring.revoke(active!)
    clock.to(-100)
    const kid = kidOf(issue(ring))
    expect([active, pending]).not.toContain(kid)
  })

  it('a retired key verifies for the lifetime of its tokens', async () => {
    const clock = makeClock()
    const ring = createKeyRing({ algorithm: 'ES256', tokenLifetime: '5m', now: clock.now })
    const { active, pending } = ring.rotate()
    const token = issue(ring)
    ring.retire(active!)
    expect(kidOf(issue(ring))).toBe(pending)
    clock.to(299)
    ring.retire(active!)
    expect(await verdict(ring, token)).toBe('ok')
    clock.to(300)
    expect(await verdict(ring, token)).toBe('key_not_found')
  })
})

describe('several processes with one store', () => {
  const rings = (store: KeyRingStore, clock = makeClock(), count = 2, more = {}) =>
    Array.from({ length: count }, () => createKeyRing({ algorithm: 'ES256', store, ...times, now: clock.now, ...more }))

  it('has no key before rotate, and says so', async () => {
    const [ring] = rings(memoryStore())
    expect(await codeOf(() => issue(ring!))).toBe('backend_failure')
    expect(await ring!.jwks()).toEqual({ keys: [] })
  })

  it('begins with the given keys where the store is empty, and only there', async () => {
    const store = memoryStore()
    const key = generateKey('ES256')
    const first = createKeyRing({ keys: [{ key, kid: 'old' }], store })
    expect(await first.rotate()).toMatchObject({ active: 'old', rotated: false })
    const second = createKeyRing({ keys: [{ key: generateKey('ES256'), kid: 'other' }], store })
    expect(await second.rotate()).toMatchObject({ active: 'old' })
    expect((await second.keys()).map(({ kid }) => kid)).not.toContain('other')
  })

  it.each([
    ['at the start', 0, {}],
    ['when it is due', 1000, {}],
    ['by force', 1, { force: true }],
  ] as const)('twenty that rotate at once %s make one rotation', async (_name, after, options) => {
    const clock = makeClock()
    const store = memoryStore()
    const all = rings(store, clock, 20)
    if (after > 0) await all[0]!.rotate()
    clock.to(after)
    const results = await Promise.all(all.map((ring) => ring.rotate(options)))
    const { keys, rotations } = (await store.load())!.state as KeyRingState
    expect(keys).toHaveLength(after > 0 ? 3 : 2)
    expect(rotations).toBe(after > 0 ? 1 : 0)
    expect(results.filter(({ rotated }) => rotated)).toHaveLength(after > 0 ? 1 : 0)
    expect(results.flatMap(({ created }) => created)).toHaveLength(after > 0 ? 1 : 2)
    expect(new Set(results.map(({ active }) => active)).size).toBe(1)
  })

  it('one that lost the race uses what the other made, and makes no key twice', async () => {
    const inner = memoryStore()
    let made = 0
    let hold = true
    const racing: KeyRingStore = {
      load: inner.load,
      save: async (state, expected) => {
        if (hold) {
          hold = false
          await createKeyRing({ algorithm: 'ES256', store: inner, ...times }).rotate()
        }
        return inner.save(state, expected)
      },
    }
    const generate = {
      get crv() {
        made++
        return 'P-256'
      },
    }
    const result = await createKeyRing({ algorithm: 'ES256', store: racing, ...times, generate }).rotate()
    expect(result).toMatchObject({ rotated: false, created: [] })
    expect(made).toBe(2)
    expect(((await inner.load())!.state as KeyRingState).keys).toHaveLength(2)
  })

  it('gives up where it loses every time', async () => {
    const store: KeyRingStore = { load: async () => undefined, save: async () => false }
    const error = await createKeyRing({ algorithm: 'HS256', store })
      .rotate()
      .catch((thrown: unknown) => thrown)
    expect(error).toMatchObject({ code: 'backend_failure', retryable: true })
  })

  it('each verifies what the other signs, before and after it has seen the rotation', async () => {
    const clock = makeClock()
    const [a, b] = rings(memoryStore(), clock) as [ReturnType<typeof rings>[0], ReturnType<typeof rings>[0]]
    await a.rotate()
    expect(kidOf(await issue(b))).toBe(kidOf(await issue(a)))
    clock.to(1000)
    const before = await issue(b)
    await a.rotate()
    const after = await issue(a)
    expect(kidOf(after)).not.toBe(kidOf(before))
    // b has looked a moment ago: it still signs with the old key and knows the new one as pending.
    expect(kidOf(await issue(b))).toBe(kidOf(before))
    expect(await verdict(b, after)).toBe('ok')
    expect(await verdict(a, before)).toBe('ok')
    clock.to(1010)
    expect(kidOf(await issue(b))).toBe(kidOf(after))
  })

  it('a revocation reaches the others within refresh', async () => {
    const clock = makeClock()
    const [a, b] = rings(memoryStore(), clock) as [ReturnType<typeof rings>[0], ReturnType<typeof rings>[0]]
    await a.rotate()
    const token = await issue(b)
    await a.revoke(kidOf(token))
    expect(await verdict(a, token)).toBe('key_not_found')
    clock.to(9.9)
    expect(await verdict(b, token)).toBe('ok')
    clock.to(10)
    expect(await verdict(b, token)).toBe('key_not_found')
  })

  it('looks at the store once a refresh, and for unknown kids once a second', async () => {
    const clock = makeClock()
    const { store, calls } = counted(memoryStore())
    const [ring] = rings(store, clock) as [ReturnType<typeof rings>[0]]
    await ring.rotate()
    const token = await issue(ring)
    const foreign = issue(createKeyRing({ keys: [generateKey('ES256')] }))
    calls.load = 0
    await Promise.all(Array.from({ length: 100 }, () => verdict(ring, token)))
    expect(calls.load).toBe(0)
    await Promise.all(Array.from({ length: 100 }, () => verdict(ring, foreign)))
    expect(calls.load).toBe(1)
    clock.to(1)
    for (let i = 0; i < 100; i++) await verdict(ring, foreign)
    expect(calls.load).toBe(2)
    clock.to(11)
    await Promise.all(Array.from({ length: 100 }, () => verdict(ring, token)))
    expect(calls.load).toBe(3)
  })

  it('sees a key that was forced elsewhere at the first token of it', async () => {
    const clock = makeClock()
    const [a, b] = rings(memoryStore(), clock) as [ReturnType<typeof rings>[0], ReturnType<typeof rings>[0]]
    await a.rotate()
    await b.jwks()
    await a.rotate({ force: true })
    await a.rotate({ force: true })
    expect(await verdict(b, await issue(a))).toBe('ok')
  })

  it('two algorithms share a store; each process rotates its own', async () => {
    const clock = makeClock()
    const store = memoryStore()
    const old = createKeyRing({ algorithm: 'ES256', store, ...times, now: clock.now })
    await old.rotate()
    const next = createKeyRing({ algorithm: 'EdDSA', algorithms: ['EdDSA', 'ES256'], store, ...times, now: clock.now })
    await next.rotate()
    const tokens = [await issue(old), await issue(next)]
    expect(await Promise.all(tokens.map((token) => verdict(next, token)))).toEqual(['ok', 'ok'])
    expect((await next.jwks()).keys.map(({ alg }) => alg).sort()).toEqual(['ES256', 'ES256', 'EdDSA', 'EdDSA'])
    // The old process knows nothing of EdDSA and is not disturbed by it.
    clock.to(1000)
    expect(await old.rotate()).toMatchObject({ rotated: true })
    expect(await verdict(old, tokens[1]!)).toBe('algorithm_not_allowed')
  })
})

describe('under load', () => {
  it.each(['HS256', 'ES256'] as const)(
    'ten thousand %s tokens while the key rotates every few milliseconds',
    async (algorithm) => {
      const quick = { publishFor: '0s', tokenLifetime: '1h', refresh: { seconds: 0.001 } } as const
      const store = memoryStore()
      const rotating = createKeyRing({ algorithm, store, ...quick })
      const signing = createKeyRing({ algorithm, store, ...quick })
      await rotating.rotate()
      const encoder = createEncoder(signing, undecided)
      let busy = true
      let rotations = 0
      const turning = (async () => {
        // A published set of more than a thousand keys would be refused by those who read it.
        while (busy && rotations < 400) {
          if ((await rotating.rotate({ force: true })).rotated) rotations++
          await new Promise((resolve) => setTimeout(resolve, 3))
        }
      })()
      const tokens: string[] = []
      while (tokens.length < 10_000) {
        const batch = await Promise.all(Array.from({ length: 100 }, (_, index) => encoder.encode({ sub: String(index) })))
        tokens.push(...batch)
        await new Promise((resolve) => setImmediate(resolve))
      }
      busy = false
      await turning
      const kids = new Set(tokens.map(kidOf))
      expect(rotations).toBeGreaterThan(20)
      expect(kids.size).toBeGreaterThan(10)
      const decoder = createDecoder(rotating, undecided)
      for (const token of tokens) await decoder.decode(token)
      if (algorithm === 'HS256') return
      const published = importJwks(await rotating.jwks())
      expect(published.skipped).toEqual([])
      const outside = createDecoder(published, { ...undecided, algorithms: [algorithm] })
      for (const token of tokens) outside.decode(token)
    },
    120_000,
  )
})
