import { UsageError } from '../../core/errors.ts'
import { type KeyRingState, type KeyState, type StoredKey, statesAt } from './state.ts'

/** Seconds. */
export interface Schedule {
  /** A key is published this long before it signs. */
  readonly publishFor: number
  /** A key verifies this long after it has stopped to sign. */
  readonly tokenLifetime: number
  /** The least time a key signs. */
  readonly rotateEvery: number
  /** How long other processes may not have seen a change. */
  readonly refresh: number
}

/** What a rotation makes of a state, before the keys that it lacks are made. */
export interface RotationPlan {
  readonly keys: readonly StoredKey[]
  /** Whether another key signs now than before. */
  readonly rotated: boolean
  /** Whether a key has to be made that signs at once, since there is none. */
  readonly needsActive: boolean
  /** Whether a key has to be made that signs next. */
  readonly needsPending: boolean
}

/** Whether the signing key may change: not at all, when its time has come, or at once. A ring without one gets one in any case. */
export type Urgency = 'not' | 'due' | 'now'

/** "At once" for every clock: a process whose clock lags must not find a ring without a signing key. */
const atOnce = 0

/**
 * Drops what is gone, lets the oldest pending key sign and the active one retire, once both have had their time. Keys of
 * other algorithms are left as they are.
 */
export function planRotation(state: KeyRingState, algorithm: string, now: number, schedule: Schedule, urgency: Urgency): RotationPlan {
  const states = statesAt(state.keys, now)
  const keys = [...states.keys()]
  const inState = (wanted: KeyState): StoredKey[] => keys.filter((key) => key.algorithm === algorithm && states.get(key) === wanted)
  const [active] = inState('active')
  const waiting = inState('pending').filter(({ activateAt }) => activateAt === undefined)
  const next = waiting.reduce<StoredKey | undefined>((first, key) => (first && first.createdAt <= key.createdAt ? first : key), undefined)
  const needsActive = !active && !next
  const due = next && (!active || urgency === 'now' || (urgency === 'due' && now >= dueAt(next, active, schedule)))
  if (!due) return { keys, rotated: false, needsActive, needsPending: waiting.length === 0 }
  const promoted = { ...next, activateAt: active ? now : atOnce }
  const settled = keys.map((key) => {
    if (key === next) return promoted
    if (key === active) return retired(key, now, schedule)
    return key
  })
  return { keys: settled, rotated: true, needsActive, needsPending: waiting.length === 1 }
}

/** When `next` may take over from `active`. */
function dueAt(next: StoredKey, active: StoredKey, { publishFor, refresh, rotateEvery }: Schedule): number {
  return Math.max(next.createdAt + publishFor + refresh, signsSince(active) + rotateEvery)
}

/** A key that signs "at once" has done so since it was made. */
function signsSince({ activateAt = atOnce, createdAt }: StoredKey): number {
  return Math.max(activateAt, createdAt)
}

/** When the next rotation may happen; undefined where a key is missing. */
export function nextRotation(state: KeyRingState, algorithm: string, now: number, schedule: Schedule): number | undefined {
  const states = statesAt(state.keys, now)
  const find = (wanted: KeyState): StoredKey | undefined =>
    state.keys.find((key) => key.algorithm === algorithm && states.get(key) === wanted)
  const [active, next] = [find('active'), find('pending')]
  return active && next && dueAt(next, active, schedule)
}

/** Stops signing now. Others may sign until they look again, and what they sign then still has its whole lifetime. */
function retired(key: StoredKey, now: number, { tokenLifetime, refresh }: Schedule): StoredKey {
  const last = Math.max(now, key.activateAt ?? now)
  return { ...key, retireAt: now, removeAt: last + refresh + tokenLifetime }
}

/** A key made for the ring, with its times. */
export function born(key: StoredKey, active: boolean): StoredKey {
  return active ? { ...key, activateAt: atOnce } : key
}

/** The named key signs no more and verifies for the lifetime of its tokens. @throws UsageError where there is no such key */
export function retireKey(state: KeyRingState, kid: string, now: number, schedule: Schedule): KeyRingState {
  return change(state, kid, (key) => (key.retireAt !== undefined && key.retireAt <= now ? key : retired(key, now, schedule)))
}

/**
 * The named key is refused from now on. Its record stays as long as its tokens would have lived, so that it can be seen.
 * Where it was the one that signs, the next one does so at once. @throws UsageError where there is no such key
 */
export function revokeKey(state: KeyRingState, kid: string, now: number, schedule: Schedule): KeyRingState {
  const wasActive = [...statesAt(state.keys, now)].find(([key, at]) => at === 'active' && key.kid === kid)?.[0]
  const removeAt = now + schedule.refresh + schedule.tokenLifetime
  const revoked = change(state, kid, (key) => (key.revokedAt === undefined ? { ...key, revokedAt: now, removeAt } : key))
  if (!wasActive) return revoked
  const plan = planRotation(revoked, wasActive.algorithm, now, schedule, 'not')
  return plan.rotated ? { ...revoked, rotations: revoked.rotations + 1, keys: plan.keys } : revoked
}

function change(state: KeyRingState, kid: string, edit: (key: StoredKey) => StoredKey): KeyRingState {
  const keys = state.keys.map((key) => (key.kid === kid ? edit(key) : key))
  if (state.keys.every((key) => key.kid !== kid)) throw new UsageError('The key ring has no key of this kid')
  return { ...state, keys }
}
