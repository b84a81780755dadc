import { describe, expect, it, vi } from 'vitest'
import { remoteSession, remoteSigner, remoteVerifier, remoteVersions } from '../../src/backend.ts'
import { calling } from '../../src/backends/kms/failures.ts'
import { node } from '../../src/backends/node/index.ts'
import { ExpiredSignatureError, InvalidKeyError, JwksError, type JwtError, UsageError } from '../../src/core/errors.ts'
import { makeKey, materialOf, type PrivateKey } from '../../src/keys/key.ts'
import type { RemoteKey } from '../../src/keys/remote.ts'
import { backendFailure } from '../../src/keys/remote-failure.ts'
import { createDecoder, decode, encode } from '../../src/node.ts'
import { failure } from '../backends-list.ts'
import { keyFor, memoryDevice, message, publicOf } from './device.ts'
import { watchRejections } from './unhandled.ts'

watchRejections()
const never = (): Promise<never> => new Promise(() => {})
const publicKey = publicOf('ES256')!
const token = await encode({}, node.signer('ES256', keyFor('ES256'), { kid: 'a' }))

describe('an error of this library from a device', () => {
  const rows: readonly [string, JwtError, boolean][] = [
    ['that blames a token', new ExpiredSignatureError(''), false],
    ['about a key set', new JwksError(''), false],
    ['that is typed', backendFailure('throttled'), true],
    ['about its key', new InvalidKeyError(''), true],
    ['about its use', new UsageError(''), true],
  ]
  it.each(rows)('%s is a failure of the backend, or typed already', async (_what, error, stays) => {
    const reject = () => Promise.reject(error)
    const calls = [
      () => encode({}, remoteSigner(memoryDevice('ES256', { snapshot: reject }))),
      () => encode({}, remoteSigner(memoryDevice('ES256', { snapshotOf: { sign: reject } }))),
      () => decode(token, remoteVerifier(memoryDevice('ES256', { snapshot: reject })), {}),
      () => remoteVersions(memoryDevice('ES256', { versions: reject })).candidates({ alg: 'ES256' }),
      () => calling('kms', () => ({ kind: 'permanent' }), reject),
      remoteSession({ close: reject }).close,
    ]
    for (const call of calls) {
      const caught = await failure(call)
      if (stays) expect(caught).toBe(error)
      else expect(caught).toMatchObject({ code: 'backend_failure', detail: { retryable: false }, cause: error })
    }
  })
})

describe('what a device gives is read with care', () => {
  const thrown = new Error('device')
  const trap = (): never => {
    throw thrown
  }
  const caught = { code: 'backend_failure', detail: { backend: 'memory', kind: 'permanent' }, cause: thrown }
  it.each([
    [
      'the kid of a snapshot',
      {
        get kid() {
          return trap()
        },
      },
    ],
    [
      'the public key of a snapshot',
      {
        get publicKey() {
          return trap()
        },
      },
    ],
    [
      'the function of a snapshot',
      {
        get sign() {
          return trap()
        },
      },
    ],
  ])('%s may throw', async (_what, snapshot) => {
    const key = memoryDevice('ES256', { snapshot: () => snapshot as never })
    expect(await failure(() => encode({}, remoteSigner(key)))).toMatchObject(caught)
    if (!('sign' in snapshot)) expect(await failure(() => decode(token, remoteVerifier(key), {}))).toMatchObject(caught)
  })
  it('the list of versions may throw', async () => {
    const list = new Proxy([{ publicKey }], { get: trap })
    expect(await failure(() => remoteVersions(memoryDevice('ES256', { versions: () => list })).candidates({ alg: 'ES256' }))).toMatchObject(
      caught,
    )
  })
  it('the backend that verifies here may throw', async () => {
    const verifyWith = { ...node, verifier: () => ({ algorithm: 'ES256', mode: 'async', verify: async () => trap() }) } as never
    const key = memoryDevice('ES256', { versions: () => [{ publicKey }] })
    expect(await failure(() => encode({}, remoteSigner(key, { verifyWith })))).toMatchObject(caught)
    expect(await failure(() => decode(token, remoteVerifier(key, { verifyWith }), {}))).toMatchObject(caught)
    expect(
      await failure(() => createDecoder(remoteVersions(key, { verifyWith }), { issuer: null, audience: null }).decode(token)),
    ).toMatchObject(caught)
  })
  it('a MAC key shows no key', async () => {
    const shown = memoryDevice('HS256', { snapshotOf: { publicKey: keyFor('HS256') as never } })
    expect(await failure(() => remoteSigner(shown).sign(message))).toMatchObject({
      code: 'backend_failure',
      message: expect.stringContaining('A MAC key has no publicKey'),
    })
  })
  it('a failure function that answers later is no judge, and its rejection is nobody’s', async () => {
    const key = memoryDevice('ES256', { snapshot: () => trap(), failure: (() => Promise.reject(new Error('judge'))) as never })
    expect(await failure(() => remoteSigner(key).sign(message))).toMatchObject(caught)
  })
})

describe('versions of a key', () => {
  const other = (node.generate('ES384') as PrivateKey).publicKey
  const good = { kid: 'a', publicKey }
  const checkWith = (versions: unknown) =>
    createDecoder(remoteVersions(memoryDevice('ES256', { versions: () => versions as never })), { issuer: null, audience: null })
  it.each([
    ['on another curve', { kid: 'b', publicKey: other }],
    ['without a key', { kid: 'b' }],
    ['that is private', { kid: 'b', publicKey: keyFor('ES256') }],
    ['with a kid that is a number', { kid: 5, publicKey }],
    ['with an empty kid', { kid: '', publicKey }],
    ['that is nothing', null],
    [
      'that throws',
      {
        get publicKey() {
          throw new Error('x')
        },
      },
    ],
  ])('one %s keeps none of the others from verifying', async (_what, bad) => {
    for (const list of [
      [good, bad],
      [bad, good],
    ])
      expect(await checkWith(list).decode(token)).toEqual({})
    await expect(checkWith([bad]).decode(token)).rejects.toMatchObject({ code: expect.stringMatching(/^(backend_failure|invalid_key)$/) })
  })
  it('none at all knows no key', async () => {
    await expect(checkWith([]).decode(token)).rejects.toMatchObject({ code: 'key_not_found' })
  })
  it('what is no list is a failure', async () => {
    for (const list of [undefined, {}, 'list', { length: 1, 0: good }])
      await expect(checkWith(list).decode(token)).rejects.toMatchObject({ code: 'backend_failure' })
  })
})

it('a public key goes by the kid of its snapshot', async () => {
  const named = makeKey('public', materialOf(publicKey), { kid: 'own', alg: 'ES256' })
  const key = memoryDevice('ES256', { snapshotOf: { publicKey: named } })
  const kids = async (options: object) => {
    const { kid, publicKey: shown } = await remoteSigner(key, options).snapshot()
    return [kid, shown?.kid, shown?.alg]
  }
  expect([await kids({}), await kids({ kid: 'mine' })]).toEqual([
    ['k1', 'k1', 'ES256'],
    ['mine', 'mine', 'ES256'],
  ])
})

it.each([
  ['HS256', true],
  ['ES256', false],
] as const)('a verifier says whether its key is a MAC key (%s: %s)', (algorithm, symmetric) => {
  expect(remoteVerifier(memoryDevice(algorithm)).symmetric).toBe(symmetric)
})

describe('close while a call hangs', () => {
  it.each([
    ['snapshot', { snapshot: never }],
    ['sign', { snapshotOf: { sign: never } }],
  ])('in %s reaches the device once, and the caller', async (_where, change) => {
    vi.useFakeTimers()
    try {
      const close = vi.fn()
      const session = remoteSession({ concurrency: 1, close })
      const signer = remoteSigner(memoryDevice('ES256', { ...change, session }), { deadline: '1h' })
      const signals: AbortSignal[] = []
      const told = memoryDevice('ES256', {
        session,
        snapshot: ({ signal }) => {
          signals.push(signal)
          return never()
        },
      })
      const hung = failure(() => signer.sign(message))
      await vi.advanceTimersByTimeAsync(1)
      const waiting = failure(() => remoteSigner(told).sign(message))
      await vi.advanceTimersByTimeAsync(1)
      const ended = session.close()
      void session.close()
      const closed = { code: 'backend_failure', detail: { reason: 'closed', kind: 'permanent' } }
      expect(await waiting).toMatchObject(closed)
      await vi.advanceTimersByTimeAsync(10_001)
      await ended
      expect([close.mock.calls.length, signals.length, vi.getTimerCount()]).toEqual([1, 0, 0])
      expect(await hung).toMatchObject(closed)
      expect(await failure(() => signer.sign(message))).toMatchObject(closed)
    } finally {
      vi.useRealTimers()
    }
  })
  it('fires the signal of what is still under way', async () => {
    vi.useFakeTimers()
    try {
      let signal: AbortSignal | undefined
      const session = remoteSession()
      const snapshot: RemoteKey['snapshot'] = (call) => {
        signal = call.signal
        return never()
      }
      const hung = failure(() => remoteSigner(memoryDevice('ES256', { session, snapshot })).sign(message))
      await vi.advanceTimersByTimeAsync(1)
      const ended = session.close()
      expect(signal?.aborted).toBe(false)
      await vi.advanceTimersByTimeAsync(10_001)
      await Promise.all([ended, hung])
      expect(signal?.aborted).toBe(true)
    } finally {
      vi.useRealTimers()
    }
  })
})
