import type { Algorithm } from '../../algorithms/algorithm.ts'

/** OpenSSL's name of the algorithm's hash. */
export function digestName(algorithm: Algorithm): string {
  return algorithm.hash!.toLowerCase().replace('-', '')
}
