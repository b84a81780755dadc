/** base^exponent mod modulus. For public numbers: its time depends on them. */
export function modPow(base: bigint, exponent: bigint, modulus: bigint): bigint {
  let result = 1n
  let square = mod(base, modulus)
  for (let rest = exponent; rest > 0n; rest >>= 1n) {
    if (rest & 1n) result = (result * square) % modulus
    square = (square * square) % modulus
  }
  return result
}

/** The remainder in 0 .. modulus-1, also of a negative value. */
export function mod(value: bigint, modulus: bigint): bigint {
  const remainder = value % modulus
  return remainder < 0n ? remainder + modulus : remainder
}

/** Euler's criterion: whether the value has a square root modulo an odd prime. Zero has one. */
export function isSquare(value: bigint, prime: bigint): boolean {
  return modPow(value, (prime - 1n) / 2n, prime) <= 1n
}
