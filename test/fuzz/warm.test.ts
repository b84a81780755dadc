import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import * as core from '../../src/core.ts'
import { hs256Verifier } from '../../src/noble.ts'
import { backends, clock, forged, now, outcome, secret, segment } from '../backends-list.ts'
import { jsonPieces } from './hostile.ts'

fc.configureGlobal({ seed: 20_260_731 })

/** A decoder that has seen a good token must judge the next one as a decoder that has seen none. */
const header = { alg: 'HS256', typ: 'JWT' }
const deep = (depth: number): string => `{"a":${'['.repeat(depth - 1)}${']'.repeat(depth - 1)}}`
const payloads: readonly unknown[] = [
  {},
  { exp: now },
  { exp: now + 1 },
  { nbf: now + 1 },
  { aud: 'x' },
  { iss: 5 },
  '',
  ' ',
  'x',
  '[]',
  'null',
  '"x"',
  '{"a":1,"a":1}',
  '{"a":1,"\\u0061":1}',
  '{"o":{"a":1,"a":2}}',
  '{"l":[{"a":1,"a":2}]}',
  '{"exp":1,"exp":9999999999}',
  '{"exp":9999999999,"\\u0065xp":1}',
  '{"__proto__":1}',
  '{"__pr\\u006fto__":{"admin":true}}',
  '{"a":{"__proto__":{}}}',
  '{"a":"{\\"b\\":1,\\"b\\":2}"}',
  '{"a":":","b":"\\\\","c":"\\""}',
  '{"a":"\\\\","a":1}',
  '{"a":1e400}',
  '{"a":[-1e999]}',
  '{"a":01}',
  '{"a":NaN}',
  '{"a":1,}',
  '{} {}',
  '\ufeff{}',
  '{"a":"\ufeff"}',
  '{"a":"\u{1f600}\u2028"}',
  '{"a":"\\ud800"}',
  ' {"a" : 1 }\n',
  deep(512),
  deep(513),
  '['.repeat(1000),
  '{"a":'.repeat(600),
  Uint8Array.of(0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d),
  Uint8Array.of(0x7b, 0x22, 0xed, 0xa0, 0x80, 0x22, 0x3a, 0x31, 0x7d),
  Uint8Array.of(0x7b, 0x22, 0xc0, 0xaf, 0x22, 0x3a, 0x31, 0x7d),
  new Uint8Array(Buffer.from('{"a":1}', 'utf16le')),
  { constructor: 1, toString: 2, hasOwnProperty: 3 },
  { x: 'y'.repeat(40_000) },
]

const other = forged({ a: 1 }, header)
const [head, body, signature] = other.split('.') as [string, string, string]
const signatureEnd = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'
const texts: readonly unknown[] = [
  `${head}.${body}.`,
  `${head}..${signature}`,
  `${head}.${body}`,
  `${head}.`,
  `${head}.${body}.${signature}.`,
  `${head}.${body}.${signature}=`,
  `${head}.${body}=.${signature}`,
  `${head}.${body} .${signature}`,
  `${head}.${body}.${signature.slice(0, -1)}${signatureEnd[signatureEnd.indexOf(signature.at(-1)!) ^ 1]}`,
  `${head}.${body}.${signature.slice(0, -4)}`,
  `${head}.${body}.${signature}AAAA`,
  `${head}.${body}.${signature.toLowerCase()}`,
  `${head}=.${body}.${signature}`,
  `${head}A.${body}.${signature}`,
  `${head}.${body}.${String.fromCharCode(signature.charCodeAt(0) + 0x100)}${signature.slice(1)}`,
  `${head}.${String.fromCharCode(body.charCodeAt(0) + 0x100)}${body.slice(1)}.${signature}`,
  new String(other),
  [other],
  undefined,
]

interface Seen {
  readonly value?: unknown
  readonly error?: unknown
}

async function seen(call: () => unknown): Promise<Seen> {
  const { value, error } = await outcome(call)
  return error ? { error: [error.name, error.code, error.message, error.detail] } : { value }
}

describe.each(backends)('$name: a warm decoder judges as a cold one', ({ api }) => {
  const options = { algorithms: ['HS256'], now: clock, issuer: null, audience: null }
  const warmed = async (more: object = {}): Promise<Record<'decode' | 'decodeComplete' | 'tryDecode', (token: unknown) => unknown>> => {
    const decoder = api.createDecoder(secret, { ...options, ...more })
    for (let i = 0; i < 3; i++) await decoder.decode(forged({ sub: 'x' }, header))
    return decoder
  }
  const same = async (decoder: Record<string, (token: unknown) => unknown>, token: unknown, more: object = {}): Promise<void> => {
    for (const one of ['decode', 'decodeComplete'] as const) {
      expect(await seen(() => decoder[one]!(token))).toEqual(await seen(() => api[one](token, secret, { ...options, ...more })))
    }
  }

  it('payloads', async () => {
    const decoder = await warmed()
    for (const payload of payloads) await same(decoder, forged(payload, header))
    for (const payload of payloads) await same(decoder, forged(payload, header, 'another secret that is 32 bytes or longer'))
  })

  it('malformed tokens', async () => {
    const decoder = await warmed()
    for (const text of texts) await same(decoder, text)
  })

  it('other headers, and options that look at the header', async () => {
    const headers = [
      { alg: 'HS256' },
      { alg: 'none', typ: 'JWT' },
      { typ: 'JWT', alg: 'HS256' },
      { ...header, kid: 'k' },
      { ...header, crit: ['x'], x: 1 },
      { ...header, b64: false },
    ]
    const decoder = await warmed({ crit: ['x'] })
    for (let round = 0; round < 3; round++) for (const one of headers) await same(decoder, forged({ a: 1 }, one), { crit: ['x'] })
    const typed = await warmed({ typ: 'JWT' })
    for (const one of headers) await same(typed, forged({ a: 1 }, one), { typ: 'JWT' })
    const short = await warmed({ maxTokenLength: 120 })
    await same(short, forged({ x: 'y'.repeat(100) }, header), { maxTokenLength: 120 })
  })

  it('keys with a kid', async () => {
    const keys = ['a', 'b'].map((kid) => api.importKey(`${secret} ${kid}`, { type: 'secret', kid }))
    const decoder = api.createDecoder(keys, options)
    const by = (kid: string, claimed?: string): string =>
      forged({ kid }, { ...header, ...(claimed && { kid: claimed }) }, `${secret} ${kid}`)
    for (let round = 0; round < 3; round++) {
      for (const token of [by('a', 'a'), by('b', 'b'), by('a', 'b'), by('b', 'a'), by('a', 'c'), by('a'), by('b')]) {
        expect(await seen(() => decoder.decode(token))).toEqual(await seen(() => api.decode(token, keys, options)))
      }
    }
  })

  it('any payload text', async () => {
    const decoder = await warmed()
    const piece = fc.constantFrom(...jsonPieces)
    const text = fc.oneof(
      fc.array(piece, { maxLength: 25 }).map((list) => list.join('')),
      fc.array(piece, { maxLength: 12 }).map((list) => `{"x":"",${list.join('')}}`),
      fc.json(),
    )
    await fc.assert(
      fc.asyncProperty(text, (payload) => same(decoder, forged(payload, header))),
      { numRuns: 500 },
    )
  })

  it('any payload bytes', async () => {
    const decoder = await warmed()
    const bytes = fc.uint8Array({ maxLength: 12 }).map((inner) => Uint8Array.of(...Buffer.from('{"a":"'), ...inner, ...Buffer.from('"}')))
    await fc.assert(
      fc.asyncProperty(bytes, (payload) => same(decoder, forged(payload, header))),
      { numRuns: 300 },
    )
  })

  it('no two calls share claims or header', async () => {
    const decoder = await warmed()
    const token = forged({ o: { a: 1 } }, header)
    for (let i = 0; i < 3; i++) {
      const complete = (await decoder.decodeComplete(token)) as {
        header: Record<string, unknown>
        claims: { o: { a: number } }
        signature: Uint8Array
      }
      expect(complete).toMatchObject({ header, claims: { o: { a: 1 } } })
      complete.header['alg'] = 'none'
      complete.claims.o.a = 2
      complete.signature.fill(0)
    }
  })

  it('a foreign Verifier that is lax about text does not make the text of a token ambiguous (R9)', async () => {
    const lax = { algorithm: 'HS256', mode: 'sync', symmetric: true, verify: () => true, verifyText: () => true }
    const decoder = api.createDecoder(lax, { now: clock, issuer: null, audience: null })
    for (const token of [other, other, `${other}=`, `${head}.${body}.=`, `${head}.${body}=.${signature}`]) {
      expect(await seen(() => decoder.decode(token))).toEqual(await seen(() => api.decode(token, lax, { now: clock, audience: null })))
    }
  })
})

describe('the small decoder judges as the large one', () => {
  const verifier = hs256Verifier(secret)
  const options = { issuer: null, audience: null }
  const small = core.createSmallDecoder(verifier, options)
  const large = core.createDecoder(verifier, options)
  beforeAll(() => void vi.useFakeTimers({ toFake: ['Date'], now: now * 1000 }))
  afterAll(() => void vi.useRealTimers())
  const same = async (token: unknown): Promise<void> => {
    expect(await seen(() => small.decode(token as string))).toEqual(await seen(() => large.decode(token as string)))
  }

  it('payloads and malformed tokens', async () => {
    for (const payload of payloads) await same(forged(payload, header))
    for (const text of texts) await same(text)
    for (const value of [undefined, null, 5, '', {}, []]) await same(value)
  })

  it('headers', async () => {
    const headers: readonly unknown[] = [
      {},
      { alg: 'none' },
      { alg: null },
      { alg: ['HS256'] },
      { alg: 'hs256' },
      { ...header, kid: 'k' },
      { ...header, kid: '' },
      { ...header, kid: null },
      { ...header, kid: 5 },
      { ...header, zip: null },
      { ...header, zip: 'DEF' },
      { ...header, b64: true },
      { ...header, b64: false },
      { ...header, b64: null },
      { ...header, crit: null },
      { ...header, crit: [] },
      { ...header, crit: ['x'], x: 1 },
      '{"alg":"HS256","__proto__":{}}',
      '{"alg":"HS256","alg":"HS256"}',
      '[]',
      '',
    ]
    for (const one of headers) await same(forged({ a: 1 }, one))
    for (const one of headers) await same(`${segment(one)}.e30.AA`)
  })

  it.each([
    ['a Verifier without algorithm', { mode: 'sync', verify: () => true }],
    ['a Verifier for none', { algorithm: 'none', mode: 'sync', verify: () => true }],
    ['a Verifier without mode', { algorithm: 'HS256', verify: () => true }],
    ['a Verifier without verify', { algorithm: 'HS256', mode: 'sync' }],
    ['nothing', undefined],
  ] as [string, unknown][])('%s is refused when it is made', (_name, given) => {
    expect(() => core.createSmallDecoder(given as never, options)).toThrow(expect.objectContaining({ code: 'invalid_usage' }))
  })
})
