import type { HashName } from '../algorithms/algorithm.ts'
import type { In, Mode } from '../core/mode.ts'
import type { EcMaterial, OkpMaterial } from './key.ts'

/** What reading keys needs of a platform and cannot do with arithmetic alone. What a platform lacks is a typed refusal. */
export interface KeyPlatform<M extends Mode = Mode> {
  readonly mode: M
  /** The message digest, for thumbprints. */
  digest(hash: HashName, message: Uint8Array): In<M, Uint8Array>
  /** The public half of a private scalar or seed; absent where it cannot be had at once. */
  publicHalf?(kty: 'EC' | 'OKP', crv: string, d: Uint8Array): EcMaterial | OkpMaterial
  /** The PKCS#8 DER of an encrypted PEM text (PKCS#8 or legacy). Throws InvalidKeyError for a wrong passphrase. */
  decryptPem?(pem: string, passphrase: string | Uint8Array): Uint8Array
  /** Whether it is the runtime's own handle of a key, which stands for that key for good. */
  isKeyHandle?(input: object): boolean
}
