import { makeLocalVerification } from './api/local-verification.ts'
import { supports } from './backends/webcrypto/capabilities.ts'
import { webcrypto } from './backends/webcrypto/index.ts'
import { globalSubtle } from './backends/webcrypto/subtle.ts'
import type { KeyBackend } from './keys/backend.ts'

/** Verifies on this machine, for keys whose private half lives elsewhere. What the entry files of KMS backends put in `verifyWith`. */
export const localVerification: KeyBackend<'async'> = /* @__PURE__ */ makeLocalVerification({
  webcrypto,
  supports: (algorithm, crv) => supports(globalSubtle(), algorithm, crv),
  pure: async () => (await import('./backends/noble/index.ts')).noble,
})
