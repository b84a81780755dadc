/** What one-call functions keep for key text and options: a kept answer always equals a new one. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createPreparedCache } from '../../src/api/prepared-cache.ts'
import * as nodeApi from '../../src/node.ts'
import { forged, now, secret, verdict } from '../backends-list.ts'

/** What an encoder or decoder would be made of: all that can be seen of the options. */
function seen(options: unknown): string {
  if (typeof options !== 'object' || options === null) return String(options)
  const members = Reflect.ownKeys(options).map((name) => [String(name), show((options as Record<PropertyKey, unknown>)[name])])
  return JSON.stringify([typeof options, members])
}

const isLasting = (key: unknown): key is object => key instanceof Key
class Key {}

const functions = [() => 1, () => 2]
const show = (value: unknown): unknown => (typeof value === 'function' ? `function ${functions.indexOf(value as never)}` : value)

const value = fc.oneof(
  fc.constantFrom('a', 'b', '', 1, 0, true, false, null, undefined, ...functions),
  fc.array(fc.constantFrom<unknown>('a', 'b', 1, null, ['a']), { maxLength: 2 }),
  fc.record({ a: fc.constantFrom('x', 'y') }),
)
const names = fc.constantFrom('a', 'b', 'c', '__proto__')
const options = fc.oneof(
  fc.array(fc.tuple(names, value), { maxLength: 3 }).map((members) => {
    const made = {}
    for (const [name, member] of members) Object.defineProperty(made, name, { value: member, enumerable: true, configurable: true })
    return made
  }),
  fc.constantFrom<unknown>(undefined, null, 'a', 5, ['a'], [], new Date(0)),
)
const key = fc.constantFrom<unknown>('k', 'l', '', undefined, 5)

it('gives what would be made anew, for any options in any order', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(key, options), { minLength: 1, maxLength: 12 }), (calls) => {
      const cache = createPreparedCache<string>(isLasting)
      for (const [k, o] of calls) expect(cache.of(k, o, (read) => `${String(k)} ${seen(read)}`)).toBe(`${String(k)} ${seen(o)}`)
    }),
    { numRuns: 2000 },
  )
})

describe('a prepared value', () => {
  const calls = (): { of: (key: unknown, options: unknown) => number } => {
    const cache = createPreparedCache<number>(isLasting)
    let made = 0
    return { of: (k, o) => cache.of(k, o, () => ++made) }
  }

  it('is made once for the same text, whatever object holds it', () => {
    const { of } = calls()
    expect([of('k', { a: ['x', 'y'], b: 1 }), of('k', { a: ['x', 'y'], b: 1 }), of('k', { b: 1, a: ['x', 'y'] })]).toEqual([1, 1, 2])
  })

  it('does not follow an object that is changed afterwards', () => {
    const { of } = calls()
    const list = ['x']
    const given = { a: list, b: 1, c: { d: 1, e: ['x'] } }
    expect(of('k', given)).toBe(1)
    list[0] = 'y'
    expect(of('k', given)).toBe(2)
    given.b = 2
    expect(of('k', given)).toBe(3)
    given.c.e[0] = 'z'
    expect(of('k', given)).toBe(4)
    expect(of('k', { a: ['x'], b: 1, c: { d: 1, e: ['x'] } })).toBe(1)
  })

  // Whoever holds it may change it between two calls.
  const shared = {}
  const schema = Object.assign(() => 1, { '~standard': {} })
  it.each<[string, () => unknown]>([
    ['a getter', () => Object.defineProperty({}, 'a', { get: () => 1, enumerable: true })],
    ['a hidden member', () => Object.defineProperty({}, 'a', { value: 1 })],
    ['a symbol', () => ({ [Symbol.for('a')]: 1 })],
    ['an object in an object', () => ({ a: { b: shared } })],
    ['a list of objects', () => ({ a: [shared] })],
    ['a list of objects in an object', () => ({ a: { b: [shared] } })],
    ['an object of another prototype', () => ({ a: new Date(0) })],
    ['an object with a getter', () => ({ a: Object.defineProperty({}, 'a', { get: () => 1, enumerable: true }) })],
    ['an object with a function', () => ({ a: { b: functions[0] } })],
    ['a schema that is a function', () => ({ a: schema })],
    ['an object with a hidden member', () => ({ a: Object.defineProperty({}, 'b', { value: 1 }) })],
    ['an object with __proto__ as its own', () => ({ a: JSON.parse('{"__proto__":1}') })],
    ['another prototype', () => Object.create({ a: 1 })],
    ['no prototype', () => Object.create(null)],
    ['a member that is undefined', () => ({ a: undefined })],
    ['__proto__ as its own', () => JSON.parse('{"__proto__":1}')],
  ])('is not kept for options with %s', (_name, given) => {
    const { of } = calls()
    expect([of('k', given()), of('k', given())]).toEqual([1, 2])
  })

  it('is kept for an object that stands for a key', () => {
    const { of } = calls()
    const [one, other] = [new Key(), new Key()]
    expect([of(one, { a: 1 }), of(one, { a: 1 }), of(other, { a: 1 }), of(one, { a: 2 }), of(one, { a: 1 })]).toEqual([1, 1, 2, 3, 1])
    for (let i = 0; i < 4; i++) of(one, { i })
    expect([of(one, { i: 3 }), of(one, { a: 1 })]).toEqual([7, 8])
  })

  it('is not kept for a key that is no text', () => {
    const { of } = calls()
    const bytes = new Uint8Array(32)
    expect([of(bytes, {}), of(bytes, {}), of(undefined, {}), of(undefined, {})]).toEqual([1, 2, 3, 4])
  })

  it.each([
    [['x'], ['x', 'y']],
    [['x', 'y'], ['x']],
    [['x'], 'x'],
  ])('for %j is not taken for %j', (first, second) => {
    const { of } = calls()
    expect([of('k', { a: first }), of('k', { a: second })]).toEqual([1, 2])
  })

  it('is made of what is compared later, or of the options as they are', () => {
    const cache = createPreparedCache<unknown>(isLasting)
    const a = (read: unknown): unknown => (read as { a?: unknown }).a
    expect(cache.of('k', new Proxy({ a: 1 }, { get: () => 2 }), a)).toBe(1)
    expect(cache.of('k', Object.create({ a: 3 }), a)).toBe(3)
  })

  it.each<[string, () => string[]]>([
    ['a toJSON', () => Object.assign(['x'], { toJSON: () => ['y'] })],
    ['an iterator', () => Object.assign(['x'], { [Symbol.iterator]: () => ['y'].values() })],
    ['another prototype', () => Object.setPrototypeOf(['x'], Object.create(Array.prototype))],
    ['a hole', () => new Array(1)],
  ])('is neither kept nor taken for a list with %s', (_name, list) => {
    const { of } = calls()
    expect([of('k', { a: list() }), of('k', { a: list() }), of('k', { a: ['x'] }), of('k', { a: list() })]).toEqual([1, 2, 3, 4])
  })

  it.each<[string, object]>([
    ['options', Object.defineProperty({}, 'a', { value: 1 })],
    ['options that are known', Object.defineProperty({ a: 1 }, 'c', { value: 1 })],
    ['options that are known (a symbol)', { a: 1, [Symbol.for('c')]: 1 }],
    ['an object', { b: Object.defineProperty({}, 'a', { value: 1 }) }],
  ])('is not taken for %s with a hidden member', (_name, hidden) => {
    const { of } = calls()
    of('k', { a: 1 })
    of('k', { b: { a: 1 } })
    expect(of('k', hidden)).toBe(3)
  })

  it('is not taken for options of another prototype', () => {
    const { of } = calls()
    of('k', {})
    expect(of('k', Object.create({ a: 1 }))).toBe(2)
  })

  it('is kept for 64 keys and four options of each, the latest', () => {
    const { of } = calls()
    for (let i = 0; i < 5; i++) of('k', { i })
    expect([of('k', { i: 4 }), of('k', { i: 1 }), of('k', { i: 0 })]).toEqual([5, 2, 6])
    for (let i = 0; i < 64; i++) of(`key ${i}`, {})
    // Other options for a key that is there push out none.
    expect([of('key 63', { i: 0 }), of('key 0', {})]).toEqual([71, 7])
    expect([of('key 63', {}), of('k', { i: 4 })]).toEqual([70, 72])
  })
})

it.each([
  ['another list of algorithms', { algorithms: ['HS384'] }, 'algorithm_not_allowed'],
  ['another audience', { algorithms: ['HS256'], audience: ['b'] }, 'missing_claim'],
  ['another clock', { algorithms: ['HS256'], now: () => now + 100 }, 'token_expired'],
])('decode with the same key and %s judges by it', async (_name, other, code) => {
  const long = `${secret} and long enough for every hash`
  const token = forged({ exp: now + 60 }, { alg: 'HS256' }, long)
  const usual = { algorithms: ['HS256'], now: () => now }
  for (let i = 0; i < 3; i++) {
    expect(await verdict(() => nodeApi.decode(token, long, usual as never))).toBe('ok')
    expect(await verdict(() => nodeApi.decode(token, long, { now: () => now, ...other } as never))).toBe(code)
  }
})
