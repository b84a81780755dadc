import { bigIntToBytes, bytesToBigInt, concat } from '../../core/bytes.ts'
import { weierstrassCurve } from '../../keys/curves.ts'
import type { EcMaterial, OkpMaterial, RsaMaterial } from '../../keys/key.ts'
import { isBelow } from '../material.ts'

/** The signature to hand to the runtime, or undefined for one that no runtime may take. */
export type Admission = (signature: Uint8Array) => Uint8Array | undefined

/** What makes the runtime's verification give the same verdict in every runtime that has a `node:crypto`. */
export function admission(parts: RsaMaterial | EcMaterial | OkpMaterial): Admission {
  if (parts.kty === 'RSA') return (signature) => (isBelow(signature, parts.n) ? signature : undefined)
  if (parts.crv === 'Ed448') return (signature) => (hasUnusedBitsZero(signature) ? signature : undefined)
  const order = parts.crv === 'secp256k1' ? weierstrassCurve(parts.crv)?.n : undefined
  return (signature) => (order === undefined ? signature : withLowS(signature, order))
}

/** R and S of Ed448 end in bits that no canonical encoding sets (RFC 8032 §5.2.2, §5.2.7). Deno does not look at those of R. */
function hasUnusedBitsZero(signature: Uint8Array): boolean {
  return (signature[56]! & 0x7f) === 0 && signature[113] === 0
}

/**
 * The signature with the smaller of s and n - s, which is valid exactly when the given one is. Deno's secp256k1 takes no
 * other, while JOSE takes both.
 */
function withLowS(signature: Uint8Array, n: bigint): Uint8Array {
  const size = signature.length / 2
  const s = bytesToBigInt(signature.subarray(size))
  return s > n >> 1n && s < n ? concat(signature.subarray(0, size), bigIntToBytes(n - s, size)) : signature
}
