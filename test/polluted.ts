/** What `call` answers while these members stand on Object.prototype; of a promise, until it settles. */
export function polluted<T>(members: Readonly<Record<string, unknown>>, call: () => T): T {
  const restore = (): void => {
    for (const name of Object.keys(members)) Reflect.deleteProperty(Object.prototype, name)
  }
  for (const [name, value] of Object.entries(members)) {
    Object.defineProperty(Object.prototype, name, { value, configurable: true, writable: true, enumerable: false })
  }
  let answer: T | undefined
  try {
    answer = call()
    return answer instanceof Promise ? (answer.finally(restore) as T) : answer
  } finally {
    if (!(answer instanceof Promise)) restore()
  }
}
