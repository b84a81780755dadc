import { describe, expect, it } from 'vitest'
import { nodePlatform } from '../../src/backends/node/index.ts'
import { run } from '../../src/core/mode.ts'
import { exportJwk, exportPem } from '../../src/keys/export.ts'
import { importKey } from '../../src/keys/import.ts'
import { materialOf } from '../../src/keys/key.ts'
import { thumbprintInput } from '../../src/keys/thumbprint.ts'

const { subtle } = globalThis.crypto
const rsa = { modulusLength: 2048, publicExponent: new Uint8Array([1, 0, 1]) }
const importHere = (input: unknown, options?: object) => run('sync', () => importKey(nodePlatform, input, options))
const refusal = (message: string, code = 'invalid_key'): object =>
  expect.objectContaining({ code, message: expect.stringContaining(message) })
const sha256 = { name: 'SHA-256' }

/** What a CryptoKey shows, for kinds the runtime may lack. */
function shape(type: string, algorithm: object, usages: string[] = ['verify']): object {
  return { type, extractable: false, algorithm, usages }
}

describe('CryptoKeys of the runtime', () => {
  it.each<[string, object, Record<string, unknown>]>([
    ['HS256', { name: 'HMAC', hash: 'SHA-256' }, { kty: 'oct', alg: 'HS256' }],
    ['HS512', { name: 'HMAC', hash: 'SHA-512' }, { kty: 'oct', alg: 'HS512' }],
    ['RS256', { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256', ...rsa }, { kty: 'RSA', alg: 'RS256', bits: 2048 }],
    ['PS384', { name: 'RSA-PSS', hash: 'SHA-384', ...rsa }, { kty: 'RSA', alg: 'PS384', bits: 2048 }],
    ['ES256', { name: 'ECDSA', namedCurve: 'P-256' }, { kty: 'EC', crv: 'P-256', alg: undefined }],
    ['ES512', { name: 'ECDSA', namedCurve: 'P-521' }, { kty: 'EC', crv: 'P-521', alg: undefined }],
    ['Ed25519', { name: 'Ed25519' }, { kty: 'OKP', crv: 'Ed25519', alg: undefined }],
  ])('%s', async (_name, algorithm, expected) => {
    const made = (await subtle.generateKey(algorithm as EcKeyGenParams, false, ['sign', 'verify'])) as CryptoKeyPair | CryptoKey
    const handles = 'privateKey' in made ? [made.privateKey, made.publicKey] : [made]
    for (const handle of handles) {
      const key = importHere(handle, { kid: 'k' })
      expect(key).toMatchObject({ ...expected, type: handle.type, mode: 'async', kid: 'k', keyOps: [...handle.usages] })
      expect(materialOf(key)).toMatchObject({ handle })
      expect(() => exportJwk(key)).toThrow(refusal('crypto.subtle.exportKey'))
      expect(() => exportPem(key)).toThrow(refusal('crypto.subtle.exportKey'))
      expect(() => thumbprintInput(key)).toThrow(refusal('crypto.subtle.exportKey'))
    }
  })

  it('key agreement and encryption are refused', async () => {
    const ecdh = (await subtle.generateKey({ name: 'ECDH', namedCurve: 'P-256' }, false, ['deriveBits'])) as CryptoKeyPair
    const aes = await subtle.generateKey({ name: 'AES-GCM', length: 256 }, false, ['encrypt'])
    const oaep = (await subtle.generateKey({ name: 'RSA-OAEP', hash: 'SHA-256', ...rsa }, false, ['encrypt', 'decrypt'])) as CryptoKeyPair
    for (const handle of [ecdh.publicKey, ecdh.privateKey, aes, oaep.publicKey]) {
      expect(() => importHere(handle)).toThrow(refusal('cannot sign or verify'))
    }
  })

  it('the algorithm option must be that of the handle', async () => {
    const handle = await subtle.generateKey({ name: 'HMAC', hash: 'SHA-256' }, false, ['sign'])
    expect(importHere(handle, { algorithm: 'HS256', type: 'secret' }).alg).toBe('HS256')
    expect(() => importHere(handle, { algorithm: 'HS512' })).toThrow(refusal('does not fit'))
    expect(() => importHere(handle, { type: 'private' })).toThrow(refusal('not of the type'))
  })
})

describe('CryptoKeys by their shape', () => {
  it.each<[string, object, object]>([
    ['K-256', shape('public', { name: 'ECDSA', namedCurve: 'K-256' }), { kty: 'EC', crv: 'secp256k1' }],
    ['secp256k1', shape('public', { name: 'ECDSA', namedCurve: 'secp256k1' }), { kty: 'EC', crv: 'secp256k1' }],
    ['Ed448', shape('public', { name: 'Ed448' }), { kty: 'OKP', crv: 'Ed448' }],
    ['NODE-ED25519', shape('public', { name: 'NODE-ED25519', namedCurve: 'NODE-ED25519' }), { kty: 'OKP', crv: 'Ed25519' }],
    ['EdDSA on a named curve', shape('public', { name: 'EdDSA', namedCurve: 'Ed25519' }), { kty: 'OKP', crv: 'Ed25519' }],
    [
      'RSA of 512 bits',
      shape('public', { ...rsa, name: 'RSA-PSS', modulusLength: 512, hash: sha256 }),
      { kty: 'RSA', alg: 'PS256', bits: 512 },
    ],
    [
      'an exponent with leading zeros',
      shape('public', { ...rsa, name: 'RSA-PSS', publicExponent: new Uint8Array([0, 0, 3]), hash: sha256 }),
      { kty: 'RSA', alg: 'PS256' },
    ],
  ])('%s', (_name, handle, expected) => {
    expect(importHere(handle)).toMatchObject({ ...expected, mode: 'async' })
  })

  it.each<[string, object, string]>([
    ['HMAC with SHA-1', shape('secret', { name: 'HMAC', hash: { name: 'SHA-1' }, length: 160 }), 'bound to a hash'],
    ['HMAC without a hash', shape('secret', { name: 'HMAC', length: 160 }), 'bound to a hash'],
    ['HMAC with SHA-3', shape('secret', { name: 'HMAC', hash: { name: 'SHA3-256' }, length: 160 }), 'bound to a hash'],
    ['HMAC of no bits', shape('secret', { name: 'HMAC', hash: sha256, length: 0 }), 'secret is empty'],
    ['HMAC without a length', shape('secret', { name: 'HMAC', hash: sha256 }), 'secret is empty'],
    ['a public HMAC key', shape('public', { name: 'HMAC', hash: sha256, length: 256 }), 'cannot sign or verify'],
    ['a secret ECDSA key', shape('secret', { name: 'ECDSA', namedCurve: 'P-256' }), 'cannot sign or verify'],
    ['ECDSA on an unknown curve', shape('public', { name: 'ECDSA', namedCurve: 'P-224' }), 'cannot sign or verify'],
    ['a name that objects inherit', shape('public', { name: 'constructor' }), 'cannot sign or verify'],
    ['a name of the wrong type', shape('public', { name: 7 }), 'cannot sign or verify'],
    ['X25519', shape('public', { name: 'X25519' }), 'cannot sign or verify'],
    ['RSA with SHA-1', shape('public', { ...rsa, name: 'RSA-PSS', hash: { name: 'SHA-1' } }), 'bound to a hash'],
    ['RSA with e = 1', shape('public', { ...rsa, name: 'RSA-PSS', publicExponent: new Uint8Array([1]), hash: sha256 }), 'must be odd'],
    ['RSA with e = 0', shape('public', { ...rsa, name: 'RSA-PSS', publicExponent: new Uint8Array(3), hash: sha256 }), 'e is empty'],
    ['RSA of 256 bits', shape('public', { ...rsa, name: 'RSA-PSS', modulusLength: 256, hash: sha256 }), '512 to 16384'],
    ['RSA without a size', shape('public', { name: 'RSA-PSS', hash: sha256 }), 'cannot sign or verify'],
    ['usages that are no list', { ...shape('public', { name: 'Ed25519' }), usages: 'verify' }, 'no kty'],
    ['no algorithm', { ...shape('public', {}), algorithm: null }, 'no kty'],
    ['another type', shape('both', { name: 'Ed25519' }), 'no kty'],
  ])('%s is refused', (_name, handle, message) => {
    expect(() => importHere(handle)).toThrow(refusal(message))
  })
})
