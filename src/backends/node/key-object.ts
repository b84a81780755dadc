import type { KeyObject } from 'node:crypto'
import type { Algorithm } from '../../algorithms/algorithm.ts'
import type { EcMaterial, OkpMaterial, RsaMaterial } from '../../keys/key.ts'
import { privateJwk, publicJwk } from '../jwk-parts.ts'
import { privateParts, privateScalar, unsupported } from '../material.ts'
import { crypto } from './builtin.ts'

export const backendName = 'node'

type Asymmetric = RsaMaterial | EcMaterial | OkpMaterial

/** The verification key. An id-RSASSA-PSS key becomes a plain one: its restrictions were enforced when it was bound. */
export function publicKeyObject(algorithm: Algorithm, parts: Asymmetric): KeyObject {
  return made(algorithm, parts, () => crypto().createPublicKey({ key: publicJwk(parts), format: 'jwk' }))
}

export function privateKeyObject(algorithm: Algorithm, parts: Asymmetric): KeyObject {
  const secret = parts.kty === 'RSA' ? privateParts(parts) : { d: privateScalar(parts) }
  return made(algorithm, parts, () => crypto().createPrivateKey({ key: privateJwk(parts, secret), format: 'jwk' }))
}

/** The material is checked, so what cannot be loaded is a curve or a size that the runtime lacks. */
function made(algorithm: Algorithm, parts: Asymmetric, make: () => KeyObject): KeyObject {
  try {
    return make()
  } catch {
    throw parts.kty === 'RSA' ? unsupported(backendName, algorithm, 'rsa') : unsupported(backendName, algorithm, 'noble', parts.crv)
  }
}
