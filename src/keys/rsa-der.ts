import { InvalidKeyError } from '../core/errors.ts'
import { type DerValue, derMembers, derSmall, derTags, derUnsigned, expectTag, malformed, writeSequence, writeUnsigned } from './der.ts'
import type { PssRestriction, RsaMaterial, RsaPrivateParts } from './key.ts'
import { rsaMaterial } from './rsa.ts'

/** RSAPublicKey of PKCS#1 (RFC 8017 §A.1.1). @throws InvalidKeyError */
export function readRsaPublic(value: DerValue, pss?: PssRestriction): RsaMaterial {
  const [n, e, extra] = derMembers(expectTag(value, derTags.sequence))
  if (extra) throw malformed()
  return rsaMaterial(derUnsigned(n), derUnsigned(e), undefined, pss)
}

/** RSAPrivateKey of PKCS#1 (RFC 8017 §A.1.2). @throws InvalidKeyError */
export function readRsaPrivate(value: DerValue, pss?: PssRestriction): RsaMaterial {
  const [version, ...numbers] = derMembers(expectTag(value, derTags.sequence))
  if (derSmall(version) !== 0 || numbers.length > 8) throw new InvalidKeyError(multiPrime)
  const [n, e, d, p, q, dp, dq, qi] = numbers
  const parts = {
    d: derUnsigned(d),
    p: derUnsigned(p),
    q: derUnsigned(q),
    dp: derUnsigned(dp),
    dq: derUnsigned(dq),
    qi: derUnsigned(qi),
  }
  return rsaMaterial(derUnsigned(n), derUnsigned(e), parts, pss)
}

export const multiPrime = 'RSA keys of more than two primes are not supported (RFC 7518 §6.3.2.7): make a key of two'

export function writeRsaPublic({ n, e }: RsaMaterial): Uint8Array {
  return writeSequence(writeUnsigned(n), writeUnsigned(e))
}

export function writeRsaPrivate({ n, e }: RsaMaterial, { d, p, q, dp, dq, qi }: RsaPrivateParts): Uint8Array {
  return writeSequence(writeUnsigned(new Uint8Array()), ...[n, e, d, p, q, dp, dq, qi].map(writeUnsigned))
}
