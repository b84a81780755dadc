import type { CHash } from '@noble/hashes/utils.js'
import type { HashName } from '../../algorithms/algorithm.ts'
import { bigIntToBytes, bytesToBigInt, concat, equalBytes } from '../../core/bytes.ts'
import type { KeyMaterial } from '../../keys/key.ts'
import { bitLength, checkRoom, partsOf, unsupported } from '../material.ts'
import { backendName, type Primitive } from './primitive.ts'

type Encoding = (modulusBits: number, hash: CHash, hashName: HashName) => EncodingCheck
/** Whether the integer recovered from a signature is the encoded message of the input. */
type EncodingCheck = (input: Uint8Array, recovered: bigint) => boolean

/** RSA verification (RFC 8017 §8). Private operations are refused: BigInt arithmetic takes a time that depends on the numbers. */
function rsaPrimitive(encoding: Encoding, hash: CHash): Primitive {
  return {
    signing: (algorithm) => {
      throw unsupported(backendName, algorithm, 'native')
    },
    verifying: (algorithm, material) => {
      const parts = partsOf('RSA', material)
      const bits = bitLength(parts.n)
      checkRoom(algorithm, bits)
      const isEncoded = encoding(bits, hash, algorithm.hash!)
      const [n, e] = [bytesToBigInt(parts.n), bytesToBigInt(parts.e)]
      return {
        verify: (input, signature) => {
          const s = bytesToBigInt(signature)
          // RSAVP1 step 1 (RFC 8017 §5.2.2)
          return s < n && isEncoded(input, power(s, e, n))
        },
      }
    },
    generate: (algorithm): KeyMaterial => {
      throw unsupported(backendName, algorithm, 'native')
    },
  }
}

/** RSASSA-PKCS1-v1_5 (RFC 7518 §3.3). */
export function pkcs1Primitive(hash: CHash): Primitive {
  return rsaPrimitive(pkcs1, hash)
}

/** RSASSA-PSS with MGF1 over the same hash and a salt as long as the hash (RFC 7518 §3.5). */
export function pssPrimitive(hash: CHash): Primitive {
  return rsaPrimitive(pss, hash)
}

/** base^exponent mod modulus, from the highest bit down: 17 multiplications for 65537. The numbers are public. */
function power(base: bigint, exponent: bigint, modulus: bigint): bigint {
  const bits = exponent.toString(2)
  let result = base
  for (let i = 1; i < bits.length; i++) {
    result = (result * result) % modulus
    if (bits[i] === '1') result = (result * base) % modulus
  }
  return result
}

// DER of DigestInfo up to the digest (RFC 8017 §9.2 note 1): only the last byte of the identifier and the lengths differ.
const digestInfo: Readonly<Record<HashName, string>> = {
  'SHA-256': '3031300d060960864801650304020105000420',
  'SHA-384': '3041300d060960864801650304020205000430',
  'SHA-512': '3051300d060960864801650304020305000440',
}

/** EMSA-PKCS1-v1_5 (RFC 8017 §9.2): the whole expected encoding is built and compared; a received one is never parsed. */
const pkcs1: Encoding = (modulusBits, hash, hashName) => {
  const suffix = digestInfo[hashName]
  const fill = Math.ceil(modulusBits / 8) - 3 - suffix.length / 2 - hash.outputLen
  const digestBits = BigInt(hash.outputLen * 8)
  const head = BigInt(`0x0001${'ff'.repeat(fill)}00${suffix}`) << digestBits
  return (input, recovered) => recovered === head + bytesToBigInt(hash(input))
}

/** EMSA-PSS-VERIFY (RFC 8017 §9.1.2). */
const pss: Encoding = (modulusBits, hash) => {
  const emBits = modulusBits - 1
  const emLength = Math.ceil(emBits / 8)
  const size = hash.outputLen
  const dbLength = emLength - size - 1
  const spareBits = 8 * emLength - emBits
  const topMask = 0xff >> spareBits
  const limit = 1n << BigInt(8 * emLength)
  return (input, recovered) => {
    // A modulus of 8m+1 bits has a byte more than the encoding, which must be zero (§8.1.2 step 2c).
    if (recovered >= limit) return false
    const encoded = bigIntToBytes(recovered, emLength)
    if (encoded[emLength - 1] !== 0xbc || (encoded[0]! & ~topMask) !== 0) return false
    const h = encoded.subarray(dbLength, dbLength + size)
    const mask = mgf1(hash, h, dbLength)
    const db = encoded.subarray(0, dbLength).map((byte, i) => byte ^ mask[i]!)
    db[0]! &= topMask
    const saltAt = dbLength - size
    if (!isPadding(db.subarray(0, saltAt))) return false
    return equalBytes(hash(concat(new Uint8Array(8), hash(input), db.subarray(saltAt))), h)
  }
}

/** Zeros and a final one, which fixes the salt at exactly the rest (§9.1.2 step 10). */
function isPadding(bytes: Uint8Array): boolean {
  return bytes.every((byte, i) => byte === (i === bytes.length - 1 ? 1 : 0))
}

/** MGF1 (RFC 8017 §B.2.1). */
function mgf1(hash: CHash, seed: Uint8Array, length: number): Uint8Array {
  const mask = new Uint8Array(Math.ceil(length / hash.outputLen) * hash.outputLen)
  const block = concat(seed, new Uint8Array(4))
  for (let counter = 0; counter * hash.outputLen < length; counter++) {
    block[block.length - 1] = counter
    mask.set(hash(block), counter * hash.outputLen)
  }
  return mask.subarray(0, length)
}
