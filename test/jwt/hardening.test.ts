/** What reviews of the fast paths and caches found, a case each. */
import { describe, expect, it } from 'vitest'
import { compactForms } from '../../src/core/compact-form.ts'
import { parseJsonObject, scanJson, writeJson } from '../../src/core/json.ts'
import { parseJsonFast } from '../../src/core/json-fast.ts'
import { plainCodec } from '../../src/core/text-codec.ts'
import * as core from '../../src/core.ts'
import { createFastPath } from '../../src/jwt/fast-path.ts'
import { createTokenCache } from '../../src/jwt/token-cache.ts'
import type { Verifier, VerifierSource } from '../../src/keys/backend.ts'
import { defineBackend } from '../../src/keys/define-backend.ts'
import * as nobleApi from '../../src/noble.ts'
import * as nodeApi from '../../src/node.ts'
import { forged, now, outcome, secret, verdict } from '../backends-list.ts'

const waived = { issuer: null, audience: null, now: () => now } as const
const key = nodeApi.importSecret(secret)
const hmac = nodeApi.node.verifier('HS256', key)
const token = forged({ sub: 'a' })

/** What nobody handled of the rejections that a call leaves. */
async function rejectionsOf(call: () => unknown): Promise<readonly unknown[]> {
  const unhandled: unknown[] = []
  const note = (reason: unknown): void => void unhandled.push(reason)
  process.on('unhandledRejection', note)
  await call()
  await new Promise((resolve) => setTimeout(resolve, 20))
  process.off('unhandledRejection', note)
  return unhandled
}

describe('member names with escapes (nodejs/node#63785)', () => {
  it.each([
    ['{"a":"\\u0062"}', '{"a":"\\u0062"}'],
    ['{"\\u0061":1}', '{"a":1}'],
    ['{"https:\\/\\/h.example\\/role" : 1}', '{"https://h.example/role": 1}'],
    ['{"a\\"b":{"c\\\\d":"e\\/f"}}', '{"a\\"b":{"c\\\\d":"e\\/f"}}'],
    ['["\\u0061","b"]', '["\\u0061","b"]'],
  ])('%s is read as %s', (text, plain) => {
    expect(scanJson(text).plain).toBe(plain)
  })

  // V8 12 and later take the second name for the first of the same shape, unless escapes are taken out of names before.
  it.each([
    ['{"subject":"u","e\\\\u":1}', '{"subject":"u","e\\u0078p":1}', { subject: 'u', exp: 1 }],
    ['{"s":"u","https:\\\\/\\\\/h":1}', '{"s":"u","https:\\/\\/h":1}', { s: 'u', 'https://h': 1 }],
    ['{"q":1,"a\\\\\\"b":1}', '{"q":1,"a\\"b":2}', { q: 1, 'a"b': 2 }],
  ])('after %s, %s is read right or not at all', (primer, text, right) => {
    for (let i = 0; i < 50; i++) for (const parse of [parseJsonObject, parseJsonFast]) parse(primer)
    for (const parse of [parseJsonObject, parseJsonFast]) {
      const read = parse(text)
      if (typeof read === 'object') expect(read).toEqual(right)
      else expect(['json', undefined]).toContain(read)
    }
    if (!text.includes('\\"')) expect(parseJsonObject(text)).toEqual(right)
  })

  // The name that V8 takes another for may stand in the same text.
  it.each([
    ['{"a":{"h":[],"\\\\":0},"b":{"h":1,"\\"":2}}', { a: { h: [], '\\': 0 }, b: { h: 1, '"': 2 } }],
    ['{"x":{"hh":[],"role\\\\n":0},"y":{"hh":1,"role\\nx":2}}', { x: { hh: [], 'role\\n': 0 }, y: { hh: 1, 'role\nx': 2 } }],
    ['{"x":{"h":[],"\\\\\\\\":0},"y":{"h":1,"\\\\a":2}}', { x: { h: [], '\\\\': 0 }, y: { h: 1, '\\a': 2 } }],
  ])('%s is read right or not at all', (text, right) => {
    for (let i = 0; i < 20; i++) expect([right, 'json']).toContainEqual(parseJsonObject(text))
  })

  it('many names with backslashes take a time in proportion', () => {
    const names = (count: number): string => `{${Array.from({ length: count }, (_, i) => `"\\\\${i}":0`).join()}}`
    expect(Object.keys(parseJsonObject(names(40_000)))).toHaveLength(40_000)
  })

  it('a claim that is written with escapes is judged', () => {
    const decoder = nodeApi.createDecoder(secret, { ...waived, algorithms: ['HS256'] })
    for (const primer of ['{"subject":"u","e\\\\u":1}', '{"alg":"HS256","c\\\\u":1}']) {
      for (let i = 0; i < 20; i++) decoder.tryDecode(forged({}, primer))
    }
    expect(() => decoder.decode(forged('{"subject":"u","e\\u0078p":1}'))).toThrow(nodeApi.ExpiredSignatureError)
    expect(() => decoder.decode(forged({ a: 1 }, '{"alg":"HS256","c\\u0072it":["x"],"x":1}'))).toThrow(nodeApi.InvalidTokenError)
  })
})

describe('foreign Verifiers', () => {
  it('isTextExact without verifyText is no promise', () => {
    const { verifyText: _left, ...rest } = hmac
    const { decode } = nodeApi.createDecoder(rest as Verifier<'HS256', 'sync'>, waived)
    for (let round = 0; round < 3; round++) expect(decode(token)).toEqual({ sub: 'a' })
  })

  it('get memory of their own', () => {
    const seen: number[] = []
    const verify = (input: Uint8Array, signature: Uint8Array): boolean => {
      for (const bytes of [input, signature]) seen.push(bytes.buffer.byteLength - bytes.length, bytes.byteOffset)
      return hmac.verify(input, signature)
    }
    const { decode } = nodeApi.createDecoder({ algorithm: 'HS256', mode: 'sync', symmetric: true, verify } as typeof hmac, {
      issuer: null,
      audience: null,
    })
    for (let round = 0; round < 3; round++) decode(token)
    expect(seen).toEqual(Array(12).fill(0))
  })

  it('are not asked about what is no token, whether its header is known or not', () => {
    let asked = 0
    const verify = (): boolean => asked++ >= 0
    const { decode } = nodeApi.createDecoder({ algorithm: 'HS256', mode: 'sync', symmetric: true, verify } as typeof hmac, {
      issuer: null,
      audience: null,
    })
    decode(token)
    const [header, , signature] = token.split('.')
    for (const payload of ['e30=', 'e3', '*']) expect(() => decode(`${header}.${payload}.${signature}`)).toThrow(nodeApi.DecodeError)
    expect(asked).toBe(1)
  })

  it('a sync one that gives a failing promise leaves no rejection in the small decoder', async () => {
    const verify = (() => Promise.reject(new Error('late'))) as never
    const { decode } = core.createSmallDecoder({ algorithm: 'HS256', mode: 'sync', verify } as typeof hmac, {
      issuer: null,
      audience: null,
    })
    expect(await rejectionsOf(async () => expect(await verdict(() => decode(token))).toBe('invalid_signature'))).toEqual([])
  })
})

describe('a decoder that knows the header', () => {
  const key2 = nodeApi.importSecret('another secret of thirty-two bytes or more')
  const warmed = (verifier: object, options: object = {}): nodeApi.Decoder<'sync'> => {
    const decoder = nodeApi.createDecoder(verifier as typeof hmac, { ...waived, ...options })
    for (let i = 0; i < 3; i++) decoder.decode(token)
    return decoder
  }

  it('takes no token beyond maxTokenLength', async () => {
    const { decode } = warmed(hmac, { maxTokenLength: 500 })
    expect(await verdict(() => decode(forged({ sub: 'a'.repeat(500) })))).toBe('malformed_token')
  })

  it('tries every key where a header says none', () => {
    const { decode } = nodeApi.createDecoder([key, key2], { ...waived, algorithms: ['HS256'] })
    const other = forged({ sub: 'b' }, { alg: 'HS256' }, 'another secret of thirty-two bytes or more')
    for (let i = 0; i < 3; i++) expect([decode(token), decode(other)]).toEqual([{ sub: 'a' }, { sub: 'b' }])
  })

  it('judges by a header of its own', () => {
    const typed = forged({ sub: 'a' }, { alg: 'HS256', typ: 'at+jwt' })
    const decoder = nodeApi.createDecoder(hmac, { ...waived, typ: 'at+jwt' })
    for (let i = 0; i < 3; i++) Object.assign(decoder.decodeComplete(typed).header, { typ: 'changed', alg: 'none' })
    expect(decoder.decode(typed)).toEqual({ sub: 'a' })
  })

  it.each([1, 'true', {}, [true], Promise.resolve(true)])('refuses a Verifier that answers %j', async (answer) => {
    let given: unknown = true
    const { decode } = warmed({ algorithm: 'HS256', mode: 'sync', symmetric: true, verify: () => given })
    given = answer
    expect(await verdict(() => decode(token))).toBe('invalid_signature')
  })

  it('leaves no rejection behind', async () => {
    const unhandled = await rejectionsOf(async () => {
      let given: unknown = true
      const { decode } = warmed({ algorithm: 'HS256', mode: 'sync', symmetric: true, verify: () => given })
      given = Promise.reject(new Error('late'))
      expect(await verdict(() => decode(token))).toBe('invalid_signature')
    })
    expect(unhandled).toEqual([])
  })

  it.each([false, 1, 'true'])('looks at the text of a signature where isTextExact is %j', async (isTextExact) => {
    const verifyText = (input: string, text: string): boolean => hmac.verify(Buffer.from(input), Buffer.from(text, 'base64url'))
    const { decode } = warmed({ algorithm: 'HS256', mode: 'sync', symmetric: true, verify: hmac.verify, verifyText, isTextExact })
    const [head, last] = [token.slice(0, -1), token.at(-1)!]
    const lax = `${head}${String.fromCharCode(last.charCodeAt(0) + 1)}`
    expect(verifyText(lax.slice(0, lax.lastIndexOf('.')), lax.slice(lax.lastIndexOf('.') + 1))).toBe(true)
    expect(await verdict(() => decode(lax))).toBe('malformed_token')
  })

  it('knows a few headers only', () => {
    const path = createFastPath<'sync'>(plainCodec)
    const named = Array.from({ length: 20 }, (_, n) => forged({}, { alg: 'HS256', n }))
    for (const one of named)
      path.learn(one, { header: { alg: 'HS256' }, claims: {}, signature: new Uint8Array(32), verifier: hmac, sole: true })
    expect(named.filter((one) => path.begin(one, 1000)).length).toBe(4)
  })
})

describe('the cache of verified tokens', () => {
  const source = (candidates: () => Promise<readonly Verifier<'HS256', 'async'>[]>): VerifierSource<'async'> => ({
    mode: 'async',
    algorithms: ['HS256'],
    candidates,
  })
  const later = {
    ...hmac,
    mode: 'async',
    verify: async (input: Uint8Array, signature: Uint8Array) => hmac.verify(input, signature),
  } as const
  const { verifyText: _text, ...slow } = later
  const cache = { maxEntries: 10, maxAge: '10m' } as const

  it('reads the clock after the keys', async () => {
    let time = now
    let wait = 0
    const keys = source(async () => {
      time += wait
      return [slow as never]
    })
    const { decode } = nodeApi.createDecoder(keys, { issuer: null, audience: null, now: () => time, cache })
    const expiring = forged({ exp: now + 5 })
    await decode(expiring)
    wait = 10
    expect(await verdict(() => decode(expiring))).toBe('token_expired')
  })

  it('asks a source as a fresh verification would', async () => {
    let count = 1
    const keys = source(async () => Array(count).fill(slow))
    const { decode } = nodeApi.createDecoder(keys, { ...waived, cache })
    expect(await verdict(() => decode(token))).toBe('ok')
    count = 17
    expect(await verdict(() => decode(token))).toBe('key_not_found')
  })

  it.each([1, 2, 3, 5, 7, 10])('keeps no more than %d', (maxEntries) => {
    const kept = createTokenCache<'sync'>({ maxEntries, maxAge: '60s' })
    const name = (i: number): string => `${'x'.repeat(30)}${String(i).padStart(22, '0')}`
    for (let i = 0; i < 100; i++) {
      kept.put(name(i), { header: { alg: 'HS256' }, claims: {}, signature: new Uint8Array(1), verifier: hmac, sole: true }, now)
      let count = 0
      for (let j = 0; j <= i; j++) if (kept.find(name(j))) count++
      expect(count).toBeLessThanOrEqual(maxEntries)
      expect(kept.find(name(i))).toBeDefined()
    }
  })
})

it('an option survives a setter on Object.prototype', async () => {
  Object.defineProperty(Object.prototype, 'issuer', { configurable: true, set: () => undefined })
  try {
    const evil = forged({ iss: 'evil' })
    const { error } = await outcome(() => nodeApi.decode(evil, `${secret} `, { algorithms: ['HS256'], issuer: 'good', audience: null }))
    expect(error).toBeDefined()
    const own = await outcome(() => nodeApi.decode(evil, secret, { algorithms: ['HS256'], issuer: 'good', audience: null }))
    expect(own.error?.code).toBe('invalid_issuer')
  } finally {
    Reflect.deleteProperty(Object.prototype, 'issuer')
  }
})

it('raw JSON, where the runtime has it, is refused', () => {
  const { rawJSON } = JSON as { rawJSON?: (text: string) => unknown }
  const value = rawJSON ? { a: [rawJSON('1e999')] } : { a: Number.POSITIVE_INFINITY }
  expect(writeJson(value)).toHaveProperty('fault')
})

it('an HS256 verifier for small bundles takes bytes only', () => {
  const [, , signature] = token.split('.')
  const bytes = Buffer.from(signature!, 'base64url')
  const { verify } = nobleApi.hs256Verifier(secret)
  const input = Buffer.from(token.slice(0, token.lastIndexOf('.')))
  expect(verify(input, bytes)).toBe(true)
  for (const other of [[...bytes], new Uint16Array(bytes), Object.assign({}, bytes, { length: 32 })]) {
    expect(verify(input, other as never)).toBe(false)
  }
})

it.each([
  ['spread', (verifier: typeof hmac) => ({ ...verifier })],
  ['assigned', (verifier: typeof hmac) => Object.assign({}, verifier)],
  ['inherited', (verifier: typeof hmac) => Object.create(verifier) as typeof hmac],
])('a Verifier that is %s from another is asked for every token', (_how, copy) => {
  let [asked, revoked] = [0, false]
  const members = {
    verify: (input: Uint8Array, signature: Uint8Array) => ++asked > 0 && !revoked && hmac.verify(input, signature),
    verifyText: (input: string, signature: string) => ++asked > 0 && !revoked && hmac.verifyText!(input, signature),
  }
  const copied = copy(hmac)
  for (const [name, value] of Object.entries(members)) Object.defineProperty(copied, name, { value })
  const { decode } = nodeApi.createDecoder(copied, waived)
  for (let i = 0; i < 4; i++) expect(decode(token)).toEqual({ sub: 'a' })
  expect(asked).toBe(4)
  revoked = true
  expect(() => decode(token)).toThrow(nodeApi.InvalidSignatureError)
})

it('a fault of the runtime is a BackendError on a cold decoder and on a warm one, whose Verifier has a compact form', () => {
  let broken = false
  const answer = (): boolean => {
    if (broken) throw new RangeError('out of memory')
    return true
  }
  const operation = { verify: answer, isTextExact: true, verifyText: answer }
  compactForms.set(operation, answer)
  const backend = defineBackend<'sync'>({
    name: 'breaking',
    mode: 'sync',
    signing: () => ({ sign: () => new Uint8Array(32) }),
    verifying: () => operation,
  })
  const [cold, warm] = [0, 1].map(() => nodeApi.createDecoder(backend.verifier('HS256', key), waived))
  for (let i = 0; i < 3; i++) expect(warm!.decode(token)).toEqual({ sub: 'a' })
  broken = true
  for (const { decode } of [cold!, warm!]) {
    expect(() => decode(token)).toThrow(nodeApi.BackendError)
    expect(() => decode(token)).toThrow(expect.objectContaining({ cause: expect.any(RangeError) }))
  }
})

it.each(['once', 'prepared'] as const)('a foreign Signer is given the signal, %s', async (use) => {
  const signals: unknown[] = []
  const sign = async (input: Uint8Array, call?: { readonly signal?: AbortSignal }): Promise<Uint8Array> => {
    signals.push(call?.signal)
    return nodeApi.node.signer('HS256', key).sign(input)
  }
  const signer = { algorithm: 'HS256', mode: 'async', sign } as const
  const { signal } = new AbortController()
  const encoder = nodeApi.createEncoder(signer, { issuer: null, audience: null, signal })
  await (use === 'once' ? nodeApi.encode({}, signer, { signal }) : encoder.encode({}))
  expect(signals).toEqual([signal])
})

it('the audience that is signed is the one that was given, whatever lists can do', () => {
  const { encode } = nodeApi.createEncoder(key, { algorithm: 'HS256', issuer: null, audience: ['a', 'b'] })
  Object.defineProperty(Array.prototype, 'toJSON', { configurable: true, value: () => 'everybody' })
  try {
    const [, payload] = encode({}).split('.')
    expect(Buffer.from(payload!, 'base64url').toString()).toBe('{"aud":["a","b"]}')
  } finally {
    Reflect.deleteProperty(Array.prototype, 'toJSON')
  }
})

describe("the caller's functions", () => {
  it('an async jwtId that fails is refused, and leaves no rejection', async () => {
    const jwtId = (async () => Promise.reject(new Error('late'))) as never
    const call = (): unknown => nodeApi.encode({ sub: 'a' }, secret, { algorithm: 'HS256', jwtId })
    expect(await rejectionsOf(async () => expect(await verdict(call)).toBe('invalid_usage'))).toEqual([])
  })

  it("a backend's primitive blames no token", async () => {
    const fault = new nodeApi.ExpiredSignatureError('')
    const primitive = (): never => {
      throw fault
    }
    const broken = defineBackend<'sync'>({
      name: 'broken',
      mode: 'sync',
      signing: () => ({ sign: primitive }),
      verifying: () => ({ verify: primitive }),
    })
    for (const call of [
      () => broken.signer('HS256', key).sign(new Uint8Array(1)),
      () => nodeApi.decode(token, broken.verifier('HS256', key), waived),
    ]) {
      expect(await outcome(call)).toMatchObject({ error: { code: 'backend_failure', cause: fault } })
    }
  })
})

it('more escapes than an engine can match are no JSON, and no crash', () => {
  const text = `{"a":"${'\\n'.repeat(6_000_000)}"}`
  expect(['object', 'string']).toContain(typeof parseJsonObject(text))
  expect(() => parseJsonFast(text)).not.toThrow()
})
