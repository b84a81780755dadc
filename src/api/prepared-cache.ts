/**
 * What a one-call function prepared for a key and options, so that the next call with the same finds it. Text is compared
 * by its content, and so are options: no identity of an object that somebody may change stands for what it holds. Bounded:
 * the oldest goes.
 */
export interface PreparedCache<T> {
  /** The kept value, or what `make` gives for the options, which is kept where both can be compared, unless it throws. */
  of(key: unknown, options: unknown, make: (options: unknown) => T): T
}

type Options = Readonly<Record<string, unknown>>
interface Entry<T> {
  readonly options: Options
  readonly made: T
}

const maxKeys = 64
const maxOptions = 4

/** `isLasting`: whether an object stands for one key for good. */
export function createPreparedCache<T>(isLasting: (key: unknown) => key is object): PreparedCache<T> {
  const byText = new Map<string, Entry<T>[]>()
  const byObject = new WeakMap<object, Entry<T>[]>()
  const keep = (key: string | object, entries: Entry<T>[]): void => {
    if (typeof key === 'object') byObject.set(key, entries)
    else {
      if (!byText.has(key) && byText.size >= maxKeys) byText.delete(byText.keys().next().value!)
      byText.set(key, entries)
    }
  }
  return {
    of(key, options, make) {
      if (typeof options !== 'object' || options === null) return make(options)
      if (typeof key !== 'string' && !isLasting(key)) return make(options)
      const entries = typeof key === 'string' ? byText.get(key) : byObject.get(key)
      if (entries) for (const entry of entries) if (isEqual(entry.options, options)) return entry.made
      const copy = comparable(options, maxDepth)
      if (!copy) return make(options)
      const made = make(copy)
      keep(key, [{ options: copy, made }, ...(entries ?? [])].slice(0, maxOptions))
      return made
    },
  }
}

/** Whether a copy, made by `comparable`, holds what is given. */
function isEqual(kept: unknown, given: unknown): boolean {
  if (kept === given) return true
  if (typeof kept !== 'object' || typeof given !== 'object' || kept === null || given === null) return false
  if (Array.isArray(kept)) {
    if (!isPlainList(given) || kept.length !== given.length) return false
    for (let i = 0; i < kept.length; i++) if (kept[i] !== given[i]) return false
    return true
  }
  if (Object.getPrototypeOf(given) !== Object.prototype) return false
  const names = Reflect.ownKeys(kept)
  const others = Reflect.ownKeys(given)
  if (others.length !== names.length) return false
  for (let i = 0; i < names.length; i++) {
    const name = names[i] as string
    if (others[i] !== name || !isEqual((kept as Options)[name], (given as Options)[name])) return false
  }
  return true
}

// A header or a duration lies in the options; nothing that is usual lies deeper.
const maxDepth = 2

/** A copy of plain objects that hold only what is compared by content, and functions; or undefined. */
function comparable(given: object, depth: number): Options | undefined {
  if (depth === 0 || Object.getPrototypeOf(given) !== Object.prototype) return undefined
  // Without a prototype, whose setters would swallow a member.
  const copy: Record<string, unknown> = Object.create(null)
  for (const name of Reflect.ownKeys(given)) {
    const { value, enumerable } = Object.getOwnPropertyDescriptor(given, name) ?? {}
    if (typeof name !== 'string' || name === '__proto__' || !enumerable || value === undefined) return undefined
    const member = Array.isArray(value) ? texts(value) : isObject(value) ? comparable(value, depth - 1) : value
    if (member === undefined) return undefined
    copy[name] = member
  }
  return copy
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null
}

/** Without holes, and without a member, such as an iterator or toJSON, that makes another list of it. */
function isPlainList(value: unknown): value is readonly unknown[] {
  return Array.isArray(value) && Object.getPrototypeOf(value) === Array.prototype && Reflect.ownKeys(value).length === value.length + 1
}

/** A copy of a list of texts. */
function texts(list: readonly unknown[]): readonly string[] | undefined {
  if (!isPlainList(list)) return undefined
  const copy: string[] = []
  for (let i = 0; i < list.length; i++) {
    const member = list[i]
    if (typeof member !== 'string') return undefined
    copy.push(member)
  }
  return copy
}
