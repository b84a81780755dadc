/**
 * The token functions without any backend: for bundles that hold one algorithm and no more.
 * @module
 */

import type { Decided, DecodeOptionsFor, EncodeOptionsFor, ModeOf } from './api/inputs.ts'
import { type In, type Mode, run } from './core/mode.ts'
import { badOption, readTextList } from './core/options.ts'
import { readDecodeOptions } from './jwt/decode-options.ts'
import { type Decoder, makeContext, makeDecoder } from './jwt/decoder.ts'
import { readEncodeOptions } from './jwt/encode-options.ts'
import { type Encoder, makeEncoder } from './jwt/encoder.ts'
import { isVerifierSource, verifierList } from './jwt/verifier-list.ts'
import type { Signer, Verifier, VerifierSource } from './keys/backend.ts'

type Verifiers<M extends Mode> = Verifier<string, M> | VerifierSource<M> | readonly Verifier<string, M>[]

/** Prepares an encoder for a Signer. @throws UsageError */
export function createEncoder<M extends Mode>(signer: Signer<string, M>, options: Decided<EncodeOptionsFor<Signer>>): Encoder<M> {
  return run('sync', () => makeEncoder(signer, readEncodeOptions(options, true)))
}

/** Prepares a decoder for Verifiers. @throws UsageError */
export function createDecoder<M extends Mode>(verifiers: Verifiers<M>, options: Decided<DecodeOptionsFor<Verifier>>): Decoder<M> {
  return run('sync', () => {
    const settings = readDecodeOptions(options, true)
    const source = isVerifierSource(verifiers)
      ? (verifiers as VerifierSource<M>)
      : verifierList((Array.isArray(verifiers) ? verifiers : [verifiers]) as Verifier<string, M>[])
    const { algorithms = source.algorithms } = settings
    const allowed = readTextList(algorithms, 'algorithms')
    // Without the registry at hand, a name is known when a Verifier serves it.
    if (!allowed.every((name) => source.algorithms.includes(name))) throw badOption('algorithms', 'names that the Verifiers serve')
    if (settings.cacheOption !== undefined) throw badOption('cache', 'nothing: signet-jwt/core keeps no tokens')
    if (settings.schema !== undefined) throw badOption('schema', 'nothing: signet-jwt/core takes no schema')
    return makeDecoder(makeContext(source, allowed, settings))
  })
}

export * from './common.ts'
export { createSmallDecoder, type SmallDecodeOptions, type SmallDecoder } from './jwt/small.ts'
export type { In, Mode, ModeOf }
