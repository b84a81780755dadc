import type { Algorithm } from '../algorithms/algorithm.ts'
import type { AlgorithmRegistry } from '../algorithms/registry.ts'
import { InvalidKeyError, isJwtError, UsageError } from '../core/errors.ts'
import { isKeySet, looksLikeJwks } from '../jwks/key-set.ts'
import type { DecodeSettings } from '../jwt/decode-options.ts'
import type { EncodeSettings } from '../jwt/encode-options.ts'
import { isFixed, isVerifier, isVerifierSource, verifierList } from '../jwt/verifier-list.ts'
import type { Signer, Verifier, VerifierSource } from '../keys/backend.ts'
import { keyFits, keyIsStrong } from '../keys/bind.ts'
import { isKey, type Key } from '../keys/key.ts'
import { readAlgorithm, readAllowList, readRegistry } from './allow-list.ts'
import type { Binder } from './binder.ts'

/** A Signer for whatever the caller signs with. @throws UsageError, InvalidKeyError */
export function resolveSigner(binder: Binder, input: unknown, settings: EncodeSettings): Signer {
  const registry = readRegistry(settings.registry)
  if (isSigner(input)) {
    readAlgorithm(input.algorithm, registry)
    return input
  }
  const algorithm = registry.get(readAlgorithm(settings.algorithm, registry))!
  return binder.signer(algorithm, readKey(binder, input, 'private', algorithm), settings.allowWeakKey)
}

/** A source of Verifiers for whatever the caller verifies with, and the algorithms that may run. @throws UsageError, InvalidKeyError */
export function resolveVerifiers(
  binder: Binder,
  input: unknown,
  settings: DecodeSettings,
): { source: VerifierSource; allowed: readonly string[] } {
  const registry = readRegistry(settings.registry)
  const listed = settings.algorithms === undefined ? undefined : readAllowList(settings.algorithms, registry)
  const source = sourceOf(input, (material) =>
    bindMaterial(material, { binder, allowWeakKey: settings.allowWeakKey, registry, algorithms: listed }),
  )
  const served = readAllowList(source.algorithms, registry)
  if (isFixed(source) && listed && !served.every((name) => listed.includes(name)))
    throw new UsageError('A Verifier is bound to an algorithm that algorithms does not list')
  return { source, allowed: listed ?? served }
}

const maxKeys = 1000

function sourceOf(input: unknown, bind: (material: unknown) => readonly Verifier[]): VerifierSource {
  if (isVerifierSource(input)) return input
  if (!Array.isArray(input)) return verifierList(isVerifier(input) ? [input] : bind(input))
  if (input.length > maxKeys) throw new UsageError('A list of keys has at most 1000')
  const items: readonly unknown[] = Array.from(input)
  if (!items.every((item) => isVerifier(item) || isKey(item)) || items.length === 0) {
    throw new UsageError('A list of keys is not empty and holds Keys, which importKey makes, or Verifiers; JWKs go into { keys: [jwk] }')
  }
  return verifierList(items.flatMap((item) => (isVerifier(item) ? [item] : bind(item))))
}

interface Binding {
  readonly binder: Binder
  readonly allowWeakKey: boolean
  readonly registry: AlgorithmRegistry
  readonly algorithms: readonly string[] | undefined
}

function bindMaterial(input: unknown, binding: Binding): readonly Verifier[] {
  const { registry, binder } = binding
  const algorithms = binding.algorithms ?? readAllowList(undefined, registry)
  if (isKeySet(input)) return bindSet(input.keys, binding, algorithms)
  if (looksLikeJwks(input)) {
    // An allow-list of HMAC algorithms is the caller's word that this set is a private one.
    const allowSymmetric = registry.get(algorithms[0]!)!.kty === 'oct'
    return bindSet(binder.keys(input, allowSymmetric), binding, algorithms)
  }
  const first = registry.get(algorithms[0]!)!
  const key = readKey(binder, input, 'public', first)
  const verifiers = bindAll(key, binding, algorithms)
  // Binding what does not fit throws the reason.
  return verifiers.length > 0 ? verifiers : [binder.verifier(first, key, false)]
}

function bindSet(keys: readonly Key[], binding: Binding, algorithms: readonly string[]): readonly Verifier[] {
  const verifiers = keys.flatMap((key) => bindMember(() => bindAll(key, binding, algorithms)))
  if (verifiers.length > 0) return verifiers
  throw new InvalidKeyError('No key of the set can serve an allowed algorithm; importJwks lists why members are skipped')
}

/** A member that cannot be bound is of no use; the others are. */
function bindMember(bind: () => Verifier[]): Verifier[] {
  try {
    return bind()
  } catch (error) {
    if (isJwtError(error) && error.code === 'invalid_key') return []
    throw error
  }
}

function bindAll(key: Key, { binder, allowWeakKey, registry }: Binding, algorithms: readonly string[]): Verifier[] {
  const fitting = algorithms.map((name) => registry.get(name)!).filter((row) => keyFits(row, key, 'verify'))
  // A secret of 32 bytes beside HS256 and HS512 serves HS256; one that is too short for all is an error, which binding throws.
  const strong = fitting.filter((row) => allowWeakKey || keyIsStrong(row, key))
  return (strong.length > 0 ? strong : fitting).map((row) => binder.verifier(row, key, allowWeakKey))
}

/** Reads material as what the algorithm takes: the developer's choice of algorithm, never the token, says whether text is a secret. */
function readKey(binder: Binder, input: unknown, use: 'public' | 'private', { kty }: Algorithm): Key {
  return binder.key(input, kty === 'oct' ? 'secret' : use)
}

function isSigner(value: unknown): value is Signer {
  if (typeof value !== 'object' || value === null) return false
  const { sign, mode } = value as Partial<Signer>
  return typeof sign === 'function' && (mode === 'sync' || mode === 'async')
}
