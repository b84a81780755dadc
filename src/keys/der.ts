import { concat, equalBytes } from '../core/bytes.ts'
import { InvalidKeyError } from '../core/errors.ts'

/** One DER value (X.690 §10): low tag numbers and definite, minimal lengths only. */
export interface DerValue {
  readonly tag: number
  readonly content: Uint8Array
  /** Tag, length and content. */
  readonly whole: Uint8Array
}

export const derTags = { integer: 0x02, bitString: 0x03, octetString: 0x04, null: 0x05, oid: 0x06, sequence: 0x30 } as const

// No structure read here has more members at one level; a certificate has ten.
const maxMembers = 16

/** The one value that makes up all of the bytes. @throws InvalidKeyError */
export function readDer(bytes: Uint8Array): DerValue {
  const value = readAt(bytes, 0)
  if (value.whole.length !== bytes.length) throw new InvalidKeyError('There are bytes after the end of the DER value')
  return value
}

/** The members of a SEQUENCE, or of a constructed context tag. @throws InvalidKeyError */
export function derMembers(value: DerValue): readonly DerValue[] {
  const members: DerValue[] = []
  for (let at = 0; at < value.content.length; at += members.at(-1)!.whole.length) {
    if (members.length === maxMembers) throw malformed()
    members.push(readAt(value.content, at))
  }
  return members
}

/** The value itself if it is there and has the tag. @throws InvalidKeyError */
export function expectTag(value: DerValue | undefined, tag: number): DerValue {
  if (value?.tag === tag) return value
  throw malformed()
}

/** The octets of an INTEGER that is minimal and not negative, without the leading zero; zero gives none. @throws InvalidKeyError */
export function derUnsigned(value: DerValue | undefined): Uint8Array {
  const { content } = expectTag(value, derTags.integer)
  const [first, second = 0x80] = content
  if (first === undefined || first >= 0x80) throw new InvalidKeyError('The DER holds a negative INTEGER where a positive one belongs')
  if (first !== 0) return content.slice()
  if (second < 0x80) throw malformed()
  return content.slice(1)
}

/** A small INTEGER, below 2^16. @throws InvalidKeyError */
export function derSmall(value: DerValue | undefined): number {
  const octets = derUnsigned(value)
  if (octets.length > 2) throw malformed()
  return octets.reduce((sum, octet) => sum * 256 + octet, 0)
}

/** An OBJECT IDENTIFIER in dotted form. @throws InvalidKeyError */
export function derOid(value: DerValue | undefined): string {
  const { content } = expectTag(value, derTags.oid)
  const arcs: number[] = []
  let arc = 0
  for (const octet of content) {
    if (arc === 0 && octet === 0x80) throw malformed()
    arc = arc * 128 + (octet & 0x7f)
    if (arc > 0xff_ff_ff_ff) throw malformed()
    if (octet >= 0x80) continue
    const root = Math.min(2, Math.floor(arc / 40))
    arcs.push(...(arcs.length === 0 ? [root, arc - 40 * root] : [arc]))
    arc = 0
  }
  if (arcs.length === 0 || content.at(-1)! >= 0x80) throw malformed()
  return arcs.join('.')
}

/** The octets of a BIT STRING of whole octets. @throws InvalidKeyError */
export function derBits(value: DerValue | undefined, tag: number = derTags.bitString): Uint8Array {
  const { content } = expectTag(value, tag)
  if (content[0] !== 0) throw malformed()
  return content.slice(1)
}

export function malformed(): InvalidKeyError {
  return new InvalidKeyError('The key is not well-formed DER: it is damaged, cut short, or of another format')
}

function readAt(bytes: Uint8Array, at: number): DerValue {
  const tag = bytes[at]
  const first = bytes[at + 1]
  if (tag === undefined || first === undefined || (tag & 0x1f) === 0x1f) throw malformed()
  const lengthOctets = first < 0x80 ? 0 : first & 0x7f
  if (first === 0x80 || lengthOctets > 4) throw malformed()
  const start = at + 2 + lengthOctets
  let length = lengthOctets === 0 ? first : 0
  for (let i = at + 2; i < start; i++) length = length * 256 + (bytes[i] ?? 0)
  if (length > bytes.length - start || !equalBytes(bytes.subarray(at + 1, start), lengthOf(length))) throw malformed()
  return { tag, content: bytes.subarray(start, start + length), whole: bytes.subarray(at, start + length) }
}

function lengthOf(length: number): Uint8Array {
  if (length < 0x80) return Uint8Array.of(length)
  const octets: number[] = []
  for (let rest = length; rest > 0; rest = Math.floor(rest / 256)) octets.unshift(rest % 256)
  return Uint8Array.of(0x80 | octets.length, ...octets)
}

/** Writes one value. */
export function writeDer(tag: number, ...content: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const body = concat(...content)
  return concat(Uint8Array.of(tag), lengthOf(body.length), body)
}

export function writeSequence(...members: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  return writeDer(derTags.sequence, ...members)
}

/** An INTEGER from unsigned octets without leading zeros; none at all gives zero. */
export function writeUnsigned(octets: Uint8Array): Uint8Array<ArrayBuffer> {
  const first = octets[0] ?? 0x80
  return writeDer(derTags.integer, first >= 0x80 ? Uint8Array.of(0) : new Uint8Array(), octets)
}

export function writeBits(octets: Uint8Array, tag: number = derTags.bitString): Uint8Array<ArrayBuffer> {
  return writeDer(tag, Uint8Array.of(0), octets)
}

export function writeOid(dotted: string): Uint8Array<ArrayBuffer> {
  const [first = 0, second = 0, ...rest] = dotted.split('.').map(Number)
  return writeDer(derTags.oid, ...[first * 40 + second, ...rest].map(writeArc))
}

function writeArc(arc: number): Uint8Array {
  const octets = [arc % 128]
  for (let rest = Math.floor(arc / 128); rest > 0; rest = Math.floor(rest / 128)) octets.unshift(0x80 | (rest % 128))
  return Uint8Array.from(octets)
}
