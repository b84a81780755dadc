import { BackendError } from '../../core/errors.ts'
import type { CryptoKeyLike } from '../../keys/key.ts'
import type { Parameters } from './parameters.ts'

/** What this backend uses of SubtleCrypto. Structural, so that a polyfill or another realm's object will do. */
export interface SubtleLike {
  digest(algorithm: string, data: Uint8Array<ArrayBuffer>): Promise<ArrayBuffer>
  sign(algorithm: Parameters | string, key: CryptoKeyLike, data: Uint8Array<ArrayBuffer>): Promise<ArrayBuffer>
  verify(
    algorithm: Parameters | string,
    key: CryptoKeyLike,
    signature: Uint8Array<ArrayBuffer>,
    data: Uint8Array<ArrayBuffer>,
  ): Promise<boolean>
  importKey(format: string, data: object, algorithm: Parameters, extractable: boolean, usages: readonly string[]): Promise<CryptoKeyLike>
  exportKey(format: string, key: CryptoKeyLike): Promise<object>
  generateKey(algorithm: Parameters, extractable: boolean, usages: readonly string[]): Promise<object>
}

export const backendName = 'webcrypto'

/** The runtime's own SubtleCrypto. @throws BackendError where there is none, as on a page served without TLS */
export function globalSubtle(): SubtleLike {
  const { crypto } = globalThis as { crypto?: { subtle?: unknown } }
  const subtle = crypto?.subtle as SubtleLike | undefined
  if (subtle) return subtle
  throw new BackendError('No WebCrypto here: it needs a secure context (https); signet-jwt/noble needs none', {
    backend: backendName,
    retryable: false,
  })
}
