import { createPrivateKey, generatePrimeSync, type KeyObject } from 'node:crypto'
import type { Jwk } from './keys.ts'

export interface Rsa {
  readonly n: bigint
  readonly d: bigint
  readonly jwk: Jwk
  readonly privateKey: KeyObject
}

/** A key whose modulus has exactly the length asked for: OpenSSL's own generation rounds odd lengths down. */
export function rsaOf(bits: number): Rsa {
  const [p, q] = [generatePrimeSync(bits >> 1, { bigint: true }), generatePrimeSync(bits - (bits >> 1), { bigint: true })]
  const n = p * q
  const d = inverse(65_537n, (p - 1n) * (q - 1n))
  const numbers = { n, e: 65_537n, d, p, q, dp: d % (p - 1n), dq: d % (q - 1n), qi: inverse(q, p) }
  const digits = (value: bigint): string => value.toString(16).padStart(value.toString(16).length + (value.toString(16).length % 2), '0')
  const members = Object.entries(numbers).map(([name, value]) => [name, Buffer.from(digits(value), 'hex').toString('base64url')])
  const jwk: Jwk = { kty: 'RSA', ...Object.fromEntries(members) }
  return { n, d, jwk, privateKey: createPrivateKey({ key: jwk, format: 'jwk' }) }
}

function inverse(value: bigint, modulus: bigint): bigint {
  let [a, b, x, y] = [value % modulus, modulus, 1n, 0n]
  while (b > 0n) [a, b, x, y] = [b, a % b, y, x - (a / b) * y]
  return ((x % modulus) + modulus) % modulus
}
