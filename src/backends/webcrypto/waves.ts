/** Starts an operation of WebCrypto, and gives what it gives. */
export type Start = <T>(operation: () => Promise<T>) => Promise<T>

export const atOnce: Start = (operation) => operation()

const few = 8

/**
 * For operations that take less time than waking the thread they run on, as an HMAC does. When many are under way, those to
 * come wait for the end of this turn of the event loop and start together, so that a thread is woken for all of them and not
 * for each. Where there is no `setImmediate`, as in browsers, each starts at once.
 */
export function waves(): Start {
  const { setImmediate: afterTurn } = globalThis as { setImmediate?: (callback: () => void) => unknown }
  if (typeof afterTurn !== 'function') return atOnce
  let underWay = 0
  let waiting: (() => void)[] = []
  const startAll = (): void => {
    const starts = waiting
    waiting = []
    for (const start of starts) start()
  }
  const count: Start = async (operation) => {
    underWay++
    try {
      return await operation()
    } finally {
      // One goes on, so that none waits for ever where a test has replaced the timers.
      if (--underWay === 0) waiting.shift()?.()
    }
  }
  return (operation) => {
    if (underWay + waiting.length < few) return count(operation)
    return new Promise((resolve) => {
      if (waiting.push(() => resolve(count(operation))) === 1) afterTurn(startAll)
    })
  }
}
