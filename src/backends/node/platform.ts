import { createECDH, createHash, createPrivateKey, createPublicKey } from 'node:crypto'
import { decodeBase64url } from '../../core/base64url.ts'
import { concat } from '../../core/bytes.ts'
import { InvalidKeyError } from '../../core/errors.ts'
import type { EcMaterial, OkpMaterial } from '../../keys/key.ts'
import type { KeyPlatform } from '../../keys/platform.ts'

/** What reading keys needs, from node:crypto. */
export const nodePlatform: KeyPlatform<'sync'> = /* @__PURE__ */ Object.freeze<KeyPlatform<'sync'>>({
  mode: 'sync',
  digest: (hash, message) => new Uint8Array(createHash(hash.toLowerCase().replace('-', '')).update(message).digest()),
  publicHalf,
  decryptPem,
})

function publicHalf(kty: 'EC' | 'OKP', crv: string, d: Uint8Array): EcMaterial | OkpMaterial {
  const half = kty === 'EC' ? ecPublicHalf : okpPublicHalf
  try {
    return half(crv, d)
  } catch {
    throw new InvalidKeyError('The private part is not in the range of its curve, or the runtime lacks the curve; try signet-jwt/noble', { crv })
  }
}

const opensslCurves: Readonly<Record<string, string>> = {
  'P-256': 'prime256v1',
  'P-384': 'secp384r1',
  'P-521': 'secp521r1',
  secp256k1: 'secp256k1',
}

function ecPublicHalf(crv: string, d: Uint8Array): EcMaterial {
  const ecdh = createECDH(opensslCurves[crv] ?? '')
  ecdh.setPrivateKey(d)
  const point = new Uint8Array(ecdh.getPublicKey())
  const size = (point.length - 1) / 2
  return { kty: 'EC', crv, x: point.slice(1, size + 1), y: point.slice(size + 1), d }
}

// PKCS#8 up to the seed (RFC 8410 §7).
const pkcs8Heads: Readonly<Record<string, readonly number[]>> = {
  Ed25519: [0x30, 0x2e, 2, 1, 0, 0x30, 5, 6, 3, 0x2b, 0x65, 0x70, 4, 0x22, 4, 0x20],
  Ed448: [0x30, 0x47, 2, 1, 0, 0x30, 5, 6, 3, 0x2b, 0x65, 0x71, 4, 0x3b, 4, 0x39],
}

function okpPublicHalf(crv: string, d: Uint8Array): OkpMaterial {
  const der = concat(Uint8Array.from(pkcs8Heads[crv] ?? []), d)
  const seedKey = createPrivateKey({ key: Buffer.from(der), format: 'der', type: 'pkcs8' })
  const x = decodeBase64url(createPublicKey(seedKey).export({ format: 'jwk' }).x ?? '')
  if (!x) throw new InvalidKeyError('The runtime gives no public half', { crv })
  return { kty: 'OKP', crv, x, d }
}

function decryptPem(pem: string, passphrase: string | Uint8Array): Uint8Array {
  try {
    const key = createPrivateKey({ key: pem, format: 'pem', passphrase: typeof passphrase === 'string' ? passphrase : Buffer.from(passphrase) })
    return new Uint8Array(key.export({ format: 'der', type: 'pkcs8' }))
  } catch {
    throw new InvalidKeyError('The passphrase is wrong, or the encrypted key is damaged or of a kind that node:crypto does not decrypt')
  }
}
