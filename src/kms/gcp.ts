/**
 * Keys in Google Cloud KMS, through @google-cloud/kms, which the program installs itself.
 * @module
 */
import type { VersionedKms } from '../backends/kms/factory.ts'
import type { GcpKmsClient } from '../backends/kms/gcp/client.ts'
import { bindGcpKms, type GcpKeyReference } from '../backends/kms/gcp/index.ts'
import { localVerification } from '../local-verification.ts'

/** The keys that a KeyManagementServiceClient can reach. @throws UsageError for another client */
export const gcpKms: (client: GcpKmsClient) => VersionedKms<GcpKeyReference> = /* @__PURE__ */ bindGcpKms(localVerification)

export type { Kms, KmsUse, VersionedKms } from '../backends/kms/factory.ts'
export type * from '../backends/kms/gcp/client.ts'
export type { GcpKeyReference } from '../backends/kms/gcp/index.ts'
export { BackendError, InvalidKeyError, JwtError, UsageError } from '../core/errors.ts'
export type { VerifierSource } from '../keys/backend.ts'
export type { RemoteSigner, RemoteUse, RemoteVerifier } from '../keys/remote.ts'
