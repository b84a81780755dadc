import type { Algorithm } from './algorithm.ts'

// Plain frozen literals, which cost the start of a program next to nothing; test/algorithms/registry.test.ts judges each row.

export const HS256: Algorithm<'HS256'> = /* @__PURE__ */ Object.freeze<Algorithm<'HS256'>>({
  name: 'HS256',
  family: 'HMAC',
  hash: 'SHA-256',
  kty: 'oct',
  signatureLength: 32,
  minKeyBits: 256,
  rfc: 'RFC 7518 §3.2',
})
export const HS384: Algorithm<'HS384'> = /* @__PURE__ */ Object.freeze<Algorithm<'HS384'>>({
  name: 'HS384',
  family: 'HMAC',
  hash: 'SHA-384',
  kty: 'oct',
  signatureLength: 48,
  minKeyBits: 384,
  rfc: 'RFC 7518 §3.2',
})
export const HS512: Algorithm<'HS512'> = /* @__PURE__ */ Object.freeze<Algorithm<'HS512'>>({
  name: 'HS512',
  family: 'HMAC',
  hash: 'SHA-512',
  kty: 'oct',
  signatureLength: 64,
  minKeyBits: 512,
  rfc: 'RFC 7518 §3.2',
})
export const RS256: Algorithm<'RS256'> = /* @__PURE__ */ Object.freeze<Algorithm<'RS256'>>({
  name: 'RS256',
  family: 'RSASSA-PKCS1-v1_5',
  hash: 'SHA-256',
  kty: 'RSA',
  minKeyBits: 2048,
  rfc: 'RFC 7518 §3.3',
})
export const RS384: Algorithm<'RS384'> = /* @__PURE__ */ Object.freeze<Algorithm<'RS384'>>({
  name: 'RS384',
  family: 'RSASSA-PKCS1-v1_5',
  hash: 'SHA-384',
  kty: 'RSA',
  minKeyBits: 2048,
  rfc: 'RFC 7518 §3.3',
})
export const RS512: Algorithm<'RS512'> = /* @__PURE__ */ Object.freeze<Algorithm<'RS512'>>({
  name: 'RS512',
  family: 'RSASSA-PKCS1-v1_5',
  hash: 'SHA-512',
  kty: 'RSA',
  minKeyBits: 2048,
  rfc: 'RFC 7518 §3.3',
})
export const PS256: Algorithm<'PS256'> = /* @__PURE__ */ Object.freeze<Algorithm<'PS256'>>({
  name: 'PS256',
  family: 'RSA-PSS',
  hash: 'SHA-256',
  kty: 'RSA',
  minKeyBits: 2048,
  rfc: 'RFC 7518 §3.5',
})
export const PS384: Algorithm<'PS384'> = /* @__PURE__ */ Object.freeze<Algorithm<'PS384'>>({
  name: 'PS384',
  family: 'RSA-PSS',
  hash: 'SHA-384',
  kty: 'RSA',
  minKeyBits: 2048,
  rfc: 'RFC 7518 §3.5',
})
export const PS512: Algorithm<'PS512'> = /* @__PURE__ */ Object.freeze<Algorithm<'PS512'>>({
  name: 'PS512',
  family: 'RSA-PSS',
  hash: 'SHA-512',
  kty: 'RSA',
  minKeyBits: 2048,
  rfc: 'RFC 7518 §3.5',
})
export const ES256: Algorithm<'ES256'> = /* @__PURE__ */ Object.freeze<Algorithm<'ES256'>>({
  name: 'ES256',
  family: 'ECDSA',
  hash: 'SHA-256',
  kty: 'EC',
  curves: /* @__PURE__ */ Object.freeze(['P-256']),
  signatureLength: 64,
  rfc: 'RFC 7518 §3.4',
})
export const ES384: Algorithm<'ES384'> = /* @__PURE__ */ Object.freeze<Algorithm<'ES384'>>({
  name: 'ES384',
  family: 'ECDSA',
  hash: 'SHA-384',
  kty: 'EC',
  curves: /* @__PURE__ */ Object.freeze(['P-384']),
  signatureLength: 96,
  rfc: 'RFC 7518 §3.4',
})
export const ES512: Algorithm<'ES512'> = /* @__PURE__ */ Object.freeze<Algorithm<'ES512'>>({
  name: 'ES512',
  family: 'ECDSA',
  hash: 'SHA-512',
  kty: 'EC',
  curves: /* @__PURE__ */ Object.freeze(['P-521']),
  signatureLength: 132,
  rfc: 'RFC 7518 §3.4',
})
export const ES256K: Algorithm<'ES256K'> = /* @__PURE__ */ Object.freeze<Algorithm<'ES256K'>>({
  name: 'ES256K',
  family: 'ECDSA',
  hash: 'SHA-256',
  kty: 'EC',
  curves: /* @__PURE__ */ Object.freeze(['secp256k1']),
  signatureLength: 64,
  rfc: 'RFC 8812 §3.2',
})
export const EdDSA: Algorithm<'EdDSA'> = /* @__PURE__ */ Object.freeze<Algorithm<'EdDSA'>>({
  name: 'EdDSA',
  family: 'EdDSA',
  kty: 'OKP',
  curves: /* @__PURE__ */ Object.freeze(['Ed25519', 'Ed448']),
  rfc: 'RFC 8037 §3.1',
})
export const Ed25519: Algorithm<'Ed25519'> = /* @__PURE__ */ Object.freeze<Algorithm<'Ed25519'>>({
  name: 'Ed25519',
  family: 'EdDSA',
  kty: 'OKP',
  curves: /* @__PURE__ */ Object.freeze(['Ed25519']),
  signatureLength: 64,
  rfc: 'RFC 9864 §2.2',
})
export const Ed448: Algorithm<'Ed448'> = /* @__PURE__ */ Object.freeze<Algorithm<'Ed448'>>({
  name: 'Ed448',
  family: 'EdDSA',
  kty: 'OKP',
  curves: /* @__PURE__ */ Object.freeze(['Ed448']),
  signatureLength: 114,
  rfc: 'RFC 9864 §2.2',
})

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
