import { randomBytes } from '@noble/hashes/utils.js'
import { equalBytes } from '../../core/bytes.ts'
import type { KeyMaterial } from '../../keys/key.ts'
import { partsOf } from '../material.ts'
import { type Mac, macOf, type NewHash } from './hmac.ts'
import type { Primitive } from './primitive.ts'

/** HMAC (RFC 7518 §3.2) with one hash, for the backend that knows every algorithm. */
export function hmacPrimitive(newHash: NewHash): Primitive {
  const mac = (material: KeyMaterial): Mac => macOf(newHash, partsOf('oct', material).k)
  return {
    signing: (_algorithm, material) => ({ sign: mac(material) }),
    verifying: (_algorithm, material) => {
      const expected = mac(material)
      return { verify: (input, signature) => equalBytes(expected(input), signature) }
    },
    generate: () => ({ kty: 'oct', k: randomBytes(newHash().outputLen) }),
  }
}
