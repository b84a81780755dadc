import { type Algorithm, hashLength } from '../../algorithms/algorithm.ts'
import { type AlgorithmName, registry } from '../../algorithms/registry.ts'
import { encodeBase64url } from '../../core/base64url.ts'
import type { CryptoKeyLike } from '../../keys/key.ts'
import { keyParameters, operationParameters } from './parameters.ts'
import { globalSubtle, type SubtleLike } from './subtle.ts'

/**
 * What a WebCrypto can do, found by doing it: HMAC, EC and OKP by signing and verifying with a fresh key, RSA by importing
 * and using a public key. `EdDSA` stands for its curve Ed25519. Never rejects but where there is no WebCrypto at all
 * (BackendError).
 */
export async function capabilities(subtle: SubtleLike = globalSubtle()): Promise<Record<AlgorithmName, boolean>> {
  const { names } = registry
  const found = await Promise.all(names.map((name) => supports(subtle, registry.get(name)!)))
  return Object.fromEntries(names.map((name, i) => [name, found[i]!])) as Record<AlgorithmName, boolean>
}

/** Whether one algorithm works, on its first curve or on the one given. */
export async function supports(subtle: SubtleLike, algorithm: Algorithm, crv = algorithm.curves?.[0]): Promise<boolean> {
  try {
    return await (algorithm.kty === 'RSA' ? rsaWorks(subtle, algorithm) : signingWorks(subtle, algorithm, crv))
  } catch {
    return false
  }
}

async function signingWorks(subtle: SubtleLike, algorithm: Algorithm, crv: string | undefined): Promise<boolean> {
  const made = await subtle.generateKey({ ...keyParameters(algorithm, crv), ...hmacLength(algorithm) }, false, ['sign', 'verify'])
  const { privateKey, publicKey } =
    'privateKey' in made ? (made as Pair) : { privateKey: made as CryptoKeyLike, publicKey: made as CryptoKeyLike }
  const operation = operationParameters(algorithm, crv)
  const message = new Uint8Array(1)
  const signature = new Uint8Array(await subtle.sign(operation, privateKey, message))
  return (await subtle.verify(operation, publicKey, signature, message)) === true
}

interface Pair {
  readonly privateKey: CryptoKeyLike
  readonly publicKey: CryptoKeyLike
}

/** WebCrypto's default HMAC key is a block of the hash; JOSE's smallest is its output (RFC 7518 §3.2). */
export function hmacLength({ family, hash }: Algorithm): { readonly length?: number } {
  return family === 'HMAC' ? { length: hashLength(hash!) * 8 } : {}
}

/** A modulus that nobody has a private key for: making a real pair would take a second. */
async function rsaWorks(subtle: SubtleLike, algorithm: Algorithm): Promise<boolean> {
  const jwk = { kty: 'RSA', n: encodeBase64url(new Uint8Array(256).fill(0xc5)), e: 'AQAB' }
  const key = await subtle.importKey('jwk', jwk, keyParameters(algorithm), false, ['verify'])
  const nothing = new Uint8Array(256)
  return (await subtle.verify(operationParameters(algorithm), key, nothing, nothing)) === false
}
