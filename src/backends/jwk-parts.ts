import { decodeBase64url, encodeBase64url } from '../core/base64url.ts'
import { InvalidKeyError } from '../core/errors.ts'
import type { EcMaterial, KeyMaterial, OkpMaterial, RsaMaterial } from '../keys/key.ts'

/** The JWK members that hold numbers (RFC 7518 §6, RFC 8037 §2): the form in which native backends take keys and give them. */
export type JwkParts = Readonly<Record<string, string>>

/** The public half as a JWK without metadata. */
export function publicJwk(parts: RsaMaterial | EcMaterial | OkpMaterial): JwkParts {
  if (parts.kty === 'RSA') return encode({ kty: 'RSA' }, { n: parts.n, e: parts.e })
  const { kty, crv, x } = parts
  return kty === 'EC' ? encode({ kty, crv }, { x, y: parts.y }) : encode({ kty, crv }, { x })
}

/** The private key as a JWK without metadata. `secret` holds its private numbers. */
export function privateJwk(parts: RsaMaterial | EcMaterial | OkpMaterial, secret: object): JwkParts {
  return encode(publicJwk(parts), secret as Readonly<Record<string, Uint8Array>>)
}

function encode(head: JwkParts, numbers: Readonly<Record<string, Uint8Array>>): JwkParts {
  const members = Object.entries(numbers).map(([name, bytes]) => [name, encodeBase64url(bytes)] as const)
  return { ...head, ...Object.fromEntries(members) }
}

/** The material of a private JWK that the platform has just made. @throws InvalidKeyError when it is not one */
export function materialOfJwk(jwk: Readonly<Record<string, unknown>>): KeyMaterial {
  const bytes = (name: string): Uint8Array => {
    const value = jwk[name]
    const decoded = typeof value === 'string' ? decodeBase64url(value) : undefined
    if (decoded) return decoded
    throw new InvalidKeyError('The runtime made a key that is no complete JWK')
  }
  const integer = (name: string): Uint8Array => withoutLeadingZeros(bytes(name))
  const crv = typeof jwk['crv'] === 'string' ? jwk['crv'] : ''
  if (jwk['kty'] === 'EC') return { kty: 'EC', crv, x: bytes('x'), y: bytes('y'), d: bytes('d') }
  if (jwk['kty'] === 'OKP') return { kty: 'OKP', crv, x: bytes('x'), d: bytes('d') }
  const [d, p, q, dp, dq, qi] = [integer('d'), integer('p'), integer('q'), integer('dp'), integer('dq'), integer('qi')]
  return { kty: 'RSA', n: integer('n'), e: integer('e'), private: { d, p, q, dp, dq, qi } }
}

function withoutLeadingZeros(bytes: Uint8Array): Uint8Array {
  let at = 0
  while (at < bytes.length - 1 && bytes[at] === 0) at++
  return bytes.subarray(at)
}
