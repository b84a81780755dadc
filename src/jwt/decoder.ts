import { type InvalidTokenError, isTokenError, UsageError } from '../core/errors.ts'
import { type In, type Mode, run, settle, throwOwn } from '../core/mode.ts'
import { isAlgorithmName } from '../core/names.ts'
import type { VerifierSource } from '../keys/backend.ts'
import type { Claims, DecodedToken, Header } from './claims.ts'
import { type DecodeContext, decodeToken } from './decode.ts'
import type { DecodeSettings } from './decode-options.ts'

/** The outcome of `tryDecode`. */
export type DecodeResult<C = Claims> =
  | { readonly ok: true; readonly header: Header; readonly claims: C }
  | { readonly ok: false; readonly error: InvalidTokenError }

/** A prepared decoder: keys are parsed and bound, options checked. Its functions may be passed around freely. */
export interface Decoder<M extends Mode = Mode, C = Claims> {
  readonly mode: M
  readonly algorithms: readonly string[]
  /** The claims of a good token. @throws InvalidTokenError (401), BackendError and JwksError (503) */
  decode(token: string): In<M, C>
  /** As `decode`, with header and signature. */
  decodeComplete(token: string): In<M, DecodedToken<C>>
  /** As `decode`, with the token's faults as a value. What is not the token's fault is still thrown. */
  tryDecode(token: string): In<M, DecodeResult<C>>
}

/** The functions over a context. */
export function makeDecoder<M extends Mode, C = Claims>(context: DecodeContext<M>): Decoder<M, C> {
  const { mode } = context.source
  const complete = (token: unknown, more?: unknown): In<M, DecodedToken<C>> =>
    run(mode, () => {
      noOptions(more)
      return decodeToken(context, token)
    }) as In<M, DecodedToken<C>>
  const now = (token: string, more?: unknown): C => {
    try {
      noOptions(more)
      return (decodeToken(context, token, false) as DecodedToken).claims as C
    } catch (error) {
      throwOwn(error)
    }
  }
  const later = async (token: string, more?: unknown): Promise<C> => {
    try {
      noOptions(more)
      return (await decodeToken(context, token, false)).claims as C
    } catch (error) {
      throwOwn(error)
    }
  }
  return Object.freeze({
    mode,
    algorithms: Object.freeze([...context.allowed]),
    // As `run`, without its closures: this one runs for every token.
    decode: (mode === 'sync' ? now : later) as (token: string) => In<M, C>,
    decodeComplete: complete,
    tryDecode: (token: string, more?: unknown) =>
      settle(
        mode,
        () => complete(token, more),
        ({ header, claims }): DecodeResult<C> => ({ ok: true, header, claims }),
        bad<C>,
      ),
  })
}

/** Puts a source of Verifiers and checked options together. @throws UsageError when the keys can serve none of the allowed algorithms */
export function makeContext<M extends Mode>(
  source: VerifierSource<M>,
  allowed: readonly string[],
  settings: DecodeSettings,
  shape?: DecodeContext<M>['shape'],
  aids: Pick<DecodeContext<M>, 'fast' | 'cache'> = { fast: undefined, cache: undefined },
): DecodeContext<M> {
  // Entries with a registry have judged the names; this holds for signet-jwt/core too.
  const { algorithms } = source
  const macs = Array.isArray(algorithms) ? algorithms.filter((name) => /^HS/.test(name)).length : 0
  if (!Array.isArray(algorithms) || !algorithms.every(isAlgorithmName) || (macs > 0 && macs < algorithms.length)) {
    throw new UsageError('algorithms names none, or mixes HMAC with others')
  }
  if (!allowed.some((name) => source.algorithms.includes(name))) throw new UsageError('No key serves an allowed algorithm', { allowed })
  return { ...settings, source, allowed: new Set(allowed), shape, ...aids }
}

/** Who passes options here believes in a check that nobody makes. The index of `tokens.map(decode)` is none. */
function noOptions(more: unknown): void {
  if (typeof more === 'object') throw new UsageError('Options belong to createDecoder')
}

function bad<C>(error: unknown): DecodeResult<C> {
  if (isTokenError(error)) return { ok: false, error }
  throw error
}
