import type { Algorithm } from '../algorithms/algorithm.ts'
import type { Mode } from '../core/mode.ts'
import { readKeySet } from '../jwks/key-set.ts'
import type { KeyBackend, Signer, Verifier } from '../keys/backend.ts'
import { importKey } from '../keys/import.ts'
import { isKey, isMade, type Key, type PublicKey, type SecretKey } from '../keys/key.ts'
import { createKeyMap } from './key-map.ts'
import type { Platform } from './platform.ts'

/** Makes Keys of what callers give, and Signers and Verifiers of Keys. All throw InvalidKeyError. */
export interface Binder {
  /** Text and bytes are read as what `type` says. */
  key(input: unknown, type: Key['type']): Key
  /** The keys of a JWK Set. */
  keys(set: object, allowSymmetric: boolean): readonly Key[]
  signer(algorithm: Algorithm, key: Key, allowWeakKey: boolean): Signer
  verifier(algorithm: Algorithm, key: Key, allowWeakKey: boolean): Verifier
}

export function createBinder(platform: Platform): Binder {
  const backendOf = (key: Key): KeyBackend => ((key.mode as Mode) === 'async' ? platform.webcrypto() : platform.backend())
  return {
    key(input, type) {
      if (isKey(input)) return input as Key
      const raw = typeof input === 'string' || ArrayBuffer.isView(input)
      return importKey(platform.keys, input, raw ? { type } : undefined) as Key
    },
    keys: (set, allowSymmetric) => readKeySet(platform.keys, set, { allowSymmetric }).keys,
    signer: (algorithm, key, allowWeakKey) => backendOf(key).signer(algorithm, key as SecretKey, { allowWeakKey }),
    verifier: (algorithm, key, allowWeakKey) => backendOf(key).verifier(algorithm, key as PublicKey, { allowWeakKey }),
  }
}

/**
 * For one-call functions, whose options may differ from call to call: keeps the Keys read of text, 64 of each type, and what
 * was made of a Key for as long as somebody has that Key. A Key never changes, and text is compared by its content.
 */
export function rememberingBinder(platform: Platform): Binder {
  const fresh = createBinder(platform)
  const keys = { secret: createKeyMap<Key>(), public: createKeyMap<Key>(), private: createKeyMap<Key>() }
  return {
    ...fresh,
    key(input, type) {
      if (typeof input !== 'string' && !isLasting(platform, input)) return fresh.key(input, type)
      const known = keys[type].get(input)
      if (known) return known
      const key = fresh.key(input, type)
      keys[type].set(input, key)
      return key
    },
    signer: onceAKey(fresh.signer),
    verifier: onceAKey(fresh.verifier),
  }
}

/** Whether it is an object that stands for one key for good. */
export function isLasting(platform: Platform, input: unknown): input is object {
  if (isKey(input)) return isMade(input)
  return typeof input === 'object' && input !== null && platform.keys.isKeyHandle?.(input) === true
}

type Bind<T> = (algorithm: Algorithm, key: Key, allowWeakKey: boolean) => T

function onceAKey<T>(bind: Bind<T>): Bind<T> {
  const strong = new WeakMap<Key, WeakMap<Algorithm, T>>()
  const weak: typeof strong = new WeakMap()
  return (algorithm, key, allowWeakKey) => {
    const byKey = allowWeakKey ? weak : strong
    const known = byKey.get(key)?.get(algorithm)
    if (known) return known
    const made = bind(algorithm, key, allowWeakKey)
    if (isMade(key) && Object.isFrozen(algorithm)) byKey.set(key, (byKey.get(key) ?? new WeakMap<Algorithm, T>()).set(algorithm, made))
    return made
  }
}
