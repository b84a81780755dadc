import type { Algorithm } from '../../algorithms/algorithm.ts'
import { registry } from '../../algorithms/registry.ts'
import { andThen, given, type In, type Mode } from '../../core/mode.ts'
import type { KeyBackend, SignCall, Signer, Verifier } from '../../keys/backend.ts'
import { exportJwk } from '../../keys/export.ts'
import { importKey } from '../../keys/import.ts'
import type { PublicJwk } from '../../keys/jwk-types.ts'
import type { Key, PrivateKey, PublicKey, SecretKey } from '../../keys/key.ts'
import type { KeyPlatform } from '../../keys/platform.ts'
import { backendFailure } from '../../keys/remote-failure.ts'
import { checkedSigner, lift, openReference, sameKey, signerNow } from './elsewhere.ts'
import { damaged, type KeyTimes, type StoredKey } from './state.ts'

/** What an entry point gives to its rings. */
export interface RingPlatform<M extends Mode = Mode> {
  readonly backend: KeyBackend<M>
  readonly keys: KeyPlatform<M>
}

/** What the keys of one ring are bound with. */
export interface RingContext<M extends Mode> {
  readonly mode: M
  readonly platform: RingPlatform
  /** Signers that the caller gave for keys of this ring, by kid. */
  readonly given: ReadonlyMap<string, Signer>
  /** Makes a Signer of a reference. */
  readonly open: ((reference: unknown) => unknown) | undefined
}

/** A key of the ring, ready for use. */
export interface BoundKey<M extends Mode> extends Binding<M> {
  readonly times: KeyTimes
}

/** What stays of a key while its times change. */
interface Binding<M extends Mode> {
  readonly kid: string
  readonly algorithm: string
  readonly verifier: Verifier<string, M>
  /** What is published: built from the public numbers alone. Absent for a secret. */
  readonly publicJwk: PublicJwk | undefined
  /** The signer of this very key, asked for each token. @throws BackendError where this process cannot sign with it */
  signer(call?: SignCall): In<M, Signer<string, M>>
}

/** Binds keys and keeps them, so that a key is read once however often the state changes. */
export function keyBinder<M extends Mode>(context: RingContext<M>): (keys: readonly StoredKey[]) => ReadonlyMap<string, BoundKey<M>> {
  let kept = new Map<string, Binding<M>>()
  return (keys) => {
    const fresh = new Map<string, Binding<M>>()
    const byKid = new Map<string, BoundKey<M>>()
    for (const key of keys) {
      const algorithm = registry.get(key.algorithm)
      // Of a newer version of this library: left to the processes that know it.
      if (!algorithm) continue
      const { kid, publicJwk, privateJwk, reference } = key
      const identity = JSON.stringify([kid, key.algorithm, publicJwk, privateJwk, reference])
      const bound = kept.get(identity) ?? bindStored(context, algorithm, key)
      fresh.set(identity, bound)
      byKid.set(kid, { ...bound, times: key })
    }
    kept = fresh
    return byKid
  }
}

/** @throws InvalidKeyError, BackendError for a key that cannot be read or does not fit */
function bindStored<M extends Mode>(context: RingContext<M>, algorithm: Algorithm, stored: StoredKey): Binding<M> {
  const { kid } = stored
  const { own, verifying } = readHalves(context, algorithm, stored)
  const publicKey = verifying.type === 'public' ? verifying : undefined
  const { mode, platform } = context
  const verifier = verifierIn(mode, platform.backend.verifier(algorithm, verifying, { kid }))
  const local = once(() => signerIn(mode, platform.backend.signer(algorithm, own as PrivateKey, { kid })))
  const elsewhere = once(() => context.given.get(kid) ?? opened(context, stored))
  return Object.freeze({
    kid,
    algorithm: algorithm.name,
    verifier,
    publicJwk: publicKey && published(publicKey, kid, algorithm.name),
    signer: (call?: SignCall) => {
      if (own) return given(mode, local())
      const asked = andThen(mode, lift<M, Signer>(mode, elsewhere()), (signer) => signerNow(mode, signer, call))
      return andThen(mode, asked, (now) => checkedSigner(mode, now, kid, publicKey!, verifier))
    },
  })
}

interface Halves {
  /** What signs here, if it is here. */
  readonly own: PrivateKey<Mode> | SecretKey<Mode> | undefined
  readonly verifying: PublicKey<Mode> | SecretKey<Mode>
}

function readHalves({ platform }: RingContext<Mode>, { name }: Algorithm, { kid, publicJwk, privateJwk }: StoredKey): Halves {
  const read = (jwk: unknown): Key<Mode> => importKey(platform.keys, jwk, { format: 'jwk', kid, algorithm: name })
  const own = privateJwk && read(privateJwk)
  const shown = publicJwk && read(publicJwk)
  if (shown && shown.type !== 'public') throw damaged('publicJwk is not public')
  if (own?.type === 'public') throw damaged('privateJwk is not private')
  if (own?.type === 'secret') return { own, verifying: own }
  const half = own?.publicKey ?? shown
  if (!half) throw damaged('a key has no public half')
  if (own && shown && !sameKey(own, shown)) throw damaged('publicJwk and privateJwk do not belong together')
  return { own, verifying: half }
}

function published(key: PublicKey<Mode>, kid: string, alg: string): PublicJwk {
  const { key_ops: _, ...jwk } = exportJwk(key) as PublicJwk
  return Object.freeze({ ...jwk, kid, alg, use: 'sig' })
}

function opened({ open, mode }: RingContext<Mode>, { reference }: StoredKey): In<Mode, Signer> {
  if (reference === undefined || !open) {
    const message = 'This process cannot sign with the active key of the ring: give open for keys that live elsewhere'
    throw backendFailure('permanent', message, { backend: 'key-ring' })
  }
  return lift(mode, openReference(open, reference))
}

/** The last value of `make`, unless it failed. */
export function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined
  return () => {
    made ??= { value: make() }
    const { value } = made
    if (value instanceof Promise) {
      value.catch(() => {
        made = undefined
      })
    }
    return value
  }
}

/** A key of the ring's backend, which answers at once where its platform does, answering as the ring does. */
function verifierIn<M extends Mode>(mode: M, verifier: Verifier): Verifier<string, M> {
  return inMode(mode, verifier) as Verifier<string, M>
}

function signerIn<M extends Mode>(mode: M, signer: Signer): Signer<string, M> {
  return inMode(mode, signer) as Signer<string, M>
}

function inMode(mode: Mode, key: Signer | Verifier): object {
  if (key.mode === mode) return key
  const later = (member: unknown): unknown =>
    typeof member === 'function' ? async (...parts: readonly unknown[]): Promise<unknown> => member.apply(key, parts) : member
  return Object.freeze({ ...Object.fromEntries(Object.entries(key).map(([name, member]) => [name, later(member)])), mode })
}
