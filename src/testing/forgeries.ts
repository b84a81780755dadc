import type { Algorithm } from '../algorithms/algorithm.ts'
import { bigIntToBytes, bytesToBigInt, concat } from '../core/bytes.ts'
import { weierstrassCurve } from '../keys/curves.ts'
import { derOfSignature } from '../keys/der-signature.ts'
import type { Forgery } from './bench.ts'

/** What a verifier must refuse, made from a good signature of the same message. */
export function forgeriesOf(algorithm: Algorithm, good: Uint8Array): readonly Forgery[] {
  const { length } = good
  const zero = Uint8Array.of(0)
  const common: readonly Forgery[] = [
    { what: 'no bytes', signature: new Uint8Array() },
    { what: 'a signature without its first byte', signature: good.slice(1) },
    { what: 'a signature without its last byte', signature: good.slice(0, -1) },
    { what: 'half a signature', signature: good.slice(0, length >> 1) },
    { what: 'a signature behind a zero', signature: concat(zero, good) },
    { what: 'a signature with a zero after it', signature: concat(good, zero) },
    { what: 'a signature twice', signature: concat(good, good) },
    { what: 'zeros', signature: new Uint8Array(length) },
    { what: 'ones', signature: new Uint8Array(length).fill(255) },
    { what: 'a signature with its first bit changed', signature: flipped(good, 0, 0x80) },
    { what: 'a signature with a bit in the middle changed', signature: flipped(good, length >> 1, 1) },
    { what: 'a signature with its last bit changed', signature: flipped(good, length - 1, 1) },
  ]
  if (algorithm.family === 'ECDSA') return [...common, ...ecdsaForgeries(algorithm, good)]
  if (algorithm.family === 'EdDSA')
    return [...common, { what: 'a signature whose S is not reduced (RFC 8032 §5)', signature: unreduced(good) }]
  // Cut where somebody else's protocol cuts: HMAC-SHA256-128, IPsec's 96 bits, SHA-1's 160.
  if (algorithm.family === 'HMAC')
    return [...common, ...Array.from(good, (_, bytes) => ({ what: `a MAC cut to ${bytes} bytes`, signature: good.slice(0, bytes) }))]
  return common
}

function ecdsaForgeries(algorithm: Algorithm, good: Uint8Array): readonly Forgery[] {
  const size = good.length / 2
  const [r, s] = [good.slice(0, size), good.slice(size)]
  const none = new Uint8Array(size)
  const { n } = weierstrassCurve(algorithm.curves![0]!)!
  return [
    { what: 'the DER of a signature', signature: derOfSignature(good) },
    { what: 'a signature with r zero', signature: concat(none, s) },
    { what: 'a signature with s zero', signature: concat(r, none) },
    { what: 'a signature with r and s exchanged', signature: concat(s, r) },
    { what: 'a signature with r the order of the curve', signature: concat(bigIntToBytes(n, size), s) },
    { what: 'a signature with s the order of the curve', signature: concat(r, bigIntToBytes(n, size)) },
    ...[
      { what: 'a signature with r beyond the order of the curve', integers: [bytesToBigInt(r) + n, bytesToBigInt(s)] },
      { what: 'a signature with s beyond the order of the curve', integers: [bytesToBigInt(r), bytesToBigInt(s) + n] },
    ]
      .filter(({ integers }) => integers.every((integer) => integer < 1n << BigInt(8 * size)))
      .map(({ what, integers }) => ({ what, signature: concat(...integers.map((integer) => bigIntToBytes(integer, size))) })),
  ]
}

/** (r, n - s): as valid as (r, s) in JOSE, which has no rule for low s. */
export function otherS(algorithm: Algorithm, good: Uint8Array): Uint8Array {
  const size = good.length / 2
  const { n } = weierstrassCurve(algorithm.curves![0]!)!
  return concat(good.slice(0, size), bigIntToBytes(n - bytesToBigInt(good.slice(size)), size))
}

const order25519 = 2n ** 252n + 27_742_317_777_372_353_535_851_937_790_883_648_493n
const order448 = 2n ** 446n - 13_818_066_809_895_115_352_007_386_748_515_426_880_336_692_474_882_178_609_894_547_503_885n

function unreduced(good: Uint8Array): Uint8Array {
  const size = good.length / 2
  const s = bytesToBigInt(good.slice(size).reverse())
  const order = size === 32 ? order25519 : order448
  return concat(good.slice(0, size), bigIntToBytes(s + order, size).reverse())
}

function flipped(bytes: Uint8Array, at: number, bit: number): Uint8Array {
  const copy = new Uint8Array(bytes)
  copy[at] = copy[at]! ^ bit
  return copy
}
