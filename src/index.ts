/** The main entry where there is no `node:crypto`: the pure backend, synchronous. */
export * from './common.ts'
export {
  createDecoder,
  createEncoder,
  decode,
  decodeComplete,
  encode,
  explain,
  exportJwk,
  exportPem,
  generateKey,
  generateSecret,
  importJwks,
  importKey,
  jwkThumbprint,
  jwkThumbprintUri,
  tryDecode,
} from './noble.ts'
