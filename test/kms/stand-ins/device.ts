// A STAND-IN: keys and signatures for the loopback key services of these tests, over node:crypto and noble. No vendor's code.
import {
  constants,
  createHash,
  createHmac,
  generateKeyPairSync,
  type KeyObject,
  privateEncrypt,
  randomBytes,
  sign,
  timingSafeEqual,
} from 'node:crypto'
import { p256, p384, p521 } from '@noble/curves/nist.js'
import { secp256k1 } from '@noble/curves/secp256k1.js'
import { jwkOf } from '../../jwk-of.ts'

export type Kind = 'rsa' | 'P-256' | 'P-384' | 'P-521' | 'secp256k1' | 'ed25519' | 'hmac'
export type Hash = 'sha256' | 'sha384' | 'sha512'

export interface Version {
  readonly number: number
  readonly id: string
  enabled: boolean
  readonly kind: Kind
  readonly privateKey?: KeyObject
  readonly publicKey?: KeyObject
  readonly secret?: Buffer
}

const curves = { 'P-256': p256, 'P-384': p384, 'P-521': p521, secp256k1 }
// RSA keys take long to make; consecutive versions get different ones.
const rsaPairs: { privateKey: KeyObject; publicKey: KeyObject }[] = []

function pairOf(kind: Exclude<Kind, 'hmac'>, number: number): { privateKey: KeyObject; publicKey: KeyObject } {
  if (kind === 'ed25519') return generateKeyPairSync('ed25519')
  if (kind !== 'rsa') return generateKeyPairSync('ec', { namedCurve: kind })
  const at = number % 3
  rsaPairs[at] ??= generateKeyPairSync('rsa', { modulusLength: 2048 })
  return rsaPairs[at]
}

export function makeVersion(kind: Kind, number: number, secretBytes = 64): Version {
  const id = randomBytes(16).toString('hex')
  return { number, id, enabled: true, kind, ...(kind === 'hmac' ? { secret: randomBytes(secretBytes) } : pairOf(kind, number)) }
}

/** Named keys, each with its versions. */
export function makeStore() {
  const keys = new Map<string, Version[]>()
  return {
    keys,
    create: (name: string, kind: Kind, secretBytes?: number) => keys.set(name, [makeVersion(kind, 1, secretBytes)]),
    rotate: (name: string) => {
      const versions = keys.get(name)!
      versions.push(makeVersion(versions[0]!.kind, versions.length + 1))
    },
    latest: (name: string) => keys.get(name)?.at(-1),
    version: (name: string, which: number | string) => keys.get(name)?.find(({ number, id }) => number === Number(which) || id === which),
  }
}
export type Store = ReturnType<typeof makeStore>

export interface SignRequest {
  readonly version: Version
  readonly hash: Hash
  readonly pss?: boolean
  readonly saltLength?: number
  readonly der?: boolean
}

export function signMessage(request: SignRequest, message: Buffer): Buffer {
  if (request.version.kind === 'ed25519') return sign(null, message, request.version.privateKey!)
  return signDigest(request, createHash(request.hash).update(message).digest())
}

/** node:crypto takes no bare digest, so padding and curves are done here. */
export function signDigest({ version, hash, pss, saltLength, der }: SignRequest, digest: Buffer): Buffer {
  const { kind, privateKey } = version
  if (kind === 'rsa') {
    if (pss)
      return privateEncrypt(
        { key: privateKey!, padding: constants.RSA_NO_PADDING },
        pssEncode(digest, hash, 256, saltLength ?? digest.length),
      )
    return privateEncrypt({ key: privateKey!, padding: constants.RSA_PKCS1_PADDING }, Buffer.concat([digestInfo(hash), digest]))
  }
  const scalar = Buffer.from(jwkOf(privateKey!).d!, 'base64url')
  const curve = curves[kind as keyof typeof curves]
  return Buffer.from(curve.sign(digest, scalar, { prehash: false, lowS: false, format: der ? 'der' : 'compact' }))
}

function digestInfo(hash: Hash): Buffer {
  const [arc, length] = { sha256: [1, 32], sha384: [2, 48], sha512: [3, 64] }[hash] as [number, number]
  return Buffer.from([0x30, length + 17, 0x30, 0x0d, 6, 9, 0x60, 0x86, 0x48, 1, 0x65, 3, 4, 2, arc, 5, 0, 4, length])
}

/** EMSA-PSS-ENCODE (RFC 8017 §9.1.1) for a modulus of whole bytes. */
function pssEncode(digest: Buffer, hash: Hash, length: number, saltLength: number): Buffer {
  const salt = randomBytes(saltLength)
  const inner = createHash(hash).update(Buffer.alloc(8)).update(digest).update(salt).digest()
  const block = Buffer.concat([Buffer.alloc(length - saltLength - inner.length - 2), Buffer.of(1), salt])
  const mask = Buffer.concat(
    Array.from({ length: 16 }, (_, i) =>
      createHash(hash)
        .update(inner)
        .update(Buffer.of(0, 0, 0, i))
        .digest(),
    ),
  )
  for (let i = 0; i < block.length; i++) block[i]! ^= mask[i]!
  block[0]! &= 0x7f
  return Buffer.concat([block, inner, Buffer.of(0xbc)])
}

export function macOf({ secret }: Version, hash: Hash, message: Buffer): Buffer {
  return createHmac(hash, secret!).update(message).digest()
}

export function macIsGood(version: Version, hash: Hash, message: Buffer, mac: Buffer): boolean {
  const good = macOf(version, hash, message)
  return good.length === mac.length && timingSafeEqual(good, mac)
}

export const spki = ({ publicKey }: Version): Buffer => publicKey!.export({ type: 'spki', format: 'der' })
export const pem = ({ publicKey }: Version): string => publicKey!.export({ type: 'spki', format: 'pem' }) as string

/** CRC-32C by its table, apart from the library's own. */
const table = Uint32Array.from({ length: 256 }, (_, octet) => {
  let value = octet
  for (let bit = 0; bit < 8; bit++) value = value & 1 ? (value >>> 1) ^ 0x82f63b78 : value >>> 1
  return value >>> 0
})
export function crc32c(bytes: Uint8Array): string {
  let rest = 0xffffffff
  for (const octet of bytes) rest = table[(rest ^ octet) & 255]! ^ (rest >>> 8)
  return String((rest ^ 0xffffffff) >>> 0)
}
