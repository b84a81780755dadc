import { InvalidKeyError, isJwtError } from '../core/errors.ts'
import { isPlainObject } from '../core/json.ts'
import { readBoolean, readOptions } from '../core/options.ts'
import { importKey } from '../keys/import.ts'
import type { Key, PublicKey, SecretKey } from '../keys/key.ts'
import { isKey } from '../keys/key-base.ts'
import type { KeyPlatform } from '../keys/platform.ts'

/** A JWK Set read whole (RFC 7517 §5): the keys that can verify, and why each other member cannot. */
export interface KeySet {
  readonly keys: readonly (PublicKey | SecretKey)[]
  readonly skipped: readonly SkippedKey[]
}

export interface SkippedKey {
  /** Place in the set's `keys`. */
  readonly index: number
  readonly kid?: string
  readonly reason: string
}

export interface KeySetOptions {
  /** Take `oct` members: only for a set that nobody else can read. */
  readonly allowSymmetric?: boolean
}

const maxKeys = 1000

/** Reads a JWK Set object. Members that cannot verify are skipped and listed. @throws InvalidKeyError unless it is a set */
export function readKeySet(platform: KeyPlatform, set: unknown, options?: KeySetOptions): KeySet {
  const { allowSymmetric = false } = readOptions(options, { allowSymmetric: readBoolean })
  const members: unknown = isPlainObject(set) && Object.hasOwn(set, 'keys') ? set['keys'] : undefined
  if (!Array.isArray(members))
    throw new InvalidKeyError('Not a JWK Set: an object with an array of keys (RFC 7517 §5). JSON text has to be parsed before')
  if (members.length > maxKeys) throw new InvalidKeyError('The JWK Set has more than 1000 keys')
  const keys: (PublicKey | SecretKey)[] = []
  const skipped: SkippedKey[] = []
  for (const [index, member] of Array.from(members, (value: unknown) => value).entries()) {
    const key = readMember(platform, member, allowSymmetric)
    if (typeof key === 'string') skipped.push(Object.freeze({ index, ...kidOf(member), reason: key }))
    else keys.push(key)
  }
  return Object.freeze({ keys: Object.freeze(keys), skipped: Object.freeze(skipped) })
}

/** The key, or the reason why it is of no use for verification. */
function readMember(platform: KeyPlatform, member: unknown, allowSymmetric: boolean): PublicKey | SecretKey | string {
  if (!isPlainObject(member)) return 'not an object'
  if (Object.hasOwn(member, 'd')) return 'a private key, which does not belong in a set'
  if (member['kty'] === 'oct' && !allowSymmetric) return 'a symmetric key, and allowSymmetric is not set'
  let key: Key
  try {
    key = importKey(platform, member, { format: 'jwk' }) as Key
  } catch (error) {
    if (isJwtError(error)) return error.message
    throw error
  }
  if (key.type === 'private') return 'a private key, which does not belong in a set'
  if (key.use !== undefined && key.use !== 'sig') return 'its use is not "sig"'
  if (key.keyOps !== undefined && !key.keyOps.includes('verify')) return 'its key_ops do not include "verify"'
  return key
}

function kidOf(member: unknown): { kid?: string } {
  return isPlainObject(member) && Object.hasOwn(member, 'kid') && typeof member['kid'] === 'string' ? { kid: member['kid'] } : {}
}

/** True for what `readKeySet` returned. */
export function isKeySet(value: unknown): value is KeySet {
  return isPlainObject(value) && Array.isArray(value['keys']) && Array.isArray(value['skipped']) && value['keys'].every(isKey)
}

/** True for a plain object that claims to be a JWK Set. What else it has is ignored, also a `kty` (RFC 7517 §5). */
export function looksLikeJwks(value: unknown): value is object {
  return isPlainObject(value) && Object.hasOwn(value, 'keys') && (Array.isArray(value['keys']) || !Object.hasOwn(value, 'kty'))
}
