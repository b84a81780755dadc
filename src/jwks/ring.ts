import { andThen, given, type In, type Mode, run } from '../core/mode.ts'
import { readBoolean, readOptions } from '../core/options.ts'
import type { KeyHint, SignCall, Signer, Verifier, VerifierSource } from '../keys/backend.ts'
import type { PublicJwk } from '../keys/jwk-types.ts'
import { backendFailure } from '../keys/remote-failure.ts'
import { copyOf } from '../keys/remote-signer.ts'
import { type BoundKey, keyBinder, once, type RingPlatform } from './ring/bind.ts'
import { type Changing, changeKey, type Rotation, rotate } from './ring/changes.ts'
import { type KeyRingOptions, type RingSettings, readRingOptions } from './ring/options.ts'
import { retireKey, revokeKey } from './ring/rotation.ts'
import { plantSeed, type RingKey, type Seed } from './ring/seed.ts'
import { heldSource, type Loaded, type StateSource, storeSource } from './ring/source.ts'
import {
  activeAt,
  emptyState,
  type KeyRingState,
  type KeyState,
  type KeyTimes,
  type StoredKey,
  statesAt,
  verifiesAt,
} from './ring/state.ts'
import type { KeyRingStore } from './ring/store.ts'

/** A key of a ring, without anything private. */
export interface RingKeyInfo extends KeyTimes {
  readonly kid: string
  readonly algorithm: string
  readonly state: KeyState
  /** Absent for a secret. */
  readonly publicJwk?: PublicJwk
}

/** What a ring publishes. */
export interface PublicJwks {
  readonly keys: readonly PublicJwk[]
}

/**
 * Several keys of one issuer, of which one signs. It is a Signer, for encoders, and a VerifierSource, for decoders: each
 * token is signed by the key that is active then, under its kid, and verified by the keys that are pending, active or retiring.
 */
export interface KeyRing<A extends string = string, M extends Mode = Mode> extends Signer<A, M>, VerifierSource<M> {
  readonly mode: M
  /** The key that signs now. @throws BackendError where there is none or its device fails */
  snapshot(call?: SignCall): In<M, Signer<A, M>>
  /** The JWK Set to publish: the public half of each key that is pending, active or retiring. Empty for secrets. */
  jwks(): In<M, PublicJwks>
  /** Every key with its state now. */
  keys(): In<M, readonly RingKeyInfo[]>
  /**
   * Lets the pending key sign once it has been published for `publishFor` and the active one has signed for `rotateEvery`;
   * makes the next pending key, drops those that are gone. May be called at any time by any number of processes: what is
   * not due is not done, and what several do at once is done once. `force` does not wait for either time.
   * @throws BackendError
   */
  rotate(options?: { readonly force?: boolean }): In<M, Rotation>
  /** The key signs no more; its tokens verify for the rest of their lifetime. Where it was active, the pending one takes over. */
  retire(kid: string): In<M, void>
  /** The key's tokens are refused: at once here, within `refresh` in other processes. Where it was active, the pending one takes over. */
  revoke(kid: string): In<M, void>
}

type KeyOf<M extends Mode> = Exclude<RingKey, Signer> | Signer<string, M>
type Held<A extends string, K extends RingKey> = KeyRingOptions<A, K> & { readonly store?: never; readonly open?: never }

/** Makes a key ring. Overloads and not an inferred kind of key, so that lists of different kinds compile. @throws UsageError, InvalidKeyError */
export interface CreateKeyRing<D extends Mode> {
  <A extends string>(
    options: KeyRingOptions<A> & ({ readonly store: KeyRingStore } | { readonly open: (reference: never) => unknown }),
  ): KeyRing<A, 'async'>
  <A extends string>(options: Held<A, KeyOf<'sync'>>): KeyRing<A, D>
  <A extends string>(options: Held<A, KeyOf<'sync'> | KeyOf<'async'>>): KeyRing<A, 'async'>
  <A extends string>(options: Held<A, RingKey>): KeyRing<A, Mode>
}

/** `createKeyRing` over the keys and primitives of an entry point. */
export function bindCreateKeyRing<D extends Mode>(platform: RingPlatform<D>): CreateKeyRing<D> {
  return ((options: unknown) =>
    run('sync', () => {
      const settings = readRingOptions(options)
      return makeRing(modeFor(platform, settings), platform, settings)
    })) as CreateKeyRing<D>
}

function modeFor({ backend }: RingPlatform, { store, open, seed }: RingSettings): Mode {
  return store || open || seed.some(({ key }) => 'sign' in key && key.mode === 'async') ? 'async' : backend.mode
}

type Bound<M extends Mode> = ReadonlyMap<string, BoundKey<M>>

interface Ready<M extends Mode> {
  readonly source: StateSource<M, Bound<M>>
  readonly changing: Changing<M>
}

function makeRing<M extends Mode>(mode: M, platform: RingPlatform, settings: RingSettings): KeyRing<string, M> {
  const { algorithm, algorithms, now } = settings
  const prepared = once(() => prepare(mode, platform, settings))
  // A ring that answers at once says at once what is wrong with its keys.
  if (mode === 'sync') prepared()
  const withSource = <T>(use: (ready: Ready<M>) => In<M, T>): In<M, T> => run(mode, () => andThen(mode, prepared(), use))
  const withState = <T>(use: (loaded: Loaded<Bound<M>>) => In<M, T> | T): In<M, T> =>
    withSource(({ source }) => andThen(mode, source.current(), use))
  const snapshot = (call?: SignCall): In<M, Signer<string, M>> =>
    withState(({ state, bound }) => {
      const active = activeAt(state.keys, algorithm, now())
      if (active) return bound.get(active.kid)!.signer(call)
      throw backendFailure('permanent', 'The key ring has no key that signs: call rotate() to make one', { backend: 'key-ring', algorithm })
    })
  const find = ({ bound }: Loaded<Bound<M>>, { alg, kid }: KeyHint): readonly Verifier<string, M>[] => {
    const named = kid === undefined ? [...bound.values()] : [bound.get(kid)]
    const at = now()
    return named.flatMap((key) => (key?.algorithm === alg && verifiesAt(key.times, at) ? key.verifier : []))
  }
  return Object.freeze({
    mode,
    algorithm,
    algorithms,
    snapshot,
    sign: (input: Uint8Array, call?: SignCall) =>
      run(mode, () => {
        // The caller may change its bytes while the key is looked up.
        const message = mode === 'async' ? copyOf(input) : input
        return andThen(mode, snapshot(call), (signer) => signer.sign(message, call))
      }),
    candidates: (hint: KeyHint) =>
      withSource(({ source }) => {
        if (!algorithms.includes(hint.alg)) return given(mode, [])
        return andThen(mode, source.current(), (loaded) => {
          if (hint.kid === undefined || loaded.bound.has(hint.kid)) return find(loaded, hint)
          return andThen(mode, source.lookAgain(), (newest) => (newest ? find(newest, hint) : []))
        })
      }),
    jwks: () => withState((loaded) => ({ keys: shown(loaded, now(), ['active', 'pending', 'retiring']) })),
    keys: () => withState(({ state, bound }) => Array.from(statesAt(state.keys, now()), ([key, at]) => describe(key, at, bound))),
    rotate: (options?: { readonly force?: boolean }) =>
      withSource(({ changing }) => {
        const { force = false } = readOptions(options, { force: readBoolean })
        return rotate(changing, force ? 'now' : 'due')
      }),
    retire: (kid: string) => withSource(({ changing }) => changeKey(changing, kid, retireKey)),
    revoke: (kid: string) => withSource(({ changing }) => changeKey(changing, kid, revokeKey)),
  })
}

/** Reads the given keys, and sees where the state comes from. */
function prepare<M extends Mode>(mode: M, platform: RingPlatform, settings: RingSettings): In<M, Ready<M>> {
  const { seed, now, store } = settings
  return andThen(mode, plantSeed(mode, platform, seed, now()), (planted) => {
    const bindKeys = keyBinder({ mode, platform, given: planted.signers, open: settings.open })
    const bind = (state: KeyRingState): Bound<M> => bindKeys(state.keys)
    // A store makes a ring async, so its source fits the mode.
    const source = store
      ? (storeSource(store, settingsOfStore(settings), bind) as unknown as StateSource<M, Bound<M>>)
      : heldSource(mode, planted.state, bind)
    return { source, changing: changingOf(mode, platform, settings, planted, source) }
  })
}

function settingsOfStore({ now, schedule, staleFor, deadline }: RingSettings) {
  return { now, refresh: schedule.refresh, staleFor, deadline }
}

function changingOf<M extends Mode>(
  mode: M,
  platform: RingPlatform,
  settings: RingSettings,
  planted: Seed,
  source: StateSource<M, Bound<M>>,
): Changing<M> {
  const { algorithm, now, schedule, generate, create, open } = settings
  // Keys from elsewhere are followed by keys from elsewhere, never silently by one in memory.
  const makes = create !== undefined || (planted.signers.size === 0 && open === undefined)
  const first = planted.state.keys.length > 0 ? planted.state : emptyState
  return {
    mode,
    source,
    first,
    schedule,
    now,
    algorithm,
    making: makes ? { mode, platform, algorithm, generate, create, open } : undefined,
  }
}

function shown<M extends Mode>({ state, bound }: Loaded<Bound<M>>, now: number, order: readonly KeyState[]): readonly PublicJwk[] {
  const states = [...statesAt(state.keys, now)]
  return order.flatMap((wanted) => states.flatMap(([key, at]) => (at === wanted ? (bound.get(key.kid)?.publicJwk ?? []) : [])))
}

function describe<M extends Mode>(key: StoredKey, state: KeyState, bound: Bound<M>): RingKeyInfo {
  const { kid, algorithm, createdAt, activateAt, retireAt, removeAt, revokedAt } = key
  const publicJwk = bound.get(kid)?.publicJwk
  return Object.freeze({
    kid,
    algorithm,
    state,
    createdAt,
    ...(activateAt !== undefined && { activateAt }),
    ...(retireAt !== undefined && { retireAt }),
    ...(removeAt !== undefined && { removeAt }),
    ...(revokedAt !== undefined && { revokedAt }),
    ...(publicJwk && { publicJwk }),
  })
}
