/**
 * For authors of backends: a key that lives elsewhere becomes an ordinary Signer or Verifier. docs/BACKENDS.md is the guide.
 * @module
 */
import { readOptions } from './core/options.ts'
import type { VerifierSource } from './keys/backend.ts'
import * as signer from './keys/remote-signer.ts'
import * as verifier from './keys/remote-verifier.ts'
import type { RemoteKey, RemoteOptions, RemoteSigner, RemoteUse, RemoteVerifier } from './keys/remote.ts'
import { localVerification } from './local-verification.ts'
