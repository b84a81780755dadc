import { describe, expect, it } from 'vitest'
import { createKeyRing, type KeyRingState, type KeyRingStore, memoryStore } from '../../src/jwks.node.ts'
import { generateKey } from '../../src/node.ts'
import { codeOf, counted, issue, kidOf, makeClock, times, verdict } from './ring-kit.ts'

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
