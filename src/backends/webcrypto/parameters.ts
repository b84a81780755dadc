import { type Algorithm, hashLength } from '../../algorithms/algorithm.ts'

/** A WebCrypto algorithm dictionary. */
export interface Parameters {
  readonly name: string
  readonly hash?: string
  readonly namedCurve?: string
  readonly saltLength?: number
  readonly context?: Uint8Array<ArrayBuffer>
}

/** The algorithm of a key, for import and generation (Web Cryptography API §18). RSA and HMAC keys are bound to one hash. */
export function keyParameters({ family, hash }: Algorithm, crv = ''): Parameters {
  if (family === 'EdDSA') return { name: crv }
  return family === 'ECDSA' ? { name: family, namedCurve: crv } : { name: family, hash: hash! }
}

/** The algorithm of an operation: hash and salt length are always said. A bare name spares the runtime reading an object. */
export function operationParameters({ family, hash }: Algorithm, crv = ''): Parameters | string {
  switch (family) {
    case 'RSA-PSS':
      return { name: family, saltLength: hashLength(hash!) }
    case 'ECDSA':
      return { name: family, hash: hash! }
    case 'EdDSA':
      // The pure form (RFC 8032 §5.2.6), said since a context would be looked for on Object.prototype too.
      return crv === 'Ed448' ? { name: crv, context: new Uint8Array(0) } : crv
    default:
      return family
  }
}
