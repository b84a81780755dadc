import type { HashName } from '../algorithms/algorithm.ts'
import { type AlgorithmName, registry } from '../algorithms/registry.ts'
import { encodeBase64url } from '../core/base64url.ts'
import { UsageError } from '../core/errors.ts'
import { andThen, type In, type Mode, run } from '../core/mode.ts'
import { badOption, readOptions } from '../core/options.ts'
import { type KeySet, type KeySetOptions, readKeySet } from '../jwks/key-set.ts'
import type { GenerateOptions } from '../keys/backend.ts'
import type { KeyObjectLike } from '../keys/handle.ts'
import { importKey } from '../keys/import.ts'
import type { ImportKeyOptions } from '../keys/import-options.ts'
import type { AnyJsonWebKey, Jwk, Jwks, PrivateJwk, PublicJwk, SecretJwk } from '../keys/jwk-types.ts'
import type { CryptoKeyLike, Key, KeyOfType, PrivateKey, PublicKey, SecretKey } from '../keys/key.ts'
import { thumbprintInput } from '../keys/thumbprint.ts'
import type { Platform } from './platform.ts'

type AnyText = string | Uint8Array | KeyObjectLike | Jwk | AnyJsonWebKey

/** Reads a key in any format into a checked Key. */
export interface ImportKey {
  /** Bytes without options are an HMAC secret. */
  (input: Uint8Array): SecretKey
  (input: SecretJwk, options?: ImportKeyOptions): SecretKey
  (input: PrivateJwk, options?: ImportKeyOptions): PrivateKey
  (input: PublicJwk, options?: ImportKeyOptions): PublicKey
  <T extends Key['type']>(input: CryptoKeyLike, options: ImportKeyOptions & { readonly type: T }): KeyOfType<T, 'async'>
  (input: CryptoKeyLike, options?: ImportKeyOptions): Key<'async'>
  <T extends Key['type']>(input: AnyText, options: ImportKeyOptions & { readonly type: T }): KeyOfType<T>
  (input: AnyText, options?: ImportKeyOptions): Key
}

type SecretAlgorithm = 'HS256' | 'HS384' | 'HS512'
type KeyPairAlgorithm = Exclude<AlgorithmName, SecretAlgorithm>

export type GenerateKey<D extends Mode> = (algorithm: KeyPairAlgorithm, options?: GenerateOptions) => In<D, PrivateKey>
export type GenerateSecret<D extends Mode> = (algorithm: SecretAlgorithm) => In<D, SecretKey>
export type JwkThumbprint<D extends Mode> = (key: Key | Jwk, options?: { readonly hash?: HashName }) => In<D, string>

export function bindImportKey(platform: Platform): ImportKey {
  return ((input: unknown, options?: ImportKeyOptions) => run('sync', () => importKey(platform.keys, input, options))) as ImportKey
}

export function bindImportJwks(platform: Platform): (set: Jwks | object, options?: KeySetOptions) => KeySet {
  return (set, options) => run('sync', () => readKeySet(platform.keys, set, options))
}

export function bindGenerateKey<D extends Mode>(platform: Platform<D>): GenerateKey<D> {
  return ((algorithm: string, options?: GenerateOptions) => generate(platform, algorithm, options, false)) as GenerateKey<D>
}

export function bindGenerateSecret<D extends Mode>(platform: Platform<D>): GenerateSecret<D> {
  // There are no options for a secret, which the backend says of any that are given.
  return ((algorithm: string, options?: GenerateOptions) => generate(platform, algorithm, options, true)) as GenerateSecret<D>
}

function generate<D extends Mode>(platform: Platform<D>, algorithm: string, options: GenerateOptions | undefined, secret: boolean) {
  return run(platform.keys.mode, () => {
    const isSecret = registry.get(algorithm)?.kty === 'oct'
    if (isSecret && !secret) throw new UsageError('An HMAC algorithm has no key pair: use generateSecret')
    if (!isSecret && secret) throw new UsageError('generateSecret takes HS256, HS384 or HS512: use generateKey for key pairs')
    return platform.backend().generate(algorithm, options)
  })
}

const hashes: readonly unknown[] = ['SHA-256', 'SHA-384', 'SHA-512']

export function bindJwkThumbprint<D extends Mode>(platform: Platform<D>): JwkThumbprint<D> {
  return (key, options) => thumbprint(platform, key, options)
}

/** The thumbprint as a URI (RFC 9278), always over SHA-256 unless `hash` says otherwise. */
export function bindJwkThumbprintUri<D extends Mode>(platform: Platform<D>): JwkThumbprint<D> {
  return (key, options) => thumbprint(platform, key, options, (hash) => `urn:ietf:params:oauth:jwk-thumbprint:${hash.toLowerCase()}:`)
}

function thumbprint<D extends Mode>({ keys }: Platform<D>, key: Key | Jwk, options: unknown, prefix?: (hash: HashName) => string) {
  return run(keys.mode, () => {
    const hash = hashOf(options)
    const before = prefix?.(hash) ?? ''
    return andThen(keys.mode, keys.digest(hash, thumbprintInput(key)), (digest) => before + encodeBase64url(digest))
  })
}

function hashOf(options: unknown): HashName {
  return readOptions(options, { hash: readHash }).hash ?? 'SHA-256'
}

function readHash(value: unknown, option: string): HashName {
  if (hashes.includes(value)) return value as HashName
  throw badOption(option, '"SHA-256", "SHA-384" or "SHA-512"')
}
