export type Family = 'HMAC' | 'RSASSA-PKCS1-v1_5' | 'RSA-PSS' | 'ECDSA' | 'EdDSA'
export type HashName = 'SHA-256' | 'SHA-384' | 'SHA-512'
export type KeyType = 'oct' | 'RSA' | 'EC' | 'OKP'

/**
 * A JWA signature algorithm as data (RFC 7518 §3, 8037, 8812, 9864). It knows no cryptography: a backend reads the family,
 * hash and curve, and does the rest.
 */
export interface Algorithm<N extends string = string> {
  /** The exact `alg` value. */
  readonly name: N
  readonly family: Family
  /** The digest; EdDSA has none of its own to choose. */
  readonly hash?: HashName
  /** The JWK key type that serves it. */
  readonly kty: KeyType
  /** For EC and OKP: the JWK curves that serve it. */
  readonly curves?: readonly string[]
  /** Bytes of every signature. Undefined where the key decides it: RSA (the modulus) and EdDSA (the curve). */
  readonly signatureLength?: number
  /** The smallest key it takes, in bits. Undefined where the curve settles it. */
  readonly minKeyBits?: number
  /** Where it is defined. */
  readonly rfc: string
}

/** Bytes of a hash, and so of an HMAC over it and of the salt RSASSA-PSS takes with it: 32, 48 or 64. */
export function hashLength(hash: HashName): number {
  return Number(hash.slice(4)) / 8
}
