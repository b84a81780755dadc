import { InvalidTokenError, UsageError } from '../core/errors.ts'
import { type In, type Mode, run, settle, andThen } from '../core/mode.ts'
import type { VerifierSource } from '../keys/backend.ts'
import type { Claims, DecodedToken, Header } from './claims.ts'
import { type DecodeContext, decodeToken } from './decode.ts'
import { type DecodeSettings, readAllowList } from './decode-options.ts'
import { type Explanation, explainToken } from './explain.ts'

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
  /** Every check in order with its outcome. Never throws for a bad token. For people, not for decisions. */
  explain(token: string): In<M, Explanation>
}

/** Puts a source of Verifiers and checked options together. @throws UsageError */
export function makeDecoder<M extends Mode, C = Claims>(source: VerifierSource<M>, settings: DecodeSettings): Decoder<M, C> {
  const context = makeContext(source, settings)
  const { mode } = source
  const complete = (token: unknown): In<M, DecodedToken<C>> => run(mode, () => decodeToken(context, token)) as In<M, DecodedToken<C>>
  return Object.freeze({
    mode,
    algorithms: Object.freeze([...context.allowed]),
    decode: (token: string) => andThen(mode, complete(token), (decoded) => decoded.claims),
    decodeComplete: complete,
    tryDecode: (token: string) => settle(mode, () => complete(token), good<C>, bad<C>),
    explain: (token: string) => run(mode, () => explainToken(context, token)),
  })
}

function makeContext<M extends Mode>(source: VerifierSource<M>, settings: DecodeSettings): DecodeContext<M> {
  const served = readAllowList(source.algorithms, settings.registry)
  const { algorithms = served, policy, understood, maxTokenLength, schema } = settings
  if (!algorithms.some((name) => served.includes(name))) {
    throw new UsageError('No key can serve any of the allowed algorithms; detail lists both', { algorithms, served })
  }
  return { source, allowed: new Set(algorithms), policy, understood, maxTokenLength, schema }
}

function good<C>({ header, claims }: DecodedToken<C>): DecodeResult<C> {
  return { ok: true, header, claims }
}

function bad<C>(error: unknown): DecodeResult<C> {
  if (error instanceof InvalidTokenError) return { ok: false, error }
  throw error
}
