import { type Algorithm, type HashName, hashLength } from '../../algorithms/algorithm.ts'
import { concat } from '../../core/bytes.ts'
import { InvalidKeyError } from '../../core/errors.ts'
import { type Mechanism, objectClass } from './cryptoki.ts'
import { backendName } from './failures.ts'

/** How a token makes one algorithm's signatures. */
export interface Recipe {
  readonly mechanism: Mechanism
  readonly input: 'message' | 'digest'
  /** Put before the digest: the DigestInfo of PKCS#1 (RFC 8017 §9.2). */
  readonly prefix?: Uint8Array
  /** CKK_*: those a key for it may have. */
  readonly keyTypes: readonly number[]
  readonly keyClass: number
}

interface HashNumbers {
  readonly hash: number
  readonly mgf: number
  readonly pkcs1: number
  readonly pss: number
  readonly ecdsa: number
  readonly hmac: number
  readonly hmacKey: number
  /** The end of the hash's object identifier, 2.16.840.1.101.3.4.2.x. */
  readonly arc: number
}

const hashes: Readonly<Record<HashName, HashNumbers>> = {
  'SHA-256': { hash: 0x250, mgf: 2, pkcs1: 0x40, pss: 0x43, ecdsa: 0x1044, hmac: 0x251, hmacKey: 0x2b, arc: 1 },
  'SHA-384': { hash: 0x260, mgf: 3, pkcs1: 0x41, pss: 0x44, ecdsa: 0x1045, hmac: 0x261, hmacKey: 0x2c, arc: 2 },
  'SHA-512': { hash: 0x270, mgf: 4, pkcs1: 0x42, pss: 0x45, ecdsa: 0x1046, hmac: 0x271, hmacKey: 0x2d, arc: 3 },
}

const raw = { pkcs1: 0x01, pss: 0x0d, ecdsa: 0x1041, eddsa: 0x1057 }
const keyType = { rsa: 0x00, ec: 0x03, genericSecret: 0x10, edwards: 0x40 }
// What pkcs11js calls CK_RSA_PKCS_PSS_PARAMS.
const pssParameters = 5

/** The first way of the algorithm that the token declares. @throws InvalidKeyError where it declares none */
export function recipeFor(algorithm: Algorithm, mechanisms: readonly number[]): Recipe {
  const found = ways(algorithm).find(({ mechanism }) => mechanisms.includes(mechanism.mechanism))
  if (found) return found
  throw new InvalidKeyError('The token does not declare a mechanism for this algorithm: use another algorithm or token', {
    algorithm: algorithm.name,
    backend: backendName,
    supported: false,
  })
}

function ways(algorithm: Algorithm): readonly Recipe[] {
  const privateKey = { keyClass: objectClass.privateKey }
  if (algorithm.family === 'EdDSA') {
    return [{ mechanism: { mechanism: raw.eddsa }, input: 'message', keyTypes: [keyType.edwards], ...privateKey }]
  }
  const numbers = hashes[algorithm.hash!]
  switch (algorithm.family) {
    case 'HMAC': {
      const keyTypes = [keyType.genericSecret, numbers.hmacKey]
      return [{ mechanism: { mechanism: numbers.hmac }, input: 'message', keyTypes, keyClass: objectClass.secretKey }]
    }
    case 'ECDSA':
      return [
        { mechanism: { mechanism: raw.ecdsa }, input: 'digest', keyTypes: [keyType.ec], ...privateKey },
        { mechanism: { mechanism: numbers.ecdsa }, input: 'message', keyTypes: [keyType.ec], ...privateKey },
      ]
    case 'RSASSA-PKCS1-v1_5': {
      const prefix = digestInfo(algorithm.hash!)
      return [
        { mechanism: { mechanism: numbers.pkcs1 }, input: 'message', keyTypes: [keyType.rsa], ...privateKey },
        { mechanism: { mechanism: raw.pkcs1 }, input: 'digest', prefix, keyTypes: [keyType.rsa], ...privateKey },
      ]
    }
    case 'RSA-PSS': {
      const parameter = { type: pssParameters, hashAlg: numbers.hash, mgf: numbers.mgf, saltLen: hashLength(algorithm.hash!) }
      return [
        { mechanism: { mechanism: numbers.pss, parameter }, input: 'message', keyTypes: [keyType.rsa], ...privateKey },
        { mechanism: { mechanism: raw.pss, parameter }, input: 'digest', keyTypes: [keyType.rsa], ...privateKey },
      ]
    }
  }
}

function digestInfo(hash: HashName): Uint8Array {
  const length = hashLength(hash)
  const oid = Uint8Array.of(0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, hashes[hash].arc)
  return concat(Uint8Array.of(0x30, length + 17, 0x30, 0x0d, 0x06, 0x09), oid, Uint8Array.of(0x05, 0x00, 0x04, length))
}
