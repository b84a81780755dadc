import { InvalidKeyError } from '../core/errors.ts'
import type { KeyMetadata } from './key.ts'

interface MetadataMembers {
  readonly kid?: unknown
  readonly alg?: unknown
  readonly use?: unknown
  readonly key_ops?: unknown
}

/**
 * kid, alg, use and key_ops of a JWK (RFC 7517 §4.2 to §4.5), checked for their types and kept as they are: whether they
 * allow an operation is judged when the key is bound to an algorithm. `use` and `key_ops` must not contradict each other.
 * @throws InvalidKeyError
 */
export function jwkMetadata(members: MetadataMembers): KeyMetadata {
  const kid = optionalText(members, 'kid')
  const alg = optionalText(members, 'alg')
  const use = optionalText(members, 'use')
  const keyOps = 'key_ops' in members ? operations(members.key_ops) : undefined
  if (use !== undefined && keyOps?.some((operation) => isSignature(operation) !== (use === 'sig'))) {
    throw new InvalidKeyError('The use and key_ops of the JWK contradict each other (RFC 7517 §4.3)')
  }
  return {
    ...(kid !== undefined && { kid }),
    ...(alg !== undefined && { alg }),
    ...(use !== undefined && { use }),
    ...(keyOps !== undefined && { keyOps }),
  }
}

function isSignature(operation: string): boolean {
  return operation === 'sign' || operation === 'verify'
}

function optionalText(members: MetadataMembers, member: 'kid' | 'alg' | 'use'): string | undefined {
  if (!(member in members)) return undefined
  const value = members[member]
  if (typeof value === 'string') return value
  throw new InvalidKeyError('A member of the JWK is present but not a string; detail.member names it', { member })
}

function operations(value: unknown): readonly string[] {
  const list: unknown[] = Array.isArray(value) && value.length < 100 ? Array.from(value) : [undefined]
  const isTexts = list.every((operation): operation is string => typeof operation === 'string')
  if (isTexts && new Set(list).size === list.length) return Object.freeze(list)
  throw new InvalidKeyError('key_ops of the JWK is not an array of different strings (RFC 7517 §4.3)')
}
