import type { Algorithm } from '../algorithms/algorithm.ts'
import { isBytes } from '../core/bytes.ts'
import type { BackendError } from '../core/errors.ts'
import { signatureOfDer } from './der-signature.ts'
import type { PublicKey } from './key.ts'
import type { CheckedKey } from './remote-definition.ts'
import { backendFailure } from './remote-failure.ts'

const longestSignature = 2048

/** The JWS signature in a device's answer, as bytes of our own. @throws BackendError for anything that cannot be one */
export function signatureIn(answer: unknown, key: CheckedKey, algorithm: Algorithm, publicKey: PublicKey | undefined): Uint8Array {
  const detail = { backend: key.backend, algorithm: algorithm.name }
  if (!isBytes(answer)) throw wrongAnswer('The backend gave no bytes for a signature', detail)
  if (answer.length === 0) throw wrongAnswer('The backend gave an empty signature', detail)
  const bytes = new Uint8Array(answer)
  const signature = key.signatureEncoding === 'der' ? signatureOfDer(bytes, algorithm.signatureLength! / 2) : bytes
  if (!signature) throw wrongAnswer('The backend gave no well-formed DER signature (RFC 3279 §2.2.3)', detail)
  if (signature === bytes && isDer(bytes, algorithm))
    throw wrongAnswer('The backend gave DER where it declares raw signatures: signatureEncoding is "der"', detail)
  const { length } = signature
  const fits = lengths(algorithm, publicKey)
  if (fits ? fits.includes(length) : length <= longestSignature) return signature
  throw wrongAnswer('The backend gave a signature of the wrong length; detail.bytes is what came', { ...detail, bytes: length })
}

/** Whether bytes of the wrong length are the DER of an ECDSA signature: what most devices give. */
export function isDer(bytes: Uint8Array, { family, signatureLength }: Algorithm): boolean {
  return family === 'ECDSA' && bytes.length !== signatureLength && signatureOfDer(bytes, signatureLength! / 2) !== undefined
}

/** The signature lengths there can be; undefined for RSA without a public key, where any modulus may be behind it. */
function lengths({ signatureLength, kty }: Algorithm, publicKey: PublicKey | undefined): readonly number[] | undefined {
  if (signatureLength !== undefined) return [signatureLength]
  if (kty === 'RSA') return publicKey && [Math.ceil(publicKey.bits / 8)]
  if (publicKey) return [publicKey.crv === 'Ed448' ? 114 : 64]
  return [64, 114]
}

export function wrongAnswer(message: string, detail: Readonly<Record<string, string | number>>): BackendError {
  return backendFailure('permanent', message, detail)
}
