/**
 * For authors of backends: a key that lives elsewhere becomes an ordinary Signer or Verifier. docs/BACKENDS.md is the guide.
 * @module
 */
import type { VerifierSource } from './keys/backend.ts'
import type { RemoteKey, RemoteOptions, RemoteSigner, RemoteUse, RemoteVerifier } from './keys/remote.ts'
import * as signing from './keys/remote-signer.ts'
import * as verifying from './keys/remote-verifier.ts'
import { localVerification } from './local-verification.ts'

/** As RemoteUse; `verifyWith` is this runtime's WebCrypto, or pure TypeScript where that lacks the algorithm, unless given. */
export type RemoteKeyOptions = RemoteUse & { readonly verifyWith?: RemoteOptions['verifyWith'] | undefined }

function withLocal(options: RemoteKeyOptions | undefined): RemoteOptions {
  return { ...options, verifyWith: options?.verifyWith ?? localVerification }
}

/** A Signer for a key that lives elsewhere. @throws UsageError for a definition or options that cannot work */
export function remoteSigner<A extends string>(key: RemoteKey<A>, options?: RemoteKeyOptions): RemoteSigner<A> {
  return signing.remoteSigner(key, withLocal(options))
}

/** A Verifier for a key that lives elsewhere: local where there is a public key. @throws UsageError as `remoteSigner` */
export function remoteVerifier<A extends string>(key: RemoteKey<A>, options?: RemoteKeyOptions): RemoteVerifier<A> {
  return verifying.remoteVerifier(key, withLocal(options))
}

/** Verifiers for all versions of a key whose backend lists them. @throws UsageError where it does not */
export function remoteVersions<A extends string>(key: RemoteKey<A>, options?: RemoteKeyOptions): VerifierSource<'async'> {
  return verifying.remoteVersions(key, withLocal(options))
}

export type { Algorithm } from './algorithms/algorithm.ts'
export { BackendError, type BackendFailureKind, InvalidKeyError, JwtError, UsageError } from './core/errors.ts'
export type { BackendDefinition, KeyBackend, Signer, SignOperation, Verifier, VerifierSource, VerifyOperation } from './keys/backend.ts'
export { defineBackend } from './keys/define-backend.ts'
export type {
  CryptoKeyLike,
  EcMaterial,
  HandleMaterial,
  KeyMaterial,
  OkpMaterial,
  PublicKey,
  RsaMaterial,
  SecretMaterial,
} from './keys/key.ts'
export type * from './keys/remote.ts'
export { backendFailure } from './keys/remote-failure.ts'
export { readPublicKey } from './keys/remote-public-key.ts'
export { remoteSession } from './keys/remote-session.ts'
export { unsupported } from './keys/unsupported.ts'
export { localVerification }
