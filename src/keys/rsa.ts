import { bytesToBigInt } from '../core/bytes.ts'
import { InvalidKeyError } from '../core/errors.ts'
import type { PssRestriction, RsaMaterial, RsaPrivateParts } from './key.ts'
import { hasRocaFingerprint } from './roca.ts'

const minBits = 512
const maxBits = 16_384

/**
 * Checked RSA components (RFC 7518 §6.3, RFC 8017 §3): unsigned without leading zero octets, n odd and 512 to 16384 bits,
 * e odd in 3 .. 2^32-1, and private parts that belong together. Whether the size suffices is judged with the algorithm.
 * @throws InvalidKeyError
 */
export function rsaMaterial(n: Uint8Array, e: Uint8Array, parts?: RsaPrivateParts, pss?: PssRestriction): RsaMaterial {
  const fault = publicFault(n, e) ?? (parts && privateFault(bytesToBigInt(n), bytesToBigInt(e), parts))
  if (fault !== undefined) throw new InvalidKeyError(fault)
  return { kty: 'RSA', n, e, ...(pss && { pss }), ...(parts && { private: parts }) }
}

/** Why a public exponent, as big-endian octets, is not acceptable; undefined where it is. */
export function exponentFault(e: Uint8Array): string | undefined {
  if (!isMinimal(e)) return 'The RSA exponent e is empty or starts with a zero octet (RFC 7518 §6.3.1)'
  const value = bytesToBigInt(e.subarray(0, 5))
  return e.length <= 4 && value >= 3n && value % 2n === 1n ? undefined : 'The RSA exponent e must be odd and between 3 and 2^32 - 1'
}

/** Why a modulus size in bits is not acceptable; undefined where it is. */
export function modulusSizeFault(bits: number): string | undefined {
  return bits >= minBits && bits <= maxBits ? undefined : 'The RSA modulus must have 512 to 16384 bits'
}

function publicFault(n: Uint8Array, e: Uint8Array): string | undefined {
  if (!isMinimal(n)) return 'The RSA modulus n is empty or starts with a zero octet (RFC 7518 §6.3.1)'
  const sizeFault = modulusSizeFault(n.length * 8 - Math.clz32(n[0]!) + 24)
  if (sizeFault !== undefined) return sizeFault
  if (n.at(-1)! % 2 === 0) return 'The RSA modulus n is even'
  if (hasRocaFingerprint(bytesToBigInt(n)))
    return 'The RSA modulus shows the ROCA fingerprint (CVE-2017-15361): such a key can be factored, so replace it'
  return exponentFault(e)
}

function privateFault(n: bigint, e: bigint, parts: RsaPrivateParts): string | undefined {
  if (!Object.values(parts as unknown as Record<string, Uint8Array>).every((part) => isMinimal(part))) {
    return 'A private RSA number is empty or starts with a zero octet (RFC 7518 §6.3.2)'
  }
  const [d, p, q, dp, dq, qi] = [parts.d, parts.p, parts.q, parts.dp, parts.dq, parts.qi].map(bytesToBigInt) as [
    bigint,
    bigint,
    bigint,
    bigint,
    bigint,
    bigint,
  ]
  if (p * q !== n || p <= 1n || q <= 1n) return 'The RSA primes p and q do not multiply to n: the private and public halves do not match'
  // n is odd, so both are odd; equal ones would make n a square, which anyone can factor.
  if (p === q) return 'The RSA primes p and q are equal'
  const consistent =
    d < n &&
    (e * d) % (p - 1n) === 1n &&
    (e * d) % (q - 1n) === 1n &&
    dp === d % (p - 1n) &&
    dq === d % (q - 1n) &&
    qi < p &&
    (qi * q) % p === 1n
  return consistent ? undefined : 'The private RSA numbers d, dp, dq and qi do not belong to n and e'
}

function isMinimal(number: Uint8Array): boolean {
  return number.length > 0 && number[0] !== 0
}
