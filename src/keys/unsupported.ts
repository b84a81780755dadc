import type { Algorithm } from '../algorithms/algorithm.ts'
import { InvalidKeyError } from '../core/errors.ts'

/**
 * For authors of backends: the error that says a backend lacks the algorithm. `detail.supported` is `false`, by which the
 * conformance kit tells a gap from a fault. Throw it from `signing`, `verifying` and `generate`, or where a signer is asked for.
 */
export function unsupported(backend: string, algorithm: string | Pick<Algorithm, 'name'>): InvalidKeyError {
  const name = typeof algorithm === 'string' ? algorithm : algorithm.name
  return new InvalidKeyError('This backend does not have the algorithm: use another backend, or another algorithm', {
    algorithm: name,
    backend,
    supported: false,
  })
}
