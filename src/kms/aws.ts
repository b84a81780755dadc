/**
 * Keys in AWS KMS, through the `KMS` class of @aws-sdk/client-kms, which the program installs itself.
 * @module
 */
import type { AwsKmsClient } from '../backends/kms/aws/client.ts'
import { type AwsKeyReference, bindAwsKms } from '../backends/kms/aws/index.ts'
import type { Kms } from '../backends/kms/factory.ts'
import { localVerification } from '../local-verification.ts'

/** The keys that a `KMS` object can reach. @throws UsageError for another client */
export const awsKms: (client: AwsKmsClient) => Kms<AwsKeyReference> = /* @__PURE__ */ bindAwsKms(localVerification)

export type { AwsCallOptions, AwsKeyDescription, AwsKmsClient, AwsPublicKey } from '../backends/kms/aws/client.ts'
export type { AwsKeyReference } from '../backends/kms/aws/index.ts'
export type { Kms, KmsUse } from '../backends/kms/factory.ts'
export { BackendError, InvalidKeyError, JwtError, UsageError } from '../core/errors.ts'
export type { RemoteSigner, RemoteUse, RemoteVerifier } from '../keys/remote.ts'
