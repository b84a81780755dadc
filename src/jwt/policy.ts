import { UsageError } from '../core/errors.ts'
import type { JsonObject } from '../core/json.ts'
import {
  ageCheck,
  audienceCheck,
  type Check,
  expiryCheck,
  issuedAtCheck,
  issuerCheck,
  jwtIdCheck,
  nonceCheck,
  notBeforeCheck,
  requiredCheck,
  subjectCheck,
  type TimeLimits,
  typCheck,
} from './checks.ts'
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
  const { typ, require, maxAge, nonce } = options
  const limits: TimeLimits = { leeway: options.leeway ?? 0, allowDistantTimes: options.allowDistantTimes ?? false }
  const checks = [
    typ !== undefined && typCheck(typ),
    require !== undefined && requiredCheck(require),
    issuedAtCheck(limits),
    maxAge !== undefined && ageCheck(maxAge, limits),
    notBeforeCheck(limits),
    expiryCheck(limits),
    issuerCheck(options.issuer),
    audienceCheck(options.audience),
    subjectCheck(options.subject),
    jwtIdCheck(options.jwtId),
    nonce !== undefined && nonceCheck(nonce),
  ]
  return { checks: Object.freeze(checks.filter((check) => check !== false)), now: clock(options.now) }
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
    throw new UsageError('now gives the seconds since the epoch; a larger number is one of milliseconds')
  }
}
