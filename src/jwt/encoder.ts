import { encodeBase64url } from '../core/base64url.ts'
import { isBytes, utf8 } from '../core/bytes.ts'
import { BackendError, isJwtError, isTokenError, UsageError } from '../core/errors.ts'
import { andThen, disown, type In, kindOf, type Mode, run, throwOwn } from '../core/mode.ts'
import { isAlgorithmName } from '../core/names.ts'
import type { TextCodec } from '../core/text-codec.ts'
import type { SignCall, Signer } from '../keys/backend.ts'
import type { ClaimsToSign } from './claims.ts'
import { claimsWriter } from './claims-to-sign.ts'
import { type EncodeSettings, readTokenOptions, type TokenOptions, type TokenSettings } from './encode-options.ts'
import { writeHeader } from './header.ts'

/** A prepared encoder: the key is parsed and bound, options checked. Its function may be passed around freely. */
export interface Encoder<M extends Mode = Mode> {
  readonly mode: M
  readonly algorithm: string
  /** A compact token. Per-call options win over the encoder's. @throws UsageError, BackendError */
  encode(claims: ClaimsToSign, options?: TokenOptions): In<M, string>
}

/** Puts a Signer and checked options together. @throws UsageError */
export function makeEncoder<M extends Mode>(given: Signer<string, M>, settings: EncodeSettings, codec?: TextCodec): Encoder<M> {
  const signer = copySigner(given, settings)
  const { mode, algorithm } = signer
  const write = (now: Signer<string, M>, header: unknown): string => writeHeader(algorithm, now.kid, header)
  // Written here even for a signer with snapshots: a header that cannot be signed is a fault of the encoder, not of a token.
  const standing = write(signer, settings.header)
  // The header of a snapshot is written later, and must not change until then.
  const kept: unknown = signer.snapshot && settings.header !== undefined ? JSON.parse(JSON.stringify(settings.header)) : settings.header
  const writeClaims = claimsWriter(settings)
  const encode = (claims: ClaimsToSign, options?: TokenOptions): In<M, string> =>
    run(mode, () => {
      const own = options === undefined ? none : readTokenOptions(options)
      const textOfClaims = own === none ? writeClaims : claimsWriter(Object.assign(Object.create(null), settings, own) as EncodeSettings)
      const text = textOfClaims(claims)
      const payload = codec ? codec.encode(text) : encodeBase64url(utf8(text))
      const { header = kept, signal = settings.signal } = own
      const call: SignCall | undefined = signal && { signal }
      if (!signer.snapshot) {
        return sign(signer, `${own.header === undefined ? standing : write(signer, header)}.${payload}`, call)
      }
      return andThen(mode, signer.snapshot(call), (now) => {
        const current = copySigner(now, settings)
        if (current.algorithm !== algorithm || current.mode !== mode) throw wrongSignature('The signer changed its algorithm or mode')
        return sign(current, `${write(current, header)}.${payload}`, call)
      })
    })
  const quick =
    codec && !signer.snapshot && !settings.signal && quickly(signer, (claims) => `${standing}.${codec.encode(writeClaims(claims))}`)
  if (!quick) return Object.freeze({ mode, algorithm, encode })
  return Object.freeze({
    mode,
    algorithm,
    encode: (claims: ClaimsToSign, options?: TokenOptions) => (options === undefined ? quick(claims) : encode(claims, options)),
  })
}

/** As `encode` without options for the token, without its closures: this one runs for every token. */
function quickly<M extends Mode>(
  signer: Signer<string, M>,
  inputOf: (claims: ClaimsToSign) => string,
): ((claims: ClaimsToSign) => In<M, string>) | undefined {
  const now = (claims: ClaimsToSign): string => {
    try {
      const input = inputOf(claims)
      return `${input}.${checkText(signer, signer.signText!(input))}`
    } catch (error) {
      throwOwn(error)
    }
  }
  const later = async (claims: ClaimsToSign): Promise<string> => {
    try {
      const input = inputOf(claims)
      const signature = signer.signText ? checkText(signer, await signer.signText(input)) : textOf(await signer.sign(utf8(input)))
      return `${input}.${signature}`
    } catch (error) {
      throwOwn(error)
    }
  }
  if (signer.mode === 'sync' && !signer.signText) return undefined
  return (signer.mode === 'sync' ? now : later) as (claims: ClaimsToSign) => In<M, string>
}

function checkText(signer: Signer<string, Mode>, signature: unknown): string {
  if (typeof signature === 'string' && (signer.isTextExact === true || /^[\w-]+$/.test(signature))) return signature
  throw noSignature(signature)
}

const none: TokenSettings = /* @__PURE__ */ Object.create(null)

/** Reads a signer's members once: what was checked is what is used. */
function copySigner<M extends Mode>(signer: Signer<string, M>, settings: EncodeSettings): Signer<string, M> {
  const { algorithm, mode, kid, sign, signText, isTextExact, snapshot } = Object(signer) as typeof signer
  if (typeof sign !== 'function' || (mode !== 'sync' && mode !== 'async') || !isAlgorithmName(algorithm))
    throw new UsageError('Not a Signer: bind a key, as noble.signer(algorithm, key) does')
  if (settings.algorithm !== undefined && settings.algorithm !== algorithm) {
    throw new UsageError('The signer is bound to another algorithm than options.algorithm says: leave it out')
  }
  return {
    algorithm,
    mode,
    ...(kid !== undefined && { kid }),
    sign: calling(mode, (input: Uint8Array, call?: SignCall) => sign.call(signer, input, call)),
    ...(signText && { isTextExact: isTextExact === true, signText: calling(mode, (input: string) => signText.call(signer, input)) }),
    ...(snapshot && { snapshot: calling(mode, (call?: SignCall) => snapshot.call(signer, call)) }),
  }
}

/** A function of a Signer. What it throws is a fault of the key, even where it is an error that blames a token: none was looked at. */
function calling<M extends Mode, A extends unknown[], T>(mode: M, call: (...args: A) => In<M, T>): (...args: A) => In<M, T> {
  // All take two arguments at most.
  const callWith = call as unknown as (a: unknown, b: unknown) => T
  const now = (a: unknown, b: unknown): T => {
    try {
      return callWith(a, b)
    } catch (error) {
      throw signerFault(error)
    }
  }
  const later = async (a: unknown, b: unknown): Promise<T> => {
    try {
      return await callWith(a, b)
    } catch (error) {
      throw signerFault(error)
    }
  }
  return (mode === 'sync' ? now : later) as unknown as (...args: A) => In<M, T>
}

function signerFault(error: unknown): unknown {
  if (isJwtError(error) && !isTokenError(error)) return error
  // Without the original, whose text may hold what was to be signed; keys behind `remoteSigner` give theirs in `cause`.
  return new BackendError('The signer failed', { retryable: false, thrown: kindOf(error) })
}

function sign<M extends Mode>(signer: Signer<string, M>, signingInput: string, call?: SignCall): In<M, string> {
  if (signer.signText) {
    return andThen(signer.mode, signer.signText(signingInput), (signature) => `${signingInput}.${checkText(signer, signature)}`)
  }
  return andThen(signer.mode, signer.sign(utf8(signingInput), call), (signature) => `${signingInput}.${textOf(signature)}`)
}

function textOf(signature: unknown): string {
  if (isBytes(signature) && signature.length > 0) return encodeBase64url(signature)
  throw noSignature(signature)
}

function noSignature(value: unknown): BackendError {
  disown(value)
  return wrongSignature('The signer returned no signature')
}

function wrongSignature(message: string): BackendError {
  return new BackendError(message, { retryable: false })
}
