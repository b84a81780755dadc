import type { EdDSA, EdwardsPoint } from '@noble/curves/abstract/edwards.js'
import { sha512 } from '@noble/hashes/sha2.js'
import type { Algorithm } from '../../algorithms/algorithm.ts'
import { concat, equalBytes } from '../../core/bytes.ts'
import { InvalidKeyError } from '../../core/errors.ts'
import type { KeyMaterial, OkpMaterial } from '../../keys/key.ts'
import { partsOf, privateScalar, unsupported } from '../material.ts'
import { backendName, type Primitive } from './primitive.ts'
import { tabling } from './tabling.ts'

type Verification = (input: Uint8Array, signature: Uint8Array) => boolean

/** An Edwards curve with the verification equation that other implementations use for it. */
export interface EdwardsScheme {
  readonly curve: EdDSA
  readonly signature: (curve: EdDSA, seed: Uint8Array) => (input: Uint8Array) => Uint8Array
  readonly verification: (curve: EdDSA, x: Uint8Array) => Verification
}

/** Schemes by their JWK curve names. */
export type EdwardsSchemes = Readonly<Record<string, EdwardsScheme>>

/** EdDSA (RFC 8032, RFC 8037): the pure form, without context. */
export function eddsaPrimitive(schemes: EdwardsSchemes): Primitive {
  return {
    signing: (algorithm, material) => {
      const parts = partsOf('OKP', material)
      const { curve, signature } = schemeOf(schemes, algorithm, parts.crv)
      const seed = privateScalar(parts)
      if (!curve.utils.isValidSecretKey(seed)) throw new InvalidKeyError('The private seed has the wrong length for its curve')
      return { sign: signature(curve, seed) }
    },
    verifying: (algorithm, material) => {
      const { crv, x } = partsOf('OKP', material)
      const { curve, verification } = schemeOf(schemes, algorithm, crv)
      return { verify: verification(curve, x) }
    },
    generate: (algorithm, options) => {
      const crv = options.crv ?? algorithm.curves![0]!
      const { curve } = schemeOf(schemes, algorithm, crv)
      return okpMaterial(curve, crv, curve.utils.randomSecretKey())
    },
  }
}

/** The key of a private seed. @throws Error when it has the wrong length */
export function okpMaterial(curve: EdDSA, crv: string, d: Uint8Array): OkpMaterial & KeyMaterial {
  return { kty: 'OKP', crv, x: curve.getPublicKey(d), d }
}

function schemeOf(schemes: EdwardsSchemes, algorithm: Algorithm, crv: string): EdwardsScheme {
  const scheme = Object.hasOwn(schemes, crv) ? schemes[crv] : undefined
  if (scheme) return scheme
  throw unsupported(backendName, algorithm, 'curve', crv)
}

/** RFC 8032 §5.1.6 for Ed25519. noble's own `sign` derives the public key anew at each call, which doubles its time. */
export function signWithExpandedSeed(curve: EdDSA, seed: Uint8Array): (input: Uint8Array) => Uint8Array {
  const { BASE, Fn } = curve.Point
  const { prefix, scalar, pointBytes } = curve.utils.getExtendedPublicKey(seed)
  return (input) => {
    const r = Fn.create(littleEndian(sha512(concat(prefix, input))))
    const point = BASE.multiply(r).toBytes()
    const challenge = Fn.create(littleEndian(sha512(concat(point, pointBytes, input))))
    return concat(point, Fn.toBytes(Fn.create(r + challenge * scalar)))
  }
}

/** Of the pure form (RFC 8032 §5.2.6), said since noble would look for one on Object.prototype too. */
const context = /* @__PURE__ */ new Uint8Array(0)

/** noble's own signature, for Ed448. */
export function signWithSeed(curve: EdDSA, seed: Uint8Array): (input: Uint8Array) => Uint8Array {
  return (input) => curve.sign(input, seed, { context })
}

/**
 * RFC 8032 §5.1.7 without the cofactor: the point computed from S and the key, encoded, is R. OpenSSL and OpenSSH do the
 * same, while noble's own `verify` multiplies by the cofactor, which accepts more for keys with a part of small order.
 */
export function verifyWithoutCofactor(curve: EdDSA, x: Uint8Array): Verification {
  const { BASE, Fn } = curve.Point
  const negated = decodePoint(curve, x).negate()
  const useTable = tabling(negated)
  return (input, signature) => {
    useTable()
    const r = signature.subarray(0, 32)
    const s = littleEndian(signature.subarray(32))
    if (!Fn.isValid(s)) return false
    const challenge = Fn.create(littleEndian(sha512(concat(r, x, input))))
    return equalBytes(BASE.multiplyUnsafe(s).add(negated.multiplyUnsafe(challenge)).toBytes(), r)
  }
}

/** RFC 8032 §5.2.7 with the cofactor, as OpenSSL does it for Ed448, and with canonical encodings only. */
export function verifyWithCofactor(curve: EdDSA, x: Uint8Array): Verification {
  decodePoint(curve, x)
  return (input, signature) => curve.verify(signature, input, x, { context, zip215: false })
}

function decodePoint(curve: EdDSA, x: Uint8Array): EdwardsPoint {
  let point: EdwardsPoint | undefined
  try {
    point = curve.Point.fromBytes(x, false)
  } catch {
    throw new InvalidKeyError('The public key is no point of its curve in canonical form')
  }
  if (point.isSmallOrder()) throw new InvalidKeyError('The public key is a point of small order: anyone can sign for it')
  return point
}

function littleEndian(bytes: Uint8Array): bigint {
  let hex = '0x'
  for (let i = bytes.length - 1; i >= 0; i--) hex += bytes[i]!.toString(16).padStart(2, '0')
  return BigInt(hex)
}
