/** What one-call functions keep of keys when their options differ from call to call. */
import { createPrivateKey, createPublicKey, createSecretKey } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { registry } from '../../src/algorithms/registry.ts'
import { isLasting, rememberingBinder } from '../../src/api/binder.ts'
import type { Platform } from '../../src/api/platform.ts'
import { nodePlatform } from '../../src/backends/node/index.ts'
import { nodeCodec } from '../../src/backends/node/text-codec.ts'
import { webcrypto } from '../../src/backends/webcrypto/index.ts'
import type { SecretKey } from '../../src/keys/key.ts'
import * as nodeApi from '../../src/node.ts'
import { failure, type LooseApi, now, secret } from '../backends-list.ts'

const { exportJwk, exportPem, generateKey, importKey, node } = nodeApi
const { decode, encode }: LooseApi = nodeApi
const platform: Platform = { backend: node, keys: nodePlatform, webcrypto, codec: nodeCodec() } as never
const pair = generateKey('ES256')
const pem = exportPem(pair)
const [hs256, hs384] = [registry.get('HS256')!, registry.get('HS384')!]
const secretKey = (text: string = secret): SecretKey => importKey(text, { type: 'secret' }) as SecretKey

describe('a Key', () => {
  it('is read of a text once, as what it is to be', () => {
    const binder = rememberingBinder(platform)
    const read = (type: 'private' | 'secret', text = pem): object => binder.key(text, type)
    expect(read('private')).toBe(read('private'))
    // A copy of the text is the same text.
    expect(read('private', Buffer.from(pem).toString())).toBe(read('private'))
    expect(() => read('secret')).toThrow(expect.objectContaining({ code: 'invalid_key' }))
    expect(() => binder.key(pem, 'public')).toThrow(expect.objectContaining({ code: 'invalid_key' }))
    expect(binder.key(secret, 'secret')).toMatchObject({ type: 'secret' })
  })

  it('is kept of 64 texts, the latest', () => {
    const binder = rememberingBinder(platform)
    const keys = Array.from({ length: 65 }, (_, i) => binder.key(`${secret} ${i}`, 'secret'))
    expect(binder.key(`${secret} 64`, 'secret')).toBe(keys[64])
    expect(binder.key(`${secret} 1`, 'secret')).toBe(keys[1])
    expect(binder.key(`${secret} 0`, 'secret')).not.toBe(keys[0])
  })

  it.each([
    ['secret', createSecretKey(Buffer.from(secret))],
    ['private', createPrivateKey(pem)],
    ['public', createPublicKey(pem)],
  ] as const)('is read of a %s KeyObject once', (type, handle) => {
    const binder = rememberingBinder(platform)
    expect(binder.key(handle, type)).toBe(binder.key(handle, type))
  })

  it.each<[string, object]>([
    ['bytes', Buffer.from(secret)],
    ['a JWK', { kty: 'oct', k: Buffer.from(secret).toString('base64url') }],
    ['an object with the members of a KeyObject', { type: 'secret', export: () => Buffer.from(secret) }],
  ])('is read anew of %s, which may change', (_name, given) => {
    const binder = rememberingBinder(platform)
    expect(binder.key(given, 'secret')).not.toBe(binder.key(given, 'secret'))
    expect(isLasting(platform, given)).toBe(false)
  })
})

describe.each(['signer', 'verifier'] as const)('a %s', (name) => {
  it('is made once for a Key, an algorithm and a permission', () => {
    const binder = rememberingBinder(platform)
    const key = secretKey(`${secret} ${secret}`)
    const first = binder[name](hs256, key, false)
    expect(binder[name](hs256, key, false)).toBe(first)
    const others = [
      binder[name](hs384, key, false),
      binder[name](hs256, key, true),
      binder[name](hs256, secretKey(`${secret} ${secret}`), false),
      // A row of the same name from another registry.
      binder[name]({ ...hs256 }, key, false),
    ]
    expect(new Set([first, ...others]).size).toBe(5)
    expect(binder[name](hs384, key, false)).toBe(others[0])
    expect(binder[name](hs256, key, true)).toBe(others[1])
  })

  it('that was allowed for a weak key once is refused without that word', () => {
    const binder = rememberingBinder(platform)
    const key = secretKey('short')
    for (let i = 0; i < 2; i++) {
      expect(binder[name](hs256, key, true)).toBeDefined()
      expect(() => binder[name](hs256, key, false)).toThrow(expect.objectContaining({ code: 'invalid_key' }))
    }
  })

  it('is made anew of a key that is not frozen', () => {
    const binder = rememberingBinder(platform)
    const key = Object.defineProperties({}, Object.getOwnPropertyDescriptors(secretKey())) as SecretKey
    expect(binder[name](hs256, key, false)).not.toBe(binder[name](hs256, key, false))
    expect(isLasting(platform, key)).toBe(false)
  })
})

describe('one-call functions', () => {
  const token = encode({ sub: 'alice', exp: now + 60 }, pair, { algorithm: 'ES256' })
  const others = generateKey('ES256')

  it.each<[string, unknown, unknown]>([
    ['text', exportPem(pair.publicKey), exportPem(others.publicKey)],
    ['Keys', pair.publicKey, others.publicKey],
    ['KeyObjects', createPublicKey(pem), createPublicKey(exportPem(others))],
    ['lists', [pair.publicKey], [others.publicKey]],
    ['sets', { keys: [exportJwk(pair.publicKey)] }, { keys: [exportJwk(others.publicKey)] }],
  ])('judge by the key and the options of each call: %s', async (_name, key, other) => {
    for (let i = 0; i < 4; i++) {
      const at = (time: number): object => ({ algorithms: ['ES256'], leeway: { seconds: i }, now: () => time })
      expect(decode(token, key, at(now))).toMatchObject({ sub: 'alice' })
      expect((await failure(() => decode(token, key, at(now + 100)))).code).toBe('token_expired')
      expect((await failure(() => decode(token, other, at(now)))).code).toBe('invalid_signature')
      expect((await failure(() => decode(token, key, { algorithms: ['ES384'], now: () => now }))).code).toBe('invalid_key')
    }
  })

  it('sign with the key and the header of each call', () => {
    for (const key of [pem, pair, createPrivateKey(pem)]) {
      for (const kid of ['a', 'b', 'a', 'c', 'd', 'e', 'a']) {
        const signed = encode({ sub: 'alice' }, key, { algorithm: 'ES256', header: { kid } })
        expect(JSON.parse(Buffer.from(signed.split('.')[0]!, 'base64url').toString())).toMatchObject({ kid })
        expect(decode(signed, pair.publicKey, { algorithms: ['ES256'] })).toMatchObject({ sub: 'alice' })
      }
    }
  })

  it('are not led astray by an object that gives another key each time', async () => {
    let text = secret
    const changing = { type: 'secret', export: () => Buffer.from(text) }
    const signed = encode({ sub: 'alice' }, secret, { algorithm: 'HS256' })
    expect(decode(signed, changing, { algorithms: ['HS256'] })).toMatchObject({ sub: 'alice' })
    text = 'another secret, which is also 32 bytes long or more'
    expect((await failure(() => decode(signed, changing, { algorithms: ['HS256'] }))).code).toBe('invalid_signature')
  })
})
