import { InvalidKeyError } from '../core/errors.ts'
import { type DerValue, derMembers, derTags, readDer } from './der.ts'
import type { KeyMaterial } from './key.ts'
import type { PairPlatform } from './pair.ts'
import { readPkcs8, readSec1 } from './pkcs8.ts'
import { readRsaPrivate, readRsaPublic } from './rsa-der.ts'
import { readCertificate, readSpki } from './spki.ts'

export type DerStructure = 'spki' | 'pkcs8' | 'encrypted-pkcs8' | 'pkcs1-public' | 'pkcs1-private' | 'sec1' | 'certificate'

/** Checked material and which half of a pair it is. */
export interface ReadKey {
  readonly type: 'public' | 'private'
  readonly material: KeyMaterial
}

/** Which key structure the bytes hold. No two of them start with the same kinds of members. @throws InvalidKeyError for none of them */
export function derStructure(bytes: Uint8Array): DerStructure {
  const value = readDer(bytes)
  if (value.tag !== derTags.sequence) throw new InvalidKeyError(unknownStructure)
  const tags = derMembers(value).map(({ tag }) => tag)
  const shape = String.fromCharCode(...tags)
  const found = shapes.find(([pattern]) => pattern.test(shape))
  if (found) return found[1]
  throw new InvalidKeyError(/^\x02{6}$/.test(shape) ? 'This is a DSA key, which JOSE does not sign with: use RSA, EC or Ed25519' : unknownStructure)
}

const unknownStructure = 'The DER holds none of the key formats read here: SPKI, PKCS#8, PKCS#1, SEC 1 or an X.509 certificate'

// The tags of the members, as characters: \x02 INTEGER, \x03 BIT STRING, \x04 OCTET STRING, 0 SEQUENCE.
const shapes: readonly (readonly [RegExp, DerStructure])[] = [
  [/^0\x03$/, 'spki'],
  [/^0\x04$/, 'encrypted-pkcs8'],
  [/^00\x03$/, 'certificate'],
  [/^\x020\x04/, 'pkcs8'],
  [/^\x02\x02$/, 'pkcs1-public'],
  [/^\x02{9}0?$/, 'pkcs1-private'],
  [/^\x02\x04/, 'sec1'],
]

/** Reads the structure that `derStructure` found. Encrypted ones are the caller's to decrypt. @throws InvalidKeyError */
export function readDerKey(platform: PairPlatform, structure: Exclude<DerStructure, 'encrypted-pkcs8'>, bytes: Uint8Array): ReadKey {
  const value: DerValue = readDer(bytes)
  switch (structure) {
    case 'spki':
      return { type: 'public', material: readSpki(value) }
    case 'certificate':
      return { type: 'public', material: readCertificate(value) }
    case 'pkcs1-public':
      return { type: 'public', material: readRsaPublic(value) }
    case 'pkcs8':
      return { type: 'private', material: readPkcs8(platform, value) }
    case 'pkcs1-private':
      return { type: 'private', material: readRsaPrivate(value) }
    case 'sec1':
      return { type: 'private', material: readSec1(platform, value) }
  }
}
