/**
 * A kit that certifies any backend, ours or a stranger's, under any test runner.
 * @module
 */

import { noble } from './backends/noble/index.ts'
import { supports } from './backends/webcrypto/capabilities.ts'
import { webcrypto } from './backends/webcrypto/index.ts'
import { globalSubtle } from './backends/webcrypto/subtle.ts'
import type { KeyBackend } from './keys/backend.ts'
import type { SignerFactory } from './testing/bench.ts'
import { bindCertifyBackend, type CertifyOptions } from './testing/certify.ts'
import { defaultReference } from './testing/reference.ts'
import type { CertificationReport } from './testing/report.ts'

/**
 * Runs the whole contract on a backend: a factory of signers whose keys cannot be seen, or a KeyBackend with keys of the kit.
 * @throws CertificationError with every failed check in its message and the whole report in `report`; UsageError
 */
export const certifyBackend: CertifyBackend = /* @__PURE__ */ bindCertifyBackend(
  /* @__PURE__ */ defaultReference(webcrypto, noble, (algorithm, crv) => supports(globalSubtle(), algorithm, crv)),
)

export interface CertifyBackend {
  (signer: SignerFactory['signer'], options: CertifyOptions & { readonly algorithms: readonly string[] }): Promise<CertificationReport>
  (subject: SignerFactory, options?: CertifyOptions): Promise<CertificationReport>
  (subject: KeyBackend, options?: CertifyOptions): Promise<CertificationReport>
}

export type { KeyBackend, Signer, Verifier } from './keys/backend.ts'
export type { PublicKey, SecretKey } from './keys/key.ts'
export type { SignerFactory } from './testing/bench.ts'
export type { CertifyOptions } from './testing/certify.ts'
export { CertificationError, type CertificationReport, type CheckResult } from './testing/report.ts'
