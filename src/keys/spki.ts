import { concat } from '../core/bytes.ts'
import { readKeyAlgorithm, writeKeyAlgorithm } from './algorithm-identifier.ts'
import { type DerValue, derBits, derMembers, derTags, expectTag, malformed, readDer, writeBits, writeSequence } from './der.ts'
import { decodePoint, ecMaterial } from './ec.ts'
import type { EcMaterial, OkpMaterial, RsaMaterial } from './key.ts'
import { okpMaterial } from './okp.ts'
import { readRsaPublic, writeRsaPublic } from './rsa-der.ts'

/** Material that has a SubjectPublicKeyInfo: all but secrets and handles. */
export type SpkiMaterial = RsaMaterial | EcMaterial | OkpMaterial

/** The key of a SubjectPublicKeyInfo (RFC 5280 §4.1.2.7). @throws InvalidKeyError */
export function readSpki(value: DerValue): SpkiMaterial {
  const [identifier, key, extra] = derMembers(expectTag(value, derTags.sequence))
  if (extra) throw malformed()
  const algorithm = readKeyAlgorithm(identifier)
  const octets = derBits(key)
  if (algorithm.kty === 'RSA') return readRsaPublic(readDer(octets), algorithm.pss)
  if (algorithm.kty === 'OKP') return okpMaterial(algorithm.crv, octets)
  const { x, y } = decodePoint(algorithm.crv, octets)
  return ecMaterial(algorithm.crv, x, y)
}

/** The key of an X.509 certificate (RFC 5280 §4.1). Its signature, dates, names and uses are not judged. @throws InvalidKeyError */
export function readCertificate(value: DerValue): SpkiMaterial {
  const [certificate] = derMembers(value)
  const members = derMembers(expectTag(certificate, derTags.sequence))
  const explicitVersion = 0xa0
  // After the optional version: serial number, signature algorithm, issuer, validity, subject, key.
  const key = members[members[0]?.tag === explicitVersion ? 6 : 5]
  return readSpki(expectTag(key, derTags.sequence))
}

/** The SubjectPublicKeyInfo of checked material. */
export function writeSpki(material: SpkiMaterial): Uint8Array {
  return writeSequence(writeKeyAlgorithm(material), writeBits(material.kty === 'RSA' ? writeRsaPublic(material) : publicOctets(material)))
}

/** An uncompressed point (SEC 1 §2.3.3), or an RFC 8032 public key. */
export function publicOctets(material: EcMaterial | OkpMaterial): Uint8Array {
  return material.kty === 'EC' ? concat(Uint8Array.of(4), material.x, material.y) : material.x
}
