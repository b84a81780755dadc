import { DecodeError, InvalidAlgorithmError, InvalidSignatureError, KeyNotFoundError } from '../core/errors.ts'
import { utf8 } from '../core/bytes.ts'
import { type JsonObject, parseJsonObject } from '../core/json.ts'
import { type In, type Mode, andThen } from '../core/mode.ts'
import type { KeyHint, Verifier, VerifierSource } from '../keys/backend.ts'
import type { Claims, DecodedToken, Header } from './claims.ts'
import { decodeSegment, type Segments, splitCompact } from './compact.ts'
import { checkHeader, parseHeader } from './header.ts'
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

/** The stages before the claims, in their order; `explain` reports each. */
export type Stage = 'segments' | 'header' | 'base64url' | 'parameters' | 'alg' | 'key' | 'signature' | 'payload'
export type Trace = (stage: Stage) => void

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
  return andThen(source.mode, openToken(context, token), ({ header, claims, signature }) => {
    applyPolicy(policy, claims, header)
    const finish = (output: unknown): DecodedToken => ({ header, claims: output as Claims, signature })
    return shape ? andThen(source.mode, shape(claims), finish) : finish(claims)
  })
}

/** Walks a token up to its claims (RFC 7519 §7.2, steps 1 to 10): syntax, header, algorithm, key, signature, and only then the payload. */
export function openToken<M extends Mode>(context: DecodeContext<M>, token: unknown, trace?: Trace): In<M, SignedToken> {
  trace?.('segments')
  const segments = splitCompact(token, context.maxTokenLength)
  trace?.('header')
  const header = parseHeader(decodeSegment(segments.header, 'header'))
  trace?.('base64url')
  const payload = decodeSegment(segments.payload, 'payload')
  const signature = decodeSegment(segments.signature, 'signature')
  trace?.('parameters')
  checkHeader(header, context.understood)
  trace?.('alg')
  const hint = keyHint(header, context.allowed)
  trace?.('key')
  const { mode } = context.source
  return andThen(mode, context.source.candidates(hint), (found) => {
    const candidates = fitting(found, hint)
    trace?.('signature')
    return andThen(mode, anyHolds(mode, candidates, segments, signature), (holds) => {
      if (!holds) throw new InvalidSignatureError('The signature does not match')
      trace?.('payload')
      return { header, claims: parsePayload(payload), signature }
    })
  })
}

/** The algorithm and key the token asks for. The header text leads no further than a lookup in the caller's own list. */
function keyHint(header: Header, allowed: ReadonlySet<string>): KeyHint {
  const { alg, kid } = header as JsonObject
  if (!Object.hasOwn(header, 'alg') || typeof alg !== 'string' || !allowed.has(alg)) {
    throw new InvalidAlgorithmError('alg is not in the allow-list', { allowed: [...allowed] })
  }
  return typeof kid === 'string' ? { alg, kid } : { alg }
}

function fitting<M extends Mode>(found: readonly Verifier<string, M>[], hint: KeyHint): readonly Verifier<string, M>[] {
  const candidates = found.filter((verifier) => verifier.algorithm === hint.alg)
  if (candidates.length === 0) throw new KeyNotFoundError("No key fits alg and kid")
  if (candidates.length > maxCandidates) throw new KeyNotFoundError('More than 16 keys fit: the token needs a kid')
  return candidates
}

function anyHolds<M extends Mode>(
  mode: M,
  candidates: readonly Verifier<string, M>[],
  segments: Segments,
  signature: Uint8Array,
  index = 0,
): In<M, boolean> {
  const verifier = candidates[index]!
  const verdict = verifier.verifyText
    ? verifier.verifyText(segments.signingInput, segments.signature)
    : verifier.verify(utf8(segments.signingInput), signature)
  return andThen(mode, verdict, (holds) =>
    // Exactly true: a promise, 1 or "true" from somebody's backend is not a yes.
    holds === true || index + 1 === candidates.length
      ? holds === true
      : anyHolds(mode, candidates, segments, signature, index + 1),
  )
}

function parsePayload(payload: Uint8Array): JsonObject {
  const claims = parseJsonObject(payload)
  if (typeof claims === 'object') return claims
  throw new DecodeError('Not a JSON object; see detail', { reason: claims, part: 'payload' })
}
