import { InvalidKeyError } from '../core/errors.ts'
import { decodeBase64, encodeBase64 } from './base64.ts'

/** One block of a PEM text (RFC 7468), with the white space around its lines removed. */
export interface PemBlock {
  readonly label: string
  readonly bytes: Uint8Array
  /** Encrypted in the legacy way, by "Proc-Type: 4,ENCRYPTED" (RFC 1421); `bytes` are then ciphertext. */
  readonly legacyEncrypted: boolean
  readonly text: string
}

/** Whether text has anything like a line that begins a PEM or SSH2 block, well-formed or not. */
export function hasPemBoundary(text: string): boolean {
  return /-\s*BEGIN\b.*-/i.test(text)
}

/**
 * The blocks of a PEM text. Accepted: CR LF, white space and a byte order mark around it, indentation, and explanatory
 * text outside of blocks (RFC 7468 §2). Everything else that differs from the format is refused with its likely cause.
 * @throws InvalidKeyError
 */
export function parsePem(text: string): readonly PemBlock[] {
  const fault = commonFault(text)
  if (fault !== undefined) throw new InvalidKeyError(fault)
  const blocks: PemBlock[] = []
  let open: { label: string; lines: string[] } | undefined
  for (const line of text.split(/\r\n|\r|\n/).map((raw) => raw.trim())) {
    const [, boundary, label = ''] = /^-----(BEGIN|END) ([\x20-\x7e]+?)-----$/.exec(line) ?? []
    if (boundary === undefined) {
      if (line.includes('-----')) throw new InvalidKeyError(brokenBoundary)
      open?.lines.push(line)
    } else if (boundary === 'BEGIN') {
      if (open) throw new InvalidKeyError('A PEM block begins before the one above it has ended: an END line is missing')
      open = { label, lines: [] }
    } else {
      if (!open) throw new InvalidKeyError('The PEM text has an END line without a BEGIN line before it')
      if (open.label !== label) throw new InvalidKeyError('The BEGIN and END lines of the PEM block carry different labels')
      blocks.push(block(label, open.lines))
      open = undefined
    }
  }
  if (open) throw new InvalidKeyError('The PEM text is cut short: its END line is missing')
  if (blocks.length === 0) throw new InvalidKeyError(brokenBoundary)
  return blocks
}

const brokenBoundary =
  'A BEGIN or END line of the PEM text is malformed: it must stand alone on its line, like -----BEGIN PUBLIC KEY----- with five hyphens'

function commonFault(text: string): string | undefined {
  if (/\\[nr]/.test(text)) {
    return 'The PEM text contains the two characters "\\n" in place of line breaks, as in .env files: pass text.replaceAll("\\\\n", "\\n")'
  }
  if (/---- BEGIN SSH2/i.test(text)) return 'This is an SSH2 public key (RFC 4716): convert it with ssh-keygen -i -f key.pub -e -m PKCS8'
  if (/^\s*["'`]/.test(text)) return 'The PEM text starts with a quotation mark: remove the quotation marks around it'
  if (text.split(/[\r\n]/).some(hasBothBoundaries)) {
    return 'The PEM text has lost its line breaks: the BEGIN and END lines must stand alone on their lines'
  }
  return undefined
}

function block(label: string, lines: readonly string[]): PemBlock {
  const headerEnd = lines.indexOf('')
  const hasHeaders = /^[\w-]+:/.test(lines[0] ?? '')
  const headers = hasHeaders ? lines.slice(0, Math.max(headerEnd, 0)) : []
  const bytes = decodeBase64(lines.slice(headers.length).join(''))
  if (hasHeaders && !headers.some((line) => /^Proc-Type: ?4, ?ENCRYPTED$/.test(line))) {
    throw new InvalidKeyError('The PEM block has header lines of a kind that is not read here: only encrypted keys carry them')
  }
  if (bytes === undefined) {
    throw new InvalidKeyError('The PEM block is not valid base64: a character is foreign, or the text is cut short or was edited')
  }
  return {
    label,
    bytes,
    legacyEncrypted: hasHeaders,
    text: [`-----BEGIN ${label}-----`, ...lines, `-----END ${label}-----`, ''].join('\n'),
  }
}

/** Without a regular expression: three runs of anything in a row cost the cube of the length. */
function hasBothBoundaries(line: string): boolean {
  const begin = line.indexOf('-----BEGIN ')
  return begin >= 0 && line.indexOf('-----END ', begin + 11) >= 0
}

/** Writes one block, in lines of 64 characters (RFC 7468 §2). */
export function writePem(label: string, bytes: Uint8Array): string {
  const lines = encodeBase64(bytes).match(/.{1,64}/g) ?? []
  return [`-----BEGIN ${label}-----`, ...lines, `-----END ${label}-----`, ''].join('\n')
}
