const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'
const values = /* @__PURE__ */ decodingTable()

function decodingTable(): Uint8Array {
  const table = new Uint8Array(128).fill(255)
  for (let i = 0; i < 64; i++) table[alphabet.charCodeAt(i)] = i
  return table
}

/** Unpadded base64url (RFC 4648 §5, RFC 7515 §2). */
export function encodeBase64url(bytes: Uint8Array): string {
  let text = ''
  let i = 0
  for (; i + 2 < bytes.length; i += 3) {
    const n = (bytes[i]! << 16) | (bytes[i + 1]! << 8) | bytes[i + 2]!
    text += alphabet[n >> 18]! + alphabet[(n >> 12) & 63]! + alphabet[(n >> 6) & 63]! + alphabet[n & 63]!
  }
  if (i < bytes.length) {
    const n = (bytes[i]! << 16) | ((bytes[i + 1] ?? 0) << 8)
    text += alphabet[n >> 18]! + alphabet[(n >> 12) & 63]!
    if (i + 1 < bytes.length) text += alphabet[(n >> 6) & 63]!
  }
  return text
}

/**
 * The bytes of strict base64url, or undefined. Refused: padding, white space, any other character, a length of 4n+1,
 * and unused bits that are not zero. So exactly one text exists for given bytes.
 */
export function decodeBase64url(text: string): Uint8Array<ArrayBuffer> | undefined {
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
  if (bad & 192) return undefined
  const unused = tail === 2 ? 15 : tail === 3 ? 3 : 0
  return bits & unused ? undefined : bytes
}
