import { type Algorithm, type HashName, hashLength } from './algorithm.ts'

function hmac<N extends string>(name: N, hash: HashName): Algorithm<N> {
  const signatureLength = hashLength(hash)
  return Object.freeze({ name, family: 'HMAC', hash, kty: 'oct', signatureLength, minKeyBits: signatureLength * 8, rfc: 'RFC 7518 §3.2' })
}

function rsa<N extends string>(name: N, hash: HashName): Algorithm<N> {
  return Object.freeze({ name, family: 'RSASSA-PKCS1-v1_5', hash, kty: 'RSA', minKeyBits: 2048, rfc: 'RFC 7518 §3.3' })
}

function pss<N extends string>(name: N, hash: HashName): Algorithm<N> {
  return Object.freeze({ name, family: 'RSA-PSS', hash, kty: 'RSA', minKeyBits: 2048, rfc: 'RFC 7518 §3.5' })
}

function ecdsa<N extends string>(name: N, hash: HashName, curve: string, signatureLength: number, rfc = 'RFC 7518 §3.4'): Algorithm<N> {
  return Object.freeze({ name, family: 'ECDSA', hash, kty: 'EC', curves: Object.freeze([curve]), signatureLength, rfc })
}

function eddsa<N extends string>(name: N, curves: readonly string[], rfc: string, signatureLength?: number): Algorithm<N> {
  const length = signatureLength === undefined ? {} : { signatureLength }
  return Object.freeze({ name, family: 'EdDSA', kty: 'OKP', curves: Object.freeze(curves), ...length, rfc })
}

export const HS256: Algorithm<'HS256'> = /* @__PURE__ */ hmac('HS256', 'SHA-256')
export const HS384: Algorithm<'HS384'> = /* @__PURE__ */ hmac('HS384', 'SHA-384')
export const HS512: Algorithm<'HS512'> = /* @__PURE__ */ hmac('HS512', 'SHA-512')
export const RS256: Algorithm<'RS256'> = /* @__PURE__ */ rsa('RS256', 'SHA-256')
export const RS384: Algorithm<'RS384'> = /* @__PURE__ */ rsa('RS384', 'SHA-384')
export const RS512: Algorithm<'RS512'> = /* @__PURE__ */ rsa('RS512', 'SHA-512')
export const PS256: Algorithm<'PS256'> = /* @__PURE__ */ pss('PS256', 'SHA-256')
export const PS384: Algorithm<'PS384'> = /* @__PURE__ */ pss('PS384', 'SHA-384')
export const PS512: Algorithm<'PS512'> = /* @__PURE__ */ pss('PS512', 'SHA-512')
export const ES256: Algorithm<'ES256'> = /* @__PURE__ */ ecdsa('ES256', 'SHA-256', 'P-256', 64)
export const ES384: Algorithm<'ES384'> = /* @__PURE__ */ ecdsa('ES384', 'SHA-384', 'P-384', 96)
export const ES512: Algorithm<'ES512'> = /* @__PURE__ */ ecdsa('ES512', 'SHA-512', 'P-521', 132)
export const ES256K: Algorithm<'ES256K'> = /* @__PURE__ */ ecdsa('ES256K', 'SHA-256', 'secp256k1', 64, 'RFC 8812 §3.2')
export const EdDSA: Algorithm<'EdDSA'> = /* @__PURE__ */ eddsa('EdDSA', ['Ed25519', 'Ed448'], 'RFC 8037 §3.1')
export const Ed25519: Algorithm<'Ed25519'> = /* @__PURE__ */ eddsa('Ed25519', ['Ed25519'], 'RFC 9864 §2.2', 64)
export const Ed448: Algorithm<'Ed448'> = /* @__PURE__ */ eddsa('Ed448', ['Ed448'], 'RFC 9864 §2.2', 114)

/** All rows, in the order of RFC 7518 and its successors. */
export const algorithms = [
  HS256,
  HS384,
  HS512,
  RS256,
  RS384,
  RS512,
  PS256,
  PS384,
  PS512,
  ES256,
  ES384,
  ES512,
  ES256K,
  EdDSA,
  Ed25519,
  Ed448,
] as const
