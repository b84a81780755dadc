import { isJwtError, type JwtError } from '../core/errors.ts'
import type { Mode } from '../core/mode.ts'
import { CheckFailure, demand, tell } from './report.ts'

/** What a call of the backend came to. */
export type Outcome = { readonly value: unknown } | { readonly error: JwtError }

/**
 * Calls the backend and judges how it answers: in its mode, in time, and with this library's errors only. `queued` is how
 * many calls are made at once: a device that takes one at a time has so much longer.
 */
export type CallBackend = (mode: Mode, what: string, body: () => unknown, queued?: number) => Promise<Outcome>

export function backendCalls(patienceMilliseconds: number): CallBackend {
  return async (mode, what, body, queued = 1) => {
    let value: unknown
    try {
      value = body()
    } catch (error) {
      demand(mode === 'sync', `${what} threw at once, and in async mode it must reject`, 'mode')
      return typed(what, error)
    }
    if (mode === 'sync') {
      if (isThenable(value)) value.then(ignore, ignore)
      demand(!isThenable(value), `${what} gave a promise where sync mode owes a value`, 'mode')
      return { value }
    }
    demand(isThenable(value), `${what} gave a value where async mode owes a promise`, 'mode')
    const settled = await inTime(value, patienceMilliseconds * queued)
    if (!settled) throw new CheckFailure(`${what} did not answer within ${patienceMilliseconds * queued} ms`, 'answers')
    return 'error' in settled ? typed(what, settled.error) : settled
  }
}

/** Calls what the author gave to help the kit: it may throw as it likes, and must not hang. */
export type CallHook = <T>(what: string, body: () => T | PromiseLike<T>) => Promise<T>

// Making a key takes longer than using it.
const hookPatience = 3

export function hookCalls(patienceMilliseconds: number): CallHook {
  const milliseconds = patienceMilliseconds * hookPatience
  return async (what, body) => {
    const settled = await inTime((async () => body())(), milliseconds)
    if (!settled) throw new CheckFailure(`the function ${what} of the subject did not answer within ${milliseconds} ms`, 'answers')
    if ('error' in settled) throw settled.error
    return settled.value
  }
}

type Settled<T> = { readonly value: T } | { readonly error: unknown }

/** How a promise settled; undefined where it did not. */
function inTime<T>(promise: PromiseLike<T>, milliseconds: number): Promise<Settled<T> | undefined> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => resolve(undefined), milliseconds)
    const end = (settled: Settled<T>): void => {
      clearTimeout(timer)
      resolve(settled)
    }
    promise.then(
      (value) => end({ value }),
      (error: unknown) => end({ error }),
    )
  })
}

function ignore(): void {}

export function isThenable(value: unknown): value is PromiseLike<unknown> {
  return (
    (typeof value === 'object' || typeof value === 'function') && value !== null && typeof (value as { then?: unknown }).then === 'function'
  )
}

function typed(what: string, error: unknown): Outcome {
  if (isJwtError(error)) return { error }
  throw new CheckFailure(`${what} failed with ${tell(error)}, which is no error of this library: throw backendFailure(kind, …)`, 'errors')
}

/** The value of a call that has no reason to fail. */
export function expectValue(outcome: Outcome, what: string): unknown {
  if ('value' in outcome) return outcome.value
  throw new CheckFailure(`${what} failed with ${tell(outcome.error)}`)
}

/** Waits for all, so that none is under way when the next check begins. @throws what the first one threw */
export async function all(calls: readonly Promise<void>[]): Promise<void> {
  const results = await Promise.allSettled(calls)
  const failed = results.find((result) => result.status === 'rejected')
  if (failed) throw failed.reason
}

interface RejectionSource {
  on(event: 'unhandledRejection', listener: (reason: unknown) => void): void
  off(event: 'unhandledRejection', listener: (reason: unknown) => void): void
}

/** Counts promises that reject with nobody listening, where the runtime tells. What it returns ends the watch and gives the count. */
export function watchRejections(): () => Promise<number> {
  const { process } = globalThis as { process?: Partial<RejectionSource> }
  if (typeof process?.on !== 'function' || typeof process.off !== 'function') return () => Promise.resolve(0)
  let count = 0
  const listener = (): void => void count++
  process.on('unhandledRejection', listener)
  return async () => {
    await new Promise((resolve) => setTimeout(resolve, 20))
    process.off!('unhandledRejection', listener)
    return count
  }
}
