import { generateKeyPairSync } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { node } from '../../src/backends/node/index.ts'
import {
  BackendError,
  ExpiredSignatureError,
  InvalidKeyError,
  InvalidSignatureError,
  JwksError,
  UsageError,
} from '../../src/core/errors.ts'
import { createKeyRing, type KeyRing, memoryStore } from '../../src/jwks.node.ts'
import type { Signer } from '../../src/keys/backend.ts'
import { generateKey, importKey } from '../../src/node.ts'
import { issue } from './ring-kit.ts'

const key = generateKey('ES256')
const { publicKey } = key
const real = node.signer('ES256', key)
const signer = (change: object = {}): Signer<'ES256', 'async'> => ({
  algorithm: 'ES256',
  mode: 'async',
  kid: 'k',
  publicKey,
  sign: async (input) => real.sign(input),
  ...change,
})
const rejection = async (call: () => unknown): Promise<unknown> => {
  try {
    return { gave: await call() }
  } catch (error) {
    return error
  }
}

/** Every function of the caller's that a ring calls, as it throws `error`. */
const places: readonly [string, boolean, (fail: () => Promise<never>) => unknown][] = [
  ['sign of a given signer', false, (fail) => issue(createKeyRing({ keys: [signer({ sign: fail })] }))],
  [
    'sign of a snapshot',
    false,
    (fail) => issue(createKeyRing({ keys: [signer({ snapshot: async () => signer({ snapshot: undefined, sign: fail }) })] })),
  ],
  ['the first snapshot', false, (fail) => issue(createKeyRing({ keys: [signer({ snapshot: fail })] }))],
  [
    'a later snapshot',
    false,
    (fail) => {
      let asked = 0
      return issue(createKeyRing({ keys: [signer({ snapshot: () => (asked++ === 0 ? signer() : fail()) })] }))
    },
  ],
  ['open', false, (fail) => createKeyRing({ algorithm: 'ES256', create: () => ({ reference: 1 }), open: fail }).rotate()],
  ['create', false, (fail) => createKeyRing({ algorithm: 'ES256', create: fail, open: () => signer() }).rotate()],
  ['load', true, (fail) => createKeyRing({ algorithm: 'ES256', store: { ...memoryStore(), load: fail } }).jwks()],
  ['save', true, (fail) => createKeyRing({ algorithm: 'ES256', store: { ...memoryStore(), save: fail } }).rotate()],
]
const strange = [new Error('x'), new ExpiredSignatureError(''), new InvalidSignatureError(''), new JwksError(''), 'text']
const own = [new BackendError('', { retryable: true }), new InvalidKeyError(''), new UsageError('')]
const throwing = (error: unknown) => async (): Promise<never> => {
  throw error
}

describe('what the functions of a caller throw', () => {
  it.each(places.flatMap(([place, retryable, call]) => strange.map((error) => [place, error, retryable, call] as const)))(
    'in %s, %s: the ring is at fault, not the token',
    async (_place, error, retryable, call) => {
      const failure = await rejection(() => call(throwing(error)))
      expect(failure).toMatchObject({ code: 'backend_failure', retryable, cause: error })
    },
  )
  it.each(places.flatMap(([place, , call]) => own.map((error) => [place, error, call] as const)))(
    'in %s, %s: says itself who is at fault',
    async (_place, error, call) => {
      expect(await rejection(() => call(throwing(error)))).toBe(error)
    },
  )
})

describe('what a signer gives in place of what it owes', () => {
  const promised = Promise.resolve(new Uint8Array(64))
  const broken = (): never => {
    throw new RangeError('getter')
  }
  const rows: readonly [string, () => unknown][] = [
    ...[undefined, null, 'text', [1, 2], {}, new Uint8Array(), new Uint8Array(63), new Uint8Array(64)].map(
      (value, index): [string, () => unknown] => [
        `signature ${index}`,
        () => createKeyRing({ keys: [signer({ sign: async () => value })] }),
      ],
    ),
    ...[undefined, null, 'text', {}, { ...signer(), publicKey: 'text' }, Object.defineProperty({}, 'sign', { get: broken })].flatMap(
      (value, index) =>
        ([0, 1] as const).map((good): [string, () => unknown] => {
          let asked = 0
          const snapshot = async (): Promise<unknown> => (asked++ < good ? signer() : value)
          return [`snapshot ${index} after ${good} good ones`, () => createKeyRing({ keys: [signer({ snapshot })] })]
        }),
    ),
    ['a promise of a sync signer', () => createKeyRing({ keys: [signer({ mode: 'sync', sign: () => promised })] })],
    [
      'a rejected promise of a sync signer',
      () => createKeyRing({ keys: [signer({ mode: 'sync', sign: () => Promise.reject(new Error('unheard')) })] }),
    ],
    ['a kid that is no text', () => createKeyRing({ keys: [signer({ kid: 5 })] })],
  ]
  it.each(rows)('%s', async (_name, ring) => {
    expect(await rejection(async () => issue(ring() as KeyRing))).toMatchObject({ code: 'backend_failure', retryable: false })
  })
})

describe('a key that the ring could not read again is not saved', () => {
  const same = { create: () => ({ reference: 'r' }), open: () => signer() }
  const fresh = (kid?: string) => ({ reference: 1, ...(kid !== undefined && { kid }) })
  const other = () =>
    signer({ kid: undefined, ...(({ publicKey, sign }) => ({ publicKey, sign }))(node.signer('ES256', generateKey('ES256'))) })
  const rows: readonly [string, () => object, string][] = [
    ['one key twice', () => same, 'backend_failure'],
    ['two keys of one kid', () => ({ create: () => fresh('n'), open: other }), 'backend_failure'],
    ['a reference that is no JSON', () => ({ create: () => ({ reference: 1n }), open: other }), 'backend_failure'],
    ['a reference in a circle', () => ({ create: () => ({ reference: circle }), open: other }), 'backend_failure'],
    ['a kid that is no text', () => ({ create: () => fresh(5 as never), open: other }), 'backend_failure'],
    ['a key of another algorithm', () => ({ create: () => fresh(), open: () => signer({ publicKey: p384 }) }), 'invalid_key'],
    [
      'a weak key',
      () => ({
        algorithm: 'RS256',
        create: () => fresh(String(Math.random())),
        open: () => signer({ algorithm: 'RS256', publicKey: weak }),
      }),
      'invalid_key',
    ],
  ]
  const circle: { self?: unknown } = {}
  circle.self = circle
  const p384 = generateKey('ES384').publicKey
  const weak = importedWeakKey()
  it.each(rows.flatMap(([name, options, code]) => [true, false].map((stored) => [name, stored, options, code] as const)))(
    '%s (stored: %s)',
    async (_name, stored, options, code) => {
      const store = memoryStore()
      const made = { algorithm: 'ES256', ...options() }
      const ring = createKeyRing({ ...made, ...(stored && { store }) } as never) as KeyRing<string, 'async'>
      expect(await rejection(() => ring.rotate())).toMatchObject({ code })
      expect(await store.load()).toBeUndefined()
      expect(await ring.keys()).toEqual([])
    },
  )

  it.each([true, false])('an older kid that comes again later (stored: %s)', async (stored) => {
    let count = 0
    const keys = [key, generateKey('ES256'), generateKey('ES256'), key, generateKey('ES256')]
    const kids = ['a', 'b', 'c', 'a', 'd']
    const store = memoryStore()
    const create = () => ({ reference: count, kid: kids[count++]! })
    const open = (index: number) => node.signer('ES256', keys[index]!)
    const options = { algorithm: 'ES256', create, open, ...(stored && { store }) } as const
    const ring = createKeyRing(options)
    await ring.rotate()
    await ring.rotate({ force: true })
    expect(await rejection(() => ring.rotate({ force: true }))).toMatchObject({ code: 'backend_failure', detail: { kid: 'a' } })
    expect((await (stored ? createKeyRing(options) : ring).keys()).map(({ kid, state }) => `${kid} ${state}`)).toEqual([
      'a retiring',
      'b active',
      'c pending',
    ])
    expect(await ring.rotate({ force: true })).toMatchObject({ rotated: true, active: 'c', pending: 'd' })
  })
})

function importedWeakKey() {
  const { publicKey: half } = generateKeyPairSync('rsa', { modulusLength: 1024 })
  return importKey(half.export({ type: 'spki', format: 'pem' }), { type: 'public' })
}
