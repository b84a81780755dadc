import type { Algorithm } from '../../algorithms/algorithm.ts'
import type { KeyBackend } from '../../keys/backend.ts'
import { defineBackend } from '../../keys/define-backend.ts'
import { ecCurves, edwardsSchemes, hashes } from './curves.ts'
import { ecdsaPrimitive } from './ecdsa.ts'
import { eddsaPrimitive } from './eddsa.ts'
import { hmacPrimitive } from './hmac-primitive.ts'
import { backendName, type Primitive } from './primitive.ts'
import { pkcs1Primitive, pssPrimitive } from './rsa.ts'

export {
  ed448,
  ed25519,
  eddsa,
  es256,
  es256k,
  es384,
  es512,
  hs256,
  hs384,
  hs512,
  ps256,
  ps384,
  ps512,
  rs256,
  rs384,
  rs512,
} from './algorithms.ts'
export { hs256Verifier } from './hs256-verifier.ts'
export { noblePlatform } from './platform.ts'
export type { NobleAlgorithm } from './primitive.ts'

/** Pure TypeScript on noble's hashes and curves, the same in every runtime, synchronous. It verifies RSA and does not sign with it. */
export const noble: KeyBackend<'sync'> = /* @__PURE__ */ defineBackend<'sync'>({
  name: backendName,
  mode: 'sync',
  signing: (algorithm, material) => primitiveFor(algorithm).signing(algorithm, material),
  verifying: (algorithm, material) => primitiveFor(algorithm).verifying(algorithm, material),
  generate: (algorithm, options) => primitiveFor(algorithm).generate(algorithm, options),
})

function primitiveFor(algorithm: Algorithm): Primitive {
  if (algorithm.family === 'EdDSA') return eddsaPrimitive(edwardsSchemes)
  const hash = hashes[algorithm.hash!]
  switch (algorithm.family) {
    case 'HMAC':
      return hmacPrimitive(() => hash.create() as never)
    case 'RSASSA-PKCS1-v1_5':
      return pkcs1Primitive(hash)
    case 'RSA-PSS':
      return pssPrimitive(hash)
    case 'ECDSA':
      return ecdsaPrimitive(ecCurves, hash)
  }
}
