import { bytesToBigInt } from '../core/bytes.ts'
import { InvalidKeyError } from '../core/errors.ts'
import { type EdwardsCurve, edwardsCurve } from './curves.ts'
import type { OkpMaterial } from './key.ts'
import { isSquare, mod } from './modular.ts'

/**
 * Checked Ed25519 or Ed448 components (RFC 8037 §2): exact lengths, and a public key that RFC 8032 §5.1.3 and §5.2.3 can
 * decode, is canonical, and is not of small order (with such a key one signature serves every message).
 * @throws InvalidKeyError
 */
export function okpMaterial(crv: string, x: Uint8Array, d?: Uint8Array): OkpMaterial {
  const curve = curveNamed(crv)
  if (x.length !== curve.size)
    throw new InvalidKeyError('The public key has not exactly the size its curve asks for', { crv, octets: curve.size })
  const fault = pointFault(curve, x)
  if (fault !== undefined) throw new InvalidKeyError(fault, { crv })
  if (d === undefined) return { kty: 'OKP', crv, x }
  checkOkpSeed(crv, d)
  return { kty: 'OKP', crv, x, d }
}

/** Refuses a private seed of the wrong length. @throws InvalidKeyError */
export function checkOkpSeed(crv: string, d: Uint8Array): void {
  const { size } = curveNamed(crv)
  if (d.length !== size) throw new InvalidKeyError('The private seed has not exactly the size its curve asks for', { crv, octets: size })
}

function pointFault(curve: EdwardsCurve, encoded: Uint8Array): string | undefined {
  const { p, a, dNumerator, dDenominator, cofactor } = curve
  const bytes = new Uint8Array(encoded).reverse()
  bytes[0]! &= 0x7f
  const y = bytesToBigInt(bytes)
  if (y >= p) return 'The public key is not canonically encoded (RFC 8032 §5.1.3, §5.2.3)'
  const yy = mod(y * y, p)
  // x² = (1 - y²) / (a - dy²); a fraction is a square exactly when numerator times denominator is.
  const numerator = dDenominator * (1n - yy)
  const denominator = a * dDenominator - dNumerator * yy
  if (!isSquare(numerator * denominator, p)) return 'The public key is not a point of its curve'
  // Orders 1, 2 and 4 have y = 1, -1 and 0. Order 8 doubles to y = 0, which happens where y² = ax², that is where
  // dy⁴ - 2ay² + a = 0.
  const orderEight = cofactor === 8 && mod(dNumerator * yy * yy + dDenominator * a * (1n - 2n * yy), p) === 0n
  if (yy <= 1n || orderEight) return 'The public key has small order: one signature would serve every message'
  return undefined
}

function curveNamed(crv: string): EdwardsCurve {
  const curve = edwardsCurve(crv)
  if (curve) return curve
  if (crv === 'X25519' || crv === 'X448') throw new InvalidKeyError(keyAgreementOnly)
  throw new InvalidKeyError('Not an OKP curve that JOSE signs with: use Ed25519 or Ed448')
}

export const keyAgreementOnly = 'X25519 and X448 keys are for key agreement and cannot sign: use Ed25519 or Ed448'
