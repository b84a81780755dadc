export const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'
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
  return /[+/]/.test(text) ? undefined : decodeEitherBase64(text)
}

/** As `decodeBase64url`, in either alphabet of RFC 4648. */
export function decodeEitherBase64(text: string): Uint8Array<ArrayBuffer> | undefined {
  const standard = text.replace(/-/g, '+').replace(/_/g, '/')
  try {
    const binary = atob(standard)
    // What atob forgives shows when the bytes are written again.
    if (btoa(binary).replace(/=+$/, '') !== standard) return undefined
    const bytes = new Uint8Array(binary.length)
    for (let i = 0; i < bytes.length; i++) bytes[i] = binary.charCodeAt(i)
    return bytes
  } catch {
    return undefined
  }
}
