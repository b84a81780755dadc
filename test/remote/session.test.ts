import { describe, expect, it, vi } from 'vitest'
import { remoteSession, remoteSigner, remoteVerifier, remoteVersions } from '../../src/backend.ts'
import { node } from '../../src/backends/node/index.ts'
import type { RemoteKey, RemoteSession } from '../../src/keys/remote.ts'
import { failure } from '../backends-list.ts'
import { keyFor, memoryDevice, message, publicOf } from './device.ts'

const pause = (milliseconds: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, milliseconds))

/** A connection that notes how many use it at once. */
function connection(milliseconds = 2) {
  const seen = { now: 0, most: 0, calls: 0 }
  const use = async <T>(answer: () => T): Promise<T> => {
    seen.calls++
    seen.most = Math.max(seen.most, ++seen.now)
    await pause(milliseconds)
    seen.now--
    return answer()
  }
  const signer = node.signer('ES256', keyFor('ES256'))
  const publicKey = publicOf('ES256')!
  const keyOver = (session: RemoteSession | undefined, change: Partial<RemoteKey> = {}): RemoteKey =>
    memoryDevice('ES256', {
      session,
      snapshot: () => use(() => ({ kid: 'k1', publicKey, sign: (input: Uint8Array) => use(() => signer.sign(input)) })),
      versions: () => use(() => [{ kid: 'k1', publicKey }]),
      ...change,
    })
  return { seen, keyOver }
}

describe('keys that share a session', () => {
  it.each([
    [1, 1],
    [2, 2],
  ])('have %i calls at once between them', async (concurrency, most) => {
    const { seen, keyOver } = connection()
    const session = remoteSession({ concurrency })
    const signature = node.signer('ES256', keyFor('ES256')).sign(message)
    const [one, two, check] = [keyOver(session), keyOver(session), keyOver(session)]
    const versions = remoteVersions(check)
    await Promise.all([
      ...[one, one, two].map((key) => remoteSigner(key).sign(message)),
      remoteVerifier(check).verify(message, signature),
      versions.candidates({ alg: 'ES256' }),
    ])
    expect(seen).toEqual({ now: 0, most, calls: 8 })
  })
  it('have as many as there are where it has no limit', async () => {
    const { seen, keyOver } = connection()
    await Promise.all(Array.from({ length: 5 }, () => remoteSigner(keyOver(remoteSession())).sign(message)))
    expect(seen.most).toBe(5)
  })
  it('are not asked for callers who gave up waiting, and a call given up keeps its place', async () => {
    const { seen, keyOver } = connection(60)
    const session = remoteSession({ concurrency: 1 })
    const reasons = await Promise.all(
      Array.from({ length: 3 }, () =>
        failure(() => remoteSigner(keyOver(session), { deadline: { seconds: 0.02 } }).sign(message)).then(
          (error) => error.detail['reason'],
        ),
      ),
    )
    await pause(60)
    expect([reasons, seen]).toEqual([Array(3).fill('deadline'), { now: 0, most: 1, calls: 1 }])
  })
})

describe('close', () => {
  const closed = { code: 'backend_failure', detail: { kind: 'permanent', retryable: false, reason: 'closed', backend: 'memory' } }

  it('waits for calls under way, refuses those that wait, and closes the device once', async () => {
    const { seen, keyOver } = connection(20)
    const close = vi.fn(async () => expect(seen.now).toBe(0))
    const session = remoteSession({ concurrency: 1, close })
    const signer = remoteSigner(keyOver(session))
    const calls = [signer.snapshot(), failure(() => signer.snapshot())] as const
    await Promise.all([session.close(), session.close()])
    await session.close()
    expect(close).toHaveBeenCalledTimes(1)
    expect([(await calls[0]).kid, await calls[1]]).toEqual(['k1', expect.objectContaining(closed)])
  })
  it.each([undefined, '1m'] as const)('ends every key of the session (snapshots kept for %s)', async (snapshotLifetime) => {
    const { seen, keyOver } = connection()
    const session = remoteSession()
    const key = keyOver(session, snapshotLifetime && { snapshotLifetime })
    const signature = node.signer('ES256', keyFor('ES256')).sign(message)
    const [signer, verifier, versions] = [remoteSigner(key), remoteVerifier(key), remoteVersions(key)]
    const calls = [
      () => signer.sign(message),
      () => verifier.verify(message, signature),
      () => versions.candidates({ alg: 'ES256' }),
      () => remoteSigner(keyOver(session)).snapshot(),
    ]
    for (const call of calls) await call()
    const snapshot = await signer.snapshot()
    const { calls: before } = seen
    await session.close()
    for (const call of [...calls, () => snapshot.sign(message)]) expect(await failure(call)).toMatchObject(closed)
    expect(seen.calls).toBe(before)
  })
  it('fails with a typed error, and each time with the same', async () => {
    const session = remoteSession({ close: () => Promise.reject(new Error('device')) })
    const error = await failure(session.close)
    expect(error).toMatchObject({ code: 'backend_failure', cause: { message: 'device' } })
    expect(await failure(session.close)).toBe(error)
  })
  it('does not wait for ever', async () => {
    vi.useFakeTimers()
    try {
      const session = remoteSession({ close: () => new Promise(() => {}) })
      const ended = failure(session.close)
      await vi.advanceTimersByTimeAsync(10_001)
      expect((await ended).detail).toMatchObject({ kind: 'aborted', reason: 'deadline' })
    } finally {
      vi.useRealTimers()
    }
  })
})

it.each([
  ['half a place', { concurrency: 0.5 }],
  ['no places', { concurrency: 0 }],
  ['a close that is no function', { close: true }],
  ['an unknown option', { limit: 1 }],
])('a session with %s is a UsageError', async (_what, options) => {
  expect((await failure(() => remoteSession(options as never))).code).toBe('invalid_usage')
})
it('a session may be given undefined for an option', () => {
  expect(remoteSession({ concurrency: undefined, close: undefined }).close).toBeTypeOf('function')
})
