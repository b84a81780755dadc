import { InvalidKeyError } from '../core/errors.ts'
import { edwardsCurve, edwardsName, weierstrassCurve, weierstrassName } from './curves.ts'
import { type DerValue, derMembers, derOid, derTags, expectTag, malformed, writeDer, writeOid, writeSequence } from './der.ts'
import type { EcMaterial, OkpMaterial, PssRestriction, RsaMaterial } from './key.ts'
import { keyAgreementOnly } from './okp.ts'
import { pssOid, readPssParameters, writePssParameters } from './pss-parameters.ts'

/** What an AlgorithmIdentifier says of a key (RFC 3279 §2.3, RFC 4055, RFC 5480, RFC 8410). */
export type KeyAlgorithm =
  | { readonly kty: 'RSA'; readonly pss?: PssRestriction }
  | { readonly kty: 'EC'; readonly crv: string }
  | { readonly kty: 'OKP'; readonly crv: string }

const rsaOid = '1.2.840.113549.1.1.1'
const ecOid = '1.2.840.10045.2.1'

const refusals: Readonly<Record<string, string>> = {
  '1.3.101.110': keyAgreementOnly,
  '1.3.101.111': keyAgreementOnly,
  '1.2.840.10040.4.1': 'This is a DSA key, which JOSE does not sign with: use RSA, EC or Ed25519',
  '1.2.840.113549.1.3.1': 'This is a Diffie-Hellman key, which cannot sign: use RSA, EC or Ed25519',
  '1.2.840.10046.2.1': 'This is a Diffie-Hellman key, which cannot sign: use RSA, EC or Ed25519',
  '1.3.132.1.12': 'This EC key is restricted to key agreement and cannot sign',
  '1.3.132.1.13': 'This EC key is restricted to key agreement and cannot sign',
  '1.2.840.113549.1.1.7': 'This RSA key is restricted to encryption (OAEP) and cannot sign',
}

/** Reads an AlgorithmIdentifier of a key. @throws InvalidKeyError for kinds of keys that JOSE does not sign with */
export function readKeyAlgorithm(value: DerValue | undefined): KeyAlgorithm {
  const [identifier, parameters, extra] = derMembers(expectTag(value, derTags.sequence))
  if (extra) throw malformed()
  const oid = derOid(identifier)
  if (oid === rsaOid) return rsaAlgorithm(parameters)
  if (oid === pssOid) return { kty: 'RSA', pss: parameters ? readPssParameters(parameters) : {} }
  if (oid === ecOid) return { kty: 'EC', crv: readCurve(parameters) }
  const crv = edwardsName(oid)
  if (crv === undefined) throw new InvalidKeyError(refusalOf(oid), { oid })
  if (parameters) throw malformed()
  return { kty: 'OKP', crv }
}

function refusalOf(oid: string): string {
  return (Object.hasOwn(refusals, oid) ? refusals[oid] : undefined) ?? 'The key is of a kind that JOSE does not sign with'
}

function rsaAlgorithm(parameters: DerValue | undefined): KeyAlgorithm {
  if (parameters && (parameters.tag !== derTags.null || parameters.content.length > 0)) throw malformed()
  return { kty: 'RSA' }
}

/** The JWK name of a namedCurve. @throws InvalidKeyError */
export function readCurve(parameters: DerValue | undefined): string {
  if (parameters?.tag === derTags.sequence) {
    throw new InvalidKeyError(
      'The EC key spells out its curve parameters, where a named curve belongs: convert it with openssl ec -param_enc named_curve',
    )
  }
  const oid = derOid(parameters)
  const crv = weierstrassName(oid)
  if (crv !== undefined) return crv
  throw new InvalidKeyError('The EC key is on a curve that JOSE does not sign with: use P-256, P-384, P-521 or secp256k1', { oid })
}

/** Writes the AlgorithmIdentifier of checked material. */
export function writeKeyAlgorithm(material: RsaMaterial | EcMaterial | OkpMaterial): Uint8Array {
  if (material.kty === 'EC') return writeSequence(writeOid(ecOid), writeOid(weierstrassCurve(material.crv)!.oid))
  if (material.kty === 'OKP') return writeSequence(writeOid(edwardsCurve(material.crv)!.oid))
  const { pss } = material
  if (pss === undefined) return writeSequence(writeOid(rsaOid), writeDer(derTags.null))
  return writeSequence(writeOid(pssOid), ...writePssParameters(pss))
}
