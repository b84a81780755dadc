import { type Algorithm, hashLength } from '../algorithms/algorithm.ts'
import { InvalidKeyError } from '../core/errors.ts'
import type { Mode } from '../core/mode.ts'
import { type Key, type KeyMaterial, materialOf, type PssRestriction } from './key.ts'

export type Operation = 'sign' | 'verify'

const maxRsaBits = 16_384

/**
 * The one place that decides whether a key may serve an algorithm: type, curve, the key's own `alg`, `use` and `key_ops`
 * (RFC 8725 §3.1, RFC 7517 §4), its public or private nature, and its strength (RFC 7518 §3.2, §3.3). Returns the
 * material, or throws InvalidKeyError.
 */
export function bindKey(algorithm: Algorithm, key: Key<Mode>, operation: Operation, allowWeakKey: boolean): KeyMaterial {
  const material = materialOf(key)
  const fault = typeFault(algorithm, key, operation) ?? metadataFault(algorithm, key, operation) ?? pssFault(algorithm, material)
  if (fault !== undefined) throw new InvalidKeyError(fault, { algorithm: algorithm.name, kty: key.kty })
  checkStrength(algorithm, key, allowWeakKey)
  return material
}

/** Whether the key could serve the algorithm, strength aside. For choosing among keys, where a misfit is no error. */
export function keyFits(algorithm: Algorithm, key: Key<Mode>, operation: Operation): boolean {
  return (typeFault(algorithm, key, operation) ?? metadataFault(algorithm, key, operation) ?? pssFault(algorithm, materialOf(key))) === undefined
}

/** Whether the key is as long as the algorithm asks. */
export function keyIsStrong({ minKeyBits = 0 }: Algorithm, key: Key<Mode>): boolean {
  return key.bits >= minKeyBits
}

function typeFault(algorithm: Algorithm, key: Key<Mode>, operation: Operation): string | undefined {
  if (key.kty !== algorithm.kty) return 'The key is of another type than the algorithm takes; detail.algorithm and detail.kty name both'
  if (algorithm.curves && !algorithm.curves.includes(key.crv ?? '')) return 'The key is on another curve than the algorithm takes'
  if (key.type === 'secret') return undefined
  if (operation === 'verify' && key.type === 'private') return 'A private key is no verification key: pass its publicKey'
  if (operation === 'sign' && key.type === 'public') return 'A public key cannot sign: pass the private key'
  return undefined
}

function metadataFault(algorithm: Algorithm, key: Key<Mode>, operation: Operation): string | undefined {
  if (key.alg !== undefined && key.alg !== algorithm.name) return "The key's own alg names another algorithm"
  if (key.use !== undefined && key.use !== 'sig') return 'The key is not for signatures: its use is not "sig"'
  if (key.keyOps !== undefined && !key.keyOps.includes(operation)) return "The key's key_ops do not include this operation"
  return undefined
}

function pssFault(algorithm: Algorithm, material: KeyMaterial): string | undefined {
  const restriction: PssRestriction | undefined = 'pss' in material ? material.pss : undefined
  if (restriction === undefined) return undefined
  if (algorithm.family !== 'RSA-PSS') return 'The key is restricted to RSASSA-PSS: use it with a PS algorithm'
  const { hash, minSaltLength = 0 } = restriction
  if (hash !== undefined && hash !== algorithm.hash) return 'The key is restricted to RSASSA-PSS with another hash'
  if (minSaltLength > hashLength(algorithm.hash!)) return 'The key asks for a longer salt than JOSE uses'
  return undefined
}

function checkStrength(algorithm: Algorithm, key: Key<Mode>, allowWeakKey: boolean): void {
  const { minKeyBits } = algorithm
  if (minKeyBits === undefined) return
  const detail = { algorithm: algorithm.name, bits: key.bits, minBits: minKeyBits }
  if (key.bits === 0) throw new InvalidKeyError('The secret is empty', detail)
  if (key.bits < minKeyBits && !allowWeakKey) {
    throw new InvalidKeyError('The key is too short for its algorithm (RFC 7518 §3.2, §3.3): use detail.minBits bits, or allowWeakKey', detail)
  }
  if (key.kty === 'RSA' && key.bits > maxRsaBits) throw new InvalidKeyError('The RSA key is larger than 16384 bits', detail)
}
