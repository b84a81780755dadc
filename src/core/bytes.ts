/** True for a Uint8Array of any realm (a Node Buffer is one). */
export function isBytes(value: unknown): value is Uint8Array {
  return ArrayBuffer.isView(value) && (value as Uint8Array)[Symbol.toStringTag] === 'Uint8Array'
}

/** The same memory as a Uint8Array and nothing more: a Node Buffer's `slice` shares its memory, which nobody expects. */
export function plainBytes({ buffer, byteOffset, length }: Uint8Array): Uint8Array {
  return new Uint8Array(buffer, byteOffset, length)
}

export function concat(...parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  let length = 0
  for (const part of parts) length += part.length
  const whole = new Uint8Array(length)
  let offset = 0
  for (const part of parts) {
    whole.set(part, offset)
    offset += part.length
  }
  return whole
}

/** Compares in a time that depends on the length of what is expected only. */
export function equalBytes(expected: Uint8Array, given: Uint8Array): boolean {
  // Not by XOR, which takes lengths modulo 2^32.
  let difference = expected.length === given.length ? 0 : 1
  for (let i = 0; i < expected.length; i++) difference |= expected[i]! ^ given[i]!
  return difference === 0
}

/** Likewise for text, by its 16-bit units. */
export function equalText(expected: string, given: string): boolean {
  let difference = expected.length === given.length ? 0 : 1
  for (let i = 0; i < expected.length; i++) difference |= expected.charCodeAt(i) ^ given.charCodeAt(i)
  return difference === 0
}

// Made when it is first needed: that takes longer than importing this file.
let decoder: TextDecoder | undefined

export function utf8(text: string): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(text) as Uint8Array<ArrayBuffer>
}

/** The text of well-formed UTF-8, or undefined. */
export function textOf(bytes: Uint8Array): string | undefined {
  // ignoreBOM keeps a byte order mark in the text, where the JSON grammar then refuses it.
  decoder ??= new TextDecoder(undefined, { fatal: true, ignoreBOM: true })
  try {
    return decoder.decode(bytes)
  } catch {
    return undefined
  }
}

export function bytesToBigInt(bytes: Uint8Array): bigint {
  let hex = '0x0'
  for (const byte of bytes) hex += byte.toString(16).padStart(2, '0')
  return BigInt(hex)
}

/** Big-endian, left-padded to `length` bytes. The value must fit. */
export function bigIntToBytes(value: bigint, length: number): Uint8Array<ArrayBuffer> {
  const hex = value.toString(16).padStart(length * 2, '0')
  const bytes = new Uint8Array(length)
  for (let i = 0; i < length; i++) bytes[i] = Number.parseInt(hex.slice(i * 2, i * 2 + 2), 16)
  return bytes
}
