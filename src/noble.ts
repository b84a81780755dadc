/**
 * Pure TypeScript, for every runtime: all algorithms but RSA signing. Answers at once.
 * @module
 */
export {
  ed448,
  ed25519,
  eddsa,
  es256,
  es256k,
  es384,
  es512,
  hs256,
  hs256Verifier,
  hs384,
  hs512,
  type NobleAlgorithm,
  noble,
  ps256,
  ps384,
  ps512,
  rs256,
  rs384,
  rs512,
} from './backends/noble/index.ts'
export * from './index.ts'
export { createKeyRing } from './jwks.ts'
