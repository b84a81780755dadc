/**
 * Key sets and key rings over `node:crypto`: what `signet-jwt/jwks` is on Node, Bun and Deno.
 * @module
 */
import { node, nodePlatform } from './backends/node/index.ts'
import { bindCreateKeyRing, type CreateKeyRing } from './jwks/ring.ts'

/** Makes a key ring. @throws UsageError, InvalidKeyError */
export const createKeyRing: CreateKeyRing<'sync'> = /* @__PURE__ */ bindCreateKeyRing({ backend: node, keys: nodePlatform })

export * from './jwks/ring/public.ts'
