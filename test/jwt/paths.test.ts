/** The fast paths give the verdict, the error and the bytes of the plain ones, which are the specification. */
import { createHmac } from 'node:crypto'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { oneShotCompact } from '../../src/backends/node/hmac-compact.ts'
import { oneShotMac } from '../../src/backends/node/hmac-one-shot.ts'
import { createNode } from '../../src/backends/node/index.ts'
import { nodeCodec, strictBytes } from '../../src/backends/node/text-codec.ts'
import { decodeBase64url, encodeBase64url } from '../../src/core/base64url.ts'
import { textOf, utf8 } from '../../src/core/bytes.ts'
import { parseJsonObject } from '../../src/core/json.ts'
import { parseJsonFast } from '../../src/core/json-fast.ts'
import { plainCodec } from '../../src/core/text-codec.ts'
import * as core from '../../src/core.ts'
import { createPolicy, type PolicyOptions } from '../../src/jwt/policy.ts'
import * as nobleApi from '../../src/noble.ts'
import * as nodeApi from '../../src/node.ts'
import * as webcryptoApi from '../../src/webcrypto.ts'
import { clock, forged, now, secret } from '../backends-list.ts'
import { polluted } from '../polluted.ts'

// The small decoder takes no clock.
beforeAll(() => void vi.useFakeTimers({ toFake: ['Date'], now: now * 1000 }))
afterAll(() => void vi.useRealTimers())

const blockEdges = [
  0, 1, 31, 32, 33, 54, 55, 56, 57, 63, 64, 65, 111, 112, 113, 119, 120, 127, 128, 129, 191, 192, 255, 256, 2047, 2048, 2049, 4097, 65_536,
  65_537, 100,
]
const hashes = [
  ['sha256', 32],
  ['sha384', 48],
  ['sha512', 64],
] as const

describe.each(hashes)('one-shot HMAC, %s', (digest, size) => {
  it.each([1, size, 63, 64, 65, 127, 128, 129, 300])(
    'a key of %d bytes gives the bytes of createHmac at every block boundary',
    (length) => {
      const key = Uint8Array.from({ length }, (_, i) => (i * 7 + 1) & 255)
      const plain = (input: string): string => createHmac(digest, key).update(input, 'utf8').digest('base64url')
      const mac = oneShotMac(digest, size, key, plain)
      // A runtime without one-shot hashes has nothing to compare.
      if (!mac) return
      for (const edge of blockEdges) {
        for (const text of ['a'.repeat(edge), `${'b'.repeat(edge)}é`, 'c'.repeat(edge)]) expect(mac(text)).toBe(plain(text))
      }
    },
  )
})

describe.each(hashes)('the compact form of one-shot HMAC, %s', (digest, size) => {
  it.each([1, size, 64, 65, 128, 129])('with a key of %d bytes takes the MAC of createHmac alone, at every block boundary', (length) => {
    const key = Uint8Array.from({ length }, (_, i) => (i * 7 + 1) & 255)
    const macOf = (input: string): string => createHmac(digest, key).update(input, 'utf8').digest('base64url')
    const asked: string[] = []
    const plain = (token: string, dot: number): boolean => asked.push(token) > 0 && macOf(token.slice(0, dot)) === token.slice(dot + 1)
    const compact = oneShotCompact(digest, size, key, plain)
    if (!compact) return
    for (const edge of blockEdges) {
      const input = 'a'.repeat(edge)
      const mac = macOf(input)
      const at = edge % mac.length
      const flipped = `${mac.slice(0, at)}${mac[at] === 'A' ? 'B' : 'A'}${mac.slice(at + 1)}`
      const wide = `${mac.slice(0, at)}${String.fromCharCode(mac.charCodeAt(at) + 256)}${mac.slice(at + 1)}`
      expect(compact(`${input}.${mac}`, edge), `${edge}`).toBe(true)
      for (const other of [flipped, wide, mac.slice(1), `${mac}A`, `${mac}=`, `${mac}.`, '']) {
        expect(compact(`${input}.${other}`, edge), `${edge} ${other}`).toBe(false)
      }
      expect(compact(`${input}é.${macOf(`${input}é`)}`, edge + 1)).toBe(edge > 65_000)
    }
    expect(asked.every((token) => token.length > 65_536)).toBe(true)
  })
})

it.each(['ES256', 'ES384', 'ES512'] as const)('%s: signatures written over one buffer are right where r or s is short', (algorithm) => {
  const key = nodeApi.generateKey(algorithm)
  const [signer, verifier] = [nodeApi.node.signer(algorithm, key), nodeApi.node.verifier(algorithm, key.publicKey)]
  for (let i = 0; i < (algorithm === 'ES256' ? 1500 : 20); i++) {
    const input = `a.${i}`
    expect(verifier.verifyText!(input, signer.signText!(input) as string), input).toBe(true)
  }
})

it.each(['RS256', 'PS256', 'ES256', 'EdDSA'] as const)(
  '%s: text longer than the memory that is used again counts to its end',
  (algorithm) => {
    const key = nodeApi.generateKey(algorithm)
    const [signer, verifier] = [nodeApi.node.signer(algorithm, key), nodeApi.node.verifier(algorithm, key.publicKey)]
    for (const length of [4095, 4096, 4097, 20_000]) {
      const [input, other] = [`${'x'.repeat(length)}a`, `${'x'.repeat(length)}b`]
      const signature = signer.signText!(input) as string
      expect(verifier.verify(utf8(input), decodeBase64url(signature)!), `${length}`).toBe(true)
      expect([verifier.verifyText!(input, signature), verifier.verifyText!(other, signature)], `${length}`).toEqual([true, false])
    }
  },
)

const codecs = [
  ['node', nodeCodec()],
  ['plain', plainCodec],
] as const
const nearlyBase64url = fc.oneof(
  fc.base64String(),
  fc.string(),
  fc.uint8Array().map(encodeBase64url),
  fc.string({ unit: fc.constantFrom('A', 'Q', 'g', '-', '_', '+', '/', '=', ' ', '\n', 'é', '\u0141') }),
)

describe.each(codecs)('the %s text codec', (_name, codec) => {
  it.each(['AAAA ', 'AAAA\n', 'AAAA=', 'AAA=', 'AAA', 'AA==', ' AAA', 'AAA\u0141', 'AA-_', 'AA+/', 'AAB', 'w6k', 'gICA'])(
    'decodes %j strictly or not at all',
    (segment) => {
      const bytes = decodeBase64url(segment)
      expect(codec.decode(segment)).toBe(bytes && textOf(bytes))
    },
  )

  it('decodes exactly what the strict decoder does', () => {
    fc.assert(
      fc.property(nearlyBase64url, (segment) => {
        const bytes = decodeBase64url(segment)
        const seen = strictBytes(segment)
        expect(seen && [...seen]).toEqual(bytes && [...bytes])
        const text = bytes && textOf(bytes)
        const got = codec.decode(segment)
        // An honest replacement character may be left to the plain path.
        if (got !== undefined || !text?.includes('\ufffd')) expect(got).toBe(text)
      }),
      { numRuns: 2000 },
    )
  })

  it('encodes what the plain encoder does', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string({ unit: 'grapheme' }),
          fc.nat(20_000).map((n) => 'é'.repeat(n)),
        ),
        (text) => {
          expect(codec.encode(text)).toBe(encodeBase64url(utf8(text)))
        },
      ),
    )
  })
})

const jsonText = fc.oneof(
  fc.json(),
  fc.dictionary(fc.string(), fc.jsonValue()).map((value) => JSON.stringify(value)),
  fc.string({ unit: fc.constantFrom('{', '}', '[', ']', '"', ':', ',', '\\', 'a', '1', '1e999', '"a"', '"__proto__"', 'null', ' ') }),
  fc.constantFrom(
    '{"a":1,"a":1}',
    '{"a":1,"\\u0061":1}',
    '{"__proto__":1}',
    '{"a":1e999}',
    '{"a":":"}',
    '{"a":"\\"::"}',
    '[]',
    '1',
    '{"a":{"b":1,"b":2}}',
    `{"a":${'['.repeat(512)}${']'.repeat(512)}}`,
    `{"a":${'['.repeat(511)}${']'.repeat(511)}}`,
    '{"a":"x',
    '\ufeff{}',
  ),
)

it('parseJsonFast gives the object of parseJsonObject, or nothing where that finds a fault', () => {
  fc.assert(
    fc.property(jsonText, (text) => {
      const plain = parseJsonObject(text)
      const fast = parseJsonFast(text)
      // Names with a backslash are left to the plain path.
      if (fast !== undefined || !text.includes('\\')) expect(fast).toEqual(typeof plain === 'object' ? plain : undefined)
    }),
    { numRuns: 5000 },
  )
})

it.each([
  '{"a":1,"a":2}',
  '{"a" :1,"a":2}',
  '{"a":":","a":1}',
  '{"a":"\\":","a":"x :"}',
  '{"a":{"b":1,"b":2}}',
  '[{"a":1}]',
  '{"a":[{"b":1,"b":1}],"u":"https://x.example:80/"}',
  `{"long":"${'x'.repeat(1200)}","a":1,"a":"\\\\"}`,
  // As long as the object that is left of it: numbers with an exponent make room for a second member.
  '{"a":1e8,"b":7,"b":8}',
  '{"a":17e8,"b":7,"b":8}',
  '{"a":1e-6,"c":1e-6,"b":777,"b":8}',
  '{"a":[5e3,5e3,5e3,-5e3,5e3,5e3],"b":7,"b":8}',
  '{"a":[0e0,1.0],"b":7}{}',
  `{"a":[${'1152921504606847e3,'.repeat(5)}1152921504606847e3],"b":7,"b":8}`,
])('%s is left to the plain parser', (text) => {
  expect(parseJsonFast(text)).toBeUndefined()
  expect(typeof parseJsonObject(text)).toBe('string')
})

it('a member that somebody put on Object.prototype does not stand for a second one', () => {
  Object.defineProperty(Object.prototype, 'zz', { value: 1, enumerable: true, configurable: true, writable: true })
  try {
    expect(JSON.stringify({ a: 22, zz: 1 })).toHaveLength('{"a":11,"a":22}'.length)
    expect(parseJsonFast('{"a":11,"a":22}')).toBeUndefined()
    expect(Object.entries(parseJsonFast('{"a":11}')!)).toEqual([['a', 11]])
  } finally {
    Reflect.deleteProperty(Object.prototype, 'zz')
  }
})

it.each([
  '{"a":1}',
  '{}',
  '{"a":[],"b":{},"c":[{}],"d":[true,false,null],"é😀":"😀"}',
  '{"a":0,"b":-0,"c":-1.5,"d":1700000000.25,"e":1e3,"f":1000,"g":1e-7,"h":9007199254740993,"i":1E+2,"j":0.5,"k":9999999999}',
  '{"a" : "x: y", "\\u0061b":":"}',
  '{"iss":"https://x.example:80/","t":"10:20:30","u":"urn:a:b"}',
  `{"long":"${'x'.repeat(1200)}\\\\","a":{"a":[{"a":":"}]}}`,
])('%s is read fast', (text) => {
  expect(parseJsonFast(text)).toEqual(JSON.parse(text))
})

it('quick policies pass only claims that every check passes, and all the usual ones', () => {
  const past = fc.constantFrom(now - 1, now, now + 5)
  const wrong = fc.constantFrom<unknown>(now + 6, now - 6, 1e13, null, '1', true)
  const mostly = <T>(good: fc.Arbitrary<T>, other: fc.Arbitrary<unknown>): fc.Arbitrary<unknown> =>
    fc.oneof({ arbitrary: good as fc.Arbitrary<unknown>, weight: 9 }, { arbitrary: other, weight: 1 })
  const time = mostly(past, wrong)
  const text = mostly(fc.constantFrom('i', 'a'), fc.constantFrom<unknown>('x', '', 1, null, [], ['a'], ['a', 1]))
  const claims = fc.record({ exp: time, nbf: time, iat: time, iss: text, sub: text, jti: text, aud: text }, { requiredKeys: [] })
  const names = fc.constantFrom(undefined, null, ['i'], ['a', 'i'])
  const options = fc.record({ issuer: names, audience: names, leeway: fc.constantFrom(0, 5), allowDistantTimes: fc.boolean() })
  let passed = 0
  fc.assert(
    fc.property(claims, options, (given, { issuer, audience, ...limits }) => {
      const own = { ...(issuer !== undefined && { issuer }), ...(audience !== undefined && { audience }), ...limits }
      const { checks, quick } = createPolicy(own)
      if (!quick!(given, now)) return
      passed++
      for (const check of checks) expect(check.failure(given, { alg: 'HS256' }, now)).toBeUndefined()
    }),
    { numRuns: 5000 },
  )
  expect(passed).toBeGreaterThan(100)
  const usual = { iss: 'i', aud: 'a', sub: 's', exp: now + 1, iat: now, nbf: now, jti: 'j' }
  expect(createPolicy({ issuer: ['i'], audience: ['a'] }).quick!(usual, now)).toBe(true)
})

it.each<[string, unknown, PolicyOptions]>([
  ['iss', 'i', { issuer: ['i'] }],
  ['aud', 'i', { audience: ['i'] }],
  ['sub', 'i', {}],
  ['jti', 'i', {}],
  ['exp', now + 1, {}],
  ['nbf', now, {}],
  ['iat', now, {}],
])('quick policies leave claims to the checks where %s is on Object.prototype', (name, value, options) => {
  const { quick } = createPolicy(options)
  expect(quick!({ [name]: value }, now)).toBe(true)
  expect(polluted({ [name]: value }, () => quick!({}, now))).toBe(false)
})

const textBackends = { node: nodeApi.node, nodeAsync: nodeApi.nodeAsync, noble: nobleApi.noble, webcrypto: webcryptoApi.webcrypto }
const exact = Object.entries(textBackends).flatMap(([name, backend]) =>
  (['HS256', 'HS512', 'RS256', 'ES256', 'EdDSA'] as const).map((algorithm) => [name, algorithm, backend] as const),
)
it.each(exact)('%s: a verifier of %s that promises it takes one text only', async (_name, algorithm, backend) => {
  const key = algorithm.startsWith('HS') ? nodeApi.importSecret('k'.repeat(64)) : nodeApi.generateKey(algorithm as 'RS256')
  const input = 'a.b'
  const good = nodeApi.node.signer(algorithm, key as never).signText!(input) as string
  const verifier = backend.verifier(algorithm, ('publicKey' in key ? key.publicKey : key) as never)
  if (!verifier.isTextExact) return expect(verifier.verifyText).toBeUndefined()
  expect(await verifier.verifyText!(input, good)).toBe(true)
  const others = [good.slice(1), good.slice(0, -1), `${good}A`, `${good}=`, '', 'é'.repeat(good.length), `${good.slice(0, -1)}é`]
  for (let i = 0; i < good.length; i++) {
    for (const other of ['A', 'B', '+', '\u0141', String.fromCharCode(good.charCodeAt(i) + 256)]) {
      if (other !== good[i]) others.push(good.slice(0, i) + other + good.slice(i + 1))
    }
  }
  for (const other of others) expect(await verifier.verifyText!(input, other), other).toBe(false)
  for (const other of ['a.c', 'a.b ', 'á.b', '']) expect(await verifier.verifyText!(other, good), other).toBe(false)
  expect(await verifier.verifyText!(input, good)).toBe(true)
})

type Decode = (token: string) => unknown
const verdictOf = (decode: Decode, token: string): unknown => {
  try {
    return decode(token)
  } catch (error) {
    const { code, detail, message } = error as nodeApi.JwtError
    return { code, detail, message }
  }
}
const options = { issuer: 'i', audience: ['a', 'b'], now: clock, leeway: 5 } as const
const key = nodeApi.importSecret(secret)
// The core entry has neither memo nor codec, and this backend no one-shot hashes.
const plain = core.createDecoder(createNode({ nativeHmac: true }).verifier('HS256', key), options)
const small = core.createSmallDecoder(nobleApi.hs256Verifier(secret), { issuer: 'i', audience: 'a', leeway: 5 })
const plainForSmall = core.createDecoder(createNode({ nativeHmac: true }).verifier('HS256', key), { ...options, audience: 'a' })
const good = { iss: 'i', aud: 'a', sub: 's', exp: now + 60, iat: now, note: 'ünï\u{1f511}' }
const seeds = [
  good,
  { ...good, aud: ['x', 'b'] },
  { ...good, exp: now - 60 },
  { ...good, iss: 'j' },
  { iss: 'i' },
  { ...good, nbf: now + 60 },
  { ...good, exp: 'x' },
  { ...good, sub: 5 },
]
const headers = [
  undefined,
  { alg: 'HS256' },
  { alg: 'HS256', kid: 'k' },
  { alg: 'HS256', crit: ['x'], x: 1 },
  { alg: 'none' },
  { alg: 'HS256', kid: 5 },
  { alg: 'HS256', b64: false },
  { typ: 'at+jwt', alg: 'HS256' },
]
const tokens = [
  ...headers.flatMap((header) => seeds.map((claims) => forged(claims, header))),
  forged('{"iss":"i","iss":"i","aud":"a"}'),
  forged('[]'),
  forged('"x"'),
  forged('{'),
]
const mutated = fc
  .tuple(fc.constantFrom(...tokens), fc.nat(), fc.constantFrom('', 'A', '.', '=', '+', 'é', '\n', '..'), fc.nat(2))
  .map(([token, at, text, cut]) => {
    const index = at % (token.length + 1)
    return token.slice(0, index) + text + token.slice(index + cut)
  })

describe.each([
  ['node', nodeApi],
  ['noble', nobleApi],
] as const)('a prepared and reused decoder, %s', (_name, api) => {
  const fast = api.createDecoder(secret, { ...options, algorithms: ['HS256'] })
  const once: Decode = (token) => api.decode(token, secret, { ...options, algorithms: ['HS256'] })
  fast.decode(forged(good))

  it.each(tokens.map((token, i) => [i, token] as const))('token %d, three times', (_i, token) => {
    const expected = verdictOf(plain.decode, token)
    for (let round = 0; round < 3; round++) {
      expect(verdictOf(fast.decode, token)).toEqual(expected)
      expect(verdictOf(once, token)).toEqual(expected)
      expect(verdictOf(fast.decodeComplete, token)).toEqual(verdictOf(plain.decodeComplete, token))
      expect(verdictOf(small.decode, token)).toEqual(verdictOf(plainForSmall.decode, token))
    }
  })

  it('mutated tokens', () => {
    fc.assert(
      fc.property(mutated, (token) => {
        const expected = verdictOf(plain.decode, token)
        expect(verdictOf(fast.decode, token)).toEqual(expected)
        expect(verdictOf(once, token)).toEqual(expected)
        expect(verdictOf(small.decode, token)).toEqual(verdictOf(plainForSmall.decode, token))
      }),
      { numRuns: 1500 },
    )
  })

  it('tokens are the bytes that the plain encoder makes', () => {
    const prepared = api.createEncoder(secret, { algorithm: 'HS256', issuer: null, audience: null })
    const specified = core.createEncoder(createNode({ nativeHmac: true }).signer('HS256', key), { issuer: null, audience: null })
    fc.assert(
      fc.property(
        fc.dictionary(
          fc.string().filter((name) => !/^(exp|nbf|iat|iss|sub|jti|aud|toJSON|__proto__)$/.test(name)),
          fc.jsonValue(),
        ),
        (claims) => {
          expect(verdictOf(() => prepared.encode(claims), '')).toEqual(verdictOf(() => specified.encode(claims), ''))
          expect(verdictOf(() => api.encode(claims, secret, { algorithm: 'HS256' }), '')).toEqual(
            verdictOf(() => specified.encode(claims), ''),
          )
        },
      ),
    )
  })

  it('a header handed out is the caller\u2019s own', () => {
    const token = forged(good)
    for (let round = 0; round < 3; round++) {
      const { header, claims } = fast.decodeComplete(token) as unknown as {
        header: Record<string, unknown>
        claims: Record<string, unknown>
      }
      header['alg'] = 'none'
      claims['sub'] = 'mallory'
    }
    expect(fast.decodeComplete(token)).toEqual(plain.decodeComplete(token))
  })
})

describe.each([
  ['webcrypto', webcryptoApi.createDecoder(secret, { ...options, algorithms: ['HS256'] })],
  ['node on the thread pool', nodeApi.createDecoder(nodeApi.nodeAsync.verifier('HS256', key), options)],
] as const)('a prepared and reused async decoder, %s', (_name, fast) => {
  const laterVerdict = async (decode: (token: string) => Promise<unknown>, token: string): Promise<unknown> => {
    const outcome = await decode(token).then(
      (value) => () => value,
      (error: unknown) => () => {
        throw error
      },
    )
    return verdictOf(outcome, token)
  }

  it('gives the verdict of the plain path, three times', async () => {
    await fast.decode(forged(good))
    for (let round = 0; round < 3; round++) {
      for (const token of tokens) {
        expect(await laterVerdict(fast.decode, token)).toEqual(verdictOf(plain.decode, token))
        expect(await laterVerdict(fast.decodeComplete, token)).toEqual(verdictOf(plain.decodeComplete, token))
      }
    }
  })

  it('mutated tokens', async () => {
    await fc.assert(
      fc.asyncProperty(mutated, async (token) => {
        expect(await laterVerdict(fast.decode, token)).toEqual(verdictOf(plain.decode, token))
      }),
      { numRuns: 1000 },
    )
  })
})

describe.each(['RS256', 'PS256', 'ES256', 'ES384', 'EdDSA'] as const)('prepared and reused with %s', (algorithm) => {
  const privateKey = nodeApi.generateKey(algorithm)
  const encoder = nodeApi.createEncoder(privateKey, { algorithm, issuer: null, audience: null })
  const specified = core.createEncoder(nodeApi.node.signer(algorithm, privateKey), { issuer: null, audience: null })
  const fast = nodeApi.createDecoder(privateKey.publicKey, { ...options, algorithms: [algorithm] })
  const plainDecoder = core.createDecoder(nodeApi.node.verifier(algorithm, privateKey.publicKey), options)
  const signed = [...seeds.slice(0, 6).map((claims) => encoder.encode(claims as nodeApi.ClaimsToSign)), specified.encode(good)]

  it('mutated tokens get the verdict of the plain path', () => {
    for (const token of signed) expect(verdictOf(fast.decode, token)).toEqual(verdictOf(plainDecoder.decode, token))
    const changed = fc
      .tuple(fc.constantFrom(...signed), fc.nat(), fc.constantFrom('', 'A', '.', '=', '+', 'é'), fc.nat(1))
      .map(([token, at, text, cut]) => {
        const index = at % (token.length + 1)
        return token.slice(0, index) + text + token.slice(index + cut)
      })
    fc.assert(
      fc.property(changed, (token) => {
        expect(verdictOf(fast.decode, token)).toEqual(verdictOf(plainDecoder.decode, token))
        expect(verdictOf(fast.decodeComplete, token)).toEqual(verdictOf(plainDecoder.decodeComplete, token))
      }),
      { numRuns: 150 },
    )
  })
})
