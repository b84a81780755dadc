import type { JsonObject } from '../core/json.ts'
import { lastSecond } from './claims.ts'

/** True only where every check of the policy passes. `now` is in seconds since the epoch. */
export type QuickPolicy = (claims: JsonObject, now: number) => boolean

/** Names of which one must be there; null for any, undefined where none is expected. */
type Expected = readonly string[] | null | undefined

/**
 * A shorter way to the verdict of the list of checks, for the options that nearly everybody uses and claims of the usual
 * types: members are read by name, which engines do several times faster than through a list of closures. What does not
 * pass here is judged by the list, which also says what is wrong.
 */
export function quickPolicy(issuer: Expected, audience: Expected, leeway: number): QuickPolicy {
  return (claims, now) => {
    const { iss, aud, sub, jti, exp, nbf, iat } = claims
    const latest = now + leeway
    return (
      !isAnyInherited() &&
      (iat === undefined || (typeof iat === 'number' && iat <= latest && iat <= lastSecond)) &&
      (nbf === undefined || (typeof nbf === 'number' && nbf <= latest && nbf <= lastSecond)) &&
      (exp === undefined || (typeof exp === 'number' && exp + leeway > now && exp <= lastSecond)) &&
      (iss === undefined ? !issuer : typeof iss === 'string' && (!issuer || issuer.includes(iss))) &&
      (aud === undefined ? !audience : typeof aud === 'string' && isFor(aud, audience)) &&
      (sub === undefined || typeof sub === 'string') &&
      (jti === undefined || typeof jti === 'string')
    )
  }
}

function isFor(aud: string, audience: Expected): boolean {
  return audience === null || audience?.includes(aud) === true
}

const bare: JsonObject = {}

/** Whether somebody has put one of the names on Object.prototype, where a claim is read that no token has. */
function isAnyInherited(): boolean {
  return (bare['iss'] ?? bare['aud'] ?? bare['sub'] ?? bare['jti'] ?? bare['exp'] ?? bare['nbf'] ?? bare['iat']) !== undefined
}
