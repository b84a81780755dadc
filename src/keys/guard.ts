import { decodeBase64url } from '../core/base64url.ts'

/**
 * Whether would-be secret bytes are recognisably a key, a certificate or a key set in some text or DER form: anyone may
 * know a public key, so it must never serve as an HMAC secret (RFC 8725 §2.1). Sees through white space, a byte order
 * mark, UTF-16 and base64. Each pattern fixes about 40 bits or more, so random bytes are not refused.
 */
export function looksLikeKeyText(bytes: Uint8Array): boolean {
  if (isKeyDer(bytes)) return true
  const text = latin1(bytes).replace(/[^!-~]/g, '')
  if (/-----BEGIN|----BEGINSSH2|AAAA..(?:NzaC1|VjZHNh|NrLX|NrLW)|^["'[]*\{.*"(?:kty|keys)\\?":/i.test(text)) return true
  const decoded = text.length > 40 ? decodeBase64url(text.replace(/=+$/, '').replace(/\+/g, '-').replace(/\//g, '_')) : undefined
  return decoded !== undefined && looksLikeKeyText(decoded)
}

// Behind an outer SEQUENCE that spans all bytes: SPKI or encrypted PKCS#8; a certificate; PKCS#8, PKCS#1 private or SEC 1;
// PKCS#1 public.
const der =
  /^(?:0(?:[\0-\x7f]|\x81.|\x82..)\x06[\x03-\x0b][*+`]|0(?:\x81.|\x82..)(?:\xa0\x03\x02\x01.)?\x02[\x01-\x15]|\x02\x01[\0\x01](?:0.{1,3}\x06|\x02|\x04[ 0B])|\x02(?:\x82..|\x81.|[AQaq])\0[\x80-\xff])/s

function isKeyDer(bytes: Uint8Array): boolean {
  const first = bytes[1] ?? 0
  const start = first < 0x80 ? 2 : first - 0x7e
  let length = first < 0x80 ? first : 0
  for (let i = 2; i < start; i++) length = length * 256 + (bytes[i] ?? 0)
  return bytes[0] === 0x30 && start < 7 && start + length === bytes.length && der.test(latin1(bytes.subarray(start, start + 24)))
}

function latin1(bytes: Uint8Array): string {
  let text = ''
  for (const byte of bytes) text += String.fromCharCode(byte)
  return text
}
