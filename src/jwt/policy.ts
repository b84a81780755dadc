import { UsageError } from '../core/errors.ts'
import type { JsonObject } from '../core/json.ts'
import { ageCheck, audienceCheck, type Check, requiredCheck, type TimeLimits, textCheck, timeCheck, typCheck } from './checks.ts'
import { type Header, lastSecond } from './claims.ts'

/** Options that say what claims must satisfy, read and checked. */
export interface PolicyOptions {
  readonly issuer?: readonly string[] | null
  readonly audience?: readonly string[] | null
  readonly subject?: string
  readonly typ?: string
  readonly nonce?: string
  readonly jwtId?: string
  readonly require?: readonly string[]
  /** Seconds. */
  readonly maxAge?: number
  /** Seconds. */
  readonly leeway?: number
  readonly now?: () => unknown
  readonly allowDistantTimes?: boolean
}

/** What the claims of a verified token must satisfy. */
export interface ClaimsPolicy {
  /** In the order in which they are judged: the first failure is the verdict. */
  readonly checks: readonly Check[]
  /** Seconds since the epoch. @throws UsageError when the clock gives none */
  readonly now: () => number
}

export function createPolicy(options: PolicyOptions): ClaimsPolicy {
  const { typ, require, maxAge, subject, jwtId, nonce, leeway = 0, allowDistantTimes = false } = options
  const limits: TimeLimits = { leeway, allowDistantTimes }
  const checks = [
    typ !== undefined && typCheck(typ),
    require && requiredCheck(require),
    timeCheck('iat', limits),
    maxAge !== undefined && ageCheck(maxAge, limits),
    timeCheck('nbf', limits),
    timeCheck('exp', limits),
    textCheck('iss', options.issuer),
    audienceCheck(options.audience),
    textCheck('sub', listOf(subject)),
    textCheck('jti', listOf(jwtId)),
    nonce !== undefined && textCheck('nonce', [nonce]),
  ]
  return { checks: checks.filter((check) => typeof check === 'object'), now: clock(options.now) }
}

function listOf(text: string | undefined): readonly string[] | undefined {
  return text === undefined ? undefined : [text]
}

/** Throws the first failure. */
export function applyPolicy(policy: ClaimsPolicy, claims: JsonObject, header: Header): void {
  const now = policy.now()
  for (const check of policy.checks) {
    const failure = check.failure(claims, header, now)
    if (failure) throw failure
  }
}

/** A clock in seconds since the epoch. */
export function clock(now: () => unknown = () => Date.now() / 1000): () => number {
  return () => {
    const seconds = now()
    if (typeof seconds === 'number' && seconds >= 0 && seconds <= lastSecond) return seconds
    throw new UsageError('now does not give seconds since the epoch')
  }
}
