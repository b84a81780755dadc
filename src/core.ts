/**
 * The token functions without any backend: for bundles that hold one algorithm and no more.
 * @module
 */
import { type In, type Mode, run } from './core/mode.ts'
import { type Decoder, makeDecoder } from './jwt/decoder.ts'
import { readDecodeOptions } from './jwt/decode-options.ts'
import { readEncodeOptions } from './jwt/encode-options.ts'
import { type Encoder, makeEncoder } from './jwt/encoder.ts'
import type { ClaimsSchema } from './jwt/schema.ts'
import { isVerifierSource, verifierList } from './jwt/verifier-list.ts'
import type { Signer, Verifier, VerifierSource } from './keys/backend.ts'
import type { Decided, DecodeOptionsFor, EncodeOptionsFor, ModeOf, OutputOf, WithoutSchema, WithSchema } from './api/inputs.ts'

type Verifiers<M extends Mode> = Verifier<string, M> | VerifierSource<M> | readonly Verifier<string, M>[]

/** Prepares an encoder for a Signer. @throws UsageError */
export function createEncoder<M extends Mode>(signer: Signer<string, M>, options: Decided<EncodeOptionsFor<Signer>>): Encoder<M> {
  return run('sync', () => makeEncoder(signer, readEncodeOptions(options, true)))
}

/** Prepares a decoder for Verifiers. @throws UsageError */
export function createDecoder<M extends Mode, S extends ClaimsSchema>(
  verifiers: Verifiers<M>,
  options: Decided<DecodeOptionsFor<Verifier>> & WithSchema<S>,
): Decoder<M, OutputOf<S>>
export function createDecoder<M extends Mode>(
  verifiers: Verifiers<M>,
  options: Decided<DecodeOptionsFor<Verifier>> & WithoutSchema,
): Decoder<M>
export function createDecoder(verifiers: Verifiers<Mode>, options: unknown): Decoder {
  return run('sync', () => {
    const settings = readDecodeOptions(options, true)
    const list = Array.isArray(verifiers) ? verifiers : [verifiers]
    return makeDecoder(isVerifierSource(verifiers) ? verifiers : verifierList(list as Verifier[]), settings)
  })
}

export type { In, Mode, ModeOf }
export * from './common.ts'
