/**
 * Keys in an HSM, a smart card or a TPM, through their PKCS#11 module and pkcs11js, which the program installs itself.
 * @module
 */
import { node } from './backends/node/index.ts'
import { bindPkcs11, type Pkcs11Options, type Pkcs11Token } from './backends/pkcs11/index.ts'

/**
 * Opens a token: starts its module, opens a session and logs in.
 * @throws BackendError where the token or its PIN is not to be had, UsageError
 */
export const pkcs11: (options: Pkcs11Options) => Promise<Pkcs11Token> = /* @__PURE__ */ bindPkcs11(node)

export type { Cryptoki, KeyReference, Pkcs11KeyOptions, Pkcs11Module, Pkcs11Options, Pkcs11Token } from './backends/pkcs11/index.ts'
export { BackendError, InvalidKeyError, JwtError, UsageError } from './core/errors.ts'
export type { RemoteSigner, RemoteUse, RemoteVerifier } from './keys/remote.ts'
