import { alphabet, decodeBase64url, encodeBase64url } from './base64url.ts'
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
}

export const plainCodec: TextCodec = /* @__PURE__ */ Object.freeze<TextCodec>({
  encode: (text) => (isAscii(text) ? encodeAscii(text) : encodeBase64url(utf8(text))),
  decode: (segment) => {
    const text = decodeLatin1(segment)
    if (text !== undefined && isAscii(text)) return text
    const bytes = decodeBase64url(segment)
    return bytes && textOf(bytes)
  },
})

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
 * The bytes in strict base64url, one character each, by the platform's own decoder of base64; undefined for others, and
 * where a letter is not the same in both alphabets of base64. It takes padding and white space too, which show in the length.
 */
export function decodeLatin1(segment: string): string | undefined {
  if (segment.includes('-') || segment.includes('_') || segment.includes('+') || segment.includes('/')) return undefined
  let text: string
  try {
    text = atob(segment)
  } catch {
    return undefined
  }
  return text.length === (segment.length * 3) >> 2 && endsClean(segment) ? text : undefined
}

function encodeAscii(text: string): string {
  const padded = btoa(text)
  const segment = padded.slice(0, Math.ceil((text.length * 4) / 3))
  return padded.includes('+') || padded.includes('/') ? segment.replaceAll('+', '-').replaceAll('/', '_') : segment
}
