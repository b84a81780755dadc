import type { Algorithm } from '../../algorithms/algorithm.ts'
import { InvalidKeyError } from '../../core/errors.ts'
import type { GenerateOptions } from '../../keys/backend.ts'
import type { CryptoKeyLike, KeyMaterial } from '../../keys/key.ts'
import { materialOfJwk } from '../jwk-parts.ts'
import { unsupported } from '../material.ts'
import { hmacLength, supports } from './capabilities.ts'
import { keyParameters } from './parameters.ts'
import { backendName, type SubtleLike } from './subtle.ts'

/** A fresh extractable key, as its numbers. @throws InvalidKeyError when the runtime lacks the algorithm or its curve */
export async function generate(subtle: SubtleLike, algorithm: Algorithm, options: GenerateOptions): Promise<KeyMaterial> {
  const { modulusLength = 2048, crv = algorithm.curves?.[0] } = options
  const rsa = algorithm.kty === 'RSA' ? { modulusLength, publicExponent: Uint8Array.of(1, 0, 1) } : {}
  let made: object
  try {
    made = await subtle.generateKey({ ...keyParameters(algorithm, crv), ...hmacLength(algorithm), ...rsa }, true, ['sign', 'verify'])
  } catch {
    if (!(await supports(subtle, algorithm, crv))) throw unsupported(backendName, algorithm, 'noble', crv)
    throw new InvalidKeyError('WebCrypto did not make the key, though it knows its algorithm', { algorithm: algorithm.name })
  }
  if (algorithm.kty === 'oct')
    return { kty: 'oct', k: new Uint8Array((await subtle.exportKey('raw', made as CryptoKeyLike)) as ArrayBuffer) }
  const { privateKey } = made as { privateKey: CryptoKeyLike }
  return materialOfJwk((await subtle.exportKey('jwk', privateKey)) as Readonly<Record<string, unknown>>)
}
