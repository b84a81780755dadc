import { isJwtError, type JwtError } from '../core/errors.ts'
import type { Mode } from '../core/mode.ts'
import { CheckFailure, demand, tell } from './report.ts'

/** What a call of the backend came to. */
export type Outcome = { readonly value: unknown } | { readonly error: JwtError }

/** Calls the backend and judges how it answers: in its mode, in time, and with this library's errors only. */
export type CallBackend = (mode: Mode, what: string, body: () => unknown) => Promise<Outcome>

export function backendCalls(patienceMilliseconds: number): CallBackend {
  return async (mode, what, body) => {
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
    return inTime(value, what, patienceMilliseconds)
  }
}

function ignore(): void {}

export function isThenable(value: unknown): value is PromiseLike<unknown> {
  return (
    (typeof value === 'object' || typeof value === 'function') && value !== null && typeof (value as { then?: unknown }).then === 'function'
  )
}

function inTime(promise: PromiseLike<unknown>, what: string, milliseconds: number): Promise<Outcome> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new CheckFailure(`${what} did not answer within ${milliseconds} ms`, 'answers')), milliseconds)
    promise.then(
      (value) => {
        clearTimeout(timer)
        resolve({ value })
      },
      (error: unknown) => {
        clearTimeout(timer)
        try {
          resolve(typed(what, error))
        } catch (failure) {
          reject(failure as Error)
        }
      },
    )
  })
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
