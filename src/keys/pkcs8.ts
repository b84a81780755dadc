import { equalBytes } from '../core/bytes.ts'
import { InvalidKeyError } from '../core/errors.ts'
import { readCurve, readKeyAlgorithm, writeKeyAlgorithm } from './algorithm-identifier.ts'
import {
  type DerValue,
  derBits,
  derMembers,
  derSmall,
  derTags,
  expectTag,
  malformed,
  readDer,
  writeBits,
  writeDer,
  writeSequence,
  writeUnsigned,
} from './der.ts'
import { decodePoint } from './ec.ts'
import type { EcMaterial, RsaMaterial } from './key.ts'
import { ecPair, okpPair, type PairPlatform } from './pair.ts'
import { readRsaPrivate, writeRsaPrivate, writeRsaPublic } from './rsa-der.ts'
import { publicOctets, type SpkiMaterial } from './spki.ts'

const attributes = 0xa0
const publicKey = 0x81
// [1] as an explicit tag around a BIT STRING: not RFC 5958, but written by some Ed25519 tools.
const explicitPublicKey = 0xa1
const sec1Curve = 0xa0
const sec1Point = 0xa1

/** The key of a PrivateKeyInfo or OneAsymmetricKey (RFC 5208, RFC 5958). @throws InvalidKeyError */
export function readPkcs8(platform: PairPlatform, value: DerValue): SpkiMaterial {
  const [version, identifier, key, ...rest] = derMembers(expectTag(value, derTags.sequence))
  if (derSmall(version) > 1) throw malformed()
  const algorithm = readKeyAlgorithm(identifier)
  const inner = readDer(expectTag(key, derTags.octetString).content)
  const declared = declaredPublicKey(rest)
  if (algorithm.kty === 'RSA') return matchingRsa(readRsaPrivate(inner, algorithm.pss), declared)
  if (algorithm.kty === 'EC') return readSec1(platform, inner, algorithm.crv, declared)
  return okpPair(platform, algorithm.crv, expectTag(inner, derTags.octetString).content.slice(), declared)
}

function matchingRsa(material: RsaMaterial, declared: Uint8Array | undefined): RsaMaterial {
  if (declared && !equalBytes(declared, writeRsaPublic(material))) throw halvesDiffer()
  return material
}

function halvesDiffer(): InvalidKeyError {
  return new InvalidKeyError('The public and the private half of the key do not belong together')
}

function declaredPublicKey(rest: readonly DerValue[]): Uint8Array | undefined {
  const [last, extra] = rest[0]?.tag === attributes ? rest.slice(1) : rest
  if (extra) throw malformed()
  if (last?.tag === explicitPublicKey) return derBits(derMembers(last)[0])
  return last && derBits(last, publicKey)
}

/**
 * The key of an ECPrivateKey (RFC 5915 §3). Inside PKCS#8 the curve comes from outside and the key's own must agree.
 * @throws InvalidKeyError
 */
export function readSec1(platform: PairPlatform, value: DerValue, outerCurve?: string, outerPoint?: Uint8Array): EcMaterial {
  const [version, key, ...rest] = derMembers(expectTag(value, derTags.sequence))
  if (derSmall(version) !== 1) throw malformed()
  const [first, second, extra] = rest[0]?.tag === sec1Curve ? rest : [undefined, ...rest]
  if (extra) throw malformed()
  const ownCurve = first && readCurve(derMembers(first)[0])
  const crv = outerCurve ?? ownCurve
  if (crv === undefined)
    throw new InvalidKeyError('The EC PRIVATE KEY does not name its curve: convert it with openssl pkcs8 -topk8 -nocrypt')
  if (ownCurve !== undefined && ownCurve !== crv) throw new InvalidKeyError('The EC key names two different curves')
  const ownPoint = second && derBits(derMembers(expectTag(second, sec1Point))[0])
  if (ownPoint && outerPoint && !equalBytes(ownPoint, outerPoint)) throw halvesDiffer()
  const point = ownPoint ?? outerPoint
  return ecPair(platform, crv, expectTag(key, derTags.octetString).content.slice(), point && decodePoint(crv, point))
}

/** PKCS#8 version 1 of private material: what OpenSSL writes too. */
export function writePkcs8(material: SpkiMaterial): Uint8Array {
  const version = writeUnsigned(new Uint8Array())
  return writeSequence(version, writeKeyAlgorithm(material), writeDer(derTags.octetString, privateOctets(material)))
}

function privateOctets(material: SpkiMaterial): Uint8Array {
  if (material.kty === 'RSA') return writeRsaPrivate(material, material.private!)
  const key = writeDer(derTags.octetString, material.d!)
  if (material.kty === 'OKP') return key
  return writeSequence(writeUnsigned(Uint8Array.of(1)), key, writeDer(sec1Point, writeBits(publicOctets(material))))
}
