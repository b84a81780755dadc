import { once } from '../../core/once.ts'
import { decodeLatin1, endsClean, type TextCodec } from '../../core/text-codec.ts'
import { buffer } from './builtin.ts'

const scratchSize = 16_384

/**
 * Node's native base64url and UTF-8, writing over one scratch buffer, of which no view is ever handed out. Node's decoder
 * is lenient, so what it gives is used only where it can be proven exact.
 */
export const nodeCodec: () => TextCodec = /* @__PURE__ */ once(() => {
  const scratch = Buffer.allocUnsafeSlow(scratchSize)
  const encoder = new TextEncoder()
  return Object.freeze<TextCodec>({
    encode: (text) => {
      const { read, written } = encoder.encodeInto(text, scratch)
      return read === text.length ? scratch.toString('base64url', 0, written) : Buffer.from(text).toString('base64url')
    },
    decode: (segment) => {
      const text = decodeLatin1(segment)
      // What is as long in UTF-8 is ASCII.
      if (text !== undefined && Buffer.byteLength(text) === text.length) return text
      const bytes = strictBytes(segment)
      return bytes && buffer().isUtf8(bytes) ? bytes.toString('utf8') : undefined
    },
  })
})

/** A view of Node's shared pool: not for outsiders. */
export function strictBytes(segment: string): Buffer | undefined {
  const bytes = Buffer.from(segment, 'base64url')
  return bytes.length === (segment.length * 3) >> 2 && isStrict(segment) ? bytes : undefined
}

/** Of text that Node decodes to as many bytes as its length allows: whether it is the one text of these bytes. */
export function isStrict(segment: string): boolean {
  return isAlphabet(segment) && endsClean(segment)
}

/**
 * Node reads the other base64 alphabet as well, and of characters beyond latin1 the low byte; anything else it skips, which
 * shows in the length.
 */
function isAlphabet(segment: string): boolean {
  const isAscii = Buffer.byteLength(segment, 'utf8') === segment.length
  return isAscii && !segment.includes('+') && !segment.includes('/')
}
