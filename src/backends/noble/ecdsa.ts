import type { ECDSA, WeierstrassPoint } from '@noble/curves/abstract/weierstrass.js'
import type { CHash } from '@noble/hashes/utils.js'
import type { Algorithm } from '../../algorithms/algorithm.ts'
import { bytesToBigInt, concat } from '../../core/bytes.ts'
import { InvalidKeyError } from '../../core/errors.ts'
import type { EcMaterial, KeyMaterial } from '../../keys/key.ts'
import { partsOf, privateScalar, unsupported } from '../material.ts'
import { backendName, type Primitive } from './primitive.ts'
import { tabling } from './tabling.ts'

/** Curves by their JWK names. */
export type EcCurves = Readonly<Record<string, ECDSA>>

/** ECDSA with r‖s signatures (RFC 7518 §3.4). JOSE knows no low-S rule: a signature of either sign is valid and may be made. */
export function ecdsaPrimitive(curves: EcCurves, hash: CHash): Primitive {
  return {
    signing: (algorithm, material) => {
      const parts = partsOf('EC', material)
      const curve = curveOf(curves, algorithm, parts.crv)
      const d = privateScalar(parts)
      if (!curve.utils.isValidSecretKey(d)) throw new InvalidKeyError('The private scalar is not between 1 and the order of the curve')
      // Each option is said, since noble would look for it on Object.prototype too.
      return { sign: (input) => curve.sign(hash(input), d, { prehash: false, lowS: false, format: 'compact', extraEntropy: false }) }
    },
    verifying: (algorithm, material) => {
      const parts = partsOf('EC', material)
      return { verify: verification(curveOf(curves, algorithm, parts.crv), hash, parts) }
    },
    generate: (algorithm) => {
      const crv = algorithm.curves![0]!
      const curve = curveOf(curves, algorithm, crv)
      return ecMaterial(curve, crv, curve.utils.randomSecretKey())
    },
  }
}

/** The key of a private scalar. @throws Error when it is not between 1 and the order */
export function ecMaterial(curve: ECDSA, crv: string, d: Uint8Array): EcMaterial & KeyMaterial {
  const point = curve.getPublicKey(d, false)
  const size = (point.length - 1) / 2
  return { kty: 'EC', crv, x: point.slice(1, size + 1), y: point.slice(size + 1), d }
}

function curveOf(curves: EcCurves, algorithm: Algorithm, crv: string): ECDSA {
  const curve = Object.hasOwn(curves, crv) ? curves[crv] : undefined
  if (curve) return curve
  throw unsupported(backendName, algorithm, 'curve', crv)
}

/** SEC 1 §4.1.4, written out so that the public point is decoded once a key. */
function verification(curve: ECDSA, hash: CHash, parts: EcMaterial): (input: Uint8Array, signature: Uint8Array) => boolean {
  const { Fn } = curve.Point
  const sumWith = doubleMultiplication(curve, decodePoint(curve, parts))
  const excessBits = BigInt(Math.max(0, hash.outputLen * 8 - Fn.BITS))
  return (input, signature) => {
    const r = bytesToBigInt(signature.subarray(0, Fn.BYTES))
    const s = bytesToBigInt(signature.subarray(Fn.BYTES))
    if (!Fn.isValidNot0(r) || !Fn.isValidNot0(s)) return false
    const digest = Fn.create(bytesToBigInt(hash(input)) >> excessBits)
    const inverse = Fn.inv(s)
    const sum = sumWith(Fn.mul(digest, inverse), Fn.mul(r, inverse))
    return !sum.is0() && Fn.create(sum.toAffine().x) === r
  }
}

/**
 * a·G + b·point. One walk for both is fastest without a table; a key that is used often gets one, which makes its
 * verifications three times as fast.
 */
function doubleMultiplication(curve: ECDSA, point: WeierstrassPoint<bigint>): (a: bigint, b: bigint) => WeierstrassPoint<bigint> {
  const { BASE } = curve.Point
  const isTabled = tabling(point)
  return (a, b) => (isTabled() ? BASE.multiplyUnsafe(a).add(point.multiplyUnsafe(b)) : BASE.mulAddUnsafe(a, point, b))
}

function decodePoint(curve: ECDSA, { x, y }: EcMaterial): WeierstrassPoint<bigint> {
  try {
    return curve.Point.fromBytes(concat(Uint8Array.of(4), x, y))
  } catch {
    throw new InvalidKeyError('The public point is not on its curve')
  }
}
