import { describe, expect, it } from 'vitest'
import * as core from '../../src/core.ts'
import { node } from '../../src/node.ts'
import { backends, clock, failure, forged, now, part, secret, verdict } from '../backends-list.ts'
import { polluted } from '../polluted.ts'

type Options = Record<string, unknown>

const empty = [undefined, '', 0, Number.NaN, true, false, {}, Symbol('x'), () => 'x', 1n] as const
const badTexts = [...empty, null, [], ['x'], new String('x')] as const
const badLists = [
  ...empty,
  null,
  [],
  [''],
  [undefined],
  [null],
  [1],
  ['a', 'a'],
  new Array(3),
  [['a']],
  new Set(['a']),
  { length: 1, 0: 'a' },
] as const
const badTextsOrLists = badLists
const badDurations = [
  undefined,
  null,
  '',
  '15',
  '15 m',
  '-5m',
  '1y',
  '5ms',
  'm',
  60,
  -1,
  0,
  Number.NaN,
  Number.POSITIVE_INFINITY,
  true,
  [],
  ['5m'],
  {},
  { seconds: -1 },
  { seconds: Number.NaN },
  { seconds: Number.POSITIVE_INFINITY },
  { seconds: '5' },
  { minutes: 5 },
  { seconds: 5, minutes: 5 },
  new Date(0),
  5n,
  Object.create({ seconds: 5 }),
] as const
const badBooleans = [undefined, null, 0, 1, '', 'true', 'false', [], {}, new Boolean(true)] as const
const badFunctions = [undefined, null, 0, now, '', 'now', [], {}, new Date(0)] as const
const badCounts = [undefined, null, 0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 60, '', '65536', [], {}, true, 5n] as const
const badAlgorithmLists = [
  undefined,
  null,
  '',
  'HS256',
  [],
  [''],
  [undefined],
  [null],
  [5],
  ['none'],
  ['None'],
  ['NONE'],
  ['nOnE'],
  ['HS256', 'none'],
  ['hs256'],
  ['HS256 '],
  ['HS1'],
  ['toString'],
  ['__proto__'],
  [['HS256']],
  [Symbol('HS256')],
  new Set(['HS256']),
  { 0: 'HS256', length: 1 },
  { HS256: true },
  true,
  new Array(1),
  ['HS256', 'RS256'],
  ['ES256', 'HS512'],
  ['*'],
  [/HS256/],
] as const
const badRegistries = [
  null,
  '',
  'x',
  0,
  [],
  {},
  { names: ['HS256'] },
  { names: 'HS256', has: () => true, get: () => undefined },
  undefined,
] as const
const badSchemas = [
  undefined,
  null,
  0,
  '',
  'x',
  [],
  {},
  () => true,
  { parse: () => ({}) },
  { '~standard': null },
  { '~standard': { version: 2, validate: () => ({ value: 1 }) } },
  { '~standard': { version: 1 } },
  { '~standard': { version: '1', validate: () => ({}) } },
] as const

const decodeRows: Readonly<Record<string, readonly unknown[]>> = {
  algorithms: badAlgorithmLists,
  issuer: badTextsOrLists.filter((value) => value !== null),
  audience: badTextsOrLists.filter((value) => value !== null),
  subject: badTexts,
  typ: badTexts,
  nonce: badTexts,
  jwtId: badTexts,
  require: badLists,
  maxAge: badDurations,
  leeway: badDurations.filter((value) => typeof value !== 'number' || !(value >= 0 && Number.isFinite(value))),
  crit: [...badLists, ['alg'], ['kid', 'x'], ['b64'], ['exp', 'crit']],
  now: badFunctions,
  maxTokenLength: badCounts,
  allowWeakKey: badBooleans,
  allowDistantTimes: badBooleans,
  schema: badSchemas,
  registry: badRegistries,
}

const encodeRows: Readonly<Record<string, readonly unknown[]>> = {
  algorithm: [
    undefined,
    null,
    '',
    0,
    'none',
    'None',
    'NONE',
    'hs256',
    'HS256 ',
    'HS1',
    '__proto__',
    'toString',
    ['HS256'],
    {},
    Symbol('HS256'),
    new String('HS256'),
  ],
  header: [
    undefined,
    null,
    '',
    'x',
    0,
    true,
    [],
    ['x'],
    new Map(),
    new Date(0),
    () => ({}),
    new (class {
      kid = 'k'
    })(),
  ],
  expiresIn: badDurations,
  notBefore: badDurations,
  issuedAt: badBooleans,
  jwtId: [undefined, null, '', 0, false, [], {}, 1n, Symbol('x'), new String('x')],
  subject: badTexts,
  issuer: badTexts.filter((value) => value !== null),
  audience: badTextsOrLists.filter((value) => value !== null),
  allowWeakKey: badBooleans,
  allowDistantTimes: badBooleans,
  now: badFunctions,
  registry: badRegistries,
  signal: [undefined, null, 0, '', {}, [], true, new AbortController(), () => false],
}

/** Names of options of other libraries, of ours misspelt, and of the other direction. */
const unknownNames = [
  'algorithm',
  'issuers',
  'aud',
  'iss',
  'ignoreExpiration',
  'clockTolerance',
  'verify',
  'Audience',
  'issuer ',
  '',
  'toString',
  'constructor',
  'expiresIn',
]
const unknownToEncode = [
  'algorithms',
  'alg',
  'kid',
  'typ',
  'exp',
  'noTimestamp',
  'expiresin',
  'mutatePayload',
  '',
  'valueOf',
  'leeway',
  'crit',
]

const withOption = (base: Options, name: string, value: unknown): Options => ({ ...base, [name]: value })
const print = (value: unknown): string => {
  try {
    return `${typeof value} ${typeof value === 'object' ? JSON.stringify(value) : String(value)}`
  } catch {
    return typeof value
  }
}

describe.each(backends)('$name: options fail closed', ({ api }) => {
  const base = { algorithms: ['HS256'] }
  const prepared = { ...base, issuer: null, audience: null }
  const signing = { algorithm: 'HS256' }
  const preparedSigning = { ...signing, issuer: null, audience: null }
  const token = forged({ sub: 'x' })

  const refuses = async (call: () => unknown, what: string): Promise<void> => {
    const error = await failure(call)
    expect([error.name, error.code], what).toEqual(['UsageError', 'invalid_usage'])
  }

  it.each(Object.entries(decodeRows))('decode, %s', async (name, values) => {
    for (const value of values) {
      for (const one of ['decode', 'decodeComplete', 'tryDecode', 'explain'] as const) {
        await refuses(() => api[one](token, secret, withOption(base, name, value)), `${one} ${print(value)}`)
      }
      await refuses(() => api.createDecoder(secret, withOption(prepared, name, value)), `createDecoder ${print(value)}`)
    }
  })

  it.each([-1, '30', '1y'])('an error of leeway says that it takes plain seconds: %s', async (leeway) => {
    const error = await failure(() => api.decode(token, secret, { ...base, leeway }))
    expect(error.detail).toMatchObject({ option: 'leeway', wanted: expect.stringContaining('seconds, or') })
  })

  it.each(Object.entries(encodeRows))('encode, %s', async (name, values) => {
    for (const value of values) {
      await refuses(() => api.encode({}, secret, withOption(signing, name, value)), print(value))
      const made = (): unknown => api.createEncoder(secret, withOption(preparedSigning, name, value))
      await refuses(made, `createEncoder ${print(value)}`)
    }
  })

  it.each(['header', 'expiresIn', 'notBefore', 'issuedAt', 'jwtId', 'subject', 'signal'])('per-call %s', async (name) => {
    const encoder = api.createEncoder(secret, preparedSigning)
    for (const value of encodeRows[name]!) await refuses(() => encoder.encode({}, { [name]: value }), print(value))
  })

  it.each(['algorithm', 'issuer', 'audience', 'now', 'allowWeakKey', 'allowDistantTimes', 'registry', 'kid', ''])(
    'an encoder takes no %s per call',
    async (name) => {
      await refuses(() => api.createEncoder(secret, preparedSigning).encode({}, { [name]: 'x' }), name)
    },
  )

  it('unknown names are refused, whatever their value', async () => {
    for (const value of ['x', undefined, null, false]) {
      for (const name of unknownNames) {
        await refuses(() => api.decode(token, secret, withOption(base, name, value)), name)
        await refuses(() => api.createDecoder(secret, withOption(prepared, name, value)), name)
      }
      for (const name of unknownToEncode) {
        await refuses(() => api.encode({}, secret, withOption(signing, name, value)), name)
        await refuses(() => api.createEncoder(secret, withOption(preparedSigning, name, value)), name)
      }
    }
  })

  it.each([undefined, null, 'HS256', ['HS256'], 0, true, () => base, new Map([['algorithms', ['HS256']]])])(
    'options that are no plain object: %s',
    async (options) => {
      await refuses(() => api.decode(token, secret, options), 'decode')
      await refuses(() => api.createDecoder(secret, options), 'createDecoder')
      await refuses(() => api.encode({}, secret, options), 'encode')
      await refuses(() => api.createEncoder(secret, options), 'createEncoder')
    },
  )

  it.each([
    ['an object', { issuer: 'https://other.example' }],
    ['an object without prototype', Object.assign(Object.create(null), { issuer: 'https://other.example' })],
  ])('an option inherited from %s is not silently left out', async (_name, prototype) => {
    const options = Object.assign(Object.create(prototype as object), base)
    expect(await verdict(() => api.decode(token, secret, options))).not.toBe('ok')
  })

  it('an option that is not enumerable is not silently left out', async () => {
    const options = Object.defineProperty({ ...base }, 'issuer', { value: 'https://other.example' })
    expect(await verdict(() => api.decode(token, secret, options))).not.toBe('ok')
  })

  it.each([
    ['neither', {}],
    ['issuer only', { issuer: 'i' }],
    ['audience only', { audience: 'a' }],
    ['issuer null only', { issuer: null }],
    ['undefined for one', { issuer: 'i', audience: undefined }],
  ])('a prepared decoder or encoder needs a word on issuer and audience: %s', async (_name, options) => {
    await refuses(() => api.createDecoder(secret, { ...base, ...options }), 'createDecoder')
    await refuses(() => api.createEncoder(secret, { ...signing, ...options }), 'createEncoder')
  })

  it('getters are read once, when the decoder is made', async () => {
    const reads: Record<string, number> = {}
    const read = (name: string, value: unknown) => (): unknown => {
      reads[name] = (reads[name] ?? 0) + 1
      return value
    }
    const counting = (values: Options): Options => {
      const object = {}
      for (const [name, value] of Object.entries(values)) {
        Object.defineProperty(object, name, { enumerable: true, get: read(name, value) })
      }
      return object
    }
    const values = {
      algorithms: ['HS256'],
      issuer: 'i',
      audience: ['a'],
      subject: 's',
      require: ['x'],
      maxAge: '1h',
      leeway: 5,
      now: clock,
      maxTokenLength: 4000,
    }
    const decoder = api.createDecoder(secret, counting(values))
    const good = forged({ iss: 'i', aud: 'a', sub: 's', x: 1, iat: now })
    for (let i = 0; i < 3; i++) expect(await verdict(() => decoder.decode(good))).toBe('ok')
    expect(reads).toEqual(Object.fromEntries(Object.keys(values).map((name) => [name, 1])))
  })

  it('what happens to the options afterwards changes nothing', async () => {
    const options = {
      algorithms: ['HS256'],
      issuer: ['i'],
      audience: ['a'],
      require: ['x'],
      crit: ['ext'],
      leeway: { seconds: 1 },
      maxAge: { seconds: 10 },
      now: clock,
    }
    const decoder = api.createDecoder(secret, options)
    const claims = { iss: 'i', aud: 'a', x: 1, iat: now - 11 }
    const expectations = [
      ['good', claims, {}, 'ok'],
      ['age', { ...claims, iat: now - 12 }, {}, 'token_expired'],
      ['issuer', { ...claims, iss: 'j' }, {}, 'invalid_issuer'],
      ['audience', { ...claims, aud: 'b' }, {}, 'invalid_audience'],
      ['required', { ...claims, x: null }, {}, 'missing_claim'],
      ['crit', claims, { crit: ['other'], other: 1 }, 'invalid_token'],
      ['alg', claims, { alg: 'HS384' }, 'algorithm_not_allowed'],
    ] as const
    const check = async (): Promise<void> => {
      for (const [name, body, header, code] of expectations) {
        expect(await verdict(() => decoder.decode(forged(body, { alg: 'HS256', ...header }))), name).toBe(code)
      }
    }
    await check()
    options.algorithms.push('HS384')
    options.issuer[0] = 'j'
    options.audience.push('b')
    options.require.length = 0
    options.crit.push('other')
    options.leeway.seconds = options.maxAge.seconds = 1e9
    Object.assign(options, { algorithms: ['HS384'], issuer: null, now: () => 0, allowWeakKey: true })
    await check()
  })

  it('what happens to the options of an encoder afterwards changes nothing', async () => {
    const header = { cty: 'a', list: ['x'] }
    const options = { algorithm: 'HS256', issuer: 'i', audience: ['a'], header, expiresIn: { seconds: 5 }, now: clock }
    const encoder = api.createEncoder(secret, options)
    const before = await encoder.encode({ a: 1 })
    header.cty = 'b'
    header.list.push('y')
    options.audience.push('b')
    options.expiresIn.seconds = 500
    options.issuer = 'j'
    expect(await encoder.encode({ a: 1 })).toBe(before)
    expect(part(before, 1)).toEqual({ a: 1, iss: 'i', aud: ['a'], exp: now + 5 })
    expect(part(before, 0)).toEqual({ alg: 'HS256', cty: 'a', list: ['x'], typ: 'JWT' })
  })

  it('a clock that gives no time is the fault of the program', async () => {
    for (const value of [
      undefined,
      null,
      Number.NaN,
      -1,
      Number.POSITIVE_INFINITY,
      '5',
      new Date(),
      now * 1000,
      {},
      Promise.resolve(now),
    ]) {
      await refuses(() => api.decode(token, secret, { ...base, now: () => value }), print(value))
      await refuses(() => api.tryDecode(token, secret, { ...base, now: () => value }), print(value))
      await refuses(() => api.explain(token, secret, { ...base, now: () => value }), print(value))
      await refuses(() => api.encode({}, secret, { ...signing, issuedAt: true, now: () => value }), print(value))
    }
  })

  it('what pollutes Object.prototype is no option and no claim', async () => {
    const expired = forged({ exp: now - 10 })
    const pollution = {
      leeway: 1e9,
      allowWeakKey: true,
      allowDistantTimes: true,
      aud: 'api',
      issuer: null,
      kid: 'x',
      maxAge: 1e9,
      now: () => 1,
    }
    const codes = await polluted(pollution, async () => [
      await verdict(() => api.decode(expired, secret, { ...base, now: clock })),
      await verdict(() => api.decode(token, secret, { ...base, now: clock, audience: 'api' })),
      await verdict(() => api.decode(forged({}, undefined, 'short'), 'short', { ...base, now: clock })),
      await verdict(() => api.decode(forged({ exp: 1e13 }), secret, { ...base, now: clock })),
    ])
    expect(codes).toEqual(['token_expired', 'missing_claim', 'invalid_key', 'invalid_claim'])
  })

  it('what pollutes Object.prototype is not signed, also beside options for the token', async () => {
    const encoder = api.createEncoder(secret, { algorithm: 'HS256', issuer: null, audience: null })
    const pollution = { subject: 'admin', audience: 'api', issuer: 'i', expiresIn: 5, issuedAt: true, jwtId: () => 'x' }
    const tokens = await polluted(pollution, async () => [
      await encoder.encode({ a: 1 }),
      await encoder.encode({ a: 1 }, { header: { cty: 'a' } }),
    ])
    for (const signed of tokens) expect(part(signed, 1)).toEqual({ a: 1 })
  })
})

describe('signet-jwt/core', () => {
  const key = core.importSecret(secret)
  const verifier = node.verifier('HS256', key)
  const signer = node.signer('HS256', key)
  const prepared = { issuer: null, audience: null }
  const make = (verifiers: unknown, options: unknown = prepared): unknown => core.createDecoder(verifiers as never, options as never)
  const usage = expect.objectContaining({ code: 'invalid_usage' })

  it('works with good ones', () => {
    const token = core.createEncoder(signer, prepared).encode({ a: 1 })
    for (const good of [verifier, [verifier]]) expect(core.createDecoder(good, prepared).decode(token)).toEqual({ a: 1 })
  })

  it.each(Object.entries(decodeRows).filter(([name]) => name !== 'registry'))('createDecoder, %s', (name, values) => {
    for (const value of values) expect(() => make(verifier, { ...prepared, [name]: value }), print(value)).toThrow(usage)
  })

  it.each([
    ['nothing', undefined],
    ['an empty list', []],
    ['text', 'HS256'],
    ['a key, which is not bound', key],
    ['a list with a hole', new Array(1)],
    ['an object with an algorithm', { algorithm: 'HS256' }],
    ['a Verifier without verify', { algorithm: 'HS256', mode: 'sync' }],
    ['a Verifier without mode', { algorithm: 'HS256', verify: () => true }],
    ['a Signer', signer],
    ['a Verifier for "none"', { algorithm: 'none', mode: 'sync', verify: () => true }],
    ['a Verifier for "NonE"', { algorithm: 'NonE', mode: 'sync', verify: () => true }],
    ['a source that serves "none"', { algorithms: ['none'], mode: 'sync', candidates: () => [] }],
    ['a source whose algorithms are text', { algorithms: 'HS256', mode: 'sync', candidates: () => [] }],
    ['a source without algorithms', { mode: 'sync', candidates: () => [] }],
    ['a source that mixes HMAC and public-key algorithms', { algorithms: ['HS256', 'ES256'], mode: 'sync', candidates: () => [] }],
    ['a mix of modes', [verifier, { ...verifier, mode: 'async' }]],
    ['a mix of secrets and public keys', [verifier, { algorithm: 'ES256', mode: 'sync', verify: () => true }]],
  ] as [string, unknown][])('createDecoder refuses %s, when it is made', (_name, verifiers) => {
    expect(() => make(verifiers)).toThrow(usage)
    expect(() => make(verifiers, { ...prepared, algorithms: ['HS256'] })).toThrow(usage)
  })

  it('an allow-list names only what the Verifiers serve', () => {
    expect(() => make(verifier, { ...prepared, algorithms: ['HS384'] })).toThrow(usage)
    expect(() => make(verifier, { ...prepared, algorithms: ['HS256', 'HS384'] })).toThrow(usage)
  })

  it.each([
    ['nothing', undefined],
    ['an empty object', {}],
    ['a Verifier', verifier],
    ['a key', key],
    ['a signer without sign', { algorithm: 'HS256', mode: 'sync' }],
    ['a signer without mode', { algorithm: 'HS256', sign: () => new Uint8Array(32) }],
    ['a signer whose algorithm is no text', { algorithm: 5, mode: 'sync', sign: () => new Uint8Array(32) }],
    ['a signer for "none"', { algorithm: 'none', mode: 'sync', sign: () => new Uint8Array(1) }],
  ])('createEncoder refuses %s, when it is made', (_name, given) => {
    expect(() => core.createEncoder(given as never, prepared)).toThrow(usage)
  })

  it('says how a key is bound', () => {
    const options = { ...prepared, algorithm: 'HS256' } as const
    expect(() => core.createEncoder(key as never, options)).toThrow(
      expect.objectContaining({ message: expect.stringContaining('noble.signer') }),
    )
    expect(() => make(key)).toThrow(expect.objectContaining({ message: expect.stringContaining('noble.verifier') }))
  })
})
