import {
  DecodeError,
  type ErrorDetail,
  ExpiredSignatureError,
  ImmatureSignatureError,
  InvalidAudienceError,
  InvalidClaimError,
  InvalidIssuedAtError,
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

/** The own member, or undefined: no value that came from JSON is. */
function own(holder: JsonObject, name: string): unknown {
  const value = holder[name]
  return value !== undefined && Object.hasOwn(holder, name) ? value : undefined
}

function wrong(NotExpected: Failure, claim: string, message = ''): InvalidTokenError {
  return new NotExpected(message, { claim })
}

function missing(claim: string): InvalidTokenError {
  return wrong(MissingRequiredClaimError, claim)
}

export function requiredCheck(names: readonly string[]): Judge {
  return (claims) => {
    const absent = names.find((name) => (own(claims, name) ?? null) === null)
    return absent === undefined ? undefined : missing(absent)
  }
}

export function typCheck(expected: string): Judge {
  return (_claims, header) => {
    const typ = own(header, 'typ')
    if (typ === undefined) return missing('typ')
    return typeof typ === 'string' && mediaType(typ) === mediaType(expected) ? undefined : wrong(InvalidClaimError, 'typ')
  }
}

/** RFC 7515 §4.1.9: case-insensitive, and "application/" may be left out where no other slash is. */
function mediaType(text: string): string {
  const name = text.replace(/[A-Z]/g, (letter) => letter.toLowerCase())
  return name.includes('/') ? name : `application/${name}`
}

export interface TimeLimits {
  /** Seconds. */
  readonly leeway: number
  readonly allowDistantTimes?: boolean
}

const milliseconds = 'milliseconds, not seconds'

/** exp, nbf or iat (RFC 7519 §4.1.4 to §4.1.6), judged with the leeway. */
export function timeCheck(name: 'exp' | 'nbf' | 'iat', { leeway, allowDistantTimes }: TimeLimits): Judge {
  return (claims, _header, now) => {
    const time = own(claims, name)
    if (time === undefined) return undefined
    if (typeof time !== 'number') return wrong(name === 'iat' ? InvalidIssuedAtError : DecodeError, name)
    const distant = time > lastSecond && !allowDistantTimes
    if (name === 'exp') {
      if (now >= time + leeway) return wrong(ExpiredSignatureError, name)
    } else if (time > now + leeway) {
      return wrong(ImmatureSignatureError, name, distant ? milliseconds : '')
    }
    return distant ? wrong(InvalidClaimError, name, milliseconds) : undefined
  }
}

/** `iat` has been judged before. */
export function ageCheck(maxAge: number, { leeway }: TimeLimits): Judge {
  return (claims, _header, now) => {
    const issued = own(claims, 'iat')
    if (issued === undefined) return missing('iat')
    return now <= (issued as number) + maxAge + leeway ? undefined : wrong(ExpiredSignatureError, 'iat')
  }
}

/** A claim that is a string where it is present, and one of the expected where any are given. */
export function textCheck(name: string, NotExpected: Failure, expected: readonly string[] | null | undefined): Judge {
  return (claims) => {
    const value = own(claims, name)
    if (value === undefined) return expected ? missing(name) : undefined
    return typeof value === 'string' && (!expected || expected.includes(value)) ? undefined : wrong(NotExpected, name)
  }
}

/** `expected` null: any audience (waived). undefined: a token with an audience is for somebody else (RFC 7519 §4.1.3). */
export function audienceCheck(expected: readonly string[] | null | undefined): Judge {
  return (claims) => {
    const aud = own(claims, 'aud')
    if (expected ? isEmpty(aud) : aud === undefined) return expected ? missing('aud') : undefined
    if (typeof aud === 'string' && expected?.includes(aud)) return undefined
    const list: readonly unknown[] = Array.isArray(aud) ? aud : [aud]
    const ours = expected === null || expected?.some((name) => list.includes(name))
    return ours && list.every((name) => typeof name === 'string') ? undefined : wrong(InvalidAudienceError, 'aud')
  }
}

function isEmpty(value: unknown): boolean {
  return !value || (typeof value === 'object' && Object.keys(value).length === 0)
}
