/** Stable identifiers of every error this library throws. Compare these, not class identity: two copies of a package in one program are normal. */
export type ErrorCode =
  | 'invalid_token'
  | 'malformed_token'
  | 'algorithm_not_allowed'
  | 'invalid_signature'
  | 'token_expired'
  | 'token_not_yet_valid'
  | 'invalid_issued_at'
  | 'invalid_issuer'
  | 'invalid_audience'
  | 'invalid_subject'
  | 'invalid_jwt_id'
  | 'missing_claim'
  | 'invalid_claim'
  | 'key_not_found'
  | 'backend_failure'
  | 'jwks_unavailable'
  | 'invalid_key'
  | 'invalid_usage'

/** The variable part of an error. Never holds token text, key material or claim values. */
export type ErrorDetail = Readonly<Record<string, string | number | boolean | readonly string[]>>

const brand: unique symbol = Symbol.for('signet-jwt.error') as never

/** Base of everything the library throws. The message is constant text; what varies is in `detail`. */
export class JwtError extends Error {
  readonly code: ErrorCode
  readonly detail: ErrorDetail

  constructor(code: ErrorCode, message: string, detail: ErrorDetail = {}, options?: ErrorOptions) {
    super(message, options)
    this.code = code
    this.detail = detail
    Object.defineProperty(this, brand, { value: true })
  }
  override get name(): string {
    return 'JwtError'
  }
}

/** True for an error of this library, also when it comes from another copy of the package. */
export function isJwtError(value: unknown): value is JwtError {
  return value instanceof Error && brand in value
}

/** The token is not acceptable: the base of all errors that a token can cause (HTTP 401). */
export class InvalidTokenError extends JwtError {
  constructor(message: string, detail?: ErrorDetail, code: ErrorCode = 'invalid_token') {
    super(code, message, detail)
  }
  override get name(): string {
    return 'InvalidTokenError'
  }
}

/** The token's text, header or payload is malformed. `detail.reason` says how. */
export class DecodeError extends InvalidTokenError {
  constructor(message: string, detail?: ErrorDetail, code: ErrorCode = 'malformed_token') {
    super(message, detail, code)
  }
  override get name(): string {
    return 'DecodeError'
  }
}

/** The signature does not belong to this token and key. */
export class InvalidSignatureError extends DecodeError {
  constructor(message: string, detail?: ErrorDetail) {
    super(message, detail, 'invalid_signature')
  }
  override get name(): string {
    return 'InvalidSignatureError'
  }
}

/** The header's `alg` is absent or not in the caller's allow-list. */
export class InvalidAlgorithmError extends InvalidTokenError {
  constructor(message: string, detail?: ErrorDetail) {
    super(message, detail, 'algorithm_not_allowed')
  }
  override get name(): string {
    return 'InvalidAlgorithmError'
  }
}

/** No configured key fits the token's `alg` and `kid`. */
export class KeyNotFoundError extends InvalidTokenError {
  constructor(message: string, detail?: ErrorDetail) {
    super(message, detail, 'key_not_found')
  }
  override get name(): string {
    return 'KeyNotFoundError'
  }
}

/** `exp` (or the permitted age) has passed. */
export class ExpiredSignatureError extends InvalidTokenError {
  constructor(message: string, detail?: ErrorDetail) {
    super(message, detail, 'token_expired')
  }
  override get name(): string {
    return 'ExpiredSignatureError'
  }
}

/** `nbf` or `iat` lies in the future. */
export class ImmatureSignatureError extends InvalidTokenError {
  constructor(message: string, detail?: ErrorDetail) {
    super(message, detail, 'token_not_yet_valid')
  }
  override get name(): string {
    return 'ImmatureSignatureError'
  }
}

/** `iat` is present and not a number of seconds. */
export class InvalidIssuedAtError extends InvalidTokenError {
  constructor(message: string, detail?: ErrorDetail) {
    super(message, detail, 'invalid_issued_at')
  }
  override get name(): string {
    return 'InvalidIssuedAtError'
  }
}

/** `iss` is not a string or not an expected issuer. */
export class InvalidIssuerError extends InvalidTokenError {
  constructor(message: string, detail?: ErrorDetail) {
    super(message, detail, 'invalid_issuer')
  }
  override get name(): string {
    return 'InvalidIssuerError'
  }
}

/** `aud` is malformed, names nobody expected, or is present where no audience was configured. */
export class InvalidAudienceError extends InvalidTokenError {
  constructor(message: string, detail?: ErrorDetail) {
    super(message, detail, 'invalid_audience')
  }
  override get name(): string {
    return 'InvalidAudienceError'
  }
}

/** `sub` is not a string or not the expected subject. */
export class InvalidSubjectError extends InvalidTokenError {
  constructor(message: string, detail?: ErrorDetail) {
    super(message, detail, 'invalid_subject')
  }
  override get name(): string {
    return 'InvalidSubjectError'
  }
}

/** `jti` is not a string or not the expected identifier. */
export class InvalidJTIError extends InvalidTokenError {
  constructor(message: string, detail?: ErrorDetail) {
    super(message, detail, 'invalid_jwt_id')
  }
  override get name(): string {
    return 'InvalidJTIError'
  }
}

/** A claim the caller requires is absent. `detail.claim` names it. */
export class MissingRequiredClaimError extends InvalidTokenError {
  constructor(claim: string) {
    super('The token lacks a required claim; detail.claim names it', { claim }, 'missing_claim')
  }
  override get name(): string {
    return 'MissingRequiredClaimError'
  }
}

/** Another claim or header parameter has an unacceptable value. `detail.claim` names it. */
export class InvalidClaimError extends InvalidTokenError {
  constructor(message: string, detail?: ErrorDetail) {
    super(message, detail, 'invalid_claim')
  }
  override get name(): string {
    return 'InvalidClaimError'
  }
}

/** Something behind a key or a backend failed (HTTP 503). The original is in `cause`. */
export class BackendError extends JwtError {
  constructor(message: string, detail?: ErrorDetail, options?: ErrorOptions) {
    super('backend_failure', message, detail, options)
  }
  override get name(): string {
    return 'BackendError'
  }
  /** Whether the same call may succeed later. */
  get retryable(): boolean {
    return this.detail['retryable'] === true
  }
  /** For keys that live elsewhere: `retryable`, `throttled`, `permanent`, `unauthorised` or `aborted`. */
  get kind(): string {
    const { kind } = this.detail
    return typeof kind === 'string' ? kind : this.retryable ? 'retryable' : 'permanent'
  }
}

/** A key set could not be had or is not a key set (HTTP 503). */
export class JwksError extends JwtError {
  constructor(message: string, detail?: ErrorDetail, options?: ErrorOptions) {
    super('jwks_unavailable', message, detail, options)
  }
  override get name(): string {
    return 'JwksError'
  }
}

/** A key cannot be read, is too weak, or does not fit its algorithm or its use. A fault of the program. */
export class InvalidKeyError extends JwtError {
  constructor(message: string, detail?: ErrorDetail) {
    super('invalid_key', message, detail)
  }
  override get name(): string {
    return 'InvalidKeyError'
  }
}

/** A function was called with arguments it does not take. A fault of the program. */
export class UsageError extends JwtError {
  constructor(message: string, detail?: ErrorDetail) {
    super('invalid_usage', message, detail)
  }
  override get name(): string {
    return 'UsageError'
  }
}
