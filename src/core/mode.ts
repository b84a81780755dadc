import { isJwtError, UsageError } from './errors.ts'

/** Whether a key answers at once or later. It is part of a key's type. */
export type Mode = 'sync' | 'async'

/** `T` for a sync mode, `Promise<T>` for an async one, both for an unknown one. */
export type In<M extends Mode, T> = M extends 'sync' ? T : Promise<T>

/** Continues after a value that may come later. The mode decides, never the value: a promise from a sync key is just a wrong value. */
export function then<M extends Mode, A, B>(mode: M, value: In<M, A>, next: (value: A) => In<M, B>): In<M, B> {
  if (mode === 'async') return Promise.resolve(value as Promise<A>).then(next as (value: A) => Promise<B>) as In<M, B>
  return next(value as A)
}

/**
 * The border of every public function: only this library's errors leave it, and an async function never throws at once.
 * What the caller's own getters, proxies and callbacks throw is replaced without its text, which might hold a secret.
 */
export function run<M extends Mode, T>(mode: M, body: () => In<M, T>): In<M, T> {
  if (mode === 'async') {
    return (async () => {
      try {
        return await body()
      } catch (error) {
        throw ownError(error)
      }
    })() as In<M, T>
  }
  try {
    return body()
  } catch (error) {
    throw ownError(error)
  }
}

function ownError(error: unknown): unknown {
  return isJwtError(error) ? error : new UsageError('A value or callback given by the caller threw; see detail.thrown', { thrown: kindOf(error) })
}

function kindOf(error: unknown): string {
  try {
    return error instanceof Error ? error.constructor.name.slice(0, 64) : typeof error
  } catch {
    return 'unknown'
  }
}
