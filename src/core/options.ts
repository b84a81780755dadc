import { UsageError } from './errors.ts'
import { isPlainObject } from './json.ts'

/** Turns an option's value into the form the library keeps, or throws. */
export type Reader<T> = (value: unknown, option: string) => T
export type Readers = Readonly<Record<string, Reader<unknown>>>
export type ReadOptions<R extends Readers> = { readonly [K in keyof R]?: ReturnType<R[K]> }

/**
 * Reads options once and fails closed: an unknown name, a value that is present but undefined, and a value its reader
 * does not take are UsageErrors. What is returned does not change when the caller's object does.
 */
export function readOptions<R extends Readers>(given: unknown, readers: R): ReadOptions<R> {
  if (given === undefined) return Object.create(null) as ReadOptions<R>
  if (!isPlainObject(given)) throw new UsageError('Options are a plain object')
  const read: Record<string, unknown> = Object.create(null)
  for (const option of Reflect.ownKeys(given) as string[]) {
    if (!Object.hasOwn(readers, option)) throw new UsageError('Unknown option; see detail', { known: Object.keys(readers) })
    const value: unknown = given[option]
    if (value === undefined) throw badOption(option, 'a value')
    read[option] = readers[option]!(value, option)
  }
  return read as ReadOptions<R>
}

export function badOption(option: string, wanted: string): UsageError {
  return new UsageError('Wrong option; see detail', { option, wanted })
}

/** A non-empty string. */
export function readText(value: unknown, option: string): string {
  if (typeof value === 'string' && value !== '') return value
  throw badOption(option, 'a string')
}

/** A non-empty array of different non-empty strings, copied. */
export function readTextList(value: unknown, option: string): readonly string[] {
  if (Array.isArray(value) && value.length > 0 && value.length < 1000) {
    const list = Array.from(value, (member) => readText(member, option))
    if (new Set(list).size === list.length) return Object.freeze(list)
  }
  throw badOption(option, 'different strings')
}

/** A string, or a list of them; the list is kept. */
export function readTextOrList(value: unknown, option: string): readonly string[] {
  return Array.isArray(value) ? readTextList(value, option) : [readText(value, option)]
}

export function readTextOrNull(value: unknown, option: string): string | null {
  return value === null ? null : readText(value, option)
}

export function readBoolean(value: unknown, option: string): boolean {
  if (typeof value === 'boolean') return value
  throw badOption(option, 'a boolean')
}

export function readFunction(value: unknown, option: string): (...args: never[]) => unknown {
  if (typeof value === 'function') return value as (...args: never[]) => unknown
  throw badOption(option, 'a function')
}

/** For what somebody else judges. */
export function readAsIs(value: unknown): unknown {
  return value
}

/** A positive whole number. */
export function readCount(value: unknown, option: string): number {
  if (typeof value === 'number' && Number.isSafeInteger(value) && value > 0) return value
  throw badOption(option, 'a positive integer')
}
