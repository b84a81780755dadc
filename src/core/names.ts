/** A name that an algorithm may have: text, and not `none` in any spelling (RFC 8725 §3.2). */
export function isAlgorithmName(name: unknown): name is string {
  return typeof name === 'string' && name !== '' && name.toLowerCase() !== 'none'
}
