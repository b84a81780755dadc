import { encodeBase64url } from '../core/base64url.ts'
import { utf8 } from '../core/bytes.ts'
import { InvalidTokenError, UsageError } from '../core/errors.ts'
import { isPlainObject, type JsonObject, writeJson } from '../core/json.ts'
import type { Header } from './claims.ts'
import { malformed, maxHeaderLength } from './compact.ts'

/** Header parameters that RFC 7515, 7516, 7518, 7519 and 7797 define: `crit` may name none of them. */
const registeredNames = 'alg jku jwk kid x5u x5c x5t x5t#S256 typ cty crit enc zip epk apu apv iv tag p2s p2c iss sub aud b64'

export function isRegisteredName(name: string): boolean {
  return registeredNames.split(' ').includes(name)
}

/** Judges every parameter but `alg`. @throws DecodeError, InvalidTokenError */
export function checkHeader(header: JsonObject, understood: ReadonlySet<string> | undefined): asserts header is Header {
  const isFine: Readonly<Record<string, (value: unknown) => boolean>> = {
    kid: (value) => typeof value === 'string',
    zip: () => false,
    crit: () => isCrit(header, understood),
  }
  if (Object.hasOwn(header, 'b64') && header['b64'] !== true) throw malformed('b64', { part: 'header' })
  for (const claim of Object.keys(isFine))
    if (Object.hasOwn(header, claim) && !isFine[claim]!(header[claim])) throw new InvalidTokenError('', { claim })
}

/** RFC 7515 §4.1.11: different names of own members, none of them a standard one, each understood. */
function isCrit(header: JsonObject, understood: ReadonlySet<unknown> = new Set()): boolean {
  const names: unknown = header['crit']
  return (
    Array.isArray(names) &&
    names.length > 0 &&
    new Set(names).size === names.length &&
    names.every(
      (name) => typeof name === 'string' && name !== '' && Object.hasOwn(header, name) && understood.has(name) && !isRegisteredName(name),
    )
  )
}

/** Header parameters the caller adds. `typ: null` (or "", as in PyJWT) leaves `typ` out; `kid: null` that of the key. */
export interface HeaderToSign {
  readonly typ?: string | null
  readonly kid?: string | null
  readonly [name: string]: unknown
}

/**
 * The encoded header of a token to be signed: members in alphabetical order, `typ` "JWT" unless set, `kid` that of the
 * signer. @throws UsageError for a header that no verifier should accept (RFC 8725 §3)
 */
export function writeHeader(algorithm: string, keyId: string | undefined, given: unknown): string {
  if (given !== undefined && !isPlainObject(given)) throw new UsageError('header is a plain object')
  const own: JsonObject = { alg: undefined, typ: undefined, kid: undefined, ...(given as JsonObject | undefined) }
  const { alg = algorithm, typ = 'JWT', kid = keyId } = own
  if (alg !== algorithm) throw new UsageError('header.alg is another than the algorithm of the key: leave it out')
  const members: JsonObject = { ...own, alg, typ, kid }
  const left = (name: string): boolean =>
    members[name] === undefined ||
    (name === 'typ' && members[name] === '') ||
    ((name === 'typ' || name === 'kid') && members[name] === null)
  const names = Object.keys(members).filter((name) => !left(name))
  const header: JsonObject = Object.fromEntries(names.sort().map((name) => [name, members[name]]))
  checkHeaderToSign(header, keyId)
  const json = writeJson(header)
  if ('fault' in json) throw new UsageError('The header cannot be written as JSON; detail.reason names the fault', { reason: json.fault })
  // Once more on what was written: a toJSON, a getter or a proxy may have shown the check something else.
  checkHeaderToSign(JSON.parse(json.text) as JsonObject, keyId)
  const segment = encodeBase64url(utf8(json.text))
  if (segment.length > maxHeaderLength) throw new UsageError('The header is longer than 16384 characters')
  return segment
}

const privateMembers = ['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth', 'k', 'priv']

function checkHeaderToSign(header: JsonObject, keyId: string | undefined): void {
  const { kid, typ } = header
  const names = Object.keys(header)
  const rules: readonly (readonly [boolean, string])[] = [
    [typeof header['toJSON'] === 'function', 'A header has no toJSON function'],
    [kid !== undefined && typeof kid !== 'string', 'header.kid is a string, or null for none'],
    [keyId !== undefined && kid !== undefined && kid !== keyId, 'header.kid is another than the kid of the key: leave it out'],
    [typ !== undefined && typeof typ !== 'string', 'header.typ is a string, or null for none'],
    [Object.hasOwn(header, 'b64') && header['b64'] !== true, 'A JWT always has an encoded payload: leave b64 out'],
    [Object.hasOwn(header, 'zip'), 'A signed token cannot be compressed: leave zip out'],
    [Object.hasOwn(header, 'crit') && !isCrit(header, new Set(names)), 'header.crit is a list of different extensions that the header has'],
    [holdsPrivateKey(header), 'The header holds a private or secret key'],
  ]
  const fault = rules.find(([broken]) => broken)?.[1]
  if (fault) throw new UsageError(fault)
}

/** At any depth: in jwk, in epk, in a list. */
function holdsPrivateKey(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false
  const isPrivate = 'kty' in value && privateMembers.some((name) => name in value)
  return isPrivate || Object.values(value).some(holdsPrivateKey)
}
