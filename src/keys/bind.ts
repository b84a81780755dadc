import { type Algorithm, hashLength } from '../algorithms/algorithm.ts'
import type { Mode } from '../core/mode.ts'
import { checkLength, isForbidden, misfit, type Operation } from './bind-rules.ts'
import type { Key, KeyMaterial, PssRestriction } from './key.ts'
import { materialOf } from './key-base.ts'

export type { Operation } from './bind-rules.ts'

const maxRsaBits = 16_384

/**
 * The one place that decides whether a key may serve an algorithm: type, curve, the key's own `alg`, `use` and `key_ops`
 * (RFC 8725 §3.1, RFC 7517 §4), its public or private nature, and its strength (RFC 7518 §3.2, §3.3). Returns the
 * material, or throws InvalidKeyError.
 */
export function bindKey(algorithm: Algorithm, key: Key<Mode>, operation: Operation, allowWeakKey: boolean): KeyMaterial {
  const material = materialOf(key)
  const fault = typeFault(algorithm, key, operation)
  if (fault !== undefined) throw misfit(algorithm, key, fault)
  if (isForbidden(algorithm, key, operation)) throw misfit(algorithm, key)
  const pss = pssFault(algorithm, material)
  if (pss !== undefined) throw misfit(algorithm, key, pss)
  if (algorithm.minKeyBits !== undefined) checkLength(algorithm, key.bits, allowWeakKey)
  if (key.kty === 'RSA' && key.bits > maxRsaBits) throw misfit(algorithm, key, 'The RSA key is larger than 16384 bits')
  return material
}

/** Whether the key could serve the algorithm, strength aside. For choosing among keys, where a misfit is no error. */
export function keyFits(algorithm: Algorithm, key: Key<Mode>, operation: Operation): boolean {
  return (
    (typeFault(algorithm, key, operation) ?? pssFault(algorithm, materialOf(key))) === undefined && !isForbidden(algorithm, key, operation)
  )
}

/** Whether the key is as long as the algorithm asks. */
export function keyIsStrong({ minKeyBits = 0 }: Algorithm, key: Key<Mode>): boolean {
  return key.bits >= minKeyBits
}

function typeFault(algorithm: Algorithm, key: Key<Mode>, operation: Operation): string | undefined {
  if (key.kty !== algorithm.kty) return 'The key is of another type than the algorithm takes'
  if (algorithm.curves && !algorithm.curves.includes(key.crv ?? '')) return 'The key is on another curve than the algorithm takes'
  if (operation === 'verify' && key.type === 'private')
    return 'A private key is no verification key: pass the publicKey of what importKey returns'
  return operation === 'sign' && key.type === 'public' ? 'A public key does not sign: pass the private key' : undefined
}

function pssFault(algorithm: Algorithm, material: KeyMaterial): string | undefined {
  const restriction: PssRestriction | undefined = 'pss' in material ? material.pss : undefined
  if (restriction === undefined) return undefined
  const { hash = algorithm.hash, minSaltLength = 0 } = restriction
  const fits = algorithm.family === 'RSA-PSS' && hash === algorithm.hash && minSaltLength <= hashLength(hash!)
  return fits ? undefined : 'The key is restricted to RSASSA-PSS with its own parameters'
}
