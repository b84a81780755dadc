/** Members every JWK may carry (RFC 7517 §4). Others, such as `x5c`, are ignored. */
export interface JwkMetadata {
  readonly kid?: string
  readonly alg?: string
  readonly use?: string
  readonly key_ops?: readonly string[]
}

export interface RsaPublicJwk extends JwkMetadata {
  readonly kty: 'RSA'
  readonly n: string
  readonly e: string
  readonly d?: never
}

export interface EcPublicJwk extends JwkMetadata {
  readonly kty: 'EC'
  readonly crv: string
  readonly x: string
  readonly y: string
  readonly d?: never
}

export interface OkpPublicJwk extends JwkMetadata {
  readonly kty: 'OKP'
  readonly crv: string
  readonly x: string
  readonly d?: never
}

export interface RsaPrivateJwk extends Omit<RsaPublicJwk, 'd'> {
  readonly d: string
  readonly p: string
  readonly q: string
  readonly dp: string
  readonly dq: string
  readonly qi: string
}

export interface EcPrivateJwk extends Omit<EcPublicJwk, 'd'> {
  readonly d: string
}

export interface OkpPrivateJwk extends Omit<OkpPublicJwk, 'd'> {
  readonly d: string
}

/** An HMAC secret (RFC 7518 §6.4). */
export interface SecretJwk extends JwkMetadata {
  readonly kty: 'oct'
  readonly k: string
}

/** A public JWK: one with `d` does not fit this type. */
export type PublicJwk = RsaPublicJwk | EcPublicJwk | OkpPublicJwk
export type PrivateJwk = RsaPrivateJwk | EcPrivateJwk | OkpPrivateJwk
export type Jwk = PublicJwk | PrivateJwk | SecretJwk

/** The JsonWebKey type of Node and of the DOM, which says nothing of what is in it. */
export interface AnyJsonWebKey {
  readonly kty?: string | undefined
  readonly crv?: string | undefined
  readonly k?: string | undefined
  readonly n?: string | undefined
  readonly x?: string | undefined
}

/** A JWK Set (RFC 7517 §5). Members are judged one by one when it is imported. */
export interface Jwks {
  readonly keys: readonly object[]
}
