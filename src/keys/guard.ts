import { decodeEitherBase64 } from '../core/base64url.ts'

/**
 * Whether would-be secret bytes are recognisably a key, a certificate or a key set in some text or DER form: anyone may
 * know a public key, so it must never serve as an HMAC secret (RFC 8725 §2.1). Sees through white space, a byte order
 * mark, UTF-16 and base64. Each pattern fixes about 40 bits or more, so random bytes are not refused.
 */
export function looksLikeKeyText(bytes: Uint8Array): boolean {
  const raw = Array.from(bytes, (byte) => String.fromCharCode(byte)).join('')
  // DER may stand behind white space or a byte order mark too.
  if (isKeyDer(bytes.subarray(raw.search(/[^\s»¿ï]/)))) return true
  const text = raw.replace(/[^!-~]/g, '')
  if (/-----(?:BEGIN|END)|----BEGINSSH2|AAAA..(?:NzaC1|VjZHNh|NrLX|NrLW)|^["'[]*\{.*"(?:kty|keys)\\?":/i.test(text)) return true
  const decoded = text.length > 40 && decodeEitherBase64(text.replace(/={1,2}$/, ''))
  return decoded ? looksLikeKeyText(decoded) : false
}

// What follows the outer SEQUENCE, in hexadecimal: SPKI or encrypted PKCS#8; a certificate; another private key; PKCS#1.
const keyHead =
  /^(?:30(?:[0-7].|81..|82.{4})060[3-9ab](?:2a|2b|60)|30(?:81..|82.{4})(?:a0030201..)?02[01]|02010[01](?:30(?:..){1,3}06|02|04[234])|02(?:82.{4}|81..|[4-7]1)00[89a-f])/

function isKeyDer(bytes: Uint8Array): boolean {
  const first = bytes[1]! ^ 0x80
  const start = first < 5 ? first + 2 : 2
  let length = start > 2 ? 0 : first ^ 0x80
  for (let i = 2; i < start; i++) length = length * 256 + bytes[i]!
  const head = Array.from(bytes.subarray(start, start + 24), (byte) => byte.toString(16).padStart(2, '0')).join('')
  return bytes[0] === 0x30 && start + length === bytes.length && keyHead.test(head)
}
