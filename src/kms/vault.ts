/**
 * Keys in the transit engine of HashiCorp Vault, over its HTTP API and fetch: nothing to install.
 * @module
 */
import type { VersionedKms } from '../backends/kms/factory.ts'
import { bindVaultTransit, type VaultKeyReference } from '../backends/kms/vault/index.ts'
import type { VaultOptions } from '../backends/kms/vault/settings.ts'
import { localVerification } from '../local-verification.ts'

/** The keys of one transit engine. Nothing is asked of Vault before the first call. @throws UsageError */
export const vaultTransit: (options: VaultOptions) => VersionedKms<VaultKeyReference> = /* @__PURE__ */ bindVaultTransit(localVerification)

export type { Kms, KmsUse, VersionedKms } from '../backends/kms/factory.ts'
export type { VaultKeyReference } from '../backends/kms/vault/index.ts'
export type { VaultOptions } from '../backends/kms/vault/settings.ts'
export { BackendError, InvalidKeyError, JwtError, UsageError } from '../core/errors.ts'
export type { VerifierSource } from '../keys/backend.ts'
export type { RemoteSigner, RemoteUse, RemoteVerifier } from '../keys/remote.ts'
