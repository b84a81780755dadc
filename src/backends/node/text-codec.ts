import { isUtf8 } from 'node:buffer'
import type { TextCodec } from '../../core/text-codec.ts'

const scratchSize = 16_384
const replacement = '\ufffd'

/**
 * Node's native base64url and UTF-8 over one scratch buffer, of which no view is ever handed out. Node's decoder is
 * lenient, so what it gives is used only where it can be proven exact.
 */
export function nodeCodec(): TextCodec {
  const scratch = Buffer.allocUnsafeSlow(scratchSize)
  return Object.freeze<TextCodec>({
    encode: (text) => {
      if (text.length * 3 > scratchSize) return Buffer.from(text).toString('base64url')
      return scratch.toString('base64url', 0, scratch.write(text, 0, 'utf8'))
    },
    decode: (segment) => {
      if (segment.length > scratchSize) {
        const bytes = strictBytes(segment)
        return bytes && isUtf8(bytes) ? bytes.toString('utf8') : undefined
      }
      if (!isAlphabet(segment)) return undefined
      const length = scratch.write(segment, 0, 'base64url')
      if (length !== (segment.length * 3) >> 2 || !endsClean(segment)) return undefined
      const text = scratch.toString('utf8', 0, length)
      // Every invalid sequence became a replacement character; an honest one takes the plain path.
      return text.includes(replacement) ? undefined : text
    },
    bytes: strictBytes,
    utf8: (text) => Buffer.from(text, 'utf8'),
  })
}

function strictBytes(segment: string): Buffer | undefined {
  const bytes = Buffer.from(segment, 'base64url')
  return isAlphabet(segment) && bytes.length === (segment.length * 3) >> 2 && endsClean(segment) ? bytes : undefined
}

/**
 * Node reads the other base64 alphabet as well, and of characters beyond latin1 the low byte; anything else it skips, which
 * shows in the length.
 */
function isAlphabet(segment: string): boolean {
  const isAscii = Buffer.byteLength(segment, 'utf8') === segment.length
  return isAscii && (segment.length & 3) !== 1 && !segment.includes('+') && !segment.includes('/')
}

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'

/** Whether the bits beyond the last byte are zero. */
function endsClean(segment: string): boolean {
  const tail = segment.length & 3
  return tail === 0 || (alphabet.indexOf(segment.charAt(segment.length - 1)) & (tail === 2 ? 15 : 3)) === 0
}
