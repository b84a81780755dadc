/** Values that nobody should pass, each made anew for every call. */
export type Make = () => unknown

const trap = (): never => {
  throw new RangeError('a trap of the caller')
}

/** A proxy whose every trap throws. */
export function trapped(target: object): object {
  return new Proxy(target, new Proxy({}, { get: () => trap }))
}

function revoked(target: object): object {
  const { proxy, revoke } = Proxy.revocable(target, {})
  revoke()
  return proxy
}

function detached(): Uint8Array {
  const bytes = new Uint8Array(64).fill(7)
  structuredClone(bytes.buffer, { transfer: [bytes.buffer] })
  return bytes
}

class Instance {
  readonly kid = 'instance'
  readonly algorithms = ['HS256']
}

function thenable(then: () => unknown): object {
  return Object.fromEntries([['then', then]])
}

function cyclic(): object {
  const value: Record<string, unknown> = {}
  value['self'] = value
  return value
}

function selfArray(): unknown[] {
  const value: unknown[] = []
  value[0] = value
  return value
}

export const hostile: readonly (readonly [name: string, make: Make])[] = [
  ['undefined', () => undefined],
  ['null', () => null],
  ['true', () => true],
  ['false', () => false],
  ['zero', () => 0],
  ['minus zero', () => -0],
  ['minus one', () => -1],
  ['a fraction', () => 0.1],
  ['NaN', () => Number.NaN],
  ['Infinity', () => Number.POSITIVE_INFINITY],
  ['the largest double', () => Number.MAX_VALUE],
  ['2 ** 53', () => 2 ** 53],
  ['a BigInt', () => 10n ** 30n],
  ['a symbol', () => Symbol('x')],
  ['a well-known symbol', () => Symbol.iterator],
  ['empty text', () => ''],
  ['white space', () => ' \n'],
  ['text', () => 'x'],
  ['__proto__', () => '__proto__'],
  ['text with a NUL', () => 'a\0b'],
  ['lone surrogates', () => '\ud800\udfff\ud800'],
  ['long text', () => 'x'.repeat(70_000)],
  ['many brackets', () => '['.repeat(20_000)],
  ['text that looks like JSON', () => '{"__proto__":{"kty":"oct"}}'],
  ['text that looks like PEM', () => '-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----'],
  ['a String object', () => new String('HS256')],
  ['a Number object', () => new Number(5)],
  ['a Boolean object', () => new Boolean(true)],
  ['an empty object', () => ({})],
  ['no prototype', () => Object.create(null)],
  ['an own __proto__', () => JSON.parse('{"__proto__":{"kid":"x"}}')],
  ['a frozen object', () => Object.freeze({ a: 1 })],
  ['an instance', () => new Instance()],
  ['an object that inherits', () => Object.create({ algorithms: ['HS256'], kty: 'oct', k: 'AAAA' })],
  ['a cycle', cyclic],
  [
    'getters that throw',
    () =>
      Object.defineProperties(
        {},
        Object.fromEntries(
          ['mode', 'kty', 'keys', 'kid', 'algorithms', 'type', 'then', 'seconds', 'a', 'length'].map((name) => [
            name,
            { enumerable: true, get: trap },
          ]),
        ),
      ),
  ],
  ['toString, valueOf and toPrimitive that throw', () => ({ toString: trap, valueOf: trap, [Symbol.toPrimitive]: trap })],
  ['a toJSON that throws', () => ({ toJSON: trap })],
  ['a toJSON that gives itself away', () => ({ toJSON: () => ({ alg: 'none', d: 'x' }) })],
  ['an iterator that throws', () => ({ [Symbol.iterator]: trap, length: 1 })],
  ['an array whose iterator throws', () => Object.assign(['a'], { [Symbol.iterator]: trap })],
  ['an array whose iterator lies', () => Object.assign(['a'], { *[Symbol.iterator]() {} })],
  ['an empty array', () => []],
  ['an array of undefined', () => [undefined]],
  ['an array of text', () => ['x']],
  ['a sparse array', () => new Array(5000)],
  ['an array of an array of itself', selfArray],
  ['an array of throwing getters', () => Object.defineProperty([1], 0, { get: trap })],
  ['an array-like', () => ({ 0: 'HS256', length: 1 })],
  ['a length without end', () => ({ length: 2 ** 53 - 1 })],
  ['a trapped object', () => trapped({})],
  ['a trapped array', () => trapped([])],
  ['a trapped function', () => trapped(() => undefined)],
  ['a revoked object', () => revoked({})],
  ['a revoked array', () => revoked([])],
  ['a revoked function', () => revoked(() => undefined)],
  ['an array of a revoked object', () => [revoked({})]],
  ['an object of a revoked object', () => ({ a: revoked({}), keys: revoked([]) })],
  [
    'a proxy that answers everything with itself',
    () => {
      const proxy: object = new Proxy(() => undefined, { get: () => proxy, apply: () => proxy })
      return proxy
    },
  ],
  ['a function', () => () => undefined],
  ['a function that throws', () => trap],
  [
    'a function that throws a revoked proxy',
    () => () => {
      throw revoked({})
    },
  ],
  [
    'a function that throws nothing',
    () => () => {
      throw undefined
    },
  ],
  [
    'an async function that rejects',
    () => () => {
      const promise = Promise.reject(new Error('late'))
      promise.catch(() => undefined)
      return promise
    },
  ],
  ['a class', () => class {}],
  ['a generator', () => (function* () {})()],
  ['a thenable that never settles', () => thenable(() => undefined)],
  ['a thenable that throws', () => thenable(trap)],
  ['a then getter that throws', () => Object.defineProperty({}, 'then', { get: trap })],
  ['a promise', () => Promise.resolve('x')],
  ['a Date', () => new Date(0)],
  ['an invalid Date', () => new Date(Number.NaN)],
  ['a Map', () => new Map([['algorithms', ['HS256']]])],
  ['a Set', () => new Set(['HS256'])],
  ['a WeakMap', () => new WeakMap()],
  ['a regular expression', () => /./],
  ['an error', () => new Error('of the caller')],
  ['no bytes', () => new Uint8Array(0)],
  ['bytes', () => new Uint8Array(32)],
  ['detached bytes', detached],
  ['shared bytes', () => new Uint8Array(new SharedArrayBuffer(64))],
  ['16-bit elements', () => new Uint16Array(32)],
  ['clamped bytes', () => new Uint8ClampedArray(32)],
  ['doubles', () => new Float64Array([Number.NaN])],
  ['a DataView', () => new DataView(new ArrayBuffer(8))],
  ['an ArrayBuffer', () => new ArrayBuffer(8)],
  ['bytes that pose as something else', () => Object.defineProperty(new Uint8Array(32), Symbol.toStringTag, { value: 'x' })],
  ['something that poses as bytes', () => ({ [Symbol.toStringTag]: 'Uint8Array', length: 32, buffer: new ArrayBuffer(32) })],
  ['bytes whose iterator throws', () => Object.defineProperty(new Uint8Array(32), Symbol.iterator, { value: trap })],
  ['bytes whose methods throw', () => Object.assign(new Uint8Array(32), { slice: trap, subarray: trap, set: trap, map: trap })],
  ['a Buffer', () => Buffer.from('x')],
  ['the global object', () => globalThis],
  ['a forged key', () => ({ [Symbol.for('signet-jwt.key.material')]: 5, type: 'secret', kty: 'oct', bits: 256 })],
  [
    'a forged CryptoKey',
    () => ({
      type: 'secret',
      algorithm: { name: 'HMAC', hash: { name: 'SHA-256' }, length: 256 },
      usages: ['sign', 'verify'],
      extractable: true,
    }),
  ],
  ['a forged KeyObject', () => ({ type: 'secret', export: trap })],
]

/** What makes text that is nearly JSON, or JSON with a trap in it. */
export const jsonPieces = [
  '{',
  '}',
  '[',
  ']',
  ':',
  ',',
  '"',
  '\\',
  '\\"',
  '\\u0061',
  'a',
  '"a"',
  '"a":1',
  '"__proto__":1',
  'null',
  '1',
  '1e999',
  ' ',
  '\n',
  '\ufeff',
  '{"a":1}',
  '":"',
] as const
