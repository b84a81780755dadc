/** The main entry on Node, Bun and Deno: the `node:crypto` backend, synchronous. */
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
} from './node.ts'
