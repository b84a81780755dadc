import { bigIntToBytes, bytesToBigInt } from '../core/bytes.ts'
import { InvalidKeyError } from '../core/errors.ts'
import { type WeierstrassCurve, weierstrassCurve } from './curves.ts'
import type { EcMaterial } from './key.ts'
import { mod, modPow } from './modular.ts'

/**
 * Checked EC components (RFC 7518 §6.2): a curve this library knows, coordinates of exactly its size and on it, a private
 * scalar in 1 .. n-1. That a scalar belongs to its point is `ecPair`'s business.
 * @throws InvalidKeyError
 */
export function ecMaterial(crv: string, x: Uint8Array, y: Uint8Array, d?: Uint8Array): EcMaterial {
  const curve = curveNamed(crv)
  if (x.length !== curve.size || y.length !== curve.size) {
    throw new InvalidKeyError('An EC coordinate has not exactly the size of its field (RFC 7518 §6.2.1.2)', { crv, octets: curve.size })
  }
  if (!isOnCurve(curve, bytesToBigInt(x), bytesToBigInt(y))) throw new InvalidKeyError('The EC point is not on its curve', { crv })
  if (d === undefined) return { kty: 'EC', crv, x, y }
  checkScalar(curve, d)
  return { kty: 'EC', crv, x, y, d }
}

/** Refuses a private scalar of the wrong length or outside 1 .. n-1 (RFC 7518 §6.2.2.1). @throws InvalidKeyError */
export function checkEcScalar(crv: string, d: Uint8Array): void {
  checkScalar(curveNamed(crv), d)
}

/** The coordinates of a SEC 1 §2.3.3 point, uncompressed or compressed. @throws InvalidKeyError */
export function decodePoint(crv: string, point: Uint8Array): { x: Uint8Array; y: Uint8Array } {
  const curve = curveNamed(crv)
  const { size } = curve
  const form = point[0]
  const x = point.slice(1, 1 + size)
  if (form === 4 && point.length === 1 + 2 * size) return { x, y: point.slice(1 + size) }
  if ((form === 2 || form === 3) && point.length === 1 + size) return { x, y: decompress(curve, x, form === 3) }
  throw new InvalidKeyError('The EC point is neither an uncompressed nor a compressed point of its curve (SEC 1 §2.3.3)', { crv })
}

function decompress(curve: WeierstrassCurve, x: Uint8Array, odd: boolean): Uint8Array {
  const { p } = curve
  const right = rightSide(curve, bytesToBigInt(x))
  // p ≡ 3 (mod 4) for all four curves, so this power is the square root where there is one; `ecMaterial` checks that.
  const root = modPow(right, (p + 1n) / 4n, p)
  const y = (root & 1n) === (odd ? 1n : 0n) ? root : mod(-root, p)
  return bigIntToBytes(y, curve.size)
}

function isOnCurve(curve: WeierstrassCurve, x: bigint, y: bigint): boolean {
  return x < curve.p && y < curve.p && mod(y * y, curve.p) === rightSide(curve, x)
}

function rightSide({ p, a, b }: WeierstrassCurve, x: bigint): bigint {
  return mod((x * x + a) * x + b, p)
}

function checkScalar({ crv, size, n }: WeierstrassCurve, d: Uint8Array): void {
  if (d.length !== size) {
    throw new InvalidKeyError('The private EC scalar has not exactly the size of its field (RFC 7518 §6.2.2.1)', { crv, octets: size })
  }
  const scalar = bytesToBigInt(d)
  if (scalar < 1n || scalar >= n) throw new InvalidKeyError('The private EC scalar is not in 1 .. n-1', { crv })
}

function curveNamed(crv: string): WeierstrassCurve {
  const curve = weierstrassCurve(crv)
  if (curve) return curve
  throw new InvalidKeyError('Not an EC curve that JOSE signs with: use P-256, P-384, P-521 or secp256k1')
}
