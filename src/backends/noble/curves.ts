import { p256, p384, p521 } from '@noble/curves/nist.js'
import { secp256k1 } from '@noble/curves/secp256k1.js'
import { sha256, sha384, sha512 } from '@noble/hashes/sha2.js'
import type { CHash } from '@noble/hashes/utils.js'
import type { HashName } from '../../algorithms/algorithm.ts'
import { ed448Scheme, ed25519Scheme } from './algorithms.ts'
import type { EcCurves } from './ecdsa.ts'
import type { EdwardsSchemes } from './eddsa.ts'

/** Everything this backend knows, by the names of JWA and JWK. */
export const hashes: Readonly<Record<HashName, CHash>> = { 'SHA-256': sha256, 'SHA-384': sha384, 'SHA-512': sha512 }
export const ecCurves: EcCurves = { 'P-256': p256, 'P-384': p384, 'P-521': p521, secp256k1 }
export const edwardsSchemes: EdwardsSchemes = { Ed25519: ed25519Scheme, Ed448: ed448Scheme }
