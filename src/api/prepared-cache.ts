import { createKeyMap } from './key-map.ts'

/**
 * What a one-call function prepared for a key and options, so that the next call with the same finds it. Text is compared
 * by its content, and so are options: no identity of an object that somebody may change stands for what it holds. Bounded:
 * the oldest goes.
 */
export interface PreparedCache<T> {
  /** The kept value, or what `make` gives for the options, which is kept where both can be compared, unless it throws. */
  of(key: unknown, options: unknown, make: (options: unknown) => T): T
}

/** What options held, for comparing, and a copy of them, for reading. */
interface Kept {
  readonly names: readonly string[]
  readonly values: readonly unknown[]
  readonly copy: object
}

interface Entry<T> {
  readonly kept: Kept
  readonly made: T
}

const maxOptions = 4

/** `isLasting`: whether an object stands for one key for good. */
export function createPreparedCache<T>(isLasting: (key: unknown) => key is object): PreparedCache<T> {
  const byKey = createKeyMap<readonly Entry<T>[]>()
  return {
    of(key, options, make) {
      if (typeof options !== 'object' || options === null) return make(options)
      if (typeof key !== 'string' && !isLasting(key)) return make(options)
      const entries = byKey.get(key)
      if (entries) for (const entry of entries) if (holds(entry.kept, options)) return entry.made
      const kept = keptOf(options, maxDepth)
      if (!kept) return make(options)
      const made = make(kept.copy)
      byKey.set(key, [{ kept, made }, ...(entries ?? [])].slice(0, maxOptions))
      return made
    },
  }
}

/** Whether what is given is what was kept. */
function holds({ names, values }: Kept, given: object): boolean {
  if (Object.getPrototypeOf(given) !== Object.prototype) return false
  const others = Object.keys(given)
  if (others.length !== names.length || hasHidden(given, names.length)) return false
  for (let i = 0; i < names.length; i++) {
    const name = names[i]!
    if (others[i] !== name || !isEqual(values[i], (given as Readonly<Record<string, unknown>>)[name])) return false
  }
  return true
}

/** Whether there are members that Object.keys leaves out. Reflect.ownKeys, which gives all, takes twice as long as both of these. */
function hasHidden(given: object, visible: number): boolean {
  return Object.getOwnPropertyNames(given).length !== visible || Object.getOwnPropertySymbols(given).length > 0
}

/** `kept`: a value, a list of texts, or the `Kept` of an object. */
function isEqual(kept: unknown, given: unknown): boolean {
  if (kept === given) return true
  if (!isObject(kept) || !isObject(given)) return false
  if (!Array.isArray(kept)) return holds(kept as Kept, given)
  if (!isPlainList(given) || given.length !== kept.length) return false
  for (let i = 0; i < kept.length; i++) if (kept[i] !== given[i]) return false
  return true
}

// A header or a duration lies in the options; nothing that is usual lies deeper.
const maxDepth = 2

/** Of plain options that hold only what is compared by content, and functions that are nothing else; undefined of others. */
function keptOf(given: object, depth: number): Kept | undefined {
  if (depth === 0 || Object.getPrototypeOf(given) !== Object.prototype) return undefined
  const names: string[] = []
  const values: unknown[] = []
  // Without a prototype, whose setters would swallow a member.
  const copy: Record<string, unknown> = Object.create(null)
  for (const name of Reflect.ownKeys(given)) {
    const { value, enumerable } = Object.getOwnPropertyDescriptor(given, name) ?? {}
    if (typeof name !== 'string' || name === '__proto__' || !enumerable) return undefined
    // A registry is made of functions, and a schema may be one with members.
    if (typeof value === 'function' && (depth < maxDepth || '~standard' in value)) return undefined
    const list = isPlainList(value) ? texts(value) : undefined
    const inner = isObject(value) && !list ? keptOf(value, depth - 1) : undefined
    if (value === undefined || (isObject(value) && !list && !inner)) return undefined
    names.push(name)
    values.push(list ?? inner ?? value)
    copy[name] = list ?? inner?.copy ?? value
  }
  return { names, values, copy }
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null
}

/** A list without a member of its own, such as an iterator or toJSON, that makes another list of it. */
function isPlainList(value: unknown): value is readonly unknown[] {
  const { prototype } = Array
  if (!Array.isArray(value) || Object.getPrototypeOf(value) !== prototype) return false
  return value[Symbol.iterator] === prototype[Symbol.iterator] && (value as { toJSON?: unknown }).toJSON === undefined
}

/** A copy of a list of texts. */
function texts(list: readonly unknown[]): readonly string[] | undefined {
  const copy: string[] = []
  for (let i = 0; i < list.length; i++) {
    const member = list[i]
    if (typeof member !== 'string') return undefined
    copy.push(member)
  }
  return copy
}
