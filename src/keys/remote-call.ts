import type { RemoteCall } from './remote.ts'
import type { CheckedKey } from './remote-definition.ts'
import { abortedFailure, closedFailure, failureOf } from './remote-failure.ts'

/** Makes one call of a device under a deadline, the callers' signals and the session's queue. */
export type CallDevice = <T>(body: (call: RemoteCall) => T | Promise<T>, signals?: readonly (AbortSignal | undefined)[]) => Promise<T>

// What a timer takes; a longer time would fire at once.
const longestTimer = 2 ** 31 - 1

/**
 * A device that ignores its signal is left alone: the call rejects in time, and what the device answers later is dropped
 * without an unhandled rejection. Its place in the session stays taken until then.
 */
export function deviceCalls(key: CheckedKey, deadlineSeconds: number): CallDevice {
  const milliseconds = Math.min(deadlineSeconds * 1000, longestTimer)
  return (body, signals = []) =>
    new Promise((resolve, reject) => {
      const controller = new AbortController()
      const undo: (() => void)[] = []
      const end = (): void => {
        for (const step of undo.splice(0)) step()
      }
      const giveUp = (failure: Error): void => {
        reject(failure)
        end()
        controller.abort(failure)
      }
      const stop = (reason: 'signal' | 'deadline', cause?: unknown): void => giveUp(abortedFailure(key.backend, reason, cause))
      for (const signal of signals) {
        if (signal) undo.push(listen(signal, () => stop('signal', signal.reason)))
      }
      const fired = signals.find((signal) => signal?.aborted === true)
      if (fired) {
        stop('signal', fired.reason)
        return
      }
      const timer = setTimeout(() => stop('deadline'), milliseconds)
      undo.push(() => clearTimeout(timer))
      const start = async (): Promise<void> => {
        try {
          resolve(await body({ signal: controller.signal }))
        } catch (error) {
          reject(failureOf(key, error))
        } finally {
          end()
        }
      }
      if (key.session) undo.push(key.session.enter(start, () => giveUp(closedFailure(key.backend))))
      else void start()
    })
}

/** The value of a call that several callers share, unless one of this caller's signals fires first. */
export function unlessAborted<T>(backend: string, value: Promise<T>, signals: readonly (AbortSignal | undefined)[]): Promise<T> {
  return new Promise((resolve, reject) => {
    const undo: (() => void)[] = []
    for (const signal of signals) {
      if (!signal) continue
      const stop = (): void => reject(abortedFailure(backend, 'signal', signal.reason))
      if (signal.aborted) stop()
      undo.push(listen(signal, stop))
    }
    const end = (): void => {
      for (const step of undo) step()
    }
    value.then(resolve, reject).finally(end)
  })
}

function listen(signal: AbortSignal, fire: () => void): () => void {
  signal.addEventListener('abort', fire, { once: true })
  return () => signal.removeEventListener('abort', fire)
}
