import type { Algorithm } from '../algorithms/algorithm.ts'
import { InvalidKeyError } from '../core/errors.ts'
import type { Mode } from '../core/mode.ts'
import { readBoolean, readOptions, readText } from '../core/options.ts'
import type { BindOptions } from './backend.ts'
import type { Key, SecretMaterial } from './key.ts'
import { materialOf } from './key-base.ts'

// The rules of binding that hold for every key, and binding itself for secrets: a program that uses only HMAC bundles no more.

export type Operation = 'sign' | 'verify'

/** What goes with a bound key. @throws UsageError */
export function readBindOptions(key: Key<Mode>, options: BindOptions | undefined): { allowWeakKey?: boolean; kid?: string } {
  const kid = key?.kid
  // Without a prototype, so that what pollutes Object.prototype is no option.
  return Object.assign(
    Object.create(null),
    kid !== undefined && { kid },
    readOptions(options, { allowWeakKey: readBoolean, kid: readText }),
  )
}

/** Whether the key's own `alg`, `use` and `key_ops` forbid the operation (RFC 7517 §4.2 to §4.4). */
export function isForbidden(algorithm: Algorithm, { alg = algorithm.name, use = 'sig', keyOps }: Key<Mode>, operation: Operation): boolean {
  return alg !== algorithm.name || use !== 'sig' || (keyOps !== undefined && !keyOps.includes(operation))
}

export function misfit(algorithm: Algorithm, { kty }: Key<Mode>, fault = "The key's own alg, use or key_ops forbid this"): InvalidKeyError {
  return new InvalidKeyError(fault, { algorithm: algorithm.name, kty })
}

/** RFC 7518 §3.2, §3.3. An empty secret is never admitted. @throws InvalidKeyError */
export function checkLength({ name, minKeyBits = 0 }: Algorithm, bits: number, allowWeakKey = false): void {
  if (bits === 0 || (bits < minKeyBits && !allowWeakKey)) {
    throw new InvalidKeyError('The key is too short for its algorithm; see detail', { algorithm: name, bits, minBits: minKeyBits })
  }
}

/** The bytes of a secret that may serve the algorithm. @throws InvalidKeyError */
export function bindSecret(algorithm: Algorithm, key: Key<Mode>, operation: Operation, allowWeakKey?: boolean): Uint8Array {
  const { k } = materialOf(key) as Partial<SecretMaterial>
  if (!k) throw misfit(algorithm, key, 'The key is no secret in memory')
  if (isForbidden(algorithm, key, operation)) throw misfit(algorithm, key)
  checkLength(algorithm, k.length * 8, allowWeakKey)
  return k
}
