import type { Algorithm } from '../../../algorithms/algorithm.ts'
import { hashLength } from '../../../algorithms/algorithm.ts'
import { encodeBase64url } from '../../../core/base64url.ts'
import { InvalidKeyError } from '../../../core/errors.ts'
import { decodeBase64 } from '../../../keys/base64.ts'
import type { PublicKey } from '../../../keys/key.ts'
import { backendFailure } from '../../../keys/remote-failure.ts'
import { readPublicKey } from '../../../keys/remote-public-key.ts'
import { badAnswer, wrongKey } from '../failures.ts'
import { backendName } from './http.ts'

/** A transit key as reading it shows it. */
export interface TransitKey {
  readonly latest: number
  /** Those that may still verify, newest first. */
  readonly versions: readonly number[]
  publicKey(version: number): PublicKey
}

const keyType: Readonly<Record<string, RegExp>> = {
  HMAC: /^hmac$/,
  'RSASSA-PKCS1-v1_5': /^rsa-\d+$/,
  'RSA-PSS': /^rsa-\d+$/,
  ES256: /^ecdsa-p256$/,
  ES384: /^ecdsa-p384$/,
  ES512: /^ecdsa-p521$/,
  EdDSA: /^ed25519$/,
}

/** The key type's pattern, or undefined where transit has none for the algorithm. */
export function transitType({ family, name, curves }: Algorithm): RegExp | undefined {
  if (family === 'EdDSA' && !curves?.includes('Ed25519')) return undefined
  return keyType[family] ?? keyType[name]
}

/** @throws InvalidKeyError for a key of another type, BackendError for an answer that is none */
export function readTransitKey(data: Readonly<Record<string, unknown>>, algorithm: Algorithm, allowWeakKey: boolean): TransitKey {
  const { type, latest_version: latest, keys, derived, key_size: size } = data
  if (typeof latest !== 'number' || typeof keys !== 'object' || keys === null)
    throw badAnswer(backendName, 'Vault gave a key without versions')
  // Each derived key is another key, by a context that a token does not have.
  if (!transitType(algorithm)!.test(String(type)) || derived === true) throw wrongKey(backendName, algorithm)
  if (algorithm.family === 'HMAC' && !allowWeakKey) checkSize(size, algorithm)
  return {
    latest,
    versions: Object.keys(keys)
      .map(Number)
      .filter(Number.isSafeInteger)
      .sort((a, b) => b - a),
    publicKey: (version) => publicKeyIn((keys as Readonly<Record<string, unknown>>)[version], algorithm),
  }
}

/** RFC 7518 §3.2, where Vault shows the size, in bytes. */
function checkSize(size: unknown, algorithm: Algorithm): void {
  if (typeof size !== 'number' || size >= hashLength(algorithm.hash!)) return
  throw new InvalidKeyError(
    'The secret in Vault is too short for its algorithm (RFC 7518 §3.2): make one with key_size of detail.minBits / 8, or allowWeakKey',
    {
      algorithm: algorithm.name,
      bits: size * 8,
      minBits: hashLength(algorithm.hash!) * 8,
    },
  )
}

function publicKeyIn(entry: unknown, { family }: Algorithm): PublicKey {
  const text = (entry as { readonly public_key?: unknown } | null | undefined)?.public_key
  if (entry === undefined) throw noVersion()
  if (typeof text !== 'string') throw badAnswer(backendName, 'Vault gave a version without its public key')
  if (family !== 'EdDSA') return readPublicKey(text)
  const point = decodeBase64(text)
  if (!point) throw badAnswer(backendName, 'Vault gave an Ed25519 key that is not base64')
  return readPublicKey({ kty: 'OKP', crv: 'Ed25519', x: encodeBase64url(point) })
}

export function noVersion() {
  return backendFailure('permanent', 'The transit key has no such version, or min_decryption_version has passed it', {
    backend: backendName,
    reason: 'key_not_found',
  })
}
