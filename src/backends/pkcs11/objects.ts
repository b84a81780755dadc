import { InvalidKeyError } from '../../core/errors.ts'
import type { Connection } from './connection.ts'
import { type Attribute, attribute, type Handle } from './cryptoki.ts'
import { fault, returnValue, rv } from './failures.ts'

/** Names a key on its token. With both, both must match. */
export interface KeyReference {
  /** CKA_LABEL. */
  readonly label?: string
  /** CKA_ID: bytes, or their hexadecimal digits. */
  readonly id?: string | Uint8Array
}

const mostCandidates = 16

/** Objects that match all of the attributes, at most sixteen. */
export function findObjects({ module }: Connection, session: Handle, template: Attribute[]): readonly Handle[] {
  module.C_FindObjectsInit(session, template)
  const found = module.C_FindObjects(session, mostCandidates)
  module.C_FindObjectsFinal(session)
  return found
}

/** One attribute's bytes, or undefined where the object has none to show. */
export function readAttribute({ module }: Connection, session: Handle, object: Handle, type: number): Uint8Array | undefined {
  try {
    const value = module.C_GetAttributeValue(session, object, [{ type }])[0]?.value
    return value instanceof Uint8Array && value.length > 0 ? new Uint8Array(value) : undefined
  } catch (error) {
    const value = returnValue(error)
    if (value === rv.attributeTypeInvalid || value === rv.attributeSensitive) return undefined
    throw error
  }
}

/** A CK_ULONG, or CK_BBOOL, attribute. */
export function readNumber(connection: Connection, session: Handle, object: Handle, type: number): number | undefined {
  const bytes = readAttribute(connection, session, object, type)
  return bytes?.reduceRight((sum, octet) => sum * 256 + octet, 0)
}

/**
 * The only key of the class and of one of the types that has the reference's names.
 * @throws BackendError where there is none or more than one, InvalidKeyError where those there are have another type
 */
export function findKey(connection: Connection, session: Handle, reference: Required<SearchTerms>): Handle {
  const { keyClass, keyTypes, names } = reference
  const named = findObjects(connection, session, [{ type: attribute.class, value: keyClass }, ...names])
  const fitting = named.filter((key) => keyTypes.includes(readNumber(connection, session, key, attribute.keyType) ?? -1))
  if (fitting.length === 1) return fitting[0]!
  if (fitting.length > 1) {
    throw fault('permanent', 'More than one key on the token has this label or id: give both, or rename one', { count: fitting.length })
  }
  if (named.length > 0) throw new InvalidKeyError('The key on the token is of another type than the algorithm takes')
  // Private objects cannot be seen without a login, which somebody else may have ended.
  if (!connection.isLoggedIn(session)) throw fault('retryable', 'The login at the token has ended; the next call logs in again')
  throw fault('permanent', 'No key on the token has this label or id', { reason: 'key_not_found' })
}

export interface SearchTerms {
  readonly keyClass: number
  readonly keyTypes: readonly number[]
  readonly names: readonly Attribute[]
}

export function namesOf({ label, id }: { readonly label?: string; readonly id?: Uint8Array }): readonly Attribute[] {
  return [
    ...(label === undefined ? [] : [{ type: attribute.label, value: label }]),
    ...(id === undefined ? [] : [{ type: attribute.id, value: id }]),
  ]
}
