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
export abstract class JwtError extends Error {
  /** What instances are called: a literal, since minifiers rename classes. */
  static readonly title: string = 'JwtError'
  declare static readonly code: ErrorCode
  declare readonly code: ErrorCode
  declare readonly detail: ErrorDetail

  /** An empty message becomes that of the class: its code in words, such as "token expired". */
  constructor(message: string, detail: ErrorDetail = {}, options?: ErrorOptions) {
    const { title, code } = new.target
    super(message || code.replaceAll('_', ' '), options)
    Object.defineProperties(this, { name: { value: title }, [brand]: { value: this instanceof InvalidTokenError } })
    this.code = code
    this.detail = detail
  }
}

/** True for an error of this library, also when it comes from another copy of the package. */
export function isJwtError(value: unknown): value is JwtError {
  return brandOf(value) !== undefined
}

/** True for an error that the token caused, also when it comes from another copy of the package. */
export function isTokenError(value: unknown): value is InvalidTokenError {
  return brandOf(value) === true
}

/** By brand and not by class, which differs from copy to copy and from realm to realm. A proxy may throw when it is asked. */
function brandOf(value: unknown): boolean | undefined {
  try {
    const branded: unknown = Object(value)[brand]
    return typeof branded === 'boolean' ? branded : undefined
  } catch {
    return undefined
  }
}

/** The token is not acceptable: the base of all errors that a token can cause (HTTP 401). */
export class InvalidTokenError extends JwtError {
  static override readonly title: string = 'InvalidTokenError'
  static override readonly code: ErrorCode = 'invalid_token'
}

/** The token's text, header or payload is malformed. `detail.reason` says how. */
export class DecodeError extends InvalidTokenError {
  static override readonly title: string = 'DecodeError'
  static override readonly code: ErrorCode = 'malformed_token'
}

/** The signature does not belong to this token and key. */
export class InvalidSignatureError extends DecodeError {
  static override readonly title: string = 'InvalidSignatureError'
  static override readonly code: ErrorCode = 'invalid_signature'
}

/** The header's `alg` is absent or not in the caller's allow-list. */
export class InvalidAlgorithmError extends InvalidTokenError {
  static override readonly title: string = 'InvalidAlgorithmError'
  static override readonly code: ErrorCode = 'algorithm_not_allowed'
}

/** No configured key fits the token's `alg` and `kid`. */
export class KeyNotFoundError extends InvalidTokenError {
  static override readonly title: string = 'KeyNotFoundError'
  static override readonly code: ErrorCode = 'key_not_found'
}

/** `exp`, or the permitted age, has passed. */
export class ExpiredSignatureError extends InvalidTokenError {
  static override readonly title: string = 'ExpiredSignatureError'
  static override readonly code: ErrorCode = 'token_expired'
}

/** `nbf` or `iat` lies in the future. */
export class ImmatureSignatureError extends InvalidTokenError {
  static override readonly title: string = 'ImmatureSignatureError'
  static override readonly code: ErrorCode = 'token_not_yet_valid'
}

/** `iat` is present and not a number of seconds. */
export class InvalidIssuedAtError extends InvalidTokenError {
  static override readonly title: string = 'InvalidIssuedAtError'
  static override readonly code: ErrorCode = 'invalid_issued_at'
}

/** `iss` is not a string or not an expected issuer. */
export class InvalidIssuerError extends InvalidTokenError {
  static override readonly title: string = 'InvalidIssuerError'
  static override readonly code: ErrorCode = 'invalid_issuer'
}

/** `aud` is malformed, names nobody expected, or is present where no audience was configured. */
export class InvalidAudienceError extends InvalidTokenError {
  static override readonly title: string = 'InvalidAudienceError'
  static override readonly code: ErrorCode = 'invalid_audience'
}

/** `sub` is not a string or not the expected subject. */
export class InvalidSubjectError extends InvalidTokenError {
  static override readonly title: string = 'InvalidSubjectError'
  static override readonly code: ErrorCode = 'invalid_subject'
}

/** `jti` is not a string or not the expected identifier. */
export class InvalidJTIError extends InvalidTokenError {
  static override readonly title: string = 'InvalidJTIError'
  static override readonly code: ErrorCode = 'invalid_jwt_id'
}

/** A claim that the caller requires is absent. `detail.claim` names it. */
export class MissingRequiredClaimError extends InvalidTokenError {
  static override readonly title: string = 'MissingRequiredClaimError'
  static override readonly code: ErrorCode = 'missing_claim'
}

/** Another claim or header parameter has an unacceptable value. `detail.claim` names it. */
export class InvalidClaimError extends InvalidTokenError {
  static override readonly title: string = 'InvalidClaimError'
  static override readonly code: ErrorCode = 'invalid_claim'
}

/** What the caller of a key that lives elsewhere may do about a failure. `aborted`: by the caller's signal or the deadline, as `detail.reason` says. */
export type BackendFailureKind = 'retryable' | 'throttled' | 'permanent' | 'unauthorised' | 'aborted'

/** Something behind a key or a backend failed (HTTP 503). The original is in `cause`. */
export class BackendError extends JwtError {
  static override readonly title: string = 'BackendError'
  static override readonly code: ErrorCode = 'backend_failure'

  /** Whether the same call may succeed later. */
  get retryable(): boolean {
    return this.detail['retryable'] === true
  }
  /** What the caller may do about it. */
  get kind(): BackendFailureKind {
    const { kind } = this.detail
    return (kind as BackendFailureKind | undefined) ?? (this.retryable ? 'retryable' : 'permanent')
  }
}

/** A key set could not be had or is not a key set (HTTP 503). */
export class JwksError extends JwtError {
  static override readonly title: string = 'JwksError'
  static override readonly code: ErrorCode = 'jwks_unavailable'
}

/** A key cannot be read, is too weak, or does not fit its algorithm or its use. A fault of the program. */
export class InvalidKeyError extends JwtError {
  static override readonly title: string = 'InvalidKeyError'
  static override readonly code: ErrorCode = 'invalid_key'
}

/** A function was called with arguments it does not take. A fault of the program. */
export class UsageError extends JwtError {
  static override readonly title: string = 'UsageError'
  static override readonly code: ErrorCode = 'invalid_usage'
}
