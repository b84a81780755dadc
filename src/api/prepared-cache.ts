/**
 * What a one-call function prepared for key text and options, so that the next call with the same finds it. Text is compared
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
  readonly names: readonly PropertyKey[]
  readonly made: T
}

const maxKeys = 64
const maxOptions = 4

export function createPreparedCache<T>(): PreparedCache<T> {
  const byKey = new Map<string, Entry<T>[]>()
  return {
    of(key, options, make) {
      if (typeof key !== 'string' || typeof options !== 'object' || options === null) return make(options)
      const entries = byKey.get(key)
      if (entries && Object.getPrototypeOf(options) === Object.prototype) {
        for (const entry of entries) if (isSame(entry, options as Options)) return entry.made
      }
      const copy = comparable(options)
      if (!copy) return make(options)
      const made = make(copy)
      if (!entries && byKey.size >= maxKeys) byKey.delete(byKey.keys().next().value!)
      byKey.set(key, [{ options: copy, names: Reflect.ownKeys(copy), made }, ...(entries ?? [])].slice(0, maxOptions))
      return made
    },
  }
}

function isSame({ options, names }: Entry<unknown>, given: Options): boolean {
  const others = Reflect.ownKeys(given)
  if (others.length !== names.length) return false
  for (let i = 0; i < names.length; i++) {
    const name = names[i] as string
    if (others[i] !== name || !isEqual(options[name], given[name])) return false
  }
  return true
}

function isEqual(kept: unknown, given: unknown): boolean {
  if (kept === given) return true
  if (!Array.isArray(kept) || !Array.isArray(given) || kept.length !== given.length) return false
  for (let i = 0; i < kept.length; i++) if (kept[i] !== given[i]) return false
  return true
}

/** A copy of plain options that hold only what is compared by content, and functions; or undefined. */
function comparable(options: object): Options | undefined {
  if (Object.getPrototypeOf(options) !== Object.prototype) return undefined
  // Without a prototype, whose setters would swallow an option.
  const copy: Record<string, unknown> = Object.create(null)
  for (const name of Reflect.ownKeys(options)) {
    const { value, enumerable } = Object.getOwnPropertyDescriptor(options, name) ?? {}
    if (typeof name !== 'string' || name === '__proto__' || !enumerable || value === undefined) return undefined
    if (Array.isArray(value)) {
      const list: readonly unknown[] = Array.from(value)
      if (!list.every((member) => typeof member === 'string')) return undefined
      copy[name] = list
    } else if (typeof value === 'object' && value !== null) return undefined
    else copy[name] = value
  }
  return copy
}
