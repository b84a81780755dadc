/** The verifiers for small bundles give the verdicts, and the kinds of refusal, of the backends that they stand for. */
import { createSecretKey } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { algorithms } from '../../src/algorithms/table.ts'
import { hs256, hs256Verifier } from '../../src/backends/noble/index.ts'
import { node, nodeVerifier } from '../../src/backends/node/index.ts'
import { cryptoKeyVerifier, webcrypto } from '../../src/backends/webcrypto/index.ts'
import { isJwtError } from '../../src/core/errors.ts'
import type { Verifier } from '../../src/keys/backend.ts'
import { exportJwk, generateKey, importKey, importSecret, type PublicJwk } from '../../src/node.ts'
import * as webcryptoApi from '../../src/webcrypto.ts'

const names = algorithms.map(({ name }) => name)
const message = new Uint8Array([1, 2, 3])
const bound = (bind: () => Verifier): Verifier | string => {
  try {
    return bind()
  } catch (error) {
    if (isJwtError(error)) return error.code
    throw error
  }
}

describe('nodeVerifier', () => {
  const keys = [
    importSecret('s'.repeat(64)),
    importSecret('s'.repeat(40)),
    ...(['RS256', 'ES256', 'ES384', 'ES512', 'ES256K', 'Ed25519', 'Ed448'] as const).map((name) => generateKey(name).publicKey),
    importKey({ ...(exportJwk(generateKey('RS256').publicKey) as PublicJwk), alg: 'PS256' }),
  ]

  it.each(names)('%s with every key', (name) => {
    for (const key of keys) {
      const small = bound(() => nodeVerifier(name, key as never))
      const whole = bound(() => node.verifier(name, key as never))
      if (typeof whole === 'string') expect(small).toBe(whole)
      // The text form is for the decoders that take it, which the small one does not.
      else expect(members(small)).toEqual(members(whole))
    }
  })

  it.each(names)('%s accepts and refuses signatures alike', (name) => {
    const key = name.startsWith('HS') ? importSecret('s'.repeat(64)) : generateKey(name as 'RS256')
    const signature = node.signer(name, key as never).sign(message)
    const verifier = nodeVerifier(name, ('publicKey' in key ? key.publicKey : key) as never)
    expect(verifier.verify(message, signature)).toBe(true)
    expect(
      verifier.verify(
        message,
        signature.map((octet, i) => (i === 5 ? octet ^ 1 : octet)),
      ),
    ).toBe(false)
    expect(verifier.verify(message, signature.slice(1))).toBe(false)
  })

  it('an unknown algorithm', () => {
    expect(() => nodeVerifier('none' as never, importSecret('s'.repeat(64)) as never)).toThrow('Not an algorithm of this library')
  })
})

describe.each([
  ['hs256', hs256.verifier(importSecret('s'.repeat(32)))],
  ['hs256Verifier', hs256Verifier('s'.repeat(32))],
])('%s of signet-jwt/noble', (_name, verifier) => {
  const signer = node.signer('HS256', importSecret('s'.repeat(32)))
  // One whose last byte is zero, as a shorter one would be read.
  const [input, mac] = Array.from({ length: 10_000 }, (_, i) => Uint8Array.of(i >> 8, i))
    .map((bytes) => [bytes, signer.sign(bytes)] as const)
    .find(([, signature]) => signature[31] === 0)!

  it.each([
    ['itself', mac, true],
    ['a byte more', Uint8Array.of(...mac, 0), false],
    ['seven bytes more', Uint8Array.of(...mac, 1, 2, 3, 4, 5, 6, 7), false],
    ['twice itself', Uint8Array.of(...mac, ...mac), false],
    ['without its last byte, a zero', mac.slice(0, -1), false],
    ['nothing', new Uint8Array(0), false],
  ])('takes a MAC of exactly its length (R14): %s', (_what, given, good) => {
    expect(verifier.verify(input, given)).toBe(good)
  })
})

type Params = object
const made = async (params: Params, usages: readonly string[] = ['sign', 'verify']) =>
  (await crypto.subtle.generateKey(params as never, true, usages as never)) as CryptoKey | CryptoKeyPair

const publicExponent = new Uint8Array([1, 0, 1])
const cryptoKeys: readonly (readonly [string, Params, (readonly string[])?])[] = [
  ...['SHA-1', 'SHA-256', 'SHA-384', 'SHA-512'].map((hash) => [`HMAC ${hash}`, { name: 'HMAC', hash }] as const),
  ['HMAC of 128 bits', { name: 'HMAC', hash: 'SHA-256', length: 128 }],
  ...['RSASSA-PKCS1-v1_5', 'RSA-PSS'].map((name) => [name, { name, hash: 'SHA-256', modulusLength: 2048, publicExponent }] as const),
  ['RSA-PSS with SHA-512', { name: 'RSA-PSS', hash: 'SHA-512', modulusLength: 2048, publicExponent }],
  ['RSA of 1024 bits', { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256', modulusLength: 1024, publicExponent }],
  ['RSA for encryption', { name: 'RSA-OAEP', hash: 'SHA-256', modulusLength: 2048, publicExponent }, ['encrypt', 'decrypt']],
  ...['P-256', 'P-384', 'P-521'].map((namedCurve) => [namedCurve, { name: 'ECDSA', namedCurve }] as const),
  ['ECDH', { name: 'ECDH', namedCurve: 'P-256' }, ['deriveBits']],
  ['Ed25519', { name: 'Ed25519' }],
  ['Ed448', { name: 'Ed448' }],
]

describe('cryptoKeyVerifier', () => {
  it.each(cryptoKeys)('%s with every algorithm', async (_what, params, usages) => {
    const key = await made(params as Params, usages as readonly string[] | undefined)
    const [signing, verifying] = 'publicKey' in key ? [key.privateKey, key.publicKey] : [key, key]
    for (const name of names) {
      for (const handle of [verifying, signing]) {
        const small = bound(() => cryptoKeyVerifier(name as 'ES256', handle))
        const whole = bound(() => webcrypto.verifier(name, webcryptoApi.importKey(handle) as never))
        if (name === 'ES256K') expect(small).toBe('invalid_usage')
        else if (typeof whole === 'string') expect(small, name).toBe(whole)
        else {
          expect(members(small), name).toEqual(members(whole))
          const signature = await webcrypto.signer(name, webcryptoApi.importKey(signing) as never).sign(message)
          const { verify } = small as Verifier<string, 'async'>
          expect(await verify(message, signature)).toBe(true)
          expect(
            await verify(
              message,
              signature.map((octet, i) => (i === 5 ? octet ^ 1 : octet)),
            ),
          ).toBe(false)
          expect(await verify(message, signature.slice(1))).toBe(false)
          await expect(verify('x' as never, signature)).rejects.toMatchObject({ code: 'invalid_usage' })
        }
      }
    }
  })

  it.each([
    ['no key', undefined],
    ['a KeyObject', createSecretKey(Buffer.alloc(32))],
    [
      'an exponent of 1',
      {
        type: 'public',
        usages: ['verify'],
        algorithm: { name: 'RSASSA-PKCS1-v1_5', hash: { name: 'SHA-256' }, modulusLength: 2048, publicExponent: new Uint8Array([1]) },
      },
    ],
    [
      'no exponent',
      { type: 'public', usages: ['verify'], algorithm: { name: 'RSASSA-PKCS1-v1_5', hash: { name: 'SHA-256' }, modulusLength: 2048 } },
    ],
    [
      'no modulus length',
      { type: 'public', usages: ['verify'], algorithm: { name: 'RSASSA-PKCS1-v1_5', hash: { name: 'SHA-256' }, publicExponent } },
    ],
    ['no length', { type: 'secret', usages: ['verify'], algorithm: { name: 'HMAC', hash: { name: 'SHA-256' } } }],
  ])('%s is refused with a typed error', (_what, key) => {
    for (const name of ['RS256', 'HS256'] as const) {
      expect(typeof bound(() => cryptoKeyVerifier(name, key as never))).toBe('string')
    }
  })
})

function shape([member, value]: readonly [string, unknown]): readonly unknown[] {
  return [member, typeof value === 'function' ? 'function' : value]
}

function members(verifier: Verifier | string): unknown {
  return Object.entries(verifier)
    .filter(([name]) => !/Text/.test(name))
    .map(shape)
}
