import { isBytes, utf8 } from '../core/bytes.ts'
import { InvalidKeyError } from '../core/errors.ts'
import { looksLikeKeyText } from './guard.ts'

/** The bytes of an HMAC secret: copied, or the UTF-8 of text. @throws InvalidKeyError as `importSecret` */
export function secretBytes(input: unknown): Uint8Array {
  const k = isBytes(input) ? new Uint8Array(input) : secretText(input)
  if (k.length === 0) throw new InvalidKeyError('The secret is empty')
  if (looksLikeKeyText(k)) throw new InvalidKeyError('The secret looks like a key: use importKey')
  return k
}

function secretText(input: unknown): Uint8Array {
  if (typeof input !== 'string') throw new InvalidKeyError('A secret is text or a Uint8Array')
  if (/\p{Surrogate}/u.test(input)) throw new InvalidKeyError('The secret has half a surrogate pair')
  return utf8(input)
}
