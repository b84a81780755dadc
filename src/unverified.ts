/**
 * Reading tokens that nobody has verified. A separate entry, so that a review finds every use by its import.
 * @module
 */

export { DecodeError, isJwtError, JwtError } from './core/errors.ts'
export {
  decodeUnverified,
  decodeUnverifiedHeader,
  type UnverifiedClaims,
  type UnverifiedHeader,
  type UnverifiedToken,
} from './jwt/unverified.ts'
