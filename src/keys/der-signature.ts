export type Room = (length: number) => Uint8Array

/**
 * The DER of an ECDSA signature, SEQUENCE { INTEGER r, INTEGER s } (RFC 3279 §2.2.3), for r and s of equal length. OpenSSL
 * takes and gives only this form unless it is asked with an options object, which recent Node versions handle slowly.
 * `room`: gives so many bytes to write over.
 */
export function derOfSignature(signature: Uint8Array, room?: Room): Uint8Array {
  const size = signature.length / 2
  const r = integerStart(signature, 0, size)
  const s = integerStart(signature, size, 2 * size)
  const [rPad, sPad] = [signature[r]! >> 7, signature[s]! >> 7]
  const rLength = size - r + rPad
  const sLength = 2 * size - s + sPad
  const body = rLength + sLength + 4
  const head = body < 128 ? 2 : 3
  const der = room ? room(head + body) : new Uint8Array(head + body)
  der[0] = 0x30
  if (head === 3) der[1] = 0x81
  der[head - 1] = body
  writeInteger(der, head, signature, r, size, rLength)
  writeInteger(der, head + 2 + rLength, signature, s, 2 * size, sLength)
  return der
}

/** Where the significant bytes begin; a zero keeps its last byte. */
function integerStart(bytes: Uint8Array, from: number, to: number): number {
  let at = from
  while (at < to - 1 && bytes[at] === 0) at++
  return at
}

// Bytes are copied one by one here: views cost more than that, and one signature is short.

function writeInteger(der: Uint8Array, at: number, source: Uint8Array, from: number, to: number, length: number): void {
  der[at] = 0x02
  der[at + 1] = length
  // Where an INTEGER must not look negative; anything else overwrites it.
  der[at + 2] = 0
  const start = at + 2 + length - to
  for (let i = from; i < to; i++) der[start + i] = source[i]!
}

/** The r‖s form of strict DER, each half `size` bytes, in `signature` of zeros, or undefined when it is no such signature. */
export function signatureOfDer(der: Uint8Array, size: number, signature: Uint8Array = new Uint8Array(2 * size)): Uint8Array | undefined {
  const head = der[1] === 0x81 ? 3 : 2
  const bodyLength = der[head - 1]!
  if (der[0] !== 0x30 || der.length !== head + bodyLength || bodyLength >= 128 !== (head === 3)) return undefined
  const middle = readInteger(der, head, signature, 0, size)
  const end = middle === undefined ? undefined : readInteger(der, middle, signature, size, 2 * size)
  return end === der.length ? signature : undefined
}

/** Right-aligns a minimal, non-negative INTEGER in a part of `target`. Returns where it ends, or undefined when it is none or does not fit. */
function readInteger(der: Uint8Array, at: number, target: Uint8Array, from: number, to: number): number | undefined {
  const length = der[at + 1]
  if (der[at] !== 0x02 || length === undefined || length === 0) return undefined
  const end = at + 2 + length
  const first = der[at + 2]!
  const padded = first === 0 && length > 1
  if (end > der.length || first > 127 || (padded && der[at + 3]! < 128)) return undefined
  const start = at + 2 + (padded ? 1 : 0)
  if (end - start > to - from) return undefined
  for (let i = start; i < end; i++) target[to - end + i] = der[i]!
  return end
}
