import { UsageError } from '../core/errors.ts'
import { isPlainObject, type JsonObject, writeJson } from '../core/json.ts'
import { disown } from '../core/mode.ts'
import { lastSecond } from './claims.ts'
import type { EncodeSettings, TokenSettings } from './encode-options.ts'

/** The settings that shape claims. */
export type ClaimSettings = TokenSettings & Pick<EncodeSettings, 'issuer' | 'audience' | 'allowDistantTimes' | 'clock'>

/**
 * Writes the JSON text of claims with what the options add. What verifying would refuse is refused here (RFC 7519 §4.1).
 * The caller's object is read once, into a copy whose registered claims are primitives, so that no getter or toJSON can
 * make the signed text differ from what was checked. The function returned throws UsageError.
 */
export function claimsWriter(settings: ClaimSettings): (given: unknown) => string {
  const addClaims = claimsAdder(settings)
  const { allowDistantTimes } = settings
  return (given) => {
    if (!isPlainObject(given)) throw new UsageError('Claims are a plain object (RFC 7519 §7.1)')
    const claims: JsonObject = { ...given }
    if (typeof claims['toJSON'] === 'function') throw new UsageError('Claims have no toJSON function: what is checked is what is signed')
    addClaims(claims)
    if (!areUsual(claims)) checkClaims(claims, allowDistantTimes)
    const json = writeJson(claims)
    if ('text' in json) return json.text
    throw new UsageError('The claims cannot be written as JSON; detail.reason names the fault', { reason: json.fault })
  }
}

/** The options are read here, since reading them at each token takes longer than adding. */
function claimsAdder(settings: ClaimSettings): (claims: JsonObject) => void {
  const { issuer, audience, subject, expiresIn, notBefore, issuedAt, jwtId, clock } = settings
  const addsTime = expiresIn !== undefined || notBefore !== undefined || issuedAt === true
  return (claims) => {
    if (typeof issuer === 'string') add(claims, 'iss', issuer)
    if (subject !== undefined) add(claims, 'sub', subject)
    if (audience !== undefined && audience !== null) add(claims, 'aud', audience)
    if (addsTime) {
      const now = Math.floor(clock())
      if (expiresIn !== undefined) add(claims, 'exp', now + Math.floor(expiresIn))
      if (notBefore !== undefined) add(claims, 'nbf', now + Math.floor(notBefore))
      if (issuedAt === true) add(claims, 'iat', now)
    }
    if (jwtId !== undefined) {
      const id: unknown = jwtId()
      // Of an async function, which is refused below.
      disown(id)
      add(claims, 'jti', id)
    }
  }
}

function add(claims: JsonObject, name: string, value: unknown): void {
  if (Object.hasOwn(claims, name) && !same(claims[name], value)) {
    throw new UsageError('A claim is set both in the claims and by an option; detail.claim names it', { claim: name })
  }
  claims[name] = value
}

function same(a: unknown, b: unknown): boolean {
  if (Array.isArray(a) && Array.isArray(b)) return a.length === b.length && a.every((member, i) => member === b[i])
  return a === b
}

/**
 * True only where `checkClaims` would find nothing and change nothing: a shorter way for claims of the usual types, whose
 * members are read by name, which engines do several times faster.
 */
function areUsual(claims: JsonObject): boolean {
  const { exp, nbf, iat, iss, sub, jti, aud } = claims
  // By constant names, since looking for a name in a variable takes longer.
  return (
    (exp === undefined ? !('exp' in claims) : isUsualTime(exp)) &&
    (nbf === undefined ? !('nbf' in claims) : isUsualTime(nbf)) &&
    (iat === undefined ? !('iat' in claims) : isUsualTime(iat)) &&
    (iss === undefined ? !('iss' in claims) : typeof iss === 'string') &&
    (sub === undefined ? !('sub' in claims) : typeof sub === 'string') &&
    (jti === undefined ? !('jti' in claims) : typeof jti === 'string') &&
    (aud === undefined ? !('aud' in claims) : typeof aud === 'string')
  )
}

function isUsualTime(value: unknown): boolean {
  return typeof value === 'number' && value > -Infinity && value <= lastSecond
}

function checkClaims(claims: JsonObject, allowDistantTimes: boolean): void {
  for (const name of ['exp', 'nbf', 'iat']) checkTime(claims, name, allowDistantTimes)
  for (const name of ['iss', 'sub', 'jti']) {
    if (Object.hasOwn(claims, name) && typeof claims[name] !== 'string') throw badClaim(name, 'a string')
  }
  checkAudience(claims)
}

function checkTime(claims: JsonObject, name: string, allowDistantTimes: boolean): void {
  if (!Object.hasOwn(claims, name)) return
  const value = claims[name]
  const seconds = typeof value === 'object' ? dateSeconds(value) : value
  if (typeof seconds !== 'number' || !Number.isFinite(seconds)) throw badClaim(name, 'a finite number of seconds, or a Date')
  if (seconds > lastSecond && !allowDistantTimes) {
    throw new UsageError(
      'A time claim lies beyond the year 9999, so it must be in milliseconds: JWT times are in seconds; detail.claim names it',
      {
        claim: name,
      },
    )
  }
  claims[name] = seconds
}

/** Of a Date of any realm, where `instanceof` fails; undefined for another object, whatever it calls itself. */
function dateSeconds(value: unknown): number | undefined {
  try {
    return Math.floor(Date.prototype.getTime.call(value) / 1000)
  } catch {
    return undefined
  }
}

function checkAudience(claims: JsonObject): void {
  if (!Object.hasOwn(claims, 'aud')) return
  const { aud } = claims
  if (typeof aud === 'string') return
  if (!Array.isArray(aud)) throw badClaim('aud', 'a string or an array of strings')
  const copy: unknown[] = Array.from(aud)
  if (!copy.every((member) => typeof member === 'string')) throw badClaim('aud', 'a string or an array of strings')
  // A toJSON on Array.prototype, as old libraries set, must not change what was checked.
  claims['aud'] = Object.defineProperty(copy, 'toJSON', { value: undefined })
}

function badClaim(claim: string, wanted: string): UsageError {
  return new UsageError('A registered claim has a value that no verifier may accept; detail.claim and detail.wanted say more', {
    claim,
    wanted,
  })
}
