import type { Algorithm } from '../../algorithms/algorithm.ts'
import { decodeBase64url, encodeBase64url } from '../../core/base64url.ts'
import { utf8 } from '../../core/bytes.ts'
import type { SignOperation, VerifyOperation } from '../../keys/backend.ts'
import type { CryptoKeyLike, KeyMaterial } from '../../keys/key.ts'
import { isBelow, isParts } from '../material.ts'
import { loader } from './crypto-key.ts'
import { operationParameters } from './parameters.ts'
import type { SubtleLike } from './subtle.ts'
import type { Start } from './waves.ts'

// Bytes that are given are copied: the caller may change them while the first call waits for the key, and WebCrypto takes no
// shared memory. Text needs no copy.

export function signing(subtle: () => SubtleLike, start: Start, algorithm: Algorithm, material: KeyMaterial): SignOperation<'async'> {
  const parameters = operationParameters(algorithm, edwardsName(material))
  const withKey = keyOnce(loader(subtle, algorithm, material, 'sign'))
  const sign = async (data: Uint8Array<ArrayBuffer>): Promise<Uint8Array> =>
    new Uint8Array(await withKey((key) => start(() => subtle().sign(parameters, key, data))))
  return {
    sign: (input) => sign(new Uint8Array(input)),
    signText: async (input) => encodeBase64url(await sign(utf8(input))),
    isTextExact: true,
  }
}

export function verifying(subtle: () => SubtleLike, start: Start, algorithm: Algorithm, material: KeyMaterial): VerifyOperation<'async'> {
  const parameters = operationParameters(algorithm, edwardsName(material))
  const withKey = keyOnce(loader(subtle, algorithm, material, 'verify'))
  const modulus = isParts('RSA', material) ? material.n : undefined
  const verify = (data: Uint8Array<ArrayBuffer>, signature: Uint8Array<ArrayBuffer>): Promise<boolean> =>
    modulus && !isBelow(signature, modulus)
      ? Promise.resolve(false)
      : withKey((key) => start(() => subtle().verify(parameters, key, signature, data)))
  return {
    verify: (input, signature) => verify(new Uint8Array(input), new Uint8Array(signature)),
    verifyText: (input, text) => {
      const signature = decodeBase64url(text)
      return signature ? verify(utf8(input), signature) : Promise.resolve(false)
    },
    isTextExact: true,
  }
}

/** What this runtime calls the curve: a handle says it itself. */
function edwardsName(material: KeyMaterial): string | undefined {
  if ('handle' in material) return (material.handle.algorithm as { name?: string }).name
  return material.kty === 'OKP' ? material.crv : undefined
}

type WithKey = <T>(use: (key: CryptoKeyLike) => Promise<T>) => Promise<T>

/** Loads at the first use, once. A failure is seen through the promise of a call, and the next call loads again. */
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
