/** What one-call functions keep of keys when their options differ from call to call. */
import { createPrivateKey, createPublicKey, createSecretKey, KeyObject } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
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
import { compileProgram, runProgram } from '../program.ts'

const { exportJwk, exportPem, generateKey, importKey, node } = nodeApi
const { decode, encode }: LooseApi = nodeApi
const platform: Platform = { backend: () => node, keys: nodePlatform, webcrypto: () => webcrypto, codec: nodeCodec } as never
const pair = generateKey('ES256')
const pem = exportPem(pair)
const [hs256, hs384] = [registry.get('HS256')!, registry.get('HS384')!]
const handle = createSecretKey(Buffer.from(secret))
class Looks {
  get type(): string {
    return 'secret'
  }
  export(): Buffer {
    return Buffer.from(secret)
  }
}
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
    ['an object of another class', new Looks()],
    ['an heir of a KeyObject', Object.create(handle, { type: { value: 'secret' }, export: { value: () => Buffer.from(secret) } })],
    ['a KeyObject with an export of its own', Object.assign(createSecretKey(Buffer.from(secret)), { export: () => Buffer.from(secret) })],
    ['a proxy of a KeyObject', new Proxy(handle, { get: (target, name) => (name === 'type' ? 'secret' : target.export.bind(target)) })],
    ['what leads to another KeyObject', Object.setPrototypeOf(Object.create(KeyObject.prototype), handle)],
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

  it.each<[string, (key: SecretKey) => object]>([
    ['a copy', (key) => Object.defineProperties({}, Object.getOwnPropertyDescriptors(key))],
    ['a frozen copy', (key) => Object.freeze(Object.defineProperties({}, Object.getOwnPropertyDescriptors(key)))],
    ['a frozen heir', (key) => Object.freeze(Object.create(key, Object.getOwnPropertyDescriptors(key)))],
    ['a proxy', (key) => new Proxy(key, {})],
  ])('is made anew of %s of a Key', (_name, change) => {
    const binder = rememberingBinder(platform)
    const key = change(secretKey()) as SecretKey
    expect(binder[name](hs256, key, false)).not.toBe(binder[name](hs256, key, false))
    expect(isLasting(platform, key)).toBe(false)
  })

  it('is made anew for a row that may change', () => {
    const binder = rememberingBinder(platform)
    const [key, row] = [secretKey(), { ...hs256 }]
    expect(binder[name](row, key, false)).not.toBe(binder[name](row, key, false))
  })
})

// A foreign Verifier needs no cryptography of ours. What is asked of `process` is printed, and then it is replaced.
const program = `const { stdout, getBuiltinModule } = process
const asked = []
process.getBuiltinModule = (id) => {
  asked.push(id)
  return getBuiltinModule(id)
}
const { decode, encode } = await import('./src/index.node.ts')
globalThis.process = { env: {} }
const segment = (value) => Buffer.from(JSON.stringify(value)).toString('base64url')
const token = segment({ alg: 'HS256' }) + '.' + segment({ n: 1 }) + '.' + 'A'.repeat(43)
const verifier = { algorithm: 'HS256', mode: 'sync', verify: () => true }
const one = decode(token, verifier, { algorithms: ['HS256'] }).n
const before = asked.join()
const secret = 'k'.repeat(32)
const two = decode(encode({ n: 2 }, secret, { algorithm: 'HS256' }), secret, { algorithms: ['HS256'] }).n
stdout.write(JSON.stringify([one, before, two, asked.join()]))`

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

  it('follow a registry that somebody else made, and changes', async () => {
    const row = { ...hs256, name: 'HSX' }
    const registry = {
      names: ['HSX'],
      has: (name: string) => name === row.name,
      get: (name: string) => (name === row.name ? row : undefined),
      with() {},
    }
    const options = { algorithms: ['HSX'], registry }
    const signed = encode({ sub: 'alice' }, secret, { algorithm: 'HSX', registry })
    expect(decode(signed, secret, options)).toMatchObject({ sub: 'alice' })
    row.name = 'HSY' as never
    expect((await failure(() => decode(signed, secret, options))).code).toBe('invalid_usage')
    row.name = 'HSX' as never
    Object.assign(row, { hash: 'SHA-512', minKeyBits: 8, signatureLength: 64 })
    expect((await failure(() => decode(signed, secret, options))).code).toBe('invalid_signature')
  })

  it('load node:crypto with the first key that needs it, also where a test has replaced process', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'signet-binder-'))
    try {
      const file = await compileProgram(program, join(folder, 'program.mjs'))
      expect(JSON.parse(await runProgram([file], 20_000))).toEqual([1, '', 2, 'node:crypto'])
    } finally {
      rmSync(folder, { recursive: true })
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
