import { isJwtError, UsageError } from './errors.ts'

/** Whether a key answers at once or later. It is part of a key's type. */
export type Mode = 'sync' | 'async'

/** `T` for a sync mode, `Promise<T>` for an async one, both for an unknown one. */
export type In<M extends Mode, T> = M extends 'sync' ? T : Promise<T>

/**
 * Continues after a value that may come later. The mode decides, never the value: a promise from a sync key is just a
 * wrong value. Not called `then`, because import() takes a module that exports that name for a promise.
 */
export function andThen<M extends Mode, A, B>(mode: M, value: In<M, A>, next: (value: A) => In<M, B> | B): In<M, B> {
  return (mode === 'async' ? Promise.resolve(value as Promise<A>).then(next as (value: A) => Promise<B>) : next(value as A)) as In<M, B>
}

/** A value as the mode gives it. */
export function given<M extends Mode, T>(mode: M, value: T): In<M, T> {
  return (mode === 'async' ? Promise.resolve(value) : value) as In<M, T>
}

/** Ends a call both ways: `good` takes its value, `bad` what it threw or rejected with. */
export function settle<M extends Mode, A, B>(mode: M, call: () => In<M, A>, good: (value: A) => B, bad: (error: unknown) => B): In<M, B> {
  if (mode === 'async') return (async () => call())().then(good as (value: unknown) => B, bad) as In<M, B>
  let value: A
  try {
    value = call() as A
  } catch (error) {
    return bad(error) as In<M, B>
  }
  return good(value) as In<M, B>
}

/**
 * The border of every public function: only this library's errors leave it, and an async function never throws at once.
 * What the caller's own getters, proxies and callbacks throw is replaced without its text, which might hold a secret.
 */
export function run<M extends Mode, T>(mode: M, body: () => In<M, T> | T): In<M, T> {
  if (mode === 'async') return (async () => body())().catch(throwOwn) as In<M, T>
  try {
    return body() as In<M, T>
  } catch (error) {
    return throwOwn(error)
  }
}

/** What `run` makes of an error; for code that cannot afford its closure. */
export function throwOwn(error: unknown): never {
  throw isJwtError(error) ? error : new UsageError('A value or callback threw', { thrown: kindOf(error) })
}

/** The name of an error's class. */
export function kindOf(error: unknown): string {
  try {
    return error instanceof Error ? error.constructor.name.slice(0, 64) : typeof error
  } catch {
    return 'unknown'
  }
}

/** Nobody waits for the promise of what calls itself sync: its failure must not become an unhandled rejection. */
export function disown(value: unknown): void {
  if (typeof value === 'object') Promise.resolve(value).catch(() => undefined)
}
