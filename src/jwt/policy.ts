import { InvalidClaimError, InvalidIssuerError, InvalidJTIError, InvalidSubjectError } from '../core/errors.ts'
import type { JsonObject } from '../core/json.ts'
import { badOption } from '../core/options.ts'
import { ageCheck, audienceCheck, type Check, type Judge, requiredCheck, textCheck, timeCheck, typCheck } from './checks.ts'
import { type Header, lastSecond } from './claims.ts'
import { type QuickPolicy, quickPolicy } from './quick-policy.ts'

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
  /** The same verdict sooner, for claims that pass. */
  readonly quick: QuickPolicy | undefined
  /** Seconds since the epoch. @throws UsageError when the clock gives none */
  readonly now: () => number
}

export function createPolicy(options: PolicyOptions): ClaimsPolicy {
  const { typ, require, maxAge, issuer, audience, subject, jwtId, nonce, now, leeway = 0, allowDistantTimes = false } = options
  const limits = { leeway, allowDistantTimes }
  const checks: Check[] = []
  const add = (name: string, failure: Judge): unknown => checks.push({ name, failure })
  if (typ !== undefined) add('typ', typCheck(typ))
  if (require) add('require', requiredCheck(require))
  add('iat', timeCheck('iat', limits))
  if (maxAge !== undefined) add('maxAge', ageCheck(maxAge, limits))
  add('nbf', timeCheck('nbf', limits))
  add('exp', timeCheck('exp', limits))
  add('iss', textCheck('iss', InvalidIssuerError, issuer))
  add('aud', audienceCheck(audience))
  add('sub', textCheck('sub', InvalidSubjectError, subject === undefined ? null : [subject]))
  add('jti', textCheck('jti', InvalidJTIError, jwtId === undefined ? null : [jwtId]))
  if (nonce !== undefined) add('nonce', textCheck('nonce', InvalidClaimError, [nonce]))
  const isUsual = [typ, require, maxAge, subject, jwtId, nonce].every((option) => option === undefined)
  return { checks, quick: isUsual ? quickPolicy(issuer, audience, leeway) : undefined, now: clock(now) }
}

interface Judged {
  readonly claims: JsonObject
  readonly header: Header
}

/** Throws the first failure. `now` is in seconds since the epoch. */
export function applyPolicy(policy: ClaimsPolicy, { claims, header }: Judged, now: number): void {
  if (policy.quick?.(claims, now)) return
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
    throw badOption('now', 'seconds since the epoch')
  }
}
