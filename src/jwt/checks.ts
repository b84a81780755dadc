import {
  DecodeError,
  ExpiredSignatureError,
  ImmatureSignatureError,
  InvalidAudienceError,
  InvalidClaimError,
  InvalidIssuedAtError,
  InvalidIssuerError,
  InvalidJTIError,
  InvalidSubjectError,
  type InvalidTokenError,
  MissingRequiredClaimError,
} from '../core/errors.ts'
import type { JsonObject } from '../core/json.ts'
import { type Header, lastSecond } from './claims.ts'

/** One thing that header and claims must satisfy. All checks of a policy are a list, so that a verdict and an explanation come from the same code. */
export interface Check {
  readonly name: string
  /** Where the requirement stands. */
  readonly rfc: string
  /** What is expected, without any configured value that a log should not show. */
  readonly expected: string
  /** The failure, or undefined. `now` is in seconds since the epoch. */
  failure(claims: JsonObject, header: Header, now: number): InvalidTokenError | undefined
}

type Judge = Check['failure']

function check(name: string, rfc: string, expected: string, failure: Judge): Check {
  return { name, rfc, expected, failure }
}

function missing(claims: JsonObject, name: string): boolean {
  return !Object.hasOwn(claims, name)
}

export function requiredCheck(names: readonly string[]): Check {
  return check('require', 'RFC 7519 §4', `present: ${names.length} required claims`, (claims) => {
    const absent = names.find((name) => missing(claims, name) || claims[name] === null)
    return absent === undefined ? undefined : new MissingRequiredClaimError(absent)
  })
}

export function typCheck(expected: string): Check {
  const wanted = mediaType(expected)
  return check('typ', 'RFC 8725 §3.11', 'the configured type', (_claims, header) => {
    const { typ } = header as JsonObject
    if (missing(header, 'typ')) return new MissingRequiredClaimError('typ')
    if (typeof typ === 'string' && mediaType(typ) === wanted) return undefined
    return new InvalidClaimError('The header parameter typ is not the expected one', { claim: 'typ' })
  })
}

/** RFC 7515 §4.1.9: case-insensitive, "application/" may be left out where no other slash is. */
function mediaType(text: string): string {
  const lower = text.replace(/[A-Z]/g, (letter) => letter.toLowerCase())
  const rest = lower.startsWith('application/') ? lower.slice(12) : lower
  return rest.includes('/') ? lower : rest
}

export interface TimeLimits {
  /** Seconds. */
  readonly leeway: number
  readonly allowDistantTimes: boolean
}

const inMilliseconds = 'A time claim lies beyond the year 9999, so it must be in milliseconds: JWT times are in seconds (RFC 7519 §2)'

export function issuedAtCheck({ leeway, allowDistantTimes }: TimeLimits): Check {
  return check('iat', 'RFC 7519 §4.1.6', 'not in the future', (claims, _header, now) => {
    if (missing(claims, 'iat')) return undefined
    const iat = claims['iat']
    if (typeof iat !== 'number') return new InvalidIssuedAtError('iat is not a number of seconds', { claim: 'iat' })
    const distant = iat > lastSecond && !allowDistantTimes
    if (iat > now + leeway) return new ImmatureSignatureError(distant ? inMilliseconds : 'The token was issued in the future', { claim: 'iat' })
    return distant ? new InvalidIssuedAtError(inMilliseconds, { claim: 'iat' }) : undefined
  })
}

export function notBeforeCheck({ leeway, allowDistantTimes }: TimeLimits): Check {
  return check('nbf', 'RFC 7519 §4.1.5', 'not in the future', (claims, _header, now) => {
    if (missing(claims, 'nbf')) return undefined
    const nbf = claims['nbf']
    if (typeof nbf !== 'number') return new DecodeError('nbf is not a number of seconds', { claim: 'nbf', reason: 'claim_type' })
    const distant = nbf > lastSecond && !allowDistantTimes
    if (nbf > now + leeway) return new ImmatureSignatureError(distant ? inMilliseconds : 'The token is not valid yet', { claim: 'nbf' })
    return distant ? new InvalidClaimError(inMilliseconds, { claim: 'nbf' }) : undefined
  })
}

export function expiryCheck({ leeway, allowDistantTimes }: TimeLimits): Check {
  return check('exp', 'RFC 7519 §4.1.4', 'in the future', (claims, _header, now) => {
    if (missing(claims, 'exp')) return undefined
    const exp = claims['exp']
    if (typeof exp !== 'number') return new DecodeError('exp is not a number of seconds', { claim: 'exp', reason: 'claim_type' })
    if (now >= exp + leeway) return new ExpiredSignatureError('The token has expired', { claim: 'exp' })
    return exp > lastSecond && !allowDistantTimes ? new InvalidClaimError(inMilliseconds, { claim: 'exp' }) : undefined
  })
}

/** `iat` has been judged before. */
export function ageCheck(maxAge: number, { leeway }: TimeLimits): Check {
  return check('maxAge', 'RFC 7519 §4.1.6', `issued at most ${maxAge} seconds ago`, (claims, _header, now) => {
    if (missing(claims, 'iat')) return new MissingRequiredClaimError('iat')
    const old = !(now <= (claims['iat'] as number) + maxAge + leeway)
    return old ? new ExpiredSignatureError('The token is older than maxAge allows', { claim: 'iat' }) : undefined
  })
}

/** `expected` null or undefined: any issuer, but a string. */
export function issuerCheck(expected: readonly string[] | null | undefined): Check {
  return check('iss', 'RFC 7519 §4.1.1', expected ? 'a configured issuer' : 'a string where present', (claims) => {
    if (missing(claims, 'iss')) return expected ? new MissingRequiredClaimError('iss') : undefined
    const iss = claims['iss']
    if (typeof iss !== 'string') return new InvalidIssuerError('iss is not a string', { claim: 'iss' })
    return !expected || expected.includes(iss) ? undefined : new InvalidIssuerError('iss is no expected issuer', { claim: 'iss' })
  })
}

/** `expected` null: any audience (waived). undefined: a token with an audience is for somebody else (RFC 7519 §4.1.3). */
export function audienceCheck(expected: readonly string[] | null | undefined): Check {
  const wording = expected ? 'a configured audience' : expected === null ? 'a string or array of strings where present' : 'absent: no audience is configured'
  return check('aud', 'RFC 7519 §4.1.3', wording, (claims) => {
    if (missing(claims, 'aud')) return expected ? new MissingRequiredClaimError('aud') : undefined
    const aud = claims['aud']
    if (expected && isEmpty(aud)) return new MissingRequiredClaimError('aud')
    const list: readonly unknown[] | undefined = typeof aud === 'string' ? [aud] : Array.isArray(aud) ? aud : undefined
    if (!list?.every((member) => typeof member === 'string')) {
      return new InvalidAudienceError('aud is neither a string nor an array of strings', { claim: 'aud' })
    }
    if (expected === undefined) {
      return new InvalidAudienceError('The token names an audience and none was configured: set audience, or null to waive it', { claim: 'aud' })
    }
    return expected === null || list.some((member) => expected.includes(member as string))
      ? undefined
      : new InvalidAudienceError('aud names no expected audience', { claim: 'aud' })
  })
}

function isEmpty(value: unknown): boolean {
  return !value || (typeof value === 'object' && Object.keys(value).length === 0)
}

export function subjectCheck(expected: string | undefined): Check {
  return check('sub', 'RFC 7519 §4.1.2', expected === undefined ? 'a string where present' : 'the configured subject', (claims) => {
    if (missing(claims, 'sub')) return expected === undefined ? undefined : new MissingRequiredClaimError('sub')
    if (typeof claims['sub'] !== 'string') return new InvalidSubjectError('sub is not a string', { claim: 'sub' })
    return expected === undefined || claims['sub'] === expected ? undefined : new InvalidSubjectError('sub is not the expected subject', { claim: 'sub' })
  })
}

export function jwtIdCheck(expected: string | undefined): Check {
  return check('jti', 'RFC 7519 §4.1.7', expected === undefined ? 'a string where present' : 'the configured identifier', (claims) => {
    if (missing(claims, 'jti')) return expected === undefined ? undefined : new MissingRequiredClaimError('jti')
    if (typeof claims['jti'] !== 'string') return new InvalidJTIError('jti is not a string', { claim: 'jti' })
    return expected === undefined || claims['jti'] === expected ? undefined : new InvalidJTIError('jti is not the expected identifier', { claim: 'jti' })
  })
}

export function nonceCheck(expected: string): Check {
  return check('nonce', 'OpenID Connect Core §3.1.3.7', 'the configured nonce', (claims) => {
    if (missing(claims, 'nonce')) return new MissingRequiredClaimError('nonce')
    return claims['nonce'] === expected ? undefined : new InvalidClaimError('nonce is not the expected one', { claim: 'nonce' })
  })
}
