// Castagnoli's polynomial, reflected (RFC 3720 appendix B.4).
const polynomial = 0x82f63b78

/** CRC-32C as an unsigned number. It finds accidents, not attacks. */
export function crc32c(bytes: Uint8Array): number {
  let rest = 0xffffffff
  for (const octet of bytes) {
    rest ^= octet
    for (let bit = 0; bit < 8; bit++) rest = rest & 1 ? (rest >>> 1) ^ polynomial : rest >>> 1
  }
  return ~rest >>> 0
}
