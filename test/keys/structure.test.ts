import { describe, expect, it } from 'vitest'
import { nodePlatform } from '../../src/backends/node/index.ts'
import { concat } from '../../src/core/bytes.ts'
import { derMembers, derTags, readDer, writeBits, writeDer, writeOid, writeSequence, writeUnsigned } from '../../src/keys/der.ts'
import { importKey } from '../../src/keys/import.ts'
import { materialOf } from '../../src/keys/key.ts'
import { parsePem } from '../../src/keys/pem.ts'
import vectors from '../../vectors/keys/formats.json' with { type: 'json' }

const bytes = (...octets: number[]): Uint8Array => Uint8Array.from(octets)
const derOf = (name: string): Uint8Array => parsePem(vectors.keys.find((row) => row.name === name)!.text)[0]!.bytes
const partsOf = (der: Uint8Array): Uint8Array[] => derMembers(readDer(der)).map(({ whole }) => whole)
const read = (der: Uint8Array) => materialOf(importKey(nodePlatform, der, { format: 'der' }))
const refusal = (message: string): object => expect.objectContaining({ code: 'invalid_key', message: expect.stringContaining(message) })
const nothing = bytes(derTags.null, 0)
const zero = writeUnsigned(bytes())
const one = writeUnsigned(bytes(1))
const two = writeUnsigned(bytes(2))
const octetString = (...parts: Uint8Array[]): Uint8Array => writeDer(derTags.octetString, ...parts)

const [rsaAlgorithm, rsaBits] = partsOf(derOf('RSA SPKI')) as [Uint8Array, Uint8Array]
const [, , rsaPrivateOctets] = partsOf(derOf('RSA PKCS#8')) as [Uint8Array, Uint8Array, Uint8Array]
const rsaPublic = readDer(rsaBits).content.slice(1)
const [ecAlgorithm, ecBits] = partsOf(derOf('P-256 SPKI')) as [Uint8Array, Uint8Array]
const ecPoint = readDer(ecBits).content.slice(1)
const [, ecSecret, ecCurve, ecPublic] = partsOf(derOf('P-256 SEC 1')) as [Uint8Array, Uint8Array, Uint8Array, Uint8Array]
const [edAlgorithm, edBits] = partsOf(derOf('Ed25519 SPKI')) as [Uint8Array, Uint8Array]
const edPublic = readDer(edBits).content.slice(1)
const [, , edOctets] = partsOf(derOf('Ed25519 PKCS#8')) as [Uint8Array, Uint8Array, Uint8Array]
const p384Curve = partsOf(derOf('P-384 SEC 1'))[2]!
const rsaOid = partsOf(rsaAlgorithm)[0]!
const otherPoint = concat(bytes(2), ecPoint.slice(1, 33))
const wrongParity = bytes(ecPoint[64]! % 2 === 0 ? 3 : 2, ...ecPoint.slice(1, 33))

describe('SPKI', () => {
  it('accepts rsaEncryption with NULL, and without parameters', () => {
    expect(read(writeSequence(rsaAlgorithm, rsaBits))).toEqual(read(writeSequence(writeSequence(rsaOid), rsaBits)))
  })

  it.each<[string, Uint8Array, string]>([
    ['other parameters for rsaEncryption', writeSequence(writeSequence(rsaOid, writeSequence()), rsaBits), 'well-formed'],
    ['a NULL with content', writeSequence(writeSequence(rsaOid, bytes(5, 1, 0)), rsaBits), 'well-formed'],
    ['a third member of the algorithm', writeSequence(writeSequence(rsaOid, nothing, nothing), rsaBits), 'well-formed'],
    ['parameters for Ed25519', writeSequence(writeSequence(...partsOf(edAlgorithm), nothing), edBits), 'well-formed'],
    ['no curve for EC', writeSequence(writeSequence(partsOf(ecAlgorithm)[0]!), ecBits), 'well-formed'],
    ['an implicit curve for EC', writeSequence(writeSequence(partsOf(ecAlgorithm)[0]!, nothing), ecBits), 'well-formed'],
    ['unused bits in the BIT STRING', writeSequence(ecAlgorithm, writeDer(3, bytes(1), ecPoint)), 'well-formed'],
    ['a point that is cut', writeSequence(ecAlgorithm, writeBits(ecPoint.slice(0, -1))), 'neither an uncompressed'],
    ['an Ed25519 key in the wrong size', writeSequence(edAlgorithm, writeBits(edPublic.slice(1))), 'exactly the size'],
    ['bytes after the RSA key', writeSequence(rsaAlgorithm, writeBits(concat(rsaPublic, bytes(0)))), 'after the end'],
    ['a third RSA number', writeSequence(rsaAlgorithm, writeBits(writeSequence(...partsOf(rsaPublic), one))), 'well-formed'],
    ['a negative modulus', writeSequence(rsaAlgorithm, writeBits(writeSequence(bytes(2, 1, 0x80), one))), 'negative INTEGER'],
    ['OAEP', writeSequence(writeSequence(writeOid('1.2.840.113549.1.1.7')), rsaBits), 'restricted to encryption'],
    ['ECDH', writeSequence(writeSequence(writeOid('1.3.132.1.12'), partsOf(ecAlgorithm)[1]!), ecBits), 'restricted to key agreement'],
    ['ML-DSA', writeSequence(writeSequence(writeOid('2.16.840.1.101.3.4.3.17')), edBits), 'of a kind that JOSE does not sign with'],
  ])('refuses %s', (_name, der, message) => {
    expect(() => read(der)).toThrow(refusal(message))
  })
})

describe('RSASSA-PSS parameters', () => {
  const sha256 = writeSequence(writeOid('2.16.840.1.101.3.4.2.1'))
  const sha384 = writeSequence(writeOid('2.16.840.1.101.3.4.2.2'))
  const hash = (identifier: Uint8Array): Uint8Array => writeDer(0xa0, identifier)
  const mask = (identifier: Uint8Array, oid = '1.2.840.113549.1.1.8'): Uint8Array =>
    writeDer(0xa1, writeSequence(writeOid(oid), identifier))
  const salt = (...octets: number[]): Uint8Array => writeDer(0xa2, writeUnsigned(bytes(...octets)))
  const trailer = (value: Uint8Array): Uint8Array => writeDer(0xa3, value)
  const spki = (...members: Uint8Array[]): Uint8Array =>
    writeSequence(writeSequence(writeOid('1.2.840.113549.1.1.10'), writeSequence(...members)), rsaBits)

  it.each<[string, Uint8Array[], object]>([
    ['without a salt length mean 20', [hash(sha256), mask(sha256)], { hash: 'SHA-256', minSaltLength: 20 }],
    [
      'with hashes that have NULL parameters',
      [hash(writeSequence(writeOid('2.16.840.1.101.3.4.2.1'), nothing)), mask(sha256), salt(32)],
      { hash: 'SHA-256', minSaltLength: 32 },
    ],
    ['with the default trailer written out', [hash(sha384), mask(sha384), salt(48), trailer(one)], { hash: 'SHA-384', minSaltLength: 48 }],
    ['with a long salt', [hash(sha384), mask(sha384), salt(1, 0)], { hash: 'SHA-384', minSaltLength: 256 }],
  ])('%s', (_name, members, pss) => {
    expect(read(spki(...members))).toMatchObject({ kty: 'RSA', pss })
  })

  it.each<[string, Uint8Array[], string]>([
    ['empty, which means SHA-1', [], 'restricted to SHA-1'],
    ['without a hash', [mask(sha256), salt(32)], 'restricted to SHA-1'],
    ['without a mask', [hash(sha256), salt(32)], 'another hash in its mask'],
    ['with another mask hash', [hash(sha256), mask(sha384), salt(32)], 'another hash in its mask'],
    ['with another mask function', [hash(sha256), mask(sha256, '1.2.3'), salt(32)], 'another hash in its mask'],
    ['with SHA-512/256', [hash(writeSequence(writeOid('2.16.840.1.101.3.4.2.6'))), mask(sha256)], 'hash that JOSE does not'],
    ['with another trailer', [hash(sha256), mask(sha256), salt(32), trailer(two)], 'well-formed'],
    ['out of order', [mask(sha256), hash(sha256)], 'well-formed'],
    ['with a member twice', [hash(sha256), hash(sha256), mask(sha256)], 'well-formed'],
    ['with an unknown member', [hash(sha256), mask(sha256), writeDer(0xa4, one)], 'well-formed'],
    ['with two hashes in one member', [writeDer(0xa0, sha256, sha256), mask(sha256)], 'well-formed'],
    ['with an empty member', [writeDer(0xa0), mask(sha256)], 'well-formed'],
    ['with an absurd salt length', [hash(sha256), mask(sha256), salt(1, 0, 0)], 'well-formed'],
    ['with parameters of the hash', [hash(writeSequence(writeOid('2.16.840.1.101.3.4.2.1'), one)), mask(sha256)], 'well-formed'],
  ])('%s are refused', (_name, members, message) => {
    expect(() => read(spki(...members))).toThrow(refusal(message))
  })

  it('a key that asks for a longer salt than its algorithm has serves nothing', () => {
    const key = importKey(nodePlatform, spki(hash(sha256), mask(sha256), salt(33)), { format: 'der' })
    expect(() => importKey(nodePlatform, key, { algorithm: 'PS256' })).toThrow(refusal('does not fit'))
  })
})

describe('PKCS#8', () => {
  const attributes = writeDer(0xa0, writeSequence(writeOid('1.2.3'), writeDer(0x31, zero)))
  const ec = writeSequence(one, ecSecret, ecPublic)
  const bareEc = writeSequence(one, ecSecret)

  it.each<[string, Uint8Array, string]>([
    ['version 1 with attributes', writeSequence(zero, edAlgorithm, edOctets, attributes), 'Ed25519 PKCS#8'],
    ['version 2 with the public key', writeSequence(one, edAlgorithm, edOctets, writeBits(edPublic, 0x81)), 'Ed25519 PKCS#8'],
    ['version 2 with both', writeSequence(one, edAlgorithm, edOctets, attributes, writeBits(edPublic, 0x81)), 'Ed25519 PKCS#8'],
    ['an explicitly tagged public key', writeSequence(one, edAlgorithm, edOctets, writeDer(0xa1, writeBits(edPublic))), 'Ed25519 PKCS#8'],
    ['RSA with its public key', writeSequence(one, rsaAlgorithm, rsaPrivateOctets, writeBits(rsaPublic, 0x81)), 'RSA PKCS#8'],
    [
      'EC with the curve inside too',
      writeSequence(zero, ecAlgorithm, octetString(writeSequence(one, ecSecret, ecCurve, ecPublic))),
      'P-256 PKCS#8',
    ],
    ['EC with the public key outside', writeSequence(one, ecAlgorithm, octetString(bareEc), writeBits(ecPoint, 0x81)), 'P-256 PKCS#8'],
    ['EC with the public key twice', writeSequence(one, ecAlgorithm, octetString(ec), writeBits(ecPoint, 0x81)), 'P-256 PKCS#8'],
  ])('accepts %s', (_name, der, same) => {
    expect(read(der)).toEqual(read(derOf(same)))
  })

  it.each<[string, Uint8Array, string]>([
    ['version 3', writeSequence(two, edAlgorithm, edOctets), 'well-formed'],
    ['a member too many', writeSequence(one, edAlgorithm, edOctets, attributes, writeBits(edPublic, 0x81), nothing), 'well-formed'],
    ['an unknown member', writeSequence(one, edAlgorithm, edOctets, nothing), 'well-formed'],
    ['another public key', writeSequence(one, edAlgorithm, edOctets, writeBits(bytes(3, ...new Uint8Array(31)), 0x81)), 'belong together'],
    ['a seed without its OCTET STRING', writeSequence(zero, edAlgorithm, octetString(edPublic)), 'well-formed'],
    ['a seed of another size', writeSequence(zero, edAlgorithm, octetString(octetString(edPublic.slice(1)))), 'exactly the size'],
    ['RSA with another public key', writeSequence(one, rsaAlgorithm, rsaPrivateOctets, writeBits(ecPoint, 0x81)), 'belong together'],
    [
      'EC with another curve inside',
      writeSequence(zero, ecAlgorithm, octetString(writeSequence(one, ecSecret, p384Curve))),
      'two different curves',
    ],
    [
      'EC with another public key inside',
      writeSequence(zero, ecAlgorithm, octetString(writeSequence(one, ecSecret, writeDer(0xa1, writeBits(wrongParity))))),
      'belong together',
    ],
    [
      'EC with another public key outside',
      writeSequence(one, ecAlgorithm, octetString(ec), writeBits(otherPoint[0] === wrongParity[0] ? otherPoint : wrongParity, 0x81)),
      'belong together',
    ],
  ])('refuses %s', (_name, der, message) => {
    expect(() => read(der)).toThrow(refusal(message))
  })
})

describe('SEC 1 and PKCS#1', () => {
  const numbers = partsOf(derOf('RSA PKCS#1 private')).slice(1)
  it.each<[string, Uint8Array, string]>([
    ['EC of another version', writeSequence(two, ecSecret, ecCurve, ecPublic), 'well-formed'],
    ['EC without a curve', writeSequence(one, ecSecret, ecPublic), 'does not name its curve'],
    ['EC with a member too many', writeSequence(one, ecSecret, ecCurve, ecPublic, nothing), 'well-formed'],
    ['EC with an unknown member', writeSequence(one, ecSecret, ecCurve, nothing), 'well-formed'],
    ['EC with a short scalar', writeSequence(one, octetString(bytes(1)), ecCurve), 'exactly the size'],
    ['EC with scalar 0', writeSequence(one, octetString(new Uint8Array(32)), ecCurve), 'not in 1 .. n-1'],
    ['RSA of version 1', writeSequence(one, ...numbers), 'more than two primes'],
    ['RSA with other primes', writeSequence(zero, ...numbers, writeSequence()), 'more than two primes'],
    ['RSA with a number missing', writeSequence(zero, ...numbers.slice(0, -1)), 'none of the key formats'],
    ['RSA with a number exchanged', writeSequence(zero, ...numbers.slice(0, -1), one), 'do not belong'],
    ['DSA', writeSequence(zero, one, one, one, one, one), 'DSA key'],
  ])('refuses %s', (_name, der, message) => {
    expect(() => read(der)).toThrow(refusal(message))
  })
})

describe('certificates', () => {
  const [body, algorithm, signature] = partsOf(derOf('P-256 certificate')) as [Uint8Array, Uint8Array, Uint8Array]
  const members = partsOf(body)

  it('of version 1 have no version member', () => {
    const first = writeSequence(writeSequence(...members.slice(1, 7)), algorithm, signature)
    expect(read(first)).toEqual(read(derOf('P-256 SPKI')))
  })

  it.each<[string, Uint8Array]>([
    ['cut before the key', writeSequence(writeSequence(...members.slice(0, 6)), algorithm, signature)],
    ['with another member for the key', writeSequence(writeSequence(...members.slice(0, 6), one), algorithm, signature)],
    ['with an empty key', writeSequence(writeSequence(...members.slice(0, 6), writeSequence()), algorithm, signature)],
    [
      'with a key of three members',
      writeSequence(writeSequence(...members.slice(0, 6), writeSequence(ecAlgorithm, ecBits, nothing)), algorithm, signature),
    ],
    ['empty', writeSequence(writeSequence(), algorithm, signature)],
  ])('%s are refused', (_name, der) => {
    expect(() => read(der)).toThrow(refusal('well-formed'))
  })
})

describe('the platform', () => {
  const bareEc = writeSequence(one, ecSecret, ecCurve)
  const importWith = (publicHalf: () => never, der: Uint8Array) => importKey({ ...nodePlatform, publicHalf }, der, { format: 'der' })
  const thrower = (): never => {
    throw new RangeError('boom')
  }

  it.each<[string, () => unknown, Uint8Array, string]>([
    ['throws', thrower, derOf('P-256 SEC 1'), 'cannot compute the public half'],
    ['throws for Ed25519', thrower, derOf('Ed25519 PKCS#8'), 'cannot compute the public half'],
    ['gives no y', () => ({ kty: 'OKP', crv: 'P-256', x: ecPoint.slice(1, 33) }), derOf('P-256 SEC 1'), 'exactly the size'],
    ['gives a point off the curve', () => ({ kty: 'EC', crv: 'P-256', x: edPublic, y: edPublic }), bareEc, 'not on its curve'],
    ['gives nothing', () => undefined, bareEc, 'comes without its public half'],
    ['gives nothing for Ed25519', () => undefined, derOf('Ed25519 PKCS#8'), 'comes without its public half'],
  ])('that %s is not believed', (_name, publicHalf, der, message) => {
    expect(() => importWith(publicHalf as () => never, der)).toThrow(refusal(message))
  })
})
