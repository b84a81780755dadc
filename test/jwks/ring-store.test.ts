import { describe, expect, it } from 'vitest'
import { createKeyRing, type KeyRingStore, memoryStore } from '../../src/jwks.node.ts'
import { codeOf, issue, makeClock, verdict } from './ring-kit.ts'

async function filled() {
  const store = memoryStore()
  await createKeyRing({ algorithm: 'ES256', store }).rotate()
  return JSON.parse(JSON.stringify((await store.load())!.state))
}

describe('a stored state that is damaged', () => {
  const rows: readonly [string, (state: any) => unknown][] = [
    ['null', () => null],
    ['text', () => 'text'],
    ['an array', () => []],
    ['another format', (state) => ({ ...state, format: 2 })],
    ['no rotations', (state) => ({ ...state, rotations: -0.5 })],
    ['keys that are none', (state) => ({ ...state, keys: {} })],
    ['too many keys', (state) => ({ ...state, keys: Array.from({ length: 10_001 }, () => state.keys[0]) })],
    ['a key that is none', (state) => ({ ...state, keys: [null] })],
    ['one kid twice', (state) => ({ ...state, keys: [state.keys[0], state.keys[0]] })],
    ['an empty kid', (state) => edit(state, { kid: '' })],
    ['a time in text', (state) => edit(state, { activateAt: '0' })],
    ['no createdAt', (state) => edit(state, { createdAt: undefined })],
    ['a private key as the public one', (state) => edit(state, { publicJwk: state.keys[0].privateJwk })],
    ['a public key as the private one', (state) => edit(state, { privateJwk: state.keys[0].publicJwk })],
    ['halves of two keys', (state) => edit(state, { publicJwk: state.keys[1].publicJwk })],
    ['no key at all', (state) => edit(state, { publicJwk: undefined, privateJwk: undefined })],
    [
      'a secret for a public-key algorithm',
      (state) => edit(state, { publicJwk: undefined, privateJwk: { kty: 'oct', k: 'A'.repeat(43) } }),
    ],
    ['a point off its curve', (state) => edit(state, { publicJwk: { ...state.keys[0].publicJwk, y: state.keys[0].publicJwk.x } })],
    ['another algorithm than its key', (state) => edit(state, { algorithm: 'ES384' })],
  ]
  const edit = (state: any, change: object, live: object = {}) => {
    const copy = JSON.parse(JSON.stringify({ ...state, keys: [{ ...state.keys[0], ...change }, state.keys[1]] }))
    Object.assign(copy.keys[0], live)
    return copy
  }

  it.each(rows)('%s: a typed error that repeats nothing of it', async (_name, damage) => {
    const state = damage(await filled())
    const store: KeyRingStore = { load: async () => ({ state, version: '1' }), save: async () => true }
    const ring = createKeyRing({ algorithm: 'ES256', store })
    for (const call of [
      () => issue(ring),
      () => ring.jwks(),
      () => ring.rotate(),
      () => ring.keys(),
      () => ring.candidates({ alg: 'ES256' }),
    ]) {
      const error = (await (async (): Promise<unknown> => call())().catch((thrown: unknown) => thrown)) as Error & { detail: object }
      expect(error).toMatchObject({ code: 'backend_failure', retryable: false })
      expect(error.message + JSON.stringify(error.detail)).not.toMatch(/[\w-]{40}/)
    }
  })

  const fault = new RangeError('trap')
  const trap = (): never => {
    throw fault
  }
  const hostile = (target: object) => new Proxy(target, { get: trap, ownKeys: trap, getPrototypeOf: trap })
  const traps: readonly [string, (state: any) => unknown][] = [
    ['all that is stored', () => hostile({})],
    ['the state', () => ({ state: hostile({}), version: '1' })],
    ['the list of keys', (state) => ({ state: { ...state, keys: hostile([]) }, version: '1' })],
    ['a key', (state) => ({ state: { ...state, keys: [hostile({})] }, version: '1' })],
    ['a JWK', (state) => ({ state: { ...state, keys: [{ ...state.keys[0], publicJwk: hostile({}) }] }, version: '1' })],
    ['what the JWK holds', (state) => ({ state: edit(state, {}, { publicJwk: Object.defineProperty({}, 'x', trapped) }), version: '1' })],
  ]
  const trapped = { get: trap, enumerable: true }
  it.each(traps)('%s throws when it is read: the cause is kept', async (_name, loaded) => {
    const state = await filled()
    const ring = createKeyRing({ algorithm: 'ES256', store: { load: async () => loaded(state) as never, save: async () => true } })
    await expect(ring.jwks()).rejects.toMatchObject({ code: 'backend_failure', cause: fault })
    await expect(ring.rotate()).rejects.toMatchObject({ code: 'backend_failure', cause: fault })
  })

  it('what the store does with its object afterwards changes nothing', async () => {
    const state = await filled()
    const ring = createKeyRing({ algorithm: 'ES256', store: { load: async () => ({ state, version: '1' }), save: async () => true } })
    const token = await issue(ring)
    for (const key of state.keys) key.removeAt = 0
    state.keys.length = 0
    expect(await verdict(ring, token)).toBe('ok')
    expect(await issue(ring)).toBeTypeOf('string')
  })

  it('the state as it was written is not', async () => {
    const state = await filled()
    const ring = createKeyRing({ algorithm: 'ES256', store: { load: async () => ({ state, version: '1' }), save: async () => true } })
    expect(await verdict(ring, await issue(ring))).toBe('ok')
  })

  it('keys of an algorithm that this version does not know are left alone', async () => {
    const state = await filled()
    state.keys.push({ kid: 'new', algorithm: 'ML-DSA-65', createdAt: 1, publicJwk: { kty: 'AKP' } })
    const ring = createKeyRing({ algorithm: 'ES256', store: { load: async () => ({ state, version: '1' }), save: async () => true } })
    expect((await ring.jwks()).keys).toHaveLength(2)
    expect((await ring.keys()).map(({ kid }) => kid)).toContain('new')
  })
})

describe('a store that fails', () => {
  const never = () => new Promise<never>(() => undefined)
  const rows: readonly [string, Partial<KeyRingStore>, boolean][] = [
    [
      'load throws',
      {
        load: () => {
          throw new TypeError('secret')
        },
      },
      true,
    ],
    ['load rejects', { load: async () => Promise.reject(new Error('secret')) }, true],
    ['load hangs', { load: never }, true],
    ['load gives no version', { load: async () => ({ state: {}, version: '' }) }, false],
    [
      'save throws',
      {
        save: async () => {
          throw new Error('secret')
        },
      },
      true,
    ],
    ['save hangs', { save: never }, true],
    ['save gives no answer', { save: async () => undefined as never }, false],
  ]
  it.each(rows)('%s', async (_name, change, retryable) => {
    const ring = createKeyRing({ algorithm: 'HS256', store: { ...memoryStore(), ...change }, deadline: { seconds: 0.05 } })
    const error = await ring.rotate().catch((thrown: unknown) => thrown)
    expect(error).toMatchObject({ code: 'backend_failure', retryable })
    expect((error as Error).message).not.toContain('secret')
  })

  it('leaves the last good state in use, for as long as was said', async () => {
    const clock = makeClock()
    const inner = memoryStore()
    let isDown = false
    let loads = 0
    const store: KeyRingStore = {
      load: async () => {
        loads++
        if (isDown) throw new Error('down')
        return inner.load()
      },
      save: inner.save,
    }
    const ring = createKeyRing({ algorithm: 'ES256', store, refresh: '10s', staleFor: '60s', now: clock.now })
    await ring.rotate()
    const token = await issue(ring)
    isDown = true
    loads = 0
    const rows = [
      [9, 'ok', 0],
      [10, 'ok', 1],
      [19, 'ok', 1],
      [20, 'ok', 2],
      [69, 'ok', 3],
      [80, 'backend_failure', 4],
    ] as const
    for (const [after, expected, asked] of rows) {
      clock.to(after)
      expect([after, await verdict(ring, token), loads]).toEqual([after, expected, asked])
    }
    isDown = false
    expect(await verdict(ring, token)).toBe('ok')
  })

  it('an answer that comes late does not replace a newer state', async () => {
    const clock = makeClock()
    const inner = memoryStore()
    let release = (): void => undefined
    let isSlow = false
    const store: KeyRingStore = {
      load: async () => {
        const found = await inner.load()
        if (isSlow) {
          isSlow = false
          await new Promise<void>((resolve) => {
            release = resolve
          })
        }
        return found
      },
      save: inner.save,
    }
    const ring = createKeyRing({ algorithm: 'ES256', store, refresh: '10s', now: clock.now })
    const { active } = await ring.rotate()
    const token = await issue(ring)
    clock.to(10)
    isSlow = true
    const late = ring.jwks()
    await new Promise((resolve) => setTimeout(resolve, 5))
    await ring.revoke(active!)
    release()
    await late
    expect(await verdict(ring, token)).toBe('key_not_found')
    expect(await codeOf(() => ring.candidates({ alg: 'ES256' }))).toBe('nothing thrown')
  })
})
