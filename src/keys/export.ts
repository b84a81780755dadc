import { encodeBase64url } from '../core/base64url.ts'
import { InvalidKeyError } from '../core/errors.ts'
import { type Mode, run } from '../core/mode.ts'
import type { Jwk, JwkMetadata, PrivateJwk, PublicJwk, SecretJwk } from './jwk-types.ts'
import {
  type EcMaterial,
  type Key,
  type KeyMaterial,
  materialOf,
  type OkpMaterial,
  type PrivateKey,
  type PublicKey,
  type RsaMaterial,
  type SecretKey,
  type SecretMaterial,
} from './key.ts'
import { writePem } from './pem.ts'
import { writePkcs8 } from './pkcs8.ts'
import { writeSpki } from './spki.ts'

type PlainMaterial = SecretMaterial | RsaMaterial | EcMaterial | OkpMaterial

/**
 * The JWK of a key: with `d` and the like for a private one, with `k` for a secret. kid, alg, use and key_ops are kept.
 * @throws InvalidKeyError for a CryptoKey, and for an RSASSA-PSS key without a hash or alg, whose restriction a JWK cannot carry
 */
export function exportJwk(key: PublicKey): PublicJwk
export function exportJwk(key: PrivateKey): PrivateJwk
export function exportJwk(key: SecretKey): SecretJwk
export function exportJwk(key: Key<Mode>): Jwk
export function exportJwk(key: Key<Mode>): Jwk {
  return run('sync', () => {
    const material = plain(materialOf(key))
    return { ...numbers(material), ...metadata(key, material) } as unknown as Jwk
  })
}

/**
 * The PEM of a key: SubjectPublicKeyInfo for a public, unencrypted PKCS#8 for a private one. kid, alg, use and key_ops are
 * lost. @throws InvalidKeyError for secrets and CryptoKeys
 */
export function exportPem(key: Key<Mode>): string {
  return run('sync', () => pemOf(key))
}

function pemOf(key: Key<Mode>): string {
  const material = plain(materialOf(key))
  if (material.kty === 'oct') throw new InvalidKeyError('A secret has no PEM form: use exportJwk')
  return key.type === 'private' ? writePem('PRIVATE KEY', writePkcs8(material)) : writePem('PUBLIC KEY', writeSpki(material))
}

/** @throws InvalidKeyError for a CryptoKey */
export function plain(material: KeyMaterial): PlainMaterial {
  if (!('handle' in material)) return material
  throw new InvalidKeyError('A CryptoKey keeps its numbers in WebCrypto: use crypto.subtle.exportKey, if it is extractable')
}

function numbers(material: PlainMaterial): Readonly<Record<string, string>> {
  switch (material.kty) {
    case 'oct':
      return { kty: 'oct', ...encoded({ k: material.k }) }
    case 'RSA':
      return { kty: 'RSA', ...encoded({ n: material.n, e: material.e, ...rsaPrivate(material) }) }
    case 'EC':
      return { kty: 'EC', crv: material.crv, ...encoded({ x: material.x, y: material.y, ...(material.d && { d: material.d }) }) }
    case 'OKP':
      return { kty: 'OKP', crv: material.crv, ...encoded({ x: material.x, ...(material.d && { d: material.d }) }) }
  }
}

function rsaPrivate({ private: parts }: RsaMaterial): Readonly<Record<string, Uint8Array>> {
  if (!parts) return {}
  const { d, p, q, dp, dq, qi } = parts
  return { d, p, q, dp, dq, qi }
}

function encoded(members: Readonly<Record<string, Uint8Array>>): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(members).map(([name, bytes]) => [name, encodeBase64url(bytes)]))
}

function metadata(key: Key<Mode>, material: PlainMaterial): JwkMetadata {
  const { kid, use, keyOps } = key
  const alg = key.alg ?? pssAlgorithm(material)
  return {
    ...(kid !== undefined && { kid }),
    ...(alg !== undefined && { alg }),
    ...(use !== undefined && { use }),
    ...(keyOps !== undefined && { key_ops: [...keyOps] }),
  }
}

/** RFC 7518 has no member for the RSASSA-PSS restriction, so `alg` must carry it: else the JWK would serve RS256 too. */
function pssAlgorithm(material: PlainMaterial): string | undefined {
  if (material.kty !== 'RSA' || material.pss === undefined) return undefined
  const { hash } = material.pss
  if (hash !== undefined) return `PS${hash.slice(4)}`
  throw new InvalidKeyError(
    'A JWK cannot say that a key is restricted to RSASSA-PSS: import the key with an algorithm, such as PS256, first',
  )
}
