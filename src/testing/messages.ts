/** Bytes like no others, and mostly no UTF-8; every fourth is like the signing input of a token. */
export function inputNumber(number: number, length = 40): Uint8Array {
  if (number % 4 === 0) return textNumber(number, length)
  const bytes = new Uint8Array(length)
  let state = (number * 2_654_435_761 + length) >>> 0
  for (let i = 0; i < length; i++) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    bytes[i] = state >>> 24
  }
  return bytes
}

/** A signing input like those of tokens. */
export function textNumber(number: number, length = 40): Uint8Array {
  const text = `eyJhbGciOiJub25lIn0.${String(number).padStart(8, '0')}`.padEnd(length, 'A').slice(0, length)
  return new TextEncoder().encode(text)
}

/** A copy, every other one in the middle of a larger buffer, where Node's own Buffers are too. */
export function handed(bytes: Uint8Array, number: number): Uint8Array {
  if (number % 2 === 0) return new Uint8Array(bytes)
  const offset = 3 + (number % 5)
  const pool = new Uint8Array(bytes.length + offset + 7).fill(0x55)
  pool.set(bytes, offset)
  return pool.subarray(offset, offset + bytes.length)
}

/** Every other message is as long as the others, and the rest try the lengths there are. */
export function lengthNumber(number: number, longest: number): number {
  return number % 2 === 0 ? 100 : 28 + ((number * 37) % (longest - 28))
}
