/**
 * Key sets and key rings over pure TypeScript, for every runtime. On Node, Bun and Deno the same name gives src/jwks.node.ts.
 * @module
 */
import { noble, noblePlatform } from './backends/noble/index.ts'
import { bindCreateKeyRing, type CreateKeyRing } from './jwks/ring.ts'

/** Makes a key ring. @throws UsageError, InvalidKeyError */
export const createKeyRing: CreateKeyRing<'sync'> = /* @__PURE__ */ bindCreateKeyRing({ backend: noble, keys: noblePlatform })

export * from './jwks/ring/public.ts'
