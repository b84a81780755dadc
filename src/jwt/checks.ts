import {
  DecodeError,
  type ErrorDetail,
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
  readonly failure: Judge
}

/** The failure, or undefined. `now` is in seconds since the epoch. */
export type Judge = (claims: JsonObject, header: Header, now: number) => InvalidTokenError | undefined

type Failure = new (message: string, detail: ErrorDetail) => InvalidTokenError

function lacks(holder: JsonObject, name: string): boolean {
  return !Object.hasOwn(holder, name)
}

function missing(claim: string): InvalidTokenError {
  return new MissingRequiredClaimError('A required claim is missing; see detail', { claim })
}

export function requiredCheck(names: readonly string[]): Check {
  const failure: Judge = (claims) => {
    const absent = names.find((name) => lacks(claims, name) || claims[name] === null)
    return absent === undefined ? undefined : missing(absent)
  }
  return { name: 'require', failure }
}

export function typCheck(expected: string): Check {
  const failure: Judge = (_claims, header) => {
    if (lacks(header, 'typ')) return missing('typ')
    if (mediaType(header.typ) === mediaType(expected)) return undefined
    return new InvalidClaimError('A claim is not the expected one; see detail', { claim: 'typ' })
  }
  return { name: 'typ', failure }
}

/** RFC 7515 §4.1.9: case-insensitive, and "application/" may be left out where no other slash is. */
function mediaType(value: unknown): unknown {
  if (typeof value !== 'string') return undefined
  const text = value.replace(/[A-Z]/g, (letter) => letter.toLowerCase())
  return /^[^/]*$/.test(text) ? `application/${text}` : text
}

export interface TimeLimits {
  /** Seconds. */
  readonly leeway: number
  readonly allowDistantTimes: boolean
}

const milliseconds = 'A time beyond the year 9999: JWT times are seconds, not milliseconds'

/** exp, nbf or iat (RFC 7519 §4.1.4 to §4.1.6), judged with the leeway. */
export function timeCheck(name: 'exp' | 'nbf' | 'iat', { leeway, allowDistantTimes }: TimeLimits): Check {
  const NotANumber: Failure = name === 'iat' ? InvalidIssuedAtError : DecodeError
  const detail = { claim: name }
  const failure: Judge = (claims, _header, now) => {
    if (lacks(claims, name)) return undefined
    const time = claims[name]
    if (typeof time !== 'number') return new NotANumber('A time claim is not a number', detail)
    const distant = time > lastSecond && !allowDistantTimes
    if (name === 'exp') {
      if (now >= time + leeway) return new ExpiredSignatureError('The token has expired', detail)
    } else if (time > now + leeway) {
      return new ImmatureSignatureError(distant ? milliseconds : 'The token is not valid yet', detail)
    }
    return distant ? new InvalidClaimError(milliseconds, detail) : undefined
  }
  return { name, failure }
}

/** `iat` has been judged before. */
export function ageCheck(maxAge: number, { leeway }: TimeLimits): Check {
  const failure: Judge = (claims, _header, now) => {
    if (lacks(claims, 'iat')) return missing('iat')
    return now <= (claims['iat'] as number) + maxAge + leeway ? undefined : new ExpiredSignatureError('The token is older than maxAge', { claim: 'iat' })
  }
  return { name: 'maxAge', failure }
}

const failures: Readonly<Record<string, Failure>> = { iss: InvalidIssuerError, sub: InvalidSubjectError, jti: InvalidJTIError, nonce: InvalidClaimError }

/** A claim that is a string where it is present, and one of the expected where any are given. */
export function textCheck(name: 'iss' | 'sub' | 'jti' | 'nonce', expected: readonly string[] | null | undefined): Check {
  const NotExpected = failures[name]!
  const failure: Judge = (claims) => {
    if (lacks(claims, name)) return expected ? missing(name) : undefined
    const value = claims[name]
    if (typeof value !== 'string') return new NotExpected('A claim is not a string; see detail', { claim: name })
    return !expected || expected.includes(value) ? undefined : new NotExpected('A claim is not the expected one; see detail', { claim: name })
  }
  return { name, failure }
}

/** `expected` null: any audience (waived). undefined: a token with an audience is for somebody else (RFC 7519 §4.1.3). */
export function audienceCheck(expected: readonly string[] | null | undefined): Check {
  const detail = { claim: 'aud' }
  const failure: Judge = (claims) => {
    const { aud } = claims
    if (expected ? isEmpty(aud) : lacks(claims, 'aud')) return expected ? missing('aud') : undefined
    const list: unknown = typeof aud === 'string' ? [aud] : aud
    if (!Array.isArray(list) || !list.every((member) => typeof member === 'string')) {
      return new InvalidAudienceError('aud is not a string or a list of strings', detail)
    }
    if (expected === undefined) return new InvalidAudienceError('The token has an audience: set the audience option', detail)
    return expected === null || list.some((member) => expected.includes(member)) ? undefined : new InvalidAudienceError('A claim is not the expected one; see detail', detail)
  }
  return { name: 'aud', failure }
}

function isEmpty(value: unknown): boolean {
  return !value || (typeof value === 'object' && Object.keys(value).length === 0)
}
