import { isBytes, utf8 } from '../core/bytes.ts'
import { InvalidKeyError } from '../core/errors.ts'
import { looksLikeKeyText } from './guard.ts'
import { type KeyMetadata, makeKey, type SecretKey } from './key.ts'

/**
 * An HMAC secret: the bytes, copied, or the UTF-8 of text. Its length is judged with the algorithm.
 * @throws InvalidKeyError for nothing at all, for text that has no UTF-8, and for what looks like a key file
 */
export function importSecret(input: string | Uint8Array, metadata?: KeyMetadata): SecretKey {
  const k = isBytes(input) ? Uint8Array.from(input) : secretText(input)
  if (k.length === 0) throw new InvalidKeyError('The secret is empty')
  if (looksLikeKeyText(k)) {
    throw new InvalidKeyError('The secret looks like a key, a certificate or a JWK, whose text may be public: import it as what it is')
  }
  return makeKey('secret', { kty: 'oct', k }, metadata)
}

function secretText(input: unknown): Uint8Array {
  if (typeof input !== 'string') throw new InvalidKeyError('A secret is text or a Uint8Array')
  if (/\p{Surrogate}/u.test(input)) throw new InvalidKeyError('The secret is not well-formed text: it contains half of a surrogate pair')
  return utf8(input)
}
