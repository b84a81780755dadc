/**
 * WebCrypto, for every runtime that has it: what the runtime lacks is a typed refusal. Answers later.
 * @module
 */
import * as keys from './api/keys.ts'
import type { Platform } from './api/platform.ts'
import * as tokens from './api/tokens.ts'
import { webcrypto, webcryptoBackend, webcryptoPlatform } from './backends/webcrypto/index.ts'
import { plainCodec } from './core/text-codec.ts'
import { bindCreateKeyRing, type CreateKeyRing } from './jwks/ring.ts'

const platform: Platform<'async'> = /* @__PURE__ */ Object.freeze({
  backend: webcryptoBackend,
  keys: webcryptoPlatform,
  webcrypto: webcryptoBackend,
  codec: () => plainCodec,
})

export const encode: tokens.Encode<'async'> = /* @__PURE__ */ tokens.bindEncode(platform)
export const decode: tokens.Decode<'async'> = /* @__PURE__ */ tokens.bindDecode(platform)
export const decodeComplete: tokens.DecodeComplete<'async'> = /* @__PURE__ */ tokens.bindDecodeComplete(platform)
export const tryDecode: tokens.TryDecode<'async'> = /* @__PURE__ */ tokens.bindTryDecode(platform)
export const explain: tokens.Explain<'async'> = /* @__PURE__ */ tokens.bindExplain(platform)
export const createEncoder: tokens.CreateEncoder<'async'> = /* @__PURE__ */ tokens.bindCreateEncoder(platform)
export const createDecoder: tokens.CreateDecoder<'async'> = /* @__PURE__ */ tokens.bindCreateDecoder(platform)
export const importKey: keys.ImportKey = /* @__PURE__ */ keys.bindImportKey(platform)
export const importJwks: ReturnType<typeof keys.bindImportJwks> = /* @__PURE__ */ keys.bindImportJwks(platform)
export const generateKey: keys.GenerateKey<'async'> = /* @__PURE__ */ keys.bindGenerateKey(platform)
export const generateSecret: keys.GenerateSecret<'async'> = /* @__PURE__ */ keys.bindGenerateSecret(platform)
export const jwkThumbprint: keys.JwkThumbprint<'async'> = /* @__PURE__ */ keys.bindJwkThumbprint(platform)
export const jwkThumbprintUri: keys.JwkThumbprint<'async'> = /* @__PURE__ */ keys.bindJwkThumbprintUri(platform)
export const createKeyRing: CreateKeyRing<'async'> = /* @__PURE__ */ bindCreateKeyRing({ backend: webcrypto, keys: webcryptoPlatform })

export {
  type CryptoKeyAlgorithm,
  capabilities,
  createWebCrypto,
  cryptoKeyVerifier,
  type SubtleLike,
  webcrypto,
} from './backends/webcrypto/index.ts'
export * from './common.ts'
export { exportJwk, exportPem } from './keys/export.ts'
