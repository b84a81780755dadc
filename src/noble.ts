/**
 * Pure TypeScript, for every runtime: all algorithms but RSA signing. Answers at once.
 * @module
 */
export * from './backends/noble/index.ts'
export * from './index.ts'
export { createKeyRing } from './jwks.ts'
