/**
 * Keys in Azure Key Vault and Managed HSM, through @azure/keyvault-keys, which the program installs itself.
 * @module
 */
import type { AzureKeyClient } from '../backends/kms/azure/client.ts'
import { type AzureKeyReference, bindAzureKeyVault } from '../backends/kms/azure/index.ts'
import type { VersionedKms } from '../backends/kms/factory.ts'
import { localVerification } from '../local-verification.ts'

/** The keys in the vault of a KeyClient. @throws UsageError for another client */
export const azureKeyVault: (client: AzureKeyClient) => VersionedKms<AzureKeyReference> =
  /* @__PURE__ */ bindAzureKeyVault(localVerification)

export type * from '../backends/kms/azure/client.ts'
export type { AzureKeyReference } from '../backends/kms/azure/index.ts'
export type { Kms, KmsUse, VersionedKms } from '../backends/kms/factory.ts'
export { BackendError, InvalidKeyError, JwtError, UsageError } from '../core/errors.ts'
export type { VerifierSource } from '../keys/backend.ts'
export type { RemoteSigner, RemoteUse, RemoteVerifier } from '../keys/remote.ts'
