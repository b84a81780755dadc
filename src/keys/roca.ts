// Primes for which the moduli of the faulty generator fall into a small subgroup.
const primes = [
  3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37, 41, 43, 47, 53, 59, 61, 67, 71, 73, 79, 83, 89, 97, 101, 103, 107, 109, 113, 127, 131, 137, 139,
  149, 151, 157, 163, 167,
]

/**
 * Whether an RSA modulus shows the fingerprint of CVE-2017-15361 (ROCA): modulo every one of these primes it is a power of
 * 65537. A good modulus does so with negligible probability; a faulty one can be factored.
 */
export function hasRocaFingerprint(n: bigint): boolean {
  return primes.every((prime) => isPowerOf65537(Number(n % BigInt(prime)), prime))
}

function isPowerOf65537(residue: number, prime: number): boolean {
  let power = 1
  for (let i = 0; i < prime; i++) {
    if (power === residue) return true
    power = (power * 65_537) % prime
  }
  return false
}
