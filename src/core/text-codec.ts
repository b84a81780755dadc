import { decodeBase64url, encodeBase64url } from './base64url.ts'
import { textOf, utf8 } from './bytes.ts'

/**
 * How text becomes base64url and back on the fast path. A platform may bring a quicker one than `plainCodec`, which says
 * what each must do.
 */
export interface TextCodec {
  /** base64url of the UTF-8 of well-formed text. */
  encode(text: string): string
  /** The text in strict base64url, or undefined where that or the UTF-8 is not perfect: the plain path then finds the fault. */
  decode(segment: string): string | undefined
  /** The bytes of strict base64url, or undefined. */
  bytes(segment: string): Uint8Array | undefined
  /** The UTF-8 of text. */
  utf8(text: string): Uint8Array
}

export const plainCodec: TextCodec = /* @__PURE__ */ Object.freeze<TextCodec>({
  encode: (text) => encodeBase64url(utf8(text)),
  decode: (segment) => {
    const bytes = fastBytes(segment)
    return bytes && textOf(bytes)
  },
  bytes: fastBytes,
  utf8,
})

const values = /* @__PURE__ */ (() => {
  const table = new Uint8Array(128).fill(255)
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'
  for (let i = 0; i < 64; i++) table[alphabet.charCodeAt(i)] = i
  return table
})()

/** As `decodeBase64url`, by a table: one pass and no intermediate text. */
function fastBytes(text: string): Uint8Array | undefined {
  const tail = text.length & 3
  if (tail === 1) return undefined
  const bytes = new Uint8Array((text.length * 3) >> 2)
  let bits = 0
  let at = 0
  let bad = 0
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i)
    const value = code < 128 ? values[code]! : 255
    bad |= value
    bits = (bits << 6) | (value & 63)
    const phase = i & 3
    if (phase !== 0) bytes[at++] = bits >> (6 - 2 * phase)
  }
  const unused = tail === 2 ? 15 : tail === 3 ? 3 : 0
  return bad & 192 || bits & unused ? undefined : bytes
}

/** The specification of `bytes`. */
export const plainBytes: TextCodec['bytes'] = decodeBase64url
