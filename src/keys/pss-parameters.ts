import { type HashName, hashLength } from '../algorithms/algorithm.ts'
import { InvalidKeyError } from '../core/errors.ts'
import {
  type DerValue,
  derMembers,
  derOid,
  derSmall,
  derTags,
  expectTag,
  malformed,
  writeDer,
  writeOid,
  writeSequence,
  writeUnsigned,
} from './der.ts'
import type { PssRestriction } from './key.ts'

export const pssOid = '1.2.840.113549.1.1.10'
const mgf1Oid = '1.2.840.113549.1.1.8'
const sha1Oid = '1.3.14.3.2.26'
const hashOids: Readonly<Record<HashName, string>> = {
  'SHA-256': '2.16.840.1.101.3.4.2.1',
  'SHA-384': '2.16.840.1.101.3.4.2.2',
  'SHA-512': '2.16.840.1.101.3.4.2.3',
}

/** Context tags [0] to [3] of RSASSA-PSS-params, and what absence means (RFC 4055 §3.1): SHA-1, MGF1 with SHA-1, 20 and 1. */
const fields = { hash: 0xa0, maskGeneration: 0xa1, saltLength: 0xa2, trailer: 0xa3 } as const
const defaultSaltLength = 20

/** The restriction that RSASSA-PSS-params lay on a key. @throws InvalidKeyError where no PS algorithm can keep it */
export function readPssParameters(parameters: DerValue): PssRestriction {
  const members = derMembers(expectTag(parameters, derTags.sequence))
  const ascending = members.every(({ tag }, i) => tag >= fields.hash && tag <= fields.trailer && tag > (members[i - 1]?.tag ?? 0))
  if (!ascending) throw malformed()
  const field = (tag: number): DerValue | undefined => only(members.find((member) => member.tag === tag))
  const hash = hashName(field(fields.hash))
  if (maskHash(field(fields.maskGeneration)) !== hash) {
    throw new InvalidKeyError(
      'The RSASSA-PSS key asks for another hash in its mask generation than for the message, which JOSE does not do',
    )
  }
  const trailer = field(fields.trailer)
  if (trailer && derSmall(trailer) !== 1) throw malformed()
  const saltLength = field(fields.saltLength)
  return { hash, minSaltLength: saltLength ? derSmall(saltLength) : defaultSaltLength }
}

function only(wrapper: DerValue | undefined): DerValue | undefined {
  if (wrapper === undefined) return undefined
  const [value, extra] = derMembers(wrapper)
  if (value === undefined || extra) throw malformed()
  return value
}

function hashName(identifier: DerValue | undefined): HashName {
  const oid = identifier ? hashOid(identifier) : sha1Oid
  if (oid === sha1Oid) throw new InvalidKeyError('The RSASSA-PSS key is restricted to SHA-1, which JOSE does not sign with')
  const name = (Object.keys(hashOids) as HashName[]).find((hash) => hashOids[hash] === oid)
  if (name === undefined) throw new InvalidKeyError('The RSASSA-PSS key is restricted to a hash that JOSE does not sign with', { oid })
  return name
}

/** RFC 4055 §2.1: the hash's own parameters are absent or NULL, and both mean the same. */
function hashOid(identifier: DerValue): string {
  const [oid, parameters, extra] = derMembers(expectTag(identifier, derTags.sequence))
  if (extra || (parameters && (parameters.tag !== derTags.null || parameters.content.length > 0))) throw malformed()
  return derOid(oid)
}

function maskHash(identifier: DerValue | undefined): HashName | undefined {
  if (identifier === undefined) return undefined
  const [oid, hash, extra] = derMembers(expectTag(identifier, derTags.sequence))
  if (extra) throw malformed()
  return derOid(oid) === mgf1Oid ? hashName(hash) : undefined
}

/** RSASSA-PSS-params in DER, or nothing for a key without them. */
export function writePssParameters({ hash, minSaltLength }: PssRestriction): readonly Uint8Array[] {
  if (hash === undefined) return []
  // With the NULL that OpenSSL writes too; some readers insist on it.
  const hashIdentifier = writeSequence(writeOid(hashOids[hash]), writeDer(derTags.null))
  const saltLength = minSaltLength ?? hashLength(hash)
  const members = [writeDer(fields.hash, hashIdentifier), writeDer(fields.maskGeneration, writeSequence(writeOid(mgf1Oid), hashIdentifier))]
  // DER leaves a default value out.
  if (saltLength !== defaultSaltLength) members.push(writeDer(fields.saltLength, writeSmall(saltLength)))
  return [writeSequence(...members)]
}

function writeSmall(value: number): Uint8Array {
  return writeUnsigned(value === 0 ? new Uint8Array() : value < 256 ? Uint8Array.of(value) : Uint8Array.of(value >> 8, value & 255))
}
