import { InvalidAlgorithmError, InvalidSignatureError, KeyNotFoundError } from '../core/errors.ts'
import { utf8 } from '../core/bytes.ts'
import type { JsonObject } from '../core/json.ts'
import { type In, type Mode, andThen, given } from '../core/mode.ts'
import type { KeyHint, Verifier, VerifierSource } from '../keys/backend.ts'
import type { Claims, DecodedToken, Header } from './claims.ts'
import { decodeSegment, parsePart, type Segments, splitCompact } from './compact.ts'
import { checkHeader } from './header.ts'
import { type ClaimsPolicy, applyPolicy } from './policy.ts'

/** Everything a token is judged by. Nothing in it comes from a token. */
export interface DecodeContext<M extends Mode> {
  readonly source: VerifierSource<M>
  readonly allowed: ReadonlySet<string>
  readonly policy: ClaimsPolicy
  readonly understood: ReadonlySet<string> | undefined
  /** Characters. */
  readonly maxTokenLength: number
  /** What a schema makes of the claims. */
  readonly shape: ((claims: Claims) => In<M, unknown>) | undefined
}

/** A token whose signature holds and whose payload is a JSON object; its claims are not judged yet. */
export interface SignedToken {
  readonly header: Header
  readonly claims: JsonObject
  readonly signature: Uint8Array
}

/** More candidates than this are refused instead of tried, so that no token costs unbounded work. */
export const maxCandidates = 16

/** Verifies and judges a token. @throws InvalidTokenError (and its kinds), BackendError */
export function decodeToken<M extends Mode>(context: DecodeContext<M>, token: unknown): In<M, DecodedToken> {
  const { source, policy, shape } = context
  return andThen(source.mode, openToken(context, token), (signed) => {
    applyPolicy(policy, signed.claims, signed.header)
    if (!shape) return signed
    return andThen(source.mode, shape(signed.claims), (claims) => ({ ...signed, claims: claims as Claims }))
  })
}

/** Walks a token up to its claims (RFC 7519 §7.2, steps 1 to 10): syntax, header, algorithm, key, signature, and only then the payload. */
export function openToken<M extends Mode>(context: DecodeContext<M>, token: unknown): In<M, SignedToken> {
  const { mode } = context.source
  const segments = splitCompact(token, context.maxTokenLength)
  const header = parsePart(decodeSegment(segments.header, 'header'), 'header')
  const payload = decodeSegment(segments.payload, 'payload')
  const signature = decodeSegment(segments.signature, 'signature')
  checkHeader(header, context.understood)
  const hint = keyHint(header, context.allowed)
  return andThen(mode, context.source.candidates(hint), (found) =>
    andThen(mode, anyHolds(mode, fitting(found, hint), segments, signature), (holds) => {
      if (!holds) throw new InvalidSignatureError('')
      return { header, claims: parsePart(payload, 'payload'), signature }
    }),
  )
}

/** The algorithm and key the token asks for. The header text leads no further than a lookup in the caller's own list. */
function keyHint(header: JsonObject, allowed: ReadonlySet<string>): KeyHint {
  const { alg, kid } = header
  if (!Object.hasOwn(header, 'alg') || !allowed.has(alg as string)) {
    throw new InvalidAlgorithmError('', { allowed: [...allowed] })
  }
  return { alg, ...(Object.hasOwn(header, 'kid') && { kid }) } as KeyHint
}

function fitting<M extends Mode>(found: readonly Verifier<string, M>[], { alg }: KeyHint): readonly Verifier<string, M>[] {
  const candidates = found.filter((verifier) => verifier.algorithm === alg)
  if (candidates.length > 0 && candidates.length <= maxCandidates) return candidates
  throw new KeyNotFoundError(candidates.length > 0 ? 'too many keys: a kid is needed' : '')
}

function anyHolds<M extends Mode>(mode: M, candidates: readonly Verifier<string, M>[], segments: Segments, signature: Uint8Array, index = 0): In<M, boolean> {
  const verifier = candidates[index]
  if (!verifier) return given(mode, false)
  const { signingInput } = segments
  const verdict = verifier.verifyText ? verifier.verifyText(signingInput, segments.signature) : verifier.verify(utf8(signingInput), signature)
  // Exactly true: a promise, 1 or "true" from somebody's backend is not a yes.
  return andThen(mode, verdict, (holds) => (holds === true ? holds : anyHolds(mode, candidates, segments, signature, index + 1)))
}
