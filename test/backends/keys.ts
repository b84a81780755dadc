import { decodeBase64url } from '../../src/core/base64url.ts'
import { type KeyMaterial, makeKey, type PrivateKey, type PublicKey, type SecretKey } from '../../src/keys/key.ts'

export type Jwk = Readonly<Record<string, string>>

const member = (jwk: Jwk, name: string): Uint8Array => {
  const bytes = decodeBase64url(jwk[name] ?? '')
  if (!bytes || bytes.length === 0) throw new Error(`test JWK lacks ${name}`)
  return bytes
}

const rsaPrivate = ['d', 'p', 'q', 'dp', 'dq', 'qi'] as const

export function materialOfTestJwk(jwk: Jwk): KeyMaterial {
  const get = (name: string): Uint8Array => member(jwk, name)
  const d = jwk['d'] === undefined ? {} : { d: get('d') }
  if (jwk['kty'] === 'oct') return { kty: 'oct', k: decodeBase64url(jwk['k']!)! }
  if (jwk['kty'] === 'EC') return { kty: 'EC', crv: jwk['crv']!, x: get('x'), y: get('y'), ...d }
  if (jwk['kty'] === 'OKP') return { kty: 'OKP', crv: jwk['crv']!, x: get('x'), ...d }
  const secret = jwk['d'] === undefined ? {} : { private: Object.fromEntries(rsaPrivate.map((name) => [name, get(name)])) as never }
  return { kty: 'RSA', n: get('n'), e: get('e'), ...secret }
}

/** The key to sign with. */
export function signingKey(jwk: Jwk): SecretKey | PrivateKey {
  return makeKey(jwk['kty'] === 'oct' ? 'secret' : 'private', materialOfTestJwk(jwk)) as SecretKey | PrivateKey
}

/** The key to verify with: the secret, or the public half. */
export function verificationKey(jwk: Jwk): SecretKey | PublicKey {
  if (jwk['kty'] === 'oct') return makeKey('secret', materialOfTestJwk(jwk))
  return jwk['d'] === undefined ? makeKey('public', materialOfTestJwk(jwk)) : makeKey('private', materialOfTestJwk(jwk)).publicKey
}

export function hex(text: string): Uint8Array<ArrayBuffer> {
  const digits = text.replaceAll(/\s/g, '')
  return Uint8Array.from({ length: digits.length / 2 }, (_, i) => Number.parseInt(digits.slice(2 * i, 2 * i + 2), 16))
}
