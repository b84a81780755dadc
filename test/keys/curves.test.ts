import { ed448 } from '@noble/curves/ed448.js'
import { ED25519_TORSION_SUBGROUP, ed25519 } from '@noble/curves/ed25519.js'
import { p256, p384, p521 } from '@noble/curves/nist.js'
import { secp256k1 } from '@noble/curves/secp256k1.js'
import { describe, expect, it } from 'vitest'
import { bigIntToBytes } from '../../src/core/bytes.ts'
import { edwardsCurve, edwardsName, weierstrassCurve, weierstrassName } from '../../src/keys/curves.ts'
import { checkEcScalar, decodePoint, ecMaterial } from '../../src/keys/ec.ts'
import { isSquare, mod, modPow } from '../../src/keys/modular.ts'
import { checkOkpSeed, okpMaterial } from '../../src/keys/okp.ts'

const ec = { 'P-256': p256, 'P-384': p384, 'P-521': p521, secp256k1 } as const
const ecNames = Object.keys(ec) as (keyof typeof ec)[]
const hex = (text: string): Uint8Array => new Uint8Array(Buffer.from(text, 'hex'))
const refusal = (message: string): object => expect.objectContaining({ code: 'invalid_key', message: expect.stringContaining(message) })

describe('curve constants', () => {
  it.each(ecNames)('%s has the parameters of another implementation', (crv) => {
    const theirs = ec[crv].Point.CURVE()
    const { p, a, b, n, size, oid } = weierstrassCurve(crv)!
    expect({ p, a: mod(a, p), b, n }).toEqual({ p: theirs.p, a: theirs.a, b: theirs.b, n: theirs.n })
    expect(size).toBe(Math.ceil(p.toString(2).length / 8))
    // The square root in decompression needs this.
    expect(p % 4n).toBe(3n)
    expect(weierstrassName(oid)).toBe(crv)
  })

  it.each([
    ['Ed25519', ed25519],
    ['Ed448', ed448],
  ] as const)('%s has the parameters of another implementation', (crv, curve) => {
    const theirs = curve.Point.CURVE()
    const { p, a, dNumerator, dDenominator, cofactor, size, oid } = edwardsCurve(crv)!
    expect({ p, a: mod(a, p), cofactor: BigInt(cofactor) }).toEqual({ p: theirs.p, a: theirs.a, cofactor: theirs.h })
    expect(mod(theirs.d * dDenominator, p)).toBe(mod(dNumerator, p))
    expect(size).toBe(curve.lengths.publicKey)
    expect(edwardsName(oid)).toBe(crv)
  })

  it.each(['p-256', 'K-256', 'P-256K', 'toString', '__proto__', ''])('%j is no curve', (crv) => {
    expect(weierstrassCurve(crv)).toBeUndefined()
    expect(edwardsCurve(crv)).toBeUndefined()
  })
})

describe('modular arithmetic', () => {
  it('agrees with small cases', () => {
    expect([mod(-1n, 7n), modPow(3n, 4n, 7n), modPow(-2n, 3n, 7n), modPow(5n, 0n, 7n)]).toEqual([6n, 4n, 6n, 1n])
    expect([0n, 1n, 2n, 3n, 4n, 5n, 6n].map((value) => isSquare(value, 7n))).toEqual([true, true, true, false, true, false, false])
  })
})

describe('EC keys', () => {
  it.each(ecNames)('%s: points of another implementation are on the curve, compressed or not', (crv) => {
    const { Point } = ec[crv]
    for (const k of [1n, 2n, 3n, Point.CURVE().n - 1n]) {
      const point = Point.BASE.multiply(k)
      const whole = point.toBytes(false)
      const { x, y } = decodePoint(crv, whole)
      expect(ecMaterial(crv, x, y)).toEqual({ kty: 'EC', crv, x, y })
      expect(decodePoint(crv, point.toBytes(true))).toEqual({ x, y })
    }
  })

  it.each(ecNames)('%s: bad points and scalars are refused', (crv) => {
    const { size, p, n } = weierstrassCurve(crv)!
    const { x, y } = decodePoint(crv, ec[crv].Point.BASE.toBytes(false))
    const bytes = (value: bigint): Uint8Array => bigIntToBytes(value, size)
    const wrongY = y.slice()
    wrongY[size - 1]! ^= 1
    const limit = 1n << BigInt(size * 8)
    const rows: [Uint8Array, Uint8Array, string][] = [
      [x, wrongY, 'not on its curve'],
      [y, x, 'not on its curve'],
      [new Uint8Array(size), new Uint8Array(size), 'not on its curve'],
      [bytes(p), y, 'not on its curve'],
      [x.slice(1), y, 'exactly the size'],
      [x, new Uint8Array([0, ...y]), 'exactly the size'],
      [new Uint8Array(), new Uint8Array(), 'exactly the size'],
    ]
    for (const [badX, badY, message] of rows) expect(() => ecMaterial(crv, badX, badY)).toThrow(refusal(message))
    // A coordinate beyond p that equals a good one modulo p.
    const small = bigIntToBytes(BigInt(`0x${Buffer.from(y).toString('hex')}`) + p, size + 1)
    if (small[0] === 0) expect(() => ecMaterial(crv, x, small.slice(1))).toThrow(refusal('not on its curve'))
    for (const bad of [0n, n, n + 1n, limit - 1n]) expect(() => checkEcScalar(crv, bytes(bad))).toThrow(refusal('not in 1 .. n-1'))
    for (const good of [1n, n - 1n]) expect(() => checkEcScalar(crv, bytes(good))).not.toThrow()
    expect(() => checkEcScalar(crv, new Uint8Array(size - 1))).toThrow(refusal('exactly the size'))
  })

  it('compares coordinates beyond the prime as themselves, not modulo the prime', () => {
    // On secp256k1, x = 1 has a point, and 1 + p still fits in 32 octets.
    const { p } = weierstrassCurve('secp256k1')!
    const { x, y } = decodePoint('secp256k1', new Uint8Array([2, ...bigIntToBytes(1n, 32)]))
    expect(ecMaterial('secp256k1', x, y).crv).toBe('secp256k1')
    expect(() => ecMaterial('secp256k1', bigIntToBytes(1n + p, 32), y)).toThrow(refusal('not on its curve'))
  })

  it.each([
    ['infinity', [0]],
    ['no form octet', []],
    ['the hybrid form', [6, ...p256.Point.BASE.toBytes(false).slice(1)]],
    ['uncompressed and cut', [...p256.Point.BASE.toBytes(false).slice(0, 64)]],
    ['compressed and extended', [...p256.Point.BASE.toBytes(true), 0]],
  ])('a point that is %s is refused', (_name, point) => {
    expect(() => decodePoint('P-256', Uint8Array.from(point))).toThrow(refusal('neither an uncompressed nor a compressed'))
  })

  it('a compressed point without a y is refused once its material is made', () => {
    const { x, y } = decodePoint('P-256', new Uint8Array([2, ...bigIntToBytes(1n, 32)]))
    expect(() => ecMaterial('P-256', x, y)).toThrow(refusal('not on its curve'))
  })

  it('an unknown curve is refused', () => {
    expect(() => ecMaterial('P-192', new Uint8Array(24), new Uint8Array(24))).toThrow(refusal('Not an EC curve'))
  })
})

describe('Ed25519 and Ed448 public keys', () => {
  it.each([
    ['Ed25519', ed25519],
    ['Ed448', ed448],
  ] as const)('%s: points of another implementation are accepted, and decodability agrees with it', (crv, curve) => {
    for (const k of [1n, 2n, 3n, 1_000_003n]) {
      const x = curve.Point.BASE.multiply(k).toBytes()
      expect(okpMaterial(crv, x)).toEqual({ kty: 'OKP', crv, x })
    }
    const { size } = edwardsCurve(crv)!
    const tally = { good: 0, bad: 0 }
    for (let i = 2; i < 80; i++) {
      const x = new Uint8Array(size)
      x[0] = i
      x[size - 1] = i % 2 === 0 ? 0x80 : 0
      const decodes = attempt(() => curve.Point.fromBytes(x))
      expect(
        attempt(() => okpMaterial(crv, x)),
        `y = ${i}`,
      ).toBe(decodes)
      tally[decodes ? 'good' : 'bad']++
    }
    expect(Math.min(tally.good, tally.bad)).toBeGreaterThan(10)
  })

  it.each(ED25519_TORSION_SUBGROUP)('Ed25519 small-order point %s is refused, with either sign', (text) => {
    const x = hex(text)
    expect(() => okpMaterial('Ed25519', x)).toThrow(refusal('small order'))
    x[31]! ^= 0x80
    expect(() => okpMaterial('Ed25519', x)).toThrow(refusal('small order'))
  })

  it.each([0n, 1n, 2n, 3n, 18n])('Ed25519 y = p + %s is not canonical', (excess) => {
    const x = bigIntToBytes(edwardsCurve('Ed25519')!.p + excess, 32).reverse()
    expect(() => okpMaterial('Ed25519', x)).toThrow(refusal('not canonically encoded'))
    x[31]! |= 0x80
    expect(() => okpMaterial('Ed25519', x)).toThrow(refusal('not canonically encoded'))
  })

  it('Ed448 points of order 1, 2 and 4 and non-canonical ones are refused', () => {
    const { p } = edwardsCurve('Ed448')!
    for (const y of [1n, p - 1n, 0n]) expect(() => okpMaterial('Ed448', bigIntToBytes(y, 57).reverse())).toThrow(refusal('small order'))
    for (const y of [p, p + 1n, 1n << 448n])
      expect(() => okpMaterial('Ed448', bigIntToBytes(y, 57).reverse())).toThrow(refusal('not canonically'))
  })

  it('wrong lengths and curves are refused', () => {
    expect(() => okpMaterial('Ed25519', new Uint8Array(31))).toThrow(refusal('exactly the size'))
    expect(() => checkOkpSeed('Ed448', new Uint8Array(32))).toThrow(refusal('exactly the size'))
    expect(() => okpMaterial('X25519', new Uint8Array(32))).toThrow(refusal('key agreement'))
    expect(() => okpMaterial('ed25519', new Uint8Array(32))).toThrow(refusal('Not an OKP curve'))
  })
})

function attempt(call: () => unknown): boolean {
  try {
    call()
    return true
  } catch {
    return false
  }
}
