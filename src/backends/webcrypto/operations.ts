import type { Algorithm } from '../../algorithms/algorithm.ts'
import type { SignOperation, VerifyOperation } from '../../keys/backend.ts'
import type { CryptoKeyLike, KeyMaterial } from '../../keys/key.ts'
import { isBelow, isParts } from '../material.ts'
import { loader } from './crypto-key.ts'
import { operationParameters } from './parameters.ts'
import type { SubtleLike } from './subtle.ts'

// Both operations copy what they are given: the caller may change its bytes while the first call waits for the key, and
// WebCrypto takes no shared memory.

export function signing(subtle: () => SubtleLike, algorithm: Algorithm, material: KeyMaterial): SignOperation<'async'> {
  const parameters = operationParameters(algorithm, edwardsName(material))
  const withKey = keyOnce(loader(subtle, algorithm, material, 'sign'))
  return {
    sign: (input) => {
      const data = new Uint8Array(input)
      return withKey(async (key) => new Uint8Array(await subtle().sign(parameters, key, data)))
    },
  }
}

export function verifying(subtle: () => SubtleLike, algorithm: Algorithm, material: KeyMaterial): VerifyOperation<'async'> {
  const parameters = operationParameters(algorithm, edwardsName(material))
  const withKey = keyOnce(loader(subtle, algorithm, material, 'verify'))
  const modulus = isParts('RSA', material) ? material.n : undefined
  return {
    verify: (input, signature) => {
      if (modulus && !isBelow(signature, modulus)) return Promise.resolve(false)
      const data = new Uint8Array(input)
      const claimed = new Uint8Array(signature)
      return withKey((key) => subtle().verify(parameters, key, claimed, data))
    },
  }
}

/** What this runtime calls the curve: a handle says it itself. */
function edwardsName(material: KeyMaterial): string | undefined {
  if ('handle' in material) return (material.handle.algorithm as { name?: string }).name
  return material.kty === 'OKP' ? material.crv : undefined
}

type WithKey = <T>(use: (key: CryptoKeyLike) => Promise<T>) => Promise<T>

/** Loads at the first use, once. A failure is kept too; it is only ever seen through the promise of a call. */
function keyOnce(load: () => Promise<CryptoKeyLike>): WithKey {
  let key: CryptoKeyLike | undefined
  let loading: Promise<CryptoKeyLike> | undefined
  return (use) => {
    if (key) return use(key)
    loading ??= load()
      .then((loaded) => (key = loaded))
      .finally(() => (loading = undefined))
    return loading.then(use)
  }
}
