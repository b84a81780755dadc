import { type Algorithm, hashLength } from '../../algorithms/algorithm.ts'
import { equalText, plainBytes } from '../../core/bytes.ts'
import type { SignOperation, VerifyOperation } from '../../keys/backend.ts'
import type { KeyMaterial } from '../../keys/key.ts'
import { partsOf } from '../material.ts'
import { crypto } from './builtin.ts'
import { digestName } from './digest-name.ts'
import { oneShotMac } from './hmac-one-shot.ts'

/** HMAC (RFC 7518 §3.2). The key goes into OpenSSL once; `native`: and nowhere else. */
export function hmacOperation(
  algorithm: Algorithm,
  material: KeyMaterial,
  native: boolean,
): SignOperation<'sync'> & VerifyOperation<'sync'> {
  const secret = partsOf('oct', material).k
  const { createHmac, createSecretKey, timingSafeEqual } = crypto()
  const key = createSecretKey(secret)
  const digest = digestName(algorithm)
  const size = hashLength(algorithm.hash!)
  const mac = (input: Uint8Array): Uint8Array => createHmac(digest, key).update(input).digest()
  // As UTF-8: in latin1 a character outside ASCII would count as its low byte, and two texts would share a signature.
  const plain = (input: string): string => createHmac(digest, key).update(input, 'utf8').digest('base64url')
  const macText = (native ? undefined : oneShotMac(digest, size, secret, plain)) ?? plain
  return {
    sign: (input) => plainBytes(mac(input)),
    verify: (input, signature) => timingSafeEqual(mac(input), signature),
    signText: macText,
    isTextExact: true,
    // The canonical encoding is unique, so equal texts are equal bytes.
    verifyText: (input, signature) => equalText(macText(input), signature),
  }
}
