import { encodeBase64url } from '../core/base64url.ts'
import { isBytes, utf8 } from '../core/bytes.ts'
import { BackendError, UsageError } from '../core/errors.ts'
import { type In, type Mode, run, andThen } from '../core/mode.ts'
import type { Signer } from '../keys/backend.ts'
import type { ClaimsToSign } from './claims.ts'
import { type ClaimSettings, writeClaims } from './claims-to-sign.ts'
import { type EncodeSettings, readTokenOptions, type TokenOptions } from './encode-options.ts'
import { writeHeader } from './header.ts'

/** A prepared encoder: the key is parsed and bound, options checked. Its function may be passed around freely. */
export interface Encoder<M extends Mode = Mode> {
  readonly mode: M
  readonly algorithm: string
  /** A compact token. Per-call options win over the encoder's. @throws UsageError, BackendError */
  encode(claims: ClaimsToSign, options?: TokenOptions): In<M, string>
}

/** Puts a Signer and checked options together. @throws UsageError */
export function makeEncoder<M extends Mode>(given: Signer<string, M>, settings: EncodeSettings): Encoder<M> {
  const signer = snapshot(given, settings)
  const length = settings.registry.get(signer.algorithm)?.signatureLength
  const standing = writeHeader(signer.algorithm, signer.kid, settings.header)
  return Object.freeze({
    mode: signer.mode,
    algorithm: signer.algorithm,
    encode: (claims: ClaimsToSign, options?: TokenOptions) =>
      run(signer.mode, () => {
        const own = readTokenOptions(options)
        const header = own.header === undefined ? standing : writeHeader(signer.algorithm, signer.kid, own.header)
        return signToken(signer, length, header, claims, { ...settings, ...own })
      }),
  })
}

/** Reads what the header is built from once, so that it and the signature always belong together. */
function snapshot<M extends Mode>(signer: Signer<string, M>, settings: EncodeSettings): Signer<string, M> {
  const { algorithm, mode, kid, sign, signText } = signer
  if (!settings.registry.has(algorithm)) throw new UsageError("The signer's algorithm is not registered; add it to a registry first")
  if (settings.algorithm !== undefined && settings.algorithm !== algorithm) {
    throw new UsageError('The signer is bound to another algorithm than options.algorithm says: leave it out')
  }
  return {
    algorithm,
    mode,
    ...(kid !== undefined && { kid }),
    sign: (input) => sign.call(signer, input),
    ...(signText && { signText: (input: string) => signText.call(signer, input) }),
  }
}

function signToken<M extends Mode>(
  signer: Signer<string, M>,
  length: number | undefined,
  header: string,
  claims: unknown,
  settings: ClaimSettings,
): In<M, string> {
  const signingInput = `${header}.${encodeBase64url(utf8(writeClaims(claims, settings)))}`
  if (signer.signText) return andThen(signer.mode, signer.signText(signingInput), (signature) => `${signingInput}.${signature}`)
  return andThen(signer.mode, signer.sign(utf8(signingInput)), (signature) => {
    if (!isBytes(signature) || signature.length === 0 || (length !== undefined && signature.length !== length)) {
      throw new BackendError('The signer returned no signature of the right length', { retryable: false })
    }
    return `${signingInput}.${encodeBase64url(signature)}`
  })
}
