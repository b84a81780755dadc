import { UsageError } from '../../core/errors.ts'
import { andThen, given, type In, type Mode } from '../../core/mode.ts'
import { backendFailure } from '../../keys/remote-failure.ts'
import { type KeyMaking, makeStoredKey } from './make.ts'
import { born, nextRotation, planRotation, type Schedule, type Urgency } from './rotation.ts'
import type { Loaded, StateSource } from './source.ts'
import { type KeyRingState, maxKeys, type StoredKey, statesAt } from './state.ts'

/** What a call of `rotate` did. */
export interface Rotation {
  /** Whether this call changed the key that signs. False where it was too early, or another process was first. */
  readonly rotated: boolean
  /** The kid of the key that signs now. */
  readonly active?: string
  /** The kid of the key that signs next, published already. */
  readonly pending?: string
  /** The kids of the keys that this call made. */
  readonly created: readonly string[]
  /** When the next rotation may happen, in seconds since the epoch. */
  readonly nextAt?: number
}

/** What changes of a state need. */
export interface Changing<M extends Mode> {
  readonly mode: M
  readonly source: StateSource<M, unknown>
  /** The state of a store that has none yet. */
  readonly first: KeyRingState
  readonly schedule: Schedule
  readonly now: () => number
  readonly algorithm: string
  /** Undefined where this ring makes no keys. */
  readonly making: KeyMaking<M> | undefined
}

/** What a change makes of a state; nothing is saved without a state. */
interface Change<R> {
  readonly state?: KeyRingState
  readonly result: R
}

const maxAttempts = 100

/** Compares and swaps until it succeeds; `change` judges the newest state each time. @throws BackendError */
function update<M extends Mode, R>(
  { mode, source, first }: Changing<M>,
  change: (state: KeyRingState, isStored: boolean) => In<M, Change<R>>,
): In<M, R> {
  const attempt = (count: number): In<M, R> =>
    andThen(mode, source.newest(), (loaded: Loaded<unknown>) => {
      const isStored = loaded.version !== undefined
      return andThen(mode, change(isStored ? loaded.state : first, isStored), ({ state, result }) => {
        if (!state) return given(mode, result)
        if (state.keys.length > maxKeys) throw new UsageError('The key ring has 10000 keys: rotate less often, or shorten tokenLifetime')
        return andThen(mode, source.save(state, loaded.version), (saved) => {
          if (saved) return given(mode, result)
          if (count >= maxAttempts) throw backendFailure('retryable', 'Other processes kept changing the key ring', { backend: 'key-ring' })
          return andThen(mode, source.pause(count), () => attempt(count + 1))
        })
      })
    })
  return attempt(1)
}

/** Rotates as far as the urgency allows. One rotation by another process meanwhile counts as this one. @throws BackendError */
export function rotate<M extends Mode>(changing: Changing<M>, urgency: Urgency): In<M, Rotation> {
  const { mode, algorithm, now, schedule } = changing
  const takeKeys = makeOnce(changing)
  let seen: number | undefined
  return update(changing, (state, isStored) => {
    const at = now()
    seen ??= state.rotations
    const plan = planRotation(state, algorithm, at, schedule, state.rotations === seen ? urgency : 'not')
    const wanted = [...(plan.needsActive ? [true] : []), ...(plan.needsPending ? [false] : [])]
    return andThen(mode, takeKeys(wanted.length, at), (made) => {
      const added = made.map((key, index) => born(key, wanted[index]!))
      const keys = [...plan.keys, ...added]
      checkNew(added, keys)
      const settled: KeyRingState = { format: 1, rotations: state.rotations + (plan.rotated ? 1 : 0), keys }
      const changed = !isStored || plan.rotated || added.length > 0 || plan.keys.length !== state.keys.length
      const created = added.map(({ kid }) => kid)
      return {
        result: { ...describe(settled, algorithm, at, schedule), rotated: plan.rotated, created },
        ...(changed && { state: settled }),
      }
    })
  })
}

/** Keys that a lost race leaves over serve the next attempt, so no key is made twice. */
function makeOnce<M extends Mode>({ mode, making }: Changing<M>): (count: number, at: number) => In<M, readonly StoredKey[]> {
  const made: StoredKey[] = []
  const take = (count: number, at: number): In<M, readonly StoredKey[]> => {
    if (!making || made.length >= count) return given(mode, made.slice(0, count))
    return andThen(mode, makeStoredKey(making, at), (key) => {
      made.push(key)
      return take(count, at)
    })
  }
  return take
}

/** @throws BackendError where `create` gave a key that is there already */
function checkNew(added: readonly StoredKey[], keys: readonly StoredKey[]): void {
  const known = added.find((key) => keys.some((other) => other !== key && other.kid === key.kid))
  if (!known) return
  const message = 'A key was made whose kid the ring has already, so nothing was saved: create has to make another key each time'
  throw backendFailure('permanent', message, { backend: 'key-ring', kid: known.kid })
}

function describe(state: KeyRingState, algorithm: string, at: number, schedule: Schedule): Pick<Rotation, 'active' | 'pending' | 'nextAt'> {
  const states = [...statesAt(state.keys, at)].filter(([key]) => key.algorithm === algorithm)
  const active = states.find(([, name]) => name === 'active')?.[0].kid
  const pending = states.find(([, name]) => name === 'pending')?.[0].kid
  const nextAt = nextRotation(state, algorithm, at, schedule)
  return { ...(active !== undefined && { active }), ...(pending !== undefined && { pending }), ...(nextAt !== undefined && { nextAt }) }
}

/** Applies a change to the key of this kid, then sees that the ring has a key that signs. @throws BackendError, UsageError */
export function changeKey<M extends Mode>(
  changing: Changing<M>,
  kid: unknown,
  edit: (state: KeyRingState, kid: string, now: number, schedule: Schedule) => KeyRingState,
): In<M, void> {
  if (typeof kid !== 'string') throw new UsageError('kid is the kid of a key of the ring')
  const { mode, now, schedule } = changing
  const edited = update(changing, (state) => given(mode, { state: edit(state, kid, now(), schedule), result: undefined }))
  return andThen(mode, edited, () => andThen(mode, rotate(changing, 'not'), () => undefined))
}
