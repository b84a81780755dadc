import { encodeBase64url } from './base64url.ts'
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
  encode: (text) => (isAscii(text) ? encodeAscii(text) : encodeBase64url(utf8(text))),
  decode: (segment) => {
    const text = decodeAscii(segment)
    if (text !== undefined) return text
    const bytes = bytesOf(segment)
    return bytes && textOf(bytes)
  },
  bytes: bytesOf,
  utf8,
})

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'

/** Whether the length is possible and the bits beyond the last byte are zero. */
export function endsClean(segment: string): boolean {
  const tail = segment.length & 3
  return tail === 0 || (tail !== 1 && (alphabet.indexOf(segment.charAt(segment.length - 1)) & (tail === 2 ? 15 : 3)) === 0)
}

const encoder = /* @__PURE__ */ new TextEncoder()
const scratch = /* @__PURE__ */ new Uint8Array(16_384)

/** Natively, by whether the text is as long in UTF-8. Long text counts as what it might not be. */
function isAscii(text: string): boolean {
  const { read, written } = encoder.encodeInto(text, scratch)
  return read === text.length && written === read
}

/**
 * The ASCII text in strict base64url by the platform's own decoder of base64, or undefined. It takes the other alphabet,
 * padding and white space too: the first is looked for, the others show in the length.
 */
export function decodeAscii(segment: string): string | undefined {
  if (segment.includes('-') || segment.includes('_') || segment.includes('+') || segment.includes('/')) return undefined
  let text: string
  try {
    text = atob(segment)
  } catch {
    return undefined
  }
  return text.length === (segment.length * 3) >> 2 && endsClean(segment) && isAscii(text) ? text : undefined
}

function encodeAscii(text: string): string {
  const padded = btoa(text)
  const segment = padded.slice(0, Math.ceil((text.length * 4) / 3))
  return padded.includes('+') || padded.includes('/') ? segment.replaceAll('+', '-').replaceAll('/', '_') : segment
}

const values = /* @__PURE__ */ (() => {
  const table = new Uint8Array(128).fill(255)
  for (let i = 0; i < 64; i++) table[alphabet.charCodeAt(i)] = i
  return table
})()

/** As `decodeBase64url`, by a table: one pass and no intermediate text. */
function bytesOf(text: string): Uint8Array | undefined {
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
