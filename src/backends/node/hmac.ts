import * as crypto from 'node:crypto'
import { type Algorithm, hashLength } from '../../algorithms/algorithm.ts'
import type { SignOperation, VerifyOperation } from '../../keys/backend.ts'
import type { KeyMaterial } from '../../keys/key.ts'
import { partsOf } from '../material.ts'
import { digestName } from './digest-name.ts'
import { oneShotMac } from './hmac-one-shot.ts'

/** HMAC (RFC 7518 §3.2). The key goes into OpenSSL once; `native`: and nowhere else. */
export function hmacOperation(
  algorithm: Algorithm,
  material: KeyMaterial,
  native: boolean,
): SignOperation<'sync'> & VerifyOperation<'sync'> {
  const secret = partsOf('oct', material).k
  const key = crypto.createSecretKey(secret)
  const digest = digestName(algorithm)
  const mac = (input: Uint8Array): Uint8Array => crypto.createHmac(digest, key).update(input).digest()
  // As UTF-8: in latin1 a character outside ASCII would count as its low byte, and two texts would share a signature.
  const plain = (input: string): string => crypto.createHmac(digest, key).update(input, 'utf8').digest('base64url')
  const macText = (native ? undefined : oneShotMac(digest, hashLength(algorithm.hash!), secret, plain)) ?? plain
  return {
    sign: mac,
    verify: (input, signature) => crypto.timingSafeEqual(mac(input), signature),
    signText: macText,
    isTextExact: true,
    verifyText: (input, signature) => equalText(macText(input), signature),
  }
}

/** Compares texts of equal length in constant time. The canonical encoding is unique, so equal texts are equal bytes. */
function equalText(expected: string, given: string): boolean {
  let difference = expected.length ^ given.length
  for (let i = 0; i < expected.length; i++) difference |= expected.charCodeAt(i) ^ given.charCodeAt(i)
  return difference === 0
}
