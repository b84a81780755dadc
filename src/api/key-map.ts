/** Values by what the caller gave as a key. */
export interface KeyMap<T> {
  get(key: string | object): T | undefined
  set(key: string | object, value: T): void
}

const maxTexts = 64

/** Text is compared by its content, and of texts the oldest goes; an object has its value for as long as somebody has it. */
export function createKeyMap<T>(): KeyMap<T> {
  const byText = new Map<string, T>()
  const byObject = new WeakMap<object, T>()
  return {
    get: (key) => (typeof key === 'string' ? byText.get(key) : byObject.get(key)),
    set(key, value) {
      if (typeof key === 'object') byObject.set(key, value)
      else {
        if (!byText.has(key) && byText.size >= maxTexts) byText.delete(byText.keys().next().value!)
        byText.set(key, value)
      }
    },
  }
}
