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
  const shape = derMembers(value)
    .map(({ tag }) => letters[tag] ?? 'x')
    .join('')
  const found = shapes.find(([pattern]) => pattern.test(shape))
  if (found) return found[1]
  throw new InvalidKeyError(shape === 'iiiiii' ? dsaKey : unknownStructure)
}

const dsaKey = 'This is a DSA key, which JOSE does not sign with: use RSA, EC or Ed25519'
const unknownStructure = 'The DER holds none of the key formats read here: SPKI, PKCS#8, PKCS#1, SEC 1 or an X.509 certificate'

// INTEGER, BIT STRING, OCTET STRING and SEQUENCE. Literal, because a bundler keeps a table with computed names.
const letters: Readonly<Record<number, string>> = { 2: 'i', 3: 'b', 4: 'o', 48: 's' }

// By the kinds of their members; x is any other.
const shapes: readonly (readonly [RegExp, DerStructure])[] = [
  [/^sb$/, 'spki'],
  [/^so$/, 'encrypted-pkcs8'],
  [/^ssb$/, 'certificate'],
  [/^iso/, 'pkcs8'],
  [/^ii$/, 'pkcs1-public'],
  [/^i{9}s?$/, 'pkcs1-private'],
  [/^io/, 'sec1'],
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
