/** Claims of a verified token: the registered names typed (RFC 7519 §4.1), whatever else is there unknown. */
export interface Claims {
  readonly iss?: string
  readonly sub?: string
  readonly aud?: string | readonly string[]
  /** Seconds since the epoch. */
  readonly exp?: number
  /** Seconds since the epoch. */
  readonly nbf?: number
  /** Seconds since the epoch. */
  readonly iat?: number
  readonly jti?: string
  readonly [name: string]: unknown
  /** Set apart from `UnverifiedClaims` in types only. */
  readonly [verification]?: 'verified'
}

/** A type-level mark: no value carries it. */
export declare const verification: unique symbol

/** What may be signed. A Date in a time claim becomes whole seconds. */
export interface ClaimsToSign {
  readonly iss?: string
  readonly sub?: string
  readonly aud?: string | readonly string[]
  readonly exp?: number | Date
  readonly nbf?: number | Date
  readonly iat?: number | Date
  readonly jti?: string
  readonly [name: string]: unknown
}

/** A JOSE header (RFC 7515 §4). */
export interface Header {
  readonly alg: string
  readonly typ?: string
  readonly kid?: string
  readonly [name: string]: unknown
}

/** A verified token whole. */
export interface DecodedToken<C = Claims> {
  readonly header: Header
  readonly claims: C
  /** The raw signature bytes. */
  readonly signature: Uint8Array
}

/** The last second of the year 9999. A larger time is one in milliseconds. */
export const lastSecond = 253_402_300_799
