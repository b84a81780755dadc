import { isBytes, utf8 } from '../core/bytes.ts'
import { InvalidKeyError } from '../core/errors.ts'
import { looksLikeKeyText } from './guard.ts'

/** The bytes of an HMAC secret of any length: copied, or the UTF-8 of text. @throws InvalidKeyError as `importSecret` */
export function secretBytes(input: unknown): Uint8Array {
  const k = isBytes(input) ? new Uint8Array(input) : secretText(input)
  if (looksLikeKeyText(k)) throw new InvalidKeyError('The secret looks like a key: use importKey')
  return k
}

function secretText(input: unknown): Uint8Array {
  // Half a surrogate pair has no UTF-8: two such texts would be one secret. (Engines take 0.2 ms to read \p{Surrogate}.)
  if (typeof input === 'string' && !/[\ud800-\udfff]/u.test(input)) return utf8(input)
  throw new InvalidKeyError('A secret is well-formed text or a Uint8Array')
}
