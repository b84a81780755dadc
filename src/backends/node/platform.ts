import type { ECDH, JsonWebKey } from 'node:crypto'
import { decodeBase64url } from '../../core/base64url.ts'
import { InvalidKeyError } from '../../core/errors.ts'
import { isKeyObject } from '../../keys/handle.ts'
import type { EcMaterial, OkpMaterial } from '../../keys/key.ts'
import type { KeyPlatform } from '../../keys/platform.ts'
import { crypto, isProxy } from './builtin.ts'

/** What reading keys needs, from node:crypto. */
export const nodePlatform: KeyPlatform<'sync'> = /* @__PURE__ */ Object.freeze<KeyPlatform<'sync'>>({
  mode: 'sync',
  digest: (hash, message) => new Uint8Array(crypto().createHash(hash.toLowerCase().replace('-', '')).update(message).digest()),
  publicHalf,
  decryptPem,
  isKeyHandle,
})

/** Whether it is a KeyObject as the runtime made it: not an heir, a proxy, or one with functions of its own. */
function isKeyHandle(input: object): boolean {
  if (!isKeyObject(input) || isProxy(input) || !(input instanceof crypto().KeyObject)) return false
  return Object.hasOwn(Object.getPrototypeOf(input), 'constructor') && Object.getOwnPropertyNames(input).length === 0
}

function publicHalf(kty: 'EC' | 'OKP', crv: string, d: Uint8Array): EcMaterial | OkpMaterial {
  const half = kty === 'EC' ? ecPublicHalf : okpPublicHalf
  try {
    return half(crv, d)
  } catch {
    // Range and length of the private part have been checked before.
    throw new InvalidKeyError('The runtime lacks the curve: use signet-jwt/noble', { crv, supported: false })
  }
}

const opensslCurves: Readonly<Record<string, string>> = {
  'P-256': 'prime256v1',
  'P-384': 'secp384r1',
  'P-521': 'secp521r1',
  secp256k1: 'secp256k1',
}

function ecPublicHalf(crv: string, d: Uint8Array): EcMaterial {
  const ecdh = ecdhOn(crv)
  if (!ecdh) {
    const { x, y } = publicMembers(crv, d)
    return { kty: 'EC', crv, x: octets(x), y: octets(y), d }
  }
  ecdh.setPrivateKey(d)
  const point = new Uint8Array(ecdh.getPublicKey())
  const size = (point.length - 1) / 2
  return { kty: 'EC', crv, x: point.slice(1, size + 1), y: point.slice(size + 1), d }
}

/** Undefined where the runtime has the curve for signatures only, as Deno has P-521. */
function ecdhOn(crv: string): ECDH | undefined {
  try {
    return crypto().createECDH(opensslCurves[crv] ?? '')
  } catch {
    return undefined
  }
}

function okpPublicHalf(crv: string, d: Uint8Array): OkpMaterial {
  return { kty: 'OKP', crv, x: octets(publicMembers(crv, d).x), d }
}

// PKCS#8 up to the private number, for keys without a public half (RFC 8410 §7, RFC 5915 §3).
const pkcs8Heads: Readonly<Record<string, string>> = {
  Ed25519: '302e020100300506032b657004220420',
  Ed448: '3047020100300506032b6571043b0439',
  'P-521': '3060020100301006072a8648ce3d020106052b81040023044930470201010442',
}

/** The members of the public JWK, which the runtime works out when it loads a private key. */
function publicMembers(crv: string, d: Uint8Array): JsonWebKey {
  const der = Buffer.concat([Buffer.from(pkcs8Heads[crv] ?? '', 'hex'), d])
  const { createPrivateKey, createPublicKey } = crypto()
  return createPublicKey(createPrivateKey({ key: der, format: 'der', type: 'pkcs8' })).export({ format: 'jwk' })
}

function octets(member: string | undefined): Uint8Array {
  const bytes = decodeBase64url(member ?? '')
  if (bytes && bytes.length > 0) return bytes
  throw new InvalidKeyError('The runtime gives no public half')
}

function decryptPem(pem: string, passphrase: string | Uint8Array): Uint8Array {
  try {
    const key = crypto().createPrivateKey({
      key: pem,
      format: 'pem',
      passphrase: typeof passphrase === 'string' ? passphrase : Buffer.from(passphrase),
    })
    return new Uint8Array(key.export({ format: 'der', type: 'pkcs8' }))
  } catch {
    throw new InvalidKeyError('The passphrase is wrong, or the encrypted key is damaged or of a kind that node:crypto does not decrypt', {
      reason: 'passphrase_wrong',
    })
  }
}
