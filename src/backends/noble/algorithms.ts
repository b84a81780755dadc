import { ed448 as curve448 } from '@noble/curves/ed448.js'
import { ed25519 as curve25519 } from '@noble/curves/ed25519.js'
import { p256, p384, p521 } from '@noble/curves/nist.js'
import { secp256k1 } from '@noble/curves/secp256k1.js'
import { _SHA256, _SHA384, _SHA512, sha256, sha384, sha512 } from '@noble/hashes/sha2.js'
import * as table from '../../algorithms/table.ts'
import { ecdsaPrimitive } from './ecdsa.ts'
import {
  type EdwardsScheme,
  eddsaPrimitive,
  signWithExpandedSeed,
  signWithSeed,
  verifyWithCofactor,
  verifyWithoutCofactor,
} from './eddsa.ts'
import { hmacAlgorithm } from './hmac-algorithm.ts'
import { type NobleAlgorithm, single } from './primitive.ts'
import { pkcs1Primitive, pssPrimitive } from './rsa.ts'

export const ed25519Scheme: EdwardsScheme = {
  curve: curve25519,
  signature: signWithExpandedSeed,
  verification: verifyWithoutCofactor,
}
export const ed448Scheme: EdwardsScheme = { curve: curve448, signature: signWithSeed, verification: verifyWithCofactor }

/** HMAC with SHA-256 alone: a program that uses only this value bundles no other primitive. The same holds for each value below. */
export const hs256: NobleAlgorithm<'HS256'> = /* @__PURE__ */ hmacAlgorithm(table.HS256, () => new _SHA256())
/** HMAC with SHA-384 alone. */
export const hs384: NobleAlgorithm<'HS384'> = /* @__PURE__ */ hmacAlgorithm(table.HS384, () => new _SHA384())
/** HMAC with SHA-512 alone. */
export const hs512: NobleAlgorithm<'HS512'> = /* @__PURE__ */ hmacAlgorithm(table.HS512, () => new _SHA512())
/** RSASSA-PKCS1-v1_5 with SHA-256 alone; it verifies and does not sign. */
export const rs256: NobleAlgorithm<'RS256'> = /* @__PURE__ */ single(table.RS256, /* @__PURE__ */ pkcs1Primitive(sha256))
/** RSASSA-PKCS1-v1_5 with SHA-384 alone; it verifies and does not sign. */
export const rs384: NobleAlgorithm<'RS384'> = /* @__PURE__ */ single(table.RS384, /* @__PURE__ */ pkcs1Primitive(sha384))
/** RSASSA-PKCS1-v1_5 with SHA-512 alone; it verifies and does not sign. */
export const rs512: NobleAlgorithm<'RS512'> = /* @__PURE__ */ single(table.RS512, /* @__PURE__ */ pkcs1Primitive(sha512))
/** RSASSA-PSS with SHA-256 alone; it verifies and does not sign. */
export const ps256: NobleAlgorithm<'PS256'> = /* @__PURE__ */ single(table.PS256, /* @__PURE__ */ pssPrimitive(sha256))
/** RSASSA-PSS with SHA-384 alone; it verifies and does not sign. */
export const ps384: NobleAlgorithm<'PS384'> = /* @__PURE__ */ single(table.PS384, /* @__PURE__ */ pssPrimitive(sha384))
/** RSASSA-PSS with SHA-512 alone; it verifies and does not sign. */
export const ps512: NobleAlgorithm<'PS512'> = /* @__PURE__ */ single(table.PS512, /* @__PURE__ */ pssPrimitive(sha512))
/** ECDSA on P-256 alone. */
export const es256: NobleAlgorithm<'ES256'> = /* @__PURE__ */ single(table.ES256, /* @__PURE__ */ ecdsaPrimitive({ 'P-256': p256 }, sha256))
/** ECDSA on P-384 alone. */
export const es384: NobleAlgorithm<'ES384'> = /* @__PURE__ */ single(table.ES384, /* @__PURE__ */ ecdsaPrimitive({ 'P-384': p384 }, sha384))
/** ECDSA on P-521 alone. */
export const es512: NobleAlgorithm<'ES512'> = /* @__PURE__ */ single(table.ES512, /* @__PURE__ */ ecdsaPrimitive({ 'P-521': p521 }, sha512))
/** ECDSA on secp256k1 alone. */
export const es256k: NobleAlgorithm<'ES256K'> = /* @__PURE__ */ single(table.ES256K, /* @__PURE__ */ ecdsaPrimitive({ secp256k1 }, sha256))
/** EdDSA with both of its curves. `ed25519` and `ed448` bundle one each. */
export const eddsa: NobleAlgorithm<'EdDSA'> = /* @__PURE__ */ single(
  table.EdDSA,
  /* @__PURE__ */ eddsaPrimitive({ Ed25519: ed25519Scheme, Ed448: ed448Scheme }),
)
/** Ed25519 alone, under its own name (RFC 9864). */
export const ed25519: NobleAlgorithm<'Ed25519'> = /* @__PURE__ */ single(
  table.Ed25519,
  /* @__PURE__ */ eddsaPrimitive({ Ed25519: ed25519Scheme }),
)
/** Ed448 alone, under its own name (RFC 9864). */
export const ed448: NobleAlgorithm<'Ed448'> = /* @__PURE__ */ single(table.Ed448, /* @__PURE__ */ eddsaPrimitive({ Ed448: ed448Scheme }))
