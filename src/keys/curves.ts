/** A short Weierstrass curve y² = x³ + ax + b over the prime p, with a base point of prime order n and cofactor 1. */
export interface WeierstrassCurve {
  readonly crv: string
  /** Bytes of a coordinate and of a private scalar. */
  readonly size: number
  /** The namedCurve object identifier (RFC 5480 §2.1.1.1). */
  readonly oid: string
  readonly p: bigint
  readonly a: bigint
  readonly b: bigint
  readonly n: bigint
}

/** The curve ax² + y² = 1 + dx²y² over the prime p, with d as a fraction so that its small defining numbers stay readable. */
export interface EdwardsCurve {
  readonly crv: string
  /** Bytes of an encoded point and of a private seed. */
  readonly size: number
  /** The algorithm identifier (RFC 8410 §3). */
  readonly oid: string
  readonly p: bigint
  readonly a: bigint
  readonly dNumerator: bigint
  readonly dDenominator: bigint
  readonly cofactor: 4 | 8
}

interface WeierstrassRow {
  readonly size: number
  readonly oid: string
  readonly a: number
  readonly p: string
  readonly b: string
  readonly n: string
}

// Made when asked for, so that a program that never reads an EC key does no work and a bundler can drop the table.
const weierstrassRows = (): Readonly<Record<string, WeierstrassRow>> => ({
  'P-256': {
    size: 32,
    oid: '1.2.840.10045.3.1.7',
    a: -3,
    p: 'ffffffff00000001000000000000000000000000ffffffffffffffffffffffff',
    b: '5ac635d8aa3a93e7b3ebbd55769886bc651d06b0cc53b0f63bce3c3e27d2604b',
    n: 'ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551',
  },
  'P-384': {
    size: 48,
    oid: '1.3.132.0.34',
    a: -3,
    p: 'fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffeffffffff0000000000000000ffffffff',
    b: 'b3312fa7e23ee7e4988e056be3f82d19181d9c6efe8141120314088f5013875ac656398d8a2ed19d2a85c8edd3ec2aef',
    n: 'ffffffffffffffffffffffffffffffffffffffffffffffffc7634d81f4372ddf581a0db248b0a77aecec196accc52973',
  },
  'P-521': {
    size: 66,
    oid: '1.3.132.0.35',
    a: -3,
    p: `01ff${'f'.repeat(128)}`,
    b: [
      '51953eb9618e1c9a1f929a21a0b68540eea2da725b99b315f3b8b489918ef109',
      'e156193951ec7e937b1652c0bd3bb1bf073573df883d2c34f1ef451fd46b503f00',
    ].join(''),
    n: `01${'f'.repeat(65)}a51868783bf2f966b7fcc0148f709a5d03bb5c9b8899c47aebb6fb71e91386409`,
  },
  secp256k1: {
    size: 32,
    oid: '1.3.132.0.10',
    a: 0,
    p: 'fffffffffffffffffffffffffffffffffffffffffffffffffffffffefffffc2f',
    b: '7',
    n: 'fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141',
  },
})

/** The curve of this JWK name (RFC 7518 §6.2.1.1, RFC 8812 §3.1), or undefined. */
export function weierstrassCurve(crv: string): WeierstrassCurve | undefined {
  const rows = weierstrassRows()
  const row = Object.hasOwn(rows, crv) ? rows[crv] : undefined
  if (row === undefined) return undefined
  const { size, oid, a, p, b, n } = row
  return { crv, size, oid, a: BigInt(a), p: BigInt(`0x${p}`), b: BigInt(`0x${b}`), n: BigInt(`0x${n}`) }
}

/** The JWK name that belongs to a namedCurve object identifier, or undefined. */
export function weierstrassName(oid: string): string | undefined {
  return Object.entries(weierstrassRows()).find(([, row]) => row.oid === oid)?.[0]
}

/** The curve of this JWK name (RFC 8037 §2, RFC 8032 §5), or undefined. */
export function edwardsCurve(crv: string): EdwardsCurve | undefined {
  if (crv === 'Ed25519') {
    const p = (1n << 255n) - 19n
    return { crv, size: 32, oid: '1.3.101.112', p, a: -1n, dNumerator: -121_665n, dDenominator: 121_666n, cofactor: 8 }
  }
  if (crv === 'Ed448') {
    const p = (1n << 448n) - (1n << 224n) - 1n
    return { crv, size: 57, oid: '1.3.101.113', p, a: 1n, dNumerator: -39_081n, dDenominator: 1n, cofactor: 4 }
  }
  return undefined
}

/** The JWK name that belongs to an RFC 8410 object identifier, or undefined. */
export function edwardsName(oid: string): string | undefined {
  return ['Ed25519', 'Ed448'].find((crv) => edwardsCurve(crv)!.oid === oid)
}
