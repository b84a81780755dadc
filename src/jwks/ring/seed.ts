import { registry } from '../../algorithms/registry.ts'
import { UsageError } from '../../core/errors.ts'
import { isPlainObject } from '../../core/json.ts'
import { andThen, given, type In, type Mode } from '../../core/mode.ts'
import { readAsIs, readOptions, readText } from '../../core/options.ts'
import type { Signer } from '../../keys/backend.ts'
import { keyFits } from '../../keys/bind.ts'
import { isKey, type Key, type PrivateKey, type PublicKey, type SecretKey } from '../../keys/key.ts'
import type { RingPlatform } from './bind.ts'
import { isSigner, lift } from './elsewhere.ts'
import { checkNamed, describeSigner, kidFor, storedLocal } from './make.ts'
import type { KeyRingState, KeyState, StoredKey } from './state.ts'

/** A key for a ring: one of this library, or a Signer made elsewhere whose public key is known. A public key only verifies. */
export type RingKey = SecretKey | PrivateKey | PublicKey | Signer

/** A key with its place in the ring: a state, or times in seconds since the epoch. */
export interface RingKeyEntry<K extends RingKey = RingKey> {
  readonly key: K
  readonly kid?: string
  /** Where neither the ring nor the key names it. */
  readonly algorithm?: string
  /** What it is now and stays until a rotation. */
  readonly state?: KeyState
  /** Starts to sign then. */
  readonly activateAt?: number
  /** Stops signing then. */
  readonly retireAt?: number
  /** Its tokens are refused from then on. */
  readonly removeAt?: number
}

/** An entry as it was given, read and checked as far as that needs no other party. */
export interface SeedEntry {
  readonly key: Key<Mode> | Signer
  readonly algorithm: string
  readonly kid: string | undefined
  readonly times: Readonly<Partial<Record<'activateAt' | 'retireAt' | 'removeAt' | 'revokedAt', number>>>
}

function readTime(value: unknown): number {
  if (typeof value === 'number' && value >= 0 && value <= 253_402_300_799) return value
  throw new UsageError('Times of a key are seconds since the epoch')
}

const stateTimes: Readonly<Record<KeyState, SeedEntry['times']>> = {
  pending: {},
  active: { activateAt: 0 },
  retiring: { activateAt: 0, retireAt: 0 },
  revoked: { revokedAt: 0 },
}

function readKeyState(value: unknown): KeyState {
  if (typeof value === 'string' && Object.hasOwn(stateTimes, value)) return value as KeyState
  throw new UsageError('state is "pending", "active", "retiring" or "revoked"')
}

const readers = {
  key: readAsIs,
  kid: readText,
  algorithm: readText,
  state: readKeyState,
  activateAt: readTime,
  retireAt: readTime,
  removeAt: readTime,
}

/**
 * Reads the `keys` option. Of plain keys the first signs and the others verify; an entry says itself.
 * @throws UsageError
 */
export function readSeed(value: unknown, ringAlgorithm: string | undefined): readonly SeedEntry[] {
  if (!Array.isArray(value) || value.length === 0) throw new UsageError('keys is a non-empty array of Keys, Signers and { key, state }')
  return Array.from(value, (item: unknown, index) => readEntry(item, index === 0 ? 'active' : 'retiring', ringAlgorithm))
}

function readEntry(item: unknown, plainState: KeyState, ringAlgorithm: string | undefined): SeedEntry {
  const isEntry = isPlainObject(item) && !isKey(item) && !isSigner(item)
  const { key, kid, algorithm, state, ...times } = isEntry ? readOptions(item, readers) : { key: item }
  if (!isKey(key) && !isSigner(key)) throw new UsageError('A key of a ring is a Key, which importKey makes, or a Signer')
  if (state !== undefined && ('activateAt' in times || 'retireAt' in times))
    throw new UsageError('Give a key a state or its times, not both')
  const isPublic = isKey(key) && key.type === 'public'
  const hasTimes = Object.keys(times).length > 0
  const chosen = state ?? (isPublic ? 'retiring' : plainState)
  if (isPublic && (chosen === 'active' || 'activateAt' in times))
    throw new UsageError('A public key cannot sign: give the private key or a Signer')
  if (isKey(key)) checkNamed(key, kid)
  const name = isKey(key) ? (algorithm ?? key.alg ?? ringAlgorithm ?? onlyAlgorithm(key)) : key.algorithm
  return { key, kid, algorithm: name, times: hasTimes && state === undefined && !isPublic ? times : { ...stateTimes[chosen], ...times } }
}

/** The one algorithm that the key's type and curve leave, never one of several. */
function onlyAlgorithm(key: Key<Mode>): string {
  const fitting = registry.names.filter((name) => keyFits(registry.get(name)!, key, key.type === 'public' ? 'verify' : 'sign'))
  if (fitting.length === 1) return fitting[0]!
  throw new UsageError('The key serves several algorithms or none: name one, such as createKeyRing({ algorithm: "EdDSA", keys })', {
    fitting,
  })
}

/** The state that the given keys make, and the Signers among them by their kid. */
export interface Seed {
  readonly state: KeyRingState
  readonly signers: ReadonlyMap<string, Signer>
}

/** @throws UsageError where two keys have one kid */
export function plantSeed<M extends Mode>(mode: M, platform: RingPlatform, entries: readonly SeedEntry[], createdAt: number): In<M, Seed> {
  const signers = new Map<string, Signer>()
  const plant = (planted: readonly StoredKey[]): In<M, Seed> => {
    const entry = entries[planted.length]
    if (!entry) return given(mode, { state: { format: 1, rotations: 0, keys: planted }, signers })
    return andThen(mode, storedEntry(mode, platform, entry, createdAt), (stored) => {
      if (planted.some(({ kid }) => kid === stored.kid)) throw new UsageError('Two keys of the ring have the same kid')
      if (!isKey(entry.key)) signers.set(stored.kid, entry.key)
      return plant([...planted, stored])
    })
  }
  return plant([])
}

function storedEntry<M extends Mode>(
  mode: M,
  platform: RingPlatform,
  { key, kid, algorithm, times }: SeedEntry,
  createdAt: number,
): In<M, StoredKey> {
  const described = isKey(key)
    ? andThen(mode, kid === undefined ? kidFor(mode, platform, key) : given(mode, kid), (name) => ({ kid: name, publicKey: key }))
    : describeSigner(mode, platform, key, kid)
  return andThen(mode, lift<M, { kid: string; publicKey: Key<Mode> }>(mode, described), (found) => ({
    ...storedLocal(platform, found.publicKey, algorithm, found.kid, createdAt),
    ...times,
  }))
}
