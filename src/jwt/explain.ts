import { type ErrorCode, type InvalidTokenError, isTokenError } from '../core/errors.ts'
import type { JsonObject } from '../core/json.ts'
import { andThen, given, type In, type Mode, settle } from '../core/mode.ts'
import type { Check } from './checks.ts'
import type { Claims } from './claims.ts'
import { type DecodeContext, openToken } from './decode.ts'
import type { SignedToken } from './signed-token.ts'

/** One check of a token. Values are described, never shown: `actual` gives types, lengths and time differences. */
export interface ExplainedCheck {
  readonly check: string
  readonly status: 'passed' | 'failed' | 'skipped'
  readonly expected?: string
  readonly actual?: string
  /** Where the requirement stands. */
  readonly rfc: string
  /** What to do about a failure. */
  readonly hint?: string
}

export interface Explanation {
  /** Whether `decode` accepts the token. */
  readonly ok: boolean
  readonly checks: readonly ExplainedCheck[]
  /** What `decode` would throw. */
  readonly error?: InvalidTokenError
}

/** The stages before the claims, in their order. */
type Stage = 'segments' | 'header' | 'base64url' | 'parameters' | 'alg' | 'key' | 'signature' | 'payload'

interface StageInfo {
  readonly rfc: string
  readonly expected: string
  readonly hint: string
}

const stages: Readonly<Record<Stage, StageInfo>> = {
  segments: {
    rfc: 'RFC 7515 §7.1',
    expected: 'three segments within maxTokenLength',
    hint: 'Pass the bare token, as text: no promise, "Bearer ", quotes or line breaks.',
  },
  header: {
    rfc: 'RFC 7515 §4',
    expected: 'one JSON object in base64url',
    hint: 'The sender must encode the header as unpadded base64url of a JSON object.',
  },
  base64url: { rfc: 'RFC 7515 §2', expected: 'payload and signature in base64url', hint: 'The token was changed or cut on its way.' },
  parameters: {
    rfc: 'RFC 7515 §4.1',
    expected: 'well-formed kid and crit',
    hint: 'List extensions you handle in the crit option; others must be refused.',
  },
  alg: {
    rfc: 'RFC 8725 §3.1',
    expected: 'an allowed algorithm',
    hint: 'Add the algorithm to algorithms only if your issuer is meant to use it.',
  },
  key: {
    rfc: 'RFC 7515 §6',
    expected: 'a configured key for alg and kid',
    hint: 'The issuer may have rotated its keys: configure the new one.',
  },
  signature: { rfc: 'RFC 7515 §5.2', expected: 'a signature by that key', hint: 'The token was changed, or signed with another key.' },
  payload: { rfc: 'RFC 7519 §7.2', expected: 'one JSON object', hint: 'The payload of a JWT is a JSON object with every name once.' },
}

/** Where each check of the claims stands, and what it asks for. */
const requirements: Readonly<Record<string, readonly [rfc: string, expected: string]>> = {
  typ: ['RFC 8725 §3.11', 'the configured type'],
  require: ['RFC 7519 §4', 'every required claim present and not null'],
  iat: ['RFC 7519 §4.1.6', 'a number of seconds, not in the future'],
  maxAge: ['RFC 7519 §4.1.6', 'issued no longer ago than maxAge'],
  nbf: ['RFC 7519 §4.1.5', 'a number of seconds, not in the future'],
  exp: ['RFC 7519 §4.1.4', 'a number of seconds, in the future'],
  iss: ['RFC 7519 §4.1.1', 'a string; the configured issuer where there is one'],
  aud: ['RFC 7519 §4.1.3', 'the configured audience; absent where there is none'],
  sub: ['RFC 7519 §4.1.2', 'a string; the configured subject where there is one'],
  jti: ['RFC 7519 §4.1.7', 'a string; the configured identifier where there is one'],
  nonce: ['OpenID Connect Core §3.1.3.7', 'the configured nonce'],
  schema: ['Standard Schema 1', 'claims of the configured shape'],
}

const hints: Partial<Readonly<Record<ErrorCode, string>>> = {
  token_expired: 'Get a new token; for small clock differences set leeway.',
  token_not_yet_valid: 'Compare the clocks; for small differences set leeway.',
  invalid_audience: 'The token is meant for another service, or audience lacks this one.',
  invalid_issuer: 'The token comes from elsewhere, or issuer lacks its sender. Compare exactly, with any final slash.',
  missing_claim: 'Have the issuer add the claim, or stop expecting it.',
}

/** Walks the token as `decode` does and reports every step. @throws only what is not the token's fault */
export function explainToken<M extends Mode>(context: DecodeContext<M>, token: unknown): In<M, Explanation> {
  const { mode } = context.source
  const opened = attempt(mode, () => openToken(context, token))
  return andThen(mode, opened, (outcome) => {
    const walked = walkedStages(isTokenError(outcome) ? stageOf(outcome) : undefined, isWrapped(token))
    if (isTokenError(outcome)) {
      const skipped = context.policy.checks.map((check) => describe(check.name, 'skipped'))
      if (context.shape) skipped.push(describe('schema', 'skipped'))
      return { ok: false, checks: [...walked, ...skipped], error: outcome }
    }
    return judgeClaims(context, outcome, walked)
  })
}

/** Where a token failed: each stage has errors of its own. */
function stageOf({ code, detail }: InvalidTokenError): Stage {
  const { part, reason } = detail
  if (code === 'malformed_token') {
    if (reason === 'b64') return 'parameters'
    if (part === 'header') return 'header'
    if (reason === 'base64url') return 'base64url'
    return part === 'payload' ? 'payload' : 'segments'
  }
  if (code === 'invalid_token') return 'parameters'
  if (code === 'algorithm_not_allowed') return 'alg'
  return code === 'invalid_signature' ? 'signature' : 'key'
}

/** Still has what stood around it in an HTTP header or a file, so that the fault shows in the first segment. */
function isWrapped(token: unknown): boolean {
  return typeof token === 'string' && /^(?:bearer)?[\s"']/i.test(token)
}

function walkedStages(failed: Stage | undefined, wrapped: boolean): ExplainedCheck[] {
  const names = Object.keys(stages) as Stage[]
  const last = failed === undefined ? names.length : names.indexOf(failed)
  return names.map((name, index) => {
    const { rfc, expected } = stages[name]
    const { hint } = stages[wrapped ? 'segments' : name]
    if (index === last) return { check: name, status: 'failed', expected, rfc, hint }
    return { check: name, status: index < last ? 'passed' : 'skipped', expected, rfc }
  })
}

function judgeClaims<M extends Mode>(context: DecodeContext<M>, token: SignedToken, walked: ExplainedCheck[]): In<M, Explanation> {
  const { mode } = context.source
  const now = context.policy.now()
  let error: InvalidTokenError | undefined
  const judged = context.policy.checks.map((check) => {
    const failure = check.failure(token.claims, token.header, now)
    error ??= failure
    const actual = describeValue(check, token, now)
    const status = failure ? 'failed' : actual === 'absent' ? 'skipped' : 'passed'
    return describe(check.name, status, failure, actual)
  })
  const checks = [...walked, ...judged]
  const conclude = (failure: InvalidTokenError | undefined): Explanation =>
    failure ? { ok: false, checks, error: failure } : { ok: true, checks }
  const { shape } = context
  if (!shape) return given(mode, conclude(error))
  if (error) {
    checks.push(describe('schema', 'skipped'))
    return given(mode, conclude(error))
  }
  const applied = attempt(mode, () => shape(token.claims as Claims))
  return andThen(mode, applied, (outcome) => {
    const failure = isTokenError(outcome) ? outcome : undefined
    checks.push(describe('schema', failure ? 'failed' : 'passed', failure))
    return conclude(failure)
  })
}

function describe(name: string, status: ExplainedCheck['status'], failure?: InvalidTokenError, actual?: string): ExplainedCheck {
  const [rfc, expected] = requirements[name]!
  const hint = failure && (hints[failure.code] ?? failure.message)
  return { check: name, status, expected, ...(actual !== undefined && { actual }), rfc, ...(hint && { hint }) }
}

function describeValue(check: Check, { claims, header }: SignedToken, now: number): string | undefined {
  if (check.name === 'require') return undefined
  const holder = (check.name === 'typ' ? header : claims) as JsonObject
  const name = check.name === 'maxAge' ? 'iat' : check.name
  if (!Object.hasOwn(holder, name)) return 'absent'
  const value = holder[name]
  if (typeof value === 'number' && /^(exp|nbf|iat)$/.test(name)) return timeDifference(value - now)
  if (typeof value === 'string') return `a string of ${value.length} characters`
  if (Array.isArray(value)) return `an array of ${value.length}`
  return value === null ? 'null' : `a value of type ${typeof value}`
}

function timeDifference(seconds: number): string {
  const whole = Math.floor(Math.abs(seconds))
  return seconds > 0 ? `in ${whole} seconds` : `${whole} seconds ago`
}

function attempt<M extends Mode, T>(mode: M, call: () => In<M, T>): In<M, T | InvalidTokenError> {
  return settle<M, T, T | InvalidTokenError>(
    mode,
    call,
    (value) => value,
    (error) => {
      if (isTokenError(error)) return error
      throw error
    },
  )
}
