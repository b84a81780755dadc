import { decodeBase64url } from '../core/base64url.ts'
import { InvalidKeyError } from '../core/errors.ts'
import { isPlainObject } from '../core/json.ts'
import type { Mode } from '../core/mode.ts'
import { ecMaterial } from './ec.ts'
import { jwkMetadata } from './jwk-metadata.ts'
import { type Key, type KeyMetadata, makeKey } from './key.ts'
import { okpMaterial } from './okp.ts'
import { ecPair, okpPair, type PairPlatform } from './pair.ts'
import { rsaMaterial } from './rsa.ts'
import { multiPrime } from './rsa-der.ts'
import { importSecret } from './secret.ts'

const readMembers = ['kty', 'crv', 'x', 'y', 'n', 'e', 'd', 'p', 'q', 'dp', 'dq', 'qi', 'oth', 'k', 'kid', 'alg', 'use', 'key_ops'] as const
type Member = (typeof readMembers)[number]
type Members = Readonly<Partial<Record<Member, unknown>>>

/**
 * The key of a JWK object (RFC 7517, RFC 7518 §6, RFC 8037 §2). A `d` makes it private. Unknown members are ignored;
 * `x5u`, `x5c` and the like are never used.
 * @throws InvalidKeyError
 */
export function importJwk(platform: PairPlatform, jwk: unknown, more: KeyMetadata = {}): Key<Mode> {
  const members = ownMembers(jwk)
  const metadata = { ...jwkMetadata(members), ...more }
  switch (members.kty) {
    case 'oct':
      return importSecret(octets(members, 'k'), metadata)
    case 'RSA':
      return rsaKey(members, metadata)
    case 'EC':
      return ecKey(platform, members, metadata)
    case 'OKP':
      return okpKey(platform, members, metadata)
    default:
      throw new InvalidKeyError('No JWK: it has no kty that JOSE signs with, which are RSA, EC, OKP and oct (RFC 7517 §4.1)')
  }
}

/** Each known member once, so that getters and proxies cannot show one value to a check and another to its use. */
function ownMembers(jwk: unknown): Members {
  if (!isPlainObject(jwk)) throw new InvalidKeyError('A JWK is a plain object')
  const members = Object.create(null) as Partial<Record<Member, unknown>>
  for (const name of readMembers) if (Object.hasOwn(jwk, name)) members[name] = jwk[name]
  if (Object.hasOwn(jwk, 'keys') && (Array.isArray(jwk['keys']) || !('kty' in members))) {
    throw new InvalidKeyError('This is a JWK Set, where one key belongs: use importJwks, or pass one of its keys')
  }
  return members
}

function rsaKey(members: Members, metadata: KeyMetadata): Key<Mode> {
  const n = octets(members, 'n')
  const e = octets(members, 'e')
  if ('oth' in members) throw new InvalidKeyError(multiPrime)
  const privateNames = ['d', 'p', 'q', 'dp', 'dq', 'qi'] as const
  const missing = privateNames.filter((name) => !(name in members))
  if (missing.length === privateNames.length) return makeKey('public', rsaMaterial(n, e), metadata)
  if (missing.length > 0) {
    const message = 'A private RSA JWK needs all of d, p, q, dp, dq and qi (RFC 7518 §6.3.2); detail.missing lists those it lacks'
    throw new InvalidKeyError(message, { missing })
  }
  const [d, p, q, dp, dq, qi] = privateNames.map((name) => octets(members, name)) as Six<Uint8Array>
  return makeKey('private', rsaMaterial(n, e, { d, p, q, dp, dq, qi }), metadata)
}

type Six<T> = [T, T, T, T, T, T]

function ecKey(platform: PairPlatform, members: Members, metadata: KeyMetadata): Key<Mode> {
  const crv = text(members, 'crv')
  const x = octets(members, 'x')
  const y = octets(members, 'y')
  if (!('d' in members)) return makeKey('public', ecMaterial(crv, x, y), metadata)
  return makeKey('private', ecPair(platform, crv, octets(members, 'd'), { x, y }), metadata)
}

function okpKey(platform: PairPlatform, members: Members, metadata: KeyMetadata): Key<Mode> {
  const crv = text(members, 'crv')
  const x = octets(members, 'x')
  if (!('d' in members)) return makeKey('public', okpMaterial(crv, x), metadata)
  return makeKey('private', okpPair(platform, crv, octets(members, 'd'), x), metadata)
}

function octets(members: Members, member: Member): Uint8Array {
  const bytes = decodeBase64url(text(members, member))
  if (bytes) return bytes
  throw new InvalidKeyError('A member of the JWK is not base64url without padding (RFC 7515 §2); detail.member names it', { member })
}

function text(members: Members, member: Member): string {
  const value = members[member]
  if (typeof value === 'string') return value
  throw new InvalidKeyError('A member of the JWK is missing or not a string; detail.member names it', { member })
}
