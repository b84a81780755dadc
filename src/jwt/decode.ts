import { utf8 } from '../core/bytes.ts'
import { changingKeys } from '../core/changing-keys.ts'
import { InvalidAlgorithmError, InvalidSignatureError, KeyNotFoundError } from '../core/errors.ts'
import type { JsonObject } from '../core/json.ts'
import { andThen, disown, given, type In, type Mode } from '../core/mode.ts'
import type { KeyHint, Verifier, VerifierSource } from '../keys/backend.ts'
import type { Claims, DecodedToken } from './claims.ts'
import { decodeSegment, parsePart, type Segments, splitCompact } from './compact.ts'
import type { FastPath } from './fast-path.ts'
import { checkHeader } from './header.ts'
import { applyPolicy, type ClaimsPolicy } from './policy.ts'
import type { SignedToken } from './signed-token.ts'
import type { TokenCache } from './token-cache.ts'
import { isFixed, proposed } from './verifier-list.ts'

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
  /** A shorter way for headers that are known, with the same verdicts. */
  readonly fast?: FastPath<M> | undefined
  /** Where the caller asked for one. */
  readonly cache?: TokenCache<M> | undefined
}

/** More candidates than this are refused instead of tried, so that no token costs unbounded work. */
const maxCandidates = 16

/** Verifies and judges a token. `complete`: header and signature are wanted too. @throws InvalidTokenError (and its kinds), BackendError */
export function decodeToken<M extends Mode>(context: DecodeContext<M>, token: unknown, complete = true): In<M, DecodedToken> {
  const { source, policy, cache } = context
  const { mode } = source
  const entry = cache?.find(token)
  if (cache && entry) {
    const { signed } = entry
    return andThen(mode, isTrusted(source, signed), (trusted) => {
      // The clock is read after the keys, which may take their time.
      const seconds = policy.now()
      if (!trusted || !cache.isAlive(entry, seconds)) return verifyToken(context, token, complete)
      applyPolicy(policy, signed, seconds)
      return handOut(context, signed, complete)
    })
  }
  if (cache || context.shape) return verifyToken(context, token, complete)
  // As `verifyToken`, without its closures, and with one await.
  return (mode === 'sync' ? judge(policy, openNow(context, token, complete)) : judgeLater(context, token, complete)) as In<M, DecodedToken>
}

/** Whether the source still proposes the Verifier that vouched for a kept token, among as many as may be. @throws KeyNotFoundError */
function isTrusted<M extends Mode>(source: VerifierSource<M>, { header, verifier }: SignedToken<M>): In<M, boolean> {
  if (isFixed(source)) return given(source.mode, true)
  const { alg, kid } = header
  const hint = kid === undefined ? { alg } : { alg, kid }
  return andThen(source.mode, source.candidates(hint), (found) => fitting(found, hint).includes(verifier))
}

function verifyToken<M extends Mode>(context: DecodeContext<M>, token: unknown, complete: boolean): In<M, DecodedToken> {
  const { source, policy, cache } = context
  return andThen(source.mode, open(context, token, complete || cache !== undefined), (signed) => {
    const seconds = policy.now()
    applyPolicy(policy, signed, seconds)
    // Before a schema sees the claims: what is kept is frozen.
    if (cache && !changingKeys.has(signed.verifier)) cache.put(token as string, signed, seconds)
    return handOut(context, signed, complete)
  })
}

function handOut<M extends Mode>(context: DecodeContext<M>, signed: SignedToken<M>, complete: boolean): In<M, DecodedToken> | DecodedToken {
  const { source, shape, cache } = context
  const { header, claims } = signed
  // Bytes cannot be frozen, so what is kept is copied.
  const signature = cache && complete ? signed.signature.slice() : signed.signature
  if (!shape) return { header, claims, signature }
  return andThen(source.mode, shape(claims), (shaped) => ({ header, claims: shaped as Claims, signature }))
}

function judge(policy: ClaimsPolicy, signed: SignedToken): DecodedToken {
  applyPolicy(policy, signed, policy.now())
  const { header, claims, signature } = signed
  return { header, claims, signature }
}

async function judgeLater<M extends Mode>(context: DecodeContext<M>, token: unknown, complete: boolean): Promise<DecodedToken> {
  const { fast, policy, maxTokenLength } = context
  const begun = fast?.begin(token, maxTokenLength)
  const known = begun && fast?.finish(begun, await begun.verdict, complete)
  return judge(policy, known ?? (await openAndLearn(context, token)))
}

function open<M extends Mode>(context: DecodeContext<M>, token: unknown, complete: boolean): In<M, SignedToken<M>> {
  const { mode } = context.source
  return (mode === 'sync' ? openNow(context, token, complete) : openLater(context, token, complete)) as In<M, SignedToken<M>>
}

function openNow<M extends Mode>(context: DecodeContext<M>, token: unknown, complete: boolean): SignedToken<M> {
  const { fast, maxTokenLength } = context
  const begun = fast?.begin(token, maxTokenLength)
  return (begun && fast?.finish(begun, begun.verdict, complete)) ?? (openAndLearn(context, token) as SignedToken<M>)
}

async function openLater<M extends Mode>(context: DecodeContext<M>, token: unknown, complete: boolean): Promise<SignedToken<M>> {
  const { fast, maxTokenLength } = context
  const begun = fast?.begin(token, maxTokenLength)
  return (begun && fast?.finish(begun, await begun.verdict, complete)) ?? (await openAndLearn(context, token))
}

function openAndLearn<M extends Mode>(context: DecodeContext<M>, token: unknown): In<M, SignedToken<M>> {
  return andThen(context.source.mode, openToken(context, token), (signed) => {
    context.fast?.learn(token as string, signed)
    return signed
  })
}

/** Walks a token up to its claims (RFC 7519 §7.2, steps 1 to 10): syntax, header, algorithm, key, signature, and only then the payload. */
export function openToken<M extends Mode>(context: DecodeContext<M>, token: unknown): In<M, SignedToken<M>> {
  const { mode } = context.source
  const segments = splitCompact(token, context.maxTokenLength)
  const header = parsePart(decodeSegment(segments.header, 'header'), 'header')
  const payload = decodeSegment(segments.payload, 'payload')
  const signature = decodeSegment(segments.signature, 'signature')
  checkHeader(header, context.understood)
  const hint = keyHint(header, context.allowed)
  return andThen(mode, context.source.candidates(hint), (found) =>
    andThen(mode, holder(mode, fitting(found, hint), segments, signature), (verifier) => {
      if (!verifier) throw new InvalidSignatureError('')
      return { header, claims: parsePart(payload, 'payload'), signature, verifier, sole: found.length === 1 }
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
  const candidates = proposed(found).filter((verifier) => verifier.algorithm === alg)
  if (candidates.length > 0 && candidates.length <= maxCandidates) return candidates
  throw new KeyNotFoundError(candidates.length > 0 ? 'too many keys: a kid is needed' : '')
}

/** The candidate that the signature holds with. */
function holder<M extends Mode>(
  mode: M,
  candidates: readonly Verifier<string, M>[],
  segments: Segments,
  signature: Uint8Array,
  index = 0,
): In<M, Verifier<string, M> | undefined> {
  const verifier = candidates[index]
  if (!verifier) return given(mode, undefined)
  const { signingInput } = segments
  const verdict = verifier.verifyText
    ? verifier.verifyText(signingInput, segments.signature)
    : verifier.verify(utf8(signingInput), signature)
  if (mode === 'sync') disown(verdict)
  // Exactly true: a promise, 1 or "true" from somebody's backend is not a yes.
  return andThen(mode, verdict, (holds) =>
    holds === true ? given<M, typeof verifier | undefined>(mode, verifier) : holder(mode, candidates, segments, signature, index + 1),
  )
}
