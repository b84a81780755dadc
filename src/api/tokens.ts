import { type In, type Mode, run, settle } from '../core/mode.ts'
import { badOption } from '../core/options.ts'
import type { Claims, ClaimsToSign, DecodedToken } from '../jwt/claims.ts'
import type { DecodeContext } from '../jwt/decode.ts'
import { readDecodeOptions } from '../jwt/decode-options.ts'
import { type DecodeResult, type Decoder, makeContext, makeDecoder } from '../jwt/decoder.ts'
import { readEncodeOptions } from '../jwt/encode-options.ts'
import { type Encoder, makeEncoder } from '../jwt/encoder.ts'
import { type Explanation, explainToken } from '../jwt/explain.ts'
import { createFastPath } from '../jwt/fast-path.ts'
import { type ClaimsSchema, shapeOf } from '../jwt/schema.ts'
import { createTokenCache } from '../jwt/token-cache.ts'
import { isFixed } from '../jwt/verifier-list.ts'
import type { Signer } from '../keys/backend.ts'
import { isCryptoKey } from '../keys/handle.ts'
import { isKey } from '../keys/key.ts'
import { type Binder, createBinder, isLasting, rememberingBinder } from './binder.ts'
import type {
  Decided,
  DecodeOptionsFor,
  EncodeOptionsFor,
  ModeOf,
  OutputOf,
  SigningKey,
  VerificationInput,
  WithoutSchema,
  WithSchema,
} from './inputs.ts'
import type { Platform } from './platform.ts'
import { createPreparedCache, type PreparedCache } from './prepared-cache.ts'
import { resolveSigner, resolveVerifiers } from './resolve.ts'

/** Signs claims. */
export interface Encode<D extends Mode> {
  <M extends Mode>(claims: ClaimsToSign, key: Signer<string, M>, options?: EncodeOptionsFor<Signer>): In<M, string>
  <K extends SigningKey>(claims: ClaimsToSign, key: K, options: EncodeOptionsFor<K>): In<ModeOf<K, D>, string>
}

/** Prepares an encoder. */
export interface CreateEncoder<D extends Mode> {
  <M extends Mode>(key: Signer<string, M>, options: Decided<EncodeOptionsFor<Signer>>): Encoder<M>
  <K extends SigningKey>(key: K, options: Decided<EncodeOptionsFor<K>>): Encoder<ModeOf<K, D>>
}

/** Verifies a token and returns its claims. */
export interface Decode<D extends Mode> {
  <K extends VerificationInput, S extends ClaimsSchema>(
    token: string,
    key: K,
    options: DecodeOptionsFor<K> & WithSchema<S>,
  ): In<ModeOf<K, D>, OutputOf<S>>
  <K extends VerificationInput>(token: string, key: K, options: DecodeOptionsFor<K> & WithoutSchema): In<ModeOf<K, D>, Claims>
}

/** Verifies a token and returns header, claims and signature. */
export interface DecodeComplete<D extends Mode> {
  <K extends VerificationInput, S extends ClaimsSchema>(
    token: string,
    key: K,
    options: DecodeOptionsFor<K> & WithSchema<S>,
  ): In<ModeOf<K, D>, DecodedToken<OutputOf<S>>>
  <K extends VerificationInput>(token: string, key: K, options: DecodeOptionsFor<K> & WithoutSchema): In<ModeOf<K, D>, DecodedToken>
}

/** Verifies a token and returns its faults as a value. */
export interface TryDecode<D extends Mode> {
  <K extends VerificationInput, S extends ClaimsSchema>(
    token: string,
    key: K,
    options: DecodeOptionsFor<K> & WithSchema<S>,
  ): In<ModeOf<K, D>, DecodeResult<OutputOf<S>>>
  <K extends VerificationInput>(token: string, key: K, options: DecodeOptionsFor<K> & WithoutSchema): In<ModeOf<K, D>, DecodeResult>
}

/** Lists every check of a token with its outcome. */
export type Explain<D extends Mode> = <K extends VerificationInput>(
  token: string,
  key: K,
  options: DecodeOptionsFor<K> & { readonly schema?: ClaimsSchema },
) => In<ModeOf<K, D>, Explanation>

/** Prepares a decoder. */
export interface CreateDecoder<D extends Mode> {
  <K extends VerificationInput, S extends ClaimsSchema>(
    key: K,
    options: Decided<DecodeOptionsFor<K>> & WithSchema<S>,
  ): Decoder<ModeOf<K, D>, OutputOf<S>>
  <K extends VerificationInput>(key: K, options: Decided<DecodeOptionsFor<K>> & WithoutSchema): Decoder<ModeOf<K, D>>
}

function encoder(platform: Platform, binder: Binder, key: unknown, options: unknown, prepared: boolean): Encoder {
  const settings = readEncodeOptions(options, prepared)
  return makeEncoder(resolveSigner(binder, key, settings), settings, platform.codec())
}

function context(platform: Platform, binder: Binder, key: unknown, options: unknown, prepared: boolean): DecodeContext<Mode> {
  const settings = readDecodeOptions(options, prepared)
  const { source, allowed } = resolveVerifiers(binder, key, settings)
  const fast = isFixed(source) ? createFastPath<Mode>(platform.codec()) : undefined
  const { cacheOption } = settings
  if (cacheOption !== undefined && !prepared) throw badOption('cache', 'nothing here: prepare a decoder with createDecoder')
  const cache = cacheOption === undefined ? undefined : createTokenCache(cacheOption)
  return makeContext(source, allowed, settings, shapeOf(source.mode, settings.schema), { fast, cache })
}

/** The run-time twin of `ModeOf`: where a fault of an async call belongs before its key is read. */
function modeOf(key: unknown, otherwise: Mode): Mode {
  if (Array.isArray(key)) return modeOf(key[0], otherwise)
  if (typeof key !== 'object' || key === null) return otherwise
  const { mode } = key as { mode?: unknown }
  if (isKey(key)) return mode === 'async' ? mode : otherwise
  if (mode === 'sync' || mode === 'async') return mode
  return isCryptoKey(key) ? 'async' : otherwise
}

/** Makes the prepared form and calls it once. Where the key answers later, faults come as rejections too. */
function oneCall(platform: Platform, key: unknown, call: () => unknown): unknown {
  const { mode } = platform.keys
  if (typeof key === 'string') return run(mode, call)
  // A key that cannot even be looked at is a fault of the call, which the call reports.
  return run(
    settle<'sync', Mode, Mode>(
      'sync',
      () => modeOf(key, mode),
      (found) => found,
      () => mode,
    ),
    call,
  )
}

/** What `make` prepares, remembered for the next call. Begun by the first one, since programs that prepare have none. */
function remembering<T>(
  platform: Platform,
  make: (binder: Binder, key: unknown, options: unknown) => T,
): (key: unknown, options: unknown) => T {
  let begun: { readonly binder: Binder; readonly cache: PreparedCache<T> } | undefined
  return (key, options) => {
    begun ??= { binder: rememberingBinder(platform), cache: createPreparedCache((one): one is object => isLasting(platform, one)) }
    const { binder, cache } = begun
    return cache.of(key, options, (read) => make(binder, key, read))
  }
}

export function bindEncode<D extends Mode>(platform: Platform<D>): Encode<D> {
  const prepare = remembering(platform, (binder, key, options) => encoder(platform, binder, key, options, false))
  return ((claims: ClaimsToSign, key: unknown, options: unknown) =>
    oneCall(platform, key, () => prepare(key, options).encode(claims))) as Encode<D>
}

export function bindCreateEncoder<D extends Mode>(platform: Platform<D>): CreateEncoder<D> {
  return ((key: unknown, options: unknown) =>
    run('sync', () => encoder(platform, createBinder(platform), key, options, true))) as CreateEncoder<D>
}

export function bindDecode<D extends Mode>(platform: Platform<D>): Decode<D> {
  return bindOneCall(platform, 'decode') as Decode<D>
}

export function bindDecodeComplete<D extends Mode>(platform: Platform<D>): DecodeComplete<D> {
  return bindOneCall(platform, 'decodeComplete') as DecodeComplete<D>
}

export function bindTryDecode<D extends Mode>(platform: Platform<D>): TryDecode<D> {
  return bindOneCall(platform, 'tryDecode') as TryDecode<D>
}

export function bindExplain<D extends Mode>(platform: Platform<D>): Explain<D> {
  return ((token: string, key: unknown, options: unknown) =>
    oneCall(platform, key, () => explainToken(context(platform, createBinder(platform), key, options, false), token))) as Explain<D>
}

export function bindCreateDecoder<D extends Mode>(platform: Platform<D>): CreateDecoder<D> {
  return ((key: unknown, options: unknown) =>
    run('sync', () => makeDecoder(context(platform, createBinder(platform), key, options, true)))) as CreateDecoder<D>
}

function bindOneCall(platform: Platform, name: 'decode' | 'decodeComplete' | 'tryDecode') {
  const prepare = remembering(platform, (binder, key, options) => makeDecoder(context(platform, binder, key, options, false)))
  return (token: string, key: unknown, options: unknown): unknown => oneCall(platform, key, () => prepare(key, options)[name](token))
}
