/** The main entry on Node, Bun and Deno: the `node:crypto` backend, synchronous. */
import * as keys from './api/keys.ts'
import type { Platform } from './api/platform.ts'
import * as tokens from './api/tokens.ts'
import { nodeBackend, nodePlatform } from './backends/node/index.ts'
import { nodeCodec } from './backends/node/text-codec.ts'
import { webcryptoBackend } from './backends/webcrypto/index.ts'

const platform: Platform<'sync'> = /* @__PURE__ */ Object.freeze({
  backend: nodeBackend,
  keys: nodePlatform,
  webcrypto: webcryptoBackend,
  codec: nodeCodec,
})

export const encode: tokens.Encode<'sync'> = /* @__PURE__ */ tokens.bindEncode(platform)
export const decode: tokens.Decode<'sync'> = /* @__PURE__ */ tokens.bindDecode(platform)
export const decodeComplete: tokens.DecodeComplete<'sync'> = /* @__PURE__ */ tokens.bindDecodeComplete(platform)
export const tryDecode: tokens.TryDecode<'sync'> = /* @__PURE__ */ tokens.bindTryDecode(platform)
export const explain: tokens.Explain<'sync'> = /* @__PURE__ */ tokens.bindExplain(platform)
export const createEncoder: tokens.CreateEncoder<'sync'> = /* @__PURE__ */ tokens.bindCreateEncoder(platform)
export const createDecoder: tokens.CreateDecoder<'sync'> = /* @__PURE__ */ tokens.bindCreateDecoder(platform)
export const importKey: keys.ImportKey = /* @__PURE__ */ keys.bindImportKey(platform)
export const importJwks: ReturnType<typeof keys.bindImportJwks> = /* @__PURE__ */ keys.bindImportJwks(platform)
export const generateKey: keys.GenerateKey<'sync'> = /* @__PURE__ */ keys.bindGenerateKey(platform)
export const generateSecret: keys.GenerateSecret<'sync'> = /* @__PURE__ */ keys.bindGenerateSecret(platform)
export const jwkThumbprint: keys.JwkThumbprint<'sync'> = /* @__PURE__ */ keys.bindJwkThumbprint(platform)
export const jwkThumbprintUri: keys.JwkThumbprint<'sync'> = /* @__PURE__ */ keys.bindJwkThumbprintUri(platform)

export * from './common.ts'
export { exportJwk, exportPem } from './keys/export.ts'
