import type { Algorithm } from '../../algorithms/algorithm.ts'
import { InvalidKeyError } from '../../core/errors.ts'
import { edwardsCurve, weierstrassCurve, weierstrassName } from '../../keys/curves.ts'
import { derBits, derOid, derTags, readDer } from '../../keys/der.ts'
import { decodePoint, ecMaterial } from '../../keys/ec.ts'
import { type KeyMaterial, makeKey, type PublicKey } from '../../keys/key.ts'
import { okpMaterial } from '../../keys/okp.ts'
import { readPublicKey } from '../../keys/remote-public-key.ts'
import { rsaMaterial } from '../../keys/rsa.ts'
import type { Connection } from './connection.ts'
import { type Attribute, attribute, type Handle, objectClass } from './cryptoki.ts'
import { fault } from './failures.ts'
import { findObjects, namesOf, readAttribute, readNumber } from './objects.ts'

/**
 * The public half of a private key: from the public key object or the certificate with the same id (or label, where the key
 * has no id), or from what the private key shows of it. Undefined where the token has none of these.
 * @throws InvalidKeyError for one that is no key, BackendError where two objects claim to be it
 */
export function findPublicKey(
  connection: Connection,
  session: Handle,
  key: Handle,
  algorithm: Algorithm,
  label: string | undefined,
): PublicKey | undefined {
  const id = readAttribute(connection, session, key, attribute.id)
  const names = id ? namesOf({ id }) : label === undefined ? [] : namesOf({ label })
  const type = readNumber(connection, session, key, attribute.keyType)
  const show = (object: Handle) => (wanted: number) => readAttribute(connection, session, object, wanted)
  const object = names.length > 0 ? onlyPublic(connection, session, names, type) : undefined
  if (object) return fromObject(show(object), algorithm)
  const [certificate] =
    names.length > 0 ? findObjects(connection, session, [{ type: attribute.class, value: objectClass.certificate }, ...names]) : []
  const der = certificate && readAttribute(connection, session, certificate, attribute.value)
  if (der) return readPublicKey(der)
  const info = readAttribute(connection, session, key, attribute.publicKeyInfo)
  if (info) return readPublicKey(info)
  return algorithm.kty === 'RSA' && readAttribute(connection, session, key, attribute.publicExponent)
    ? fromObject(show(key), algorithm)
    : undefined
}

/** The public key object with these names, where there is one. For verification, which needs no private key on the token. */
export function namedPublicKey(
  connection: Connection,
  session: Handle,
  names: readonly Attribute[],
  type: number,
  algorithm: Algorithm,
): PublicKey | undefined {
  const object = onlyPublic(connection, session, names, type)
  return object && fromObject((wanted) => readAttribute(connection, session, object, wanted), algorithm)
}

function onlyPublic(connection: Connection, session: Handle, names: readonly Attribute[], type: number | undefined): Handle | undefined {
  const found = findObjects(connection, session, [{ type: attribute.class, value: objectClass.publicKey }, ...names])
  const fitting = found.filter((object) => readNumber(connection, session, object, attribute.keyType) === type)
  if (fitting.length > 1)
    throw fault('permanent', 'More than one public key on the token belongs to this private key', { count: fitting.length })
  return fitting[0]
}

type Show = (type: number) => Uint8Array | undefined

function fromObject(show: Show, { kty }: Algorithm): PublicKey {
  const need = (type: number): Uint8Array => {
    const value = show(type)
    if (value) return value
    throw new InvalidKeyError('The public key on the token lacks an attribute that every key of its type has')
  }
  return makeKey('public', materialFrom(need, kty))
}

function materialFrom(need: (type: number) => Uint8Array, kty: string): KeyMaterial {
  if (kty === 'RSA') return rsaMaterial(unsigned(need(attribute.modulus)), unsigned(need(attribute.publicExponent)))
  const crv = curveOf(need(attribute.ecParams))
  const point = need(attribute.ecPoint)
  const edwards = edwardsCurve(crv)
  if (edwards) return okpMaterial(crv, unwrap(point, [edwards.size]))
  const size = weierstrassCurve(crv)?.size ?? 0
  const { x, y } = decodePoint(crv, unwrap(point, [1 + 2 * size, 1 + size]))
  return ecMaterial(crv, x, y)
}

/** Big integers come with leading zeros from some tokens. */
function unsigned(integer: Uint8Array): Uint8Array {
  const start = integer.findIndex((octet) => octet !== 0)
  return start < 0 ? integer.subarray(0, 0) : integer.subarray(start)
}

// The curveName of PKCS #11 v3.0 §2.3.5, beside the object identifiers of RFC 8410.
const edwardsNames: Readonly<Record<string, string>> = {
  edwards25519: 'Ed25519',
  edwards448: 'Ed448',
  '1.3.101.112': 'Ed25519',
  '1.3.101.113': 'Ed448',
}
const printableString = 0x13

function curveOf(parameters: Uint8Array): string {
  const value = readDer(parameters)
  const name = value.tag === printableString ? String.fromCharCode(...value.content) : derOid(value)
  const crv = Object.hasOwn(edwardsNames, name) ? edwardsNames[name] : weierstrassName(name)
  if (crv !== undefined) return crv
  throw new InvalidKeyError('The key on the token is on a curve that JOSE does not sign with')
}

/** CKA_EC_POINT is the DER of an OCTET STRING; some tokens give a BIT STRING, and some the bare point. */
function unwrap(point: Uint8Array, sizes: readonly number[]): Uint8Array {
  if (sizes.includes(point.length)) return point
  const value = readDer(point)
  return value.tag === derTags.bitString ? derBits(value) : value.content
}
