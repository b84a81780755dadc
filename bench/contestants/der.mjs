// ECDSA signatures between r‖s (RFC 7518 §3.4) and DER (RFC 3279 §2.2.3), for curves up to P-384: every length fits one byte.

export function rawOf(der, size) {
  const raw = Buffer.alloc(2 * size)
  const lengthR = der[3]
  const startS = 6 + lengthR
  der.copy(raw, Math.max(0, size - lengthR), 4 + Math.max(0, lengthR - size), 4 + lengthR)
  der.copy(raw, 2 * size - Math.min(size, der[startS - 1]), startS + Math.max(0, der[startS - 1] - size))
  return raw
}

export function derOf(raw, size) {
  if (raw.length !== 2 * size) return raw
  const der = Buffer.allocUnsafe(2 * size + 8)
  const end = integer(der, integer(der, 2, raw, 0, size), raw, size, 2 * size)
  der[0] = 0x30
  der[1] = end - 2
  return der.subarray(0, end)
}

function integer(der, at, raw, from, end) {
  let start = from
  while (start < end - 1 && raw[start] === 0) start++
  const pad = raw[start] >> 7
  der[at] = 0x02
  der[at + 1] = end - start + pad
  der[at + 2] = 0
  raw.copy(der, at + 2 + pad, start, end)
  return at + 2 + pad + end - start
}
