import type { BackendError } from '../../core/errors.ts'
import { isPlainObject, type JsonObject } from '../../core/json.ts'
import type { PrivateJwk, PublicJwk, SecretJwk } from '../../keys/jwk-types.ts'
import { backendFailure } from '../../keys/remote-failure.ts'

/**
 * `pending`: published, not signing yet. `active`: signs. `retiring`: signs no more, its tokens still verify. `revoked`:
 * nothing of it is accepted. A key whose time is over is in none of these states and gone.
 */
export type KeyState = 'pending' | 'active' | 'retiring' | 'revoked'

/** The times of a key, in seconds since the epoch. Its state follows from these and the clock, so nothing has to be written when one passes. */
export interface KeyTimes {
  readonly createdAt: number
  /** When it starts to sign. Absent until a rotation chooses it; 0 for "at once, whatever the clock". */
  readonly activateAt?: number
  /** When it stops signing. */
  readonly retireAt?: number
  /** When its tokens stop verifying and it may be dropped. */
  readonly removeAt?: number
  /** When it was revoked. A revoked key stays so, whatever the clock says later. */
  readonly revokedAt?: number
}

/** One key as a store keeps it: plain JSON. Exactly one of `privateJwk`, `reference` and neither (a key that only verifies). */
export interface StoredKey extends KeyTimes {
  readonly kid: string
  readonly algorithm: string
  /** Absent for an HMAC secret. */
  readonly publicJwk?: PublicJwk
  /** A secret: whoever reads the store can sign. */
  readonly privateJwk?: PrivateJwk | SecretJwk
  /** What `open` turns into a Signer: the name of a key that lives elsewhere. */
  readonly reference?: unknown
}

/** All that several processes share of a key ring. */
export interface KeyRingState {
  readonly format: 1
  /** How often the signing key has changed. */
  readonly rotations: number
  readonly keys: readonly StoredKey[]
}

export const emptyState: KeyRingState = /* @__PURE__ */ Object.freeze({ format: 1, rotations: 0, keys: Object.freeze([]) })

/** The state that the key's own times say. Its end is looked at first, so that times out of order close and never reopen it. */
function stateByTimes(key: KeyTimes, now: number): KeyState | undefined {
  if (key.removeAt !== undefined && now >= key.removeAt) return undefined
  if (key.revokedAt !== undefined) return 'revoked'
  if (key.retireAt !== undefined && now >= key.retireAt) return 'retiring'
  return key.activateAt === undefined || now < key.activateAt ? 'pending' : 'active'
}

/**
 * The state of each key now; one that is gone is left out. One key of an algorithm is active: the one that became so last,
 * and of two that did at the same time the one listed first.
 */
export function statesAt<K extends KeyTimes & { readonly algorithm: string }>(keys: readonly K[], now: number): ReadonlyMap<K, KeyState> {
  const states = new Map<K, KeyState>()
  const active = new Map<string, K>()
  for (const key of keys) {
    const state = stateByTimes(key, now)
    if (state === undefined) continue
    const other = active.get(key.algorithm)
    if (state !== 'active') states.set(key, state)
    else if (other && other.activateAt! >= key.activateAt!) states.set(key, 'retiring')
    else {
      if (other) states.set(other, 'retiring')
      states.set(key, 'active')
      active.set(key.algorithm, key)
    }
  }
  return states
}

/** Whether tokens of the key are accepted. */
export function verifiesAt(key: KeyTimes, now: number): boolean {
  const state = stateByTimes(key, now)
  return state !== undefined && state !== 'revoked'
}

/** The key that signs now: what `statesAt` calls active, without the others. */
export function activeAt(keys: readonly StoredKey[], algorithm: string, now: number): StoredKey | undefined {
  let active: StoredKey | undefined
  for (const key of keys) {
    if (key.algorithm !== algorithm || stateByTimes(key, now) !== 'active') continue
    if (!active || key.activateAt! > active.activateAt!) active = key
  }
  return active
}

/** More than any schedule makes; a state beyond it is not written and not read. */
export const maxKeys = 10_000

/** Checks what a store gave, as JSON of a format this version knows. @throws BackendError */
export function readState(value: unknown): KeyRingState {
  if (!isPlainObject(value)) throw damaged('not an object')
  const { format, rotations, keys } = value
  if (format !== 1) throw damaged('format is not 1')
  if (!isCount(rotations)) throw damaged('rotations is not a whole number')
  if (!Array.isArray(keys) || keys.length > maxKeys) throw damaged('keys is not an array of at most 10000')
  const read = Array.from(keys, readKey)
  if (new Set(read.map(({ kid }) => kid)).size !== read.length) throw damaged('a kid comes twice')
  return { format, rotations, keys: read }
}

const times = ['activateAt', 'retireAt', 'removeAt', 'revokedAt'] as const

function readKey(stored: unknown): StoredKey {
  if (!isPlainObject(stored)) throw damaged('a key is not an object')
  // Of our own, since the store may go on using its object.
  const value = { ...stored }
  const { kid, algorithm, createdAt } = value
  if (typeof kid !== 'string' || kid === '') throw damaged('a kid is not a non-empty string')
  if (typeof algorithm !== 'string') throw damaged('an algorithm is not a string')
  if (!isTime(createdAt)) throw damaged('createdAt is not a time')
  for (const name of times) if (Object.hasOwn(value, name) && !isTime(value[name])) throw damaged(`${name} is not a time`)
  for (const name of ['publicJwk', 'privateJwk'])
    if (Object.hasOwn(value, name) && !isPlainObject(value[name])) throw damaged(`${name} is not a JWK`)
  return value as JsonObject & StoredKey
}

function isTime(value: unknown): boolean {
  return typeof value === 'number' && Number.isFinite(value)
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value)
}

/** The state in the store cannot be used. `reason` says why in words of ours; nothing of the state is repeated. */
export function damaged(reason: string, cause?: unknown): BackendError {
  return backendFailure(
    'permanent',
    'The stored state of the key ring is damaged; detail.reason says how',
    { backend: 'key-ring', reason },
    cause,
  )
}
