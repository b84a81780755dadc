import { type ErrorCode, isJwtError } from '../../core/errors.ts'
import { given, type In, type Mode } from '../../core/mode.ts'
import { backendFailure } from '../../keys/remote-failure.ts'
import { damaged, emptyState, type KeyRingState, readState } from './state.ts'
import { callStore, type KeyRingStore } from './store.ts'

/** A state with what was made of it, for one version of the store. */
export interface Loaded<B> {
  readonly state: KeyRingState
  readonly version: string | undefined
  readonly bound: B
}

/** Where a ring has its state from. */
export interface StateSource<M extends Mode, B> {
  /** As it was within the last refresh. @throws BackendError */
  current(): In<M, Loaded<B>>
  /** As it is now. @throws BackendError */
  newest(): In<M, Loaded<B>>
  /** For a key that is not there: the newest state, at most once a second; undefined within that second. */
  lookAgain(): In<M, Loaded<B> | undefined>
  /** Compare and swap. @throws BackendError */
  save(state: KeyRingState, version: string | undefined): In<M, boolean>
  /** Waits a little before attempt `n`, so that processes that collide do not do so again. */
  pause(attempt: number): In<M, void>
}

/** The state of a ring without a store: held here. */
export function heldSource<M extends Mode, B>(mode: M, first: KeyRingState, bind: (state: KeyRingState) => B): StateSource<M, B> {
  let version = 0
  let held: Loaded<B> = { state: first, version: String(version), bound: bind(first) }
  const current = (): In<M, Loaded<B>> => given(mode, held)
  return {
    current,
    newest: current,
    lookAgain: () => given<M, Loaded<B> | undefined>(mode, undefined),
    save: (state, expected) => {
      if (expected !== held.version) return given(mode, false)
      held = { ...readBeforeSave(state, bind), version: String(++version) }
      return given(mode, true)
    },
    pause: () => given<M, void>(mode, undefined),
  }
}

export interface StoreSettings {
  /** Seconds since the epoch. */
  readonly now: () => number
  /** Seconds between two looks at the store. */
  readonly refresh: number
  /** Seconds that the last good state serves while the store fails, beyond `refresh`. */
  readonly staleFor: number
  /** Seconds one call of the store may take. */
  readonly deadline: number
}

const lookAgainSeconds = 1

/**
 * The state in a store, looked at when it is `refresh` old: one load in flight, a late answer never over a newer one, and
 * the last good state for `staleFor` longer while the store fails or holds something damaged.
 */
export function storeSource<B>(store: KeyRingStore, settings: StoreSettings, bind: (state: KeyRingState) => B): StateSource<'async', B> {
  const { now, refresh, staleFor, deadline } = settings
  let last: Loaded<B> | undefined
  let order = 0
  let accepted = 0
  let goodAt = Number.NEGATIVE_INFINITY
  let triedAt = Number.NEGATIVE_INFINITY
  let lookedAt = Number.NEGATIVE_INFINITY
  let flight: Promise<Loaded<B>> | undefined

  // A clock that went back says nothing about how old the state is, so it counts as old.
  const within = (since: number, seconds: number): boolean => now() >= since && now() - since < seconds

  const newest = async (): Promise<Loaded<B>> => {
    const place = ++order
    const startedAt = now()
    const stored = await callStore(() => store.load(), deadline)
    const read = readStored(stored, last, bind)
    if (place < accepted) return read
    accepted = place
    last = read
    goodAt = startedAt
    triedAt = startedAt
    return read
  }
  const shared = (): Promise<Loaded<B>> => {
    flight ??= newest().finally(() => {
      flight = undefined
    })
    return flight
  }
  return {
    current: async () => {
      if (last && within(triedAt, refresh)) return last
      try {
        return await shared()
      } catch (error) {
        triedAt = now()
        if (last && now() - goodAt < refresh + staleFor) return last
        throw error
      }
    },
    newest,
    lookAgain: async () => {
      if (within(lookedAt, lookAgainSeconds)) return undefined
      lookedAt = now()
      return shared().catch(() => undefined)
    },
    save: async (state, version) => {
      const next = readBeforeSave(state, bind)
      const saved: unknown = await callStore(() => store.save(state, version), deadline)
      if (typeof saved !== 'boolean')
        throw backendFailure('permanent', 'save of a key ring store gives true or false', { backend: 'key-ring' })
      if (!saved) return false
      // In force here at once; answers to loads that began before are older.
      accepted = ++order
      last = { ...next, version: undefined }
      goodAt = now()
      triedAt = Number.NEGATIVE_INFINITY
      return true
    },
    pause: (attempt) => new Promise((resolve) => setTimeout(resolve, Math.random() * Math.min(5 * attempt, 100))),
  }
}

function readStored<B>(stored: unknown, last: Loaded<B> | undefined, bind: (state: KeyRingState) => B): Loaded<B> {
  if (stored === undefined || stored === null) return { state: emptyState, version: undefined, bound: bind(emptyState) }
  try {
    const { state, version } = Object(stored) as { state?: unknown; version?: unknown }
    if (typeof version !== 'string' || version === '') throw damaged('the store gave no version')
    if (last?.version === version) return last
    return { ...readAndBind(state, bind), version }
  } catch (error) {
    throw hasCode(error, 'backend_failure') ? error : damaged('it cannot be read; see cause', error)
  }
}

function readAndBind<B>(state: unknown, bind: (state: KeyRingState) => B): Pick<Loaded<B>, 'state' | 'bound'> {
  const read = readState(state)
  return { state: read, bound: bind(read) }
}

/** One state that cannot be read would stop every process, so what is saved is read first. @throws BackendError, InvalidKeyError */
function readBeforeSave<B>(state: KeyRingState, bind: (state: KeyRingState) => B): Pick<Loaded<B>, 'state' | 'bound'> {
  try {
    return readAndBind(state, bind)
  } catch (error) {
    if (hasCode(error, 'invalid_key')) throw error
    const message = 'The change would leave a state that cannot be read: nothing was saved; see cause'
    throw backendFailure('permanent', message, { backend: 'key-ring' }, error)
  }
}

function hasCode(error: unknown, code: ErrorCode): boolean {
  return isJwtError(error) && error.code === code
}
