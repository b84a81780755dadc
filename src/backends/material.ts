import { type Algorithm, hashLength, type KeyType } from '../algorithms/algorithm.ts'
import { InvalidKeyError } from '../core/errors.ts'
import type { EcMaterial, KeyMaterial, OkpMaterial, RsaMaterial, RsaPrivateParts, SecretMaterial } from '../keys/key.ts'

interface Parts {
  readonly oct: SecretMaterial
  readonly RSA: RsaMaterial
  readonly EC: EcMaterial
  readonly OKP: OkpMaterial
}

/** Whether the bytes of this material are at hand, and are those of a `kty` key. */
export function isParts<T extends KeyType>(kty: T, material: KeyMaterial): material is Parts[T] & KeyMaterial {
  return material.kty === kty && !('handle' in material)
}

/** The numbers of a key, for a backend that needs to see them. @throws InvalidKeyError for a key that WebCrypto holds */
export function partsOf<T extends KeyType>(kty: T, material: KeyMaterial): Parts[T] {
  if (isParts(kty, material)) return material
  throw new InvalidKeyError('The key is a CryptoKey, which only WebCrypto can use: use signet-jwt/webcrypto', { kty: material.kty })
}

/** The private scalar or seed of an EC or OKP key. @throws InvalidKeyError where there is none */
export function privateScalar(parts: EcMaterial | OkpMaterial): Uint8Array {
  if (parts.d) return parts.d
  throw noPrivatePart(parts.kty)
}

/** The private numbers of an RSA key. @throws InvalidKeyError where there are none */
export function privateParts(parts: RsaMaterial): RsaPrivateParts {
  if (parts.private) return parts.private
  throw noPrivatePart(parts.kty)
}

function noPrivatePart(kty: string): InvalidKeyError {
  return new InvalidKeyError('The key has no private part: sign with a private key', { kty })
}

const pkcs1DigestInfoOverhead = 19
const pkcs1Padding = 11

/**
 * Refuses an RSA modulus that has no room for the algorithm's encoded message (RFC 8017 §9.1.1 step 3, §9.2 step 3). Only
 * a key admitted with allowWeakKey can be so small.
 * @throws InvalidKeyError
 */
export function checkRoom(algorithm: Algorithm, modulusBits: number): void {
  const digest = hashLength(algorithm.hash!)
  const room = Math.ceil((algorithm.family === 'RSA-PSS' ? modulusBits - 1 : modulusBits) / 8)
  const needed = algorithm.family === 'RSA-PSS' ? 2 * digest + 2 : digest + pkcs1DigestInfoOverhead + pkcs1Padding
  if (room >= needed) return
  throw new InvalidKeyError('The RSA key is too small for any signature of this algorithm', {
    algorithm: algorithm.name,
    bits: modulusBits,
  })
}

/** Bits of an unsigned big-endian integer without leading zeros. */
export function bitLength(integer: Uint8Array): number {
  return integer.length * 8 - Math.clz32(integer[0] ?? 0) + 24
}

/**
 * Whether an RSA signature is a number below the modulus of the same length (RFC 8017 §5.2.2 step 1). Native
 * implementations are not all so strict: Deno takes s + n for s, and one token would have two texts.
 */
export function isBelow(signature: Uint8Array, modulus: Uint8Array): boolean {
  for (let i = 0; i < modulus.length; i++) {
    const difference = signature[i]! - modulus[i]!
    if (difference !== 0) return difference < 0
  }
  return false
}

/** The refusal for what a backend or its runtime lacks. It always names a way out. */
export function unsupported(backend: string, algorithm: Algorithm, wayOut: WayOut, crv?: string): InvalidKeyError {
  return new InvalidKeyError(waysOut[wayOut], { algorithm: algorithm.name, backend, supported: false, ...(crv !== undefined && { crv }) })
}

type WayOut = keyof typeof waysOut
const waysOut = {
  noble: 'This runtime lacks the algorithm or the curve: use signet-jwt/noble, which needs nothing of the runtime',
  rsa: 'This runtime does not take the RSA key, perhaps for its size: verify with signet-jwt/noble, sign with signet-jwt/node on Node',
  native:
    'The pure TypeScript backend makes no RSA signatures or keys, which need steady timing: use signet-jwt/node or signet-jwt/webcrypto',
  curve: 'This backend knows no such curve: the algorithm needs a backend of its own',
}
