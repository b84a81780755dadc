import { UsageError } from '../../core/errors.ts'
import { backendFailure } from '../../keys/remote-failure.ts'
import { failureFrom } from './elsewhere.ts'
import type { KeyRingState } from './state.ts'

/** What a store keeps: the state as JSON, and which version of it this is. */
export interface StoredRing {
  readonly state: unknown
  /** Changes with every save; compared as a whole and never read. */
  readonly version: string
}

/** Where several processes keep the state of one key ring. Two functions; `save` compares and swaps. */
export interface KeyRingStore {
  /** What is stored now, or undefined where there is nothing yet. */
  load(): Promise<StoredRing | undefined>
  /**
   * Replaces version `expected` (undefined: nothing yet) and says true; says false, and changes nothing, where the store
   * holds another version by then. Has to be atomic.
   */
  save(state: KeyRingState, expected: string | undefined): Promise<boolean>
}

/** A store in this process, for tests and for rings that share one. */
export function memoryStore(): KeyRingStore {
  let text: string | undefined
  let version = 0
  const current = (): string | undefined => (text === undefined ? undefined : String(version))
  return Object.freeze({
    load: async () => (text === undefined ? undefined : { state: JSON.parse(text) as unknown, version: String(version) }),
    save: async (state: KeyRingState, expected: string | undefined) => {
      if (expected !== current()) return false
      text = JSON.stringify(state)
      version++
      return true
    },
  })
}

// What a timer takes; a longer time would fire at once.
const longestTimer = 2 ** 31 - 1

/** One call of a store, under a deadline, with its failure typed. @throws BackendError */
export async function callStore<T>(call: () => Promise<T>, deadlineSeconds: number): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined
  const late = new Promise<never>((_resolve, reject) => {
    const fire = (): void =>
      reject(backendFailure('retryable', 'The store of the key ring did not answer in time', { backend: 'key-ring', reason: 'deadline' }))
    timer = setTimeout(fire, Math.min(deadlineSeconds * 1000, longestTimer))
  })
  try {
    return await Promise.race([(async () => call())(), late])
  } catch (error) {
    throw failureFrom(error, 'retryable', 'The store of the key ring failed; see cause')
  } finally {
    clearTimeout(timer)
  }
}

/** @throws UsageError */
export function readStore(value: unknown): KeyRingStore {
  const { load, save } = Object(value) as Partial<KeyRingStore>
  if (typeof load !== 'function' || typeof save !== 'function') throw new UsageError('store is an object with the functions load and save')
  const store = value as KeyRingStore
  return { load: () => store.load(), save: (state, expected) => store.save(state, expected) }
}
