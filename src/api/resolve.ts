import type { AlgorithmRegistry } from '../algorithms/registry.ts'
import { InvalidKeyError, UsageError } from '../core/errors.ts'
import type { Mode } from '../core/mode.ts'
import { isKeySet, looksLikeJwks, readKeySet } from '../jwks/key-set.ts'
import type { DecodeSettings } from '../jwt/decode-options.ts'
import { type EncodeSettings, readAlgorithm } from '../jwt/encode-options.ts'
import { isVerifier, isVerifierSource, verifierList } from '../jwt/verifier-list.ts'
import type { KeyBackend, Signer, Verifier, VerifierSource } from '../keys/backend.ts'
import { keyFits } from '../keys/bind.ts'
import { importKey } from '../keys/import.ts'
import { isKey, type Key, type PublicKey, type SecretKey } from '../keys/key.ts'
import type { KeyPlatform } from '../keys/platform.ts'

/** What an entry point is made of: its backend, and the one for keys that live in WebCrypto. */
export interface Platform<M extends Mode = Mode> {
  readonly backend: KeyBackend<M>
  readonly keys: KeyPlatform<M>
  /** For CryptoKeys. */
  readonly webcrypto: KeyBackend<'async'>
}

/** A Signer for whatever the caller signs with. @throws UsageError, InvalidKeyError */
export function resolveSigner(platform: Platform, input: unknown, settings: EncodeSettings): Signer {
  if (isSigner(input)) return input
  const { registry, allowWeakKey } = settings
  const name = readAlgorithm(settings.algorithm, registry)
  const key = readKey(platform.keys, input, 'private', name, registry)
  return backendFor(platform, key).signer(registry.get(name)!, key as SecretKey, { allowWeakKey })
}

/** A source of Verifiers for whatever the caller verifies with. @throws UsageError, InvalidKeyError */
export function resolveVerifiers(platform: Platform, input: unknown, settings: DecodeSettings): VerifierSource {
  if (isVerifierSource(input)) return input
  if (!Array.isArray(input)) return verifierList(isVerifier(input) ? [input] : bindMaterial(platform, input, settings))
  const items: readonly unknown[] = Array.from(input)
  if (!items.every((item) => isVerifier(item) || isKey(item)) || items.length === 0) {
    throw new UsageError('A list of keys is not empty and holds Keys, which importKey makes, or Verifiers')
  }
  return verifierList(items.flatMap((item) => (isVerifier(item) ? [item] : bindMaterial(platform, item, settings))))
}

function bindMaterial(platform: Platform, input: unknown, settings: DecodeSettings): readonly Verifier[] {
  const { algorithms, registry } = settings
  if (!algorithms) throw new UsageError('algorithms is required: the only ones that may run, such as ["ES256"] (RFC 8725 §3.1)')
  if (isKeySet(input)) return bindSet(platform, input.keys, settings, algorithms)
  if (looksLikeJwks(input)) return bindSet(platform, readKeySet(platform.keys, input).keys, settings, algorithms)
  const key = readKey(platform.keys, input, 'public', algorithms[0]!, registry)
  const verifiers = bindAll(platform, key, settings, algorithms)
  // Binding what does not fit throws the reason.
  return verifiers.length > 0 ? verifiers : [backendFor(platform, key).verifier(registry.get(algorithms[0]!)!, key as PublicKey)]
}

function bindSet(platform: Platform, keys: readonly Key[], settings: DecodeSettings, algorithms: readonly string[]): readonly Verifier[] {
  const verifiers = keys.flatMap((key) => bindAll(platform, key, settings, algorithms))
  if (verifiers.length > 0) return verifiers
  throw new InvalidKeyError('No key of the set can serve an allowed algorithm; importJwks lists why members are skipped')
}

function bindAll(platform: Platform, key: Key, { allowWeakKey, registry }: DecodeSettings, algorithms: readonly string[]): Verifier[] {
  const rows = algorithms.map((name) => registry.get(name)!)
  const backend = backendFor(platform, key)
  return rows.filter((row) => keyFits(row, key, 'verify')).map((row) => backend.verifier(row, key as PublicKey, { allowWeakKey }))
}

/** Reads material as what the algorithm takes: the developer's choice of algorithm, never the token, says whether text is a secret. */
function readKey(platform: KeyPlatform, input: unknown, use: 'public' | 'private', algorithm: string, registry: AlgorithmRegistry): Key {
  if (isKey(input)) return input as Key
  const secret = registry.get(algorithm)!.kty === 'oct'
  const raw = typeof input === 'string' || ArrayBuffer.isView(input)
  return importKey(platform, input, raw ? { type: secret ? 'secret' : use } : undefined) as Key
}

function backendFor(platform: Platform, key: Key): KeyBackend {
  return (key.mode as Mode) === 'async' ? platform.webcrypto : platform.backend
}

function isSigner(value: unknown): value is Signer {
  if (typeof value !== 'object' || value === null) return false
  const { sign, mode } = value as Partial<Signer>
  return typeof sign === 'function' && (mode === 'sync' || mode === 'async')
}
