import { hmac } from '@noble/hashes/hmac.js'
import type { CHash } from '@noble/hashes/utils.js'
import { randomBytes } from '@noble/hashes/utils.js'
import { equalBytes } from '../../core/bytes.ts'
import type { KeyMaterial } from '../../keys/key.ts'
import { partsOf } from '../material.ts'
import type { Primitive } from './primitive.ts'

/** HMAC (RFC 7518 §3.2) with one hash. */
export function hmacPrimitive(hash: CHash): Primitive {
  return {
    signing: (_algorithm, material) => ({ sign: macOf(hash, material) }),
    verifying: (_algorithm, material) => {
      const mac = macOf(hash, material)
      return { verify: (input, signature) => equalBytes(mac(input), signature) }
    },
    generate: () => ({ kty: 'oct', k: randomBytes(hash.outputLen) }),
  }
}

/** Both pads are hashed here, once a key, so that a call hashes only the message. */
function macOf(hash: CHash, material: KeyMaterial): (input: Uint8Array) => Uint8Array {
  const keyed = hmac.create(hash, partsOf('oct', material).k)
  return (input) => keyed.clone().update(input).digest()
}
