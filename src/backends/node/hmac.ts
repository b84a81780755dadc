import * as crypto from 'node:crypto'
import { type Algorithm, hashLength } from '../../algorithms/algorithm.ts'
import { plainBytes } from '../../core/bytes.ts'
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
  const size = hashLength(algorithm.hash!)
  const equalText = textComparison(Math.ceil((size * 4) / 3))
  const mac = (input: Uint8Array): Uint8Array => crypto.createHmac(digest, key).update(input).digest()
  // As UTF-8: in latin1 a character outside ASCII would count as its low byte, and two texts would share a signature.
  const plain = (input: string): string => crypto.createHmac(digest, key).update(input, 'utf8').digest('base64url')
  const macText = (native ? undefined : oneShotMac(digest, size, secret, plain)) ?? plain
  return {
    sign: (input) => plainBytes(mac(input)),
    verify: (input, signature) => crypto.timingSafeEqual(mac(input), signature),
    signText: macText,
    isTextExact: true,
    verifyText: (input, signature) => equalText(macText(input), signature),
  }
}

/**
 * Compares ASCII texts of one length, in a time that depends on nothing else, by four characters at a time. The canonical
 * encoding is unique, so equal texts are equal bytes.
 */
function textComparison(length: number): (expected: string, given: string) => boolean {
  const encoder = new TextEncoder()
  const words = Math.ceil(length / 4)
  const [a, b] = [new Int32Array(words), new Int32Array(words)]
  const [expectedBytes, givenBytes] = [new Uint8Array(a.buffer, 0, length), new Uint8Array(b.buffer, 0, length)]
  return (expected, given) => {
    encoder.encodeInto(expected, expectedBytes)
    // Of other text, some would not fit, or be left out.
    const { read, written } = encoder.encodeInto(given, givenBytes)
    let difference = (given.length ^ length) | (read ^ length) | (written ^ length)
    for (let i = 0; i < words; i++) difference |= a[i]! ^ b[i]!
    return difference === 0
  }
}
