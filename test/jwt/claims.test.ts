import { runInNewContext } from 'node:vm'
import { describe, expect, it } from 'vitest'
import { backends, clock, failure, forged, now, outcome, part, secret } from '../backends-list.ts'

type Options = Record<string, unknown>
type Row = readonly [name: string, claims: Record<string, unknown> | string, options: Options, expected: string]

/** A row's verdict: "ok", the error's name, or its name with the claim it blames. */
const distant = 253_402_300_799
const age = { seconds: 60 }

const times: readonly Row[] = [
  ['no claims at all', {}, {}, 'ok'],
  ['exp one second ahead', { exp: now + 1 }, {}, 'ok'],
  ['exp a fraction ahead', { exp: now + 0.001 }, {}, 'ok'],
  ['exp now', { exp: now }, {}, 'ExpiredSignatureError exp'],
  ['exp one second ago', { exp: now - 1 }, {}, 'ExpiredSignatureError exp'],
  ['exp one second within the leeway', { exp: now - 9 }, { leeway: 10 }, 'ok'],
  ['exp at the end of the leeway', { exp: now - 10 }, { leeway: 10 }, 'ExpiredSignatureError exp'],
  ['exp beyond the leeway', { exp: now - 11 }, { leeway: 10 }, 'ExpiredSignatureError exp'],
  ['exp with a leeway as text', { exp: now - 59 }, { leeway: '1m' }, 'ok'],
  ['exp at the end of a leeway as text', { exp: now - 60 }, { leeway: '1m' }, 'ExpiredSignatureError exp'],
  ['exp with a leeway object', { exp: now - 59 }, { leeway: { seconds: 60 } }, 'ok'],
  ['exp with a leeway of nothing', { exp: now }, { leeway: 0 }, 'ExpiredSignatureError exp'],
  ['exp zero', { exp: 0 }, {}, 'ExpiredSignatureError exp'],
  ['exp minus zero', '{"exp":-0}', {}, 'ExpiredSignatureError exp'],
  ['exp negative', { exp: -1 }, {}, 'ExpiredSignatureError exp'],
  ['exp tiny', '{"exp":1e-320}', {}, 'ExpiredSignatureError exp'],
  ['nbf now', { nbf: now }, {}, 'ok'],
  ['nbf one second ahead', { nbf: now + 1 }, {}, 'ImmatureSignatureError nbf'],
  ['nbf a fraction ahead', { nbf: now + 0.001 }, {}, 'ImmatureSignatureError nbf'],
  ['nbf at the leeway', { nbf: now + 10 }, { leeway: 10 }, 'ok'],
  ['nbf beyond the leeway', { nbf: now + 11 }, { leeway: 10 }, 'ImmatureSignatureError nbf'],
  ['nbf negative', { nbf: -5 }, {}, 'ok'],
  ['iat now', { iat: now }, {}, 'ok'],
  ['iat one second ahead', { iat: now + 1 }, {}, 'ImmatureSignatureError iat'],
  ['iat at the leeway', { iat: now + 10 }, { leeway: 10 }, 'ok'],
  ['iat beyond the leeway', { iat: now + 11 }, { leeway: 10 }, 'ImmatureSignatureError iat'],
  ['iat long ago', { iat: 1 }, {}, 'ok'],
  ['maxAge reached', { iat: now - 60 }, { maxAge: age }, 'ok'],
  ['maxAge passed', { iat: now - 61 }, { maxAge: age }, 'ExpiredSignatureError iat'],
  ['maxAge passed by a fraction', { iat: now - 60.5 }, { maxAge: age }, 'ExpiredSignatureError iat'],
  ['maxAge reached with leeway', { iat: now - 70 }, { maxAge: age, leeway: 10 }, 'ok'],
  ['maxAge passed with leeway', { iat: now - 71 }, { maxAge: age, leeway: 10 }, 'ExpiredSignatureError iat'],
  ['maxAge of nothing, issued now', { iat: now }, { maxAge: '0s' }, 'ok'],
  ['maxAge without iat', {}, { maxAge: age }, 'MissingRequiredClaimError iat'],
  ['maxAge with a future iat', { iat: now + 1 }, { maxAge: age }, 'ImmatureSignatureError iat'],
]

const notTimes = ['"5"', `"${now + 100}"`, 'true', 'false', 'null', '[]', `[${now + 100}]`, '{}', '""', '{"seconds":5}'] as const
const types: readonly Row[] = [
  ...notTimes.map((text): Row => [`exp ${text}`, `{"exp":${text}}`, {}, 'DecodeError exp']),
  ...notTimes.map((text): Row => [`nbf ${text}`, `{"nbf":${text}}`, {}, 'DecodeError nbf']),
  ...notTimes.map((text): Row => [`iat ${text}`, `{"iat":${text}}`, {}, 'InvalidIssuedAtError iat']),
  ...notTimes.map((text): Row => [`iat ${text} with maxAge`, `{"iat":${text}}`, { maxAge: age }, 'InvalidIssuedAtError iat']),
  ['exp beyond a double', '{"exp":1e400}', {}, 'DecodeError'],
  ['nbf beyond a double', '{"nbf":-1e400}', {}, 'DecodeError'],
  ['exp at the end of the year 9999', { exp: distant }, {}, 'ok'],
  ['exp a second later', { exp: distant + 1 }, {}, 'InvalidClaimError exp'],
  ['exp in milliseconds', { exp: (now + 60) * 1000 }, {}, 'InvalidClaimError exp'],
  ['exp in milliseconds, long ago', { exp: (now - 60) * 1000 }, {}, 'InvalidClaimError exp'],
  ['exp in milliseconds, allowed', { exp: (now + 60) * 1000 }, { allowDistantTimes: true }, 'ok'],
  ['exp at the largest double', { exp: Number.MAX_VALUE }, {}, 'InvalidClaimError exp'],
  ['nbf in milliseconds', { nbf: now * 1000 }, {}, 'ImmatureSignatureError nbf'],
  ['nbf in milliseconds, allowed', { nbf: now * 1000 }, { allowDistantTimes: true }, 'ImmatureSignatureError nbf'],
  ['iat in milliseconds', { iat: now * 1000 }, {}, 'ImmatureSignatureError iat'],
  ['iat in milliseconds, a leeway that long', { iat: now * 1000 }, { leeway: 1e15 }, 'InvalidClaimError iat'],
  ['iat in milliseconds, a leeway that long, allowed', { iat: now * 1000 }, { leeway: 1e15, allowDistantTimes: true }, 'ok'],
]

const notTexts = [5, true, false, null, [], ['i'], {}, { i: 1 }, 0] as const
const audience = { audience: 'a' }
const texts: readonly Row[] = [
  ...notTexts.map((value): Row => [`iss ${JSON.stringify(value)}`, { iss: value }, {}, 'InvalidIssuerError iss']),
  ...notTexts.map((value): Row => [`iss ${JSON.stringify(value)}, expected`, { iss: value }, { issuer: 'i' }, 'InvalidIssuerError iss']),
  ...notTexts.map((value): Row => [`iss ${JSON.stringify(value)}, waived`, { iss: value }, { issuer: null }, 'InvalidIssuerError iss']),
  ...notTexts.map((value): Row => [`sub ${JSON.stringify(value)}`, { sub: value }, {}, 'InvalidSubjectError sub']),
  ...notTexts.map((value): Row => [`jti ${JSON.stringify(value)}`, { jti: value }, {}, 'InvalidJTIError jti']),
  ...notTexts.map(
    (value): Row => [`nonce ${JSON.stringify(value)}, expected`, { nonce: value }, { nonce: 'i' }, 'InvalidClaimError nonce'],
  ),
  ['nonce of any type, unexpected', { nonce: 5 }, {}, 'ok'],
  ['iss as expected', { iss: 'i' }, { issuer: 'i' }, 'ok'],
  ['iss in the list', { iss: 'j' }, { issuer: ['i', 'j'] }, 'ok'],
  ['iss not in the list', { iss: 'k' }, { issuer: ['i', 'j'] }, 'InvalidIssuerError iss'],
  ['iss absent', {}, { issuer: 'i' }, 'MissingRequiredClaimError iss'],
  ['iss waived and absent', {}, { issuer: null }, 'ok'],
  ['iss waived', { iss: 'k' }, { issuer: null }, 'ok'],
  ['iss unexpected', { iss: 'k' }, {}, 'ok'],
  ['iss with another final slash', { iss: 'https://i.example/' }, { issuer: 'https://i.example' }, 'InvalidIssuerError iss'],
  ['iss in another case', { iss: 'HTTPS://I.EXAMPLE' }, { issuer: 'https://i.example' }, 'InvalidIssuerError iss'],
  ['iss as a prefix', { iss: 'https://i.example.evil' }, { issuer: 'https://i.example' }, 'InvalidIssuerError iss'],
  ['iss as a part of what is expected', { iss: 'i.example' }, { issuer: 'https://i.example' }, 'InvalidIssuerError iss'],
  ['iss in another normal form', { iss: 'e\u0301' }, { issuer: '\u00e9' }, 'InvalidIssuerError iss'],
  ['iss empty', { iss: '' }, { issuer: 'i' }, 'InvalidIssuerError iss'],
  ['iss with a NUL', { iss: 'i\0' }, { issuer: 'i' }, 'InvalidIssuerError iss'],
  ['iss that matches as a regular expression', { iss: 'abc' }, { issuer: 'a.c' }, 'InvalidIssuerError iss'],
  ['sub as expected', { sub: 's' }, { subject: 's' }, 'ok'],
  ['sub another', { sub: 't' }, { subject: 's' }, 'InvalidSubjectError sub'],
  ['sub absent', {}, { subject: 's' }, 'MissingRequiredClaimError sub'],
  ['jti as expected', { jti: 's' }, { jwtId: 's' }, 'ok'],
  ['jti another', { jti: 't' }, { jwtId: 's' }, 'InvalidJTIError jti'],
  ['jti absent', {}, { jwtId: 's' }, 'MissingRequiredClaimError jti'],
  ['nonce as expected', { nonce: 's' }, { nonce: 's' }, 'ok'],
  ['nonce another', { nonce: 't' }, { nonce: 's' }, 'InvalidClaimError nonce'],
  ['nonce absent', {}, { nonce: 's' }, 'MissingRequiredClaimError nonce'],
  ['aud as expected', { aud: 'a' }, audience, 'ok'],
  ['aud in a list of one', { aud: ['a'] }, audience, 'ok'],
  ['aud in a list', { aud: ['b', 'a'] }, audience, 'ok'],
  ['one of several expected', { aud: 'b' }, { audience: ['a', 'b'] }, 'ok'],
  ['two lists that meet', { aud: ['x', 'b'] }, { audience: ['a', 'b'] }, 'ok'],
  ['two lists that do not meet', { aud: ['x', 'y'] }, { audience: ['a', 'b'] }, 'InvalidAudienceError aud'],
  ['aud another', { aud: 'b' }, audience, 'InvalidAudienceError aud'],
  ['aud as part of what is expected', { aud: 'a' }, { audience: 'abc' }, 'InvalidAudienceError aud'],
  ['aud that holds what is expected', { aud: 'abc' }, { audience: 'a' }, 'InvalidAudienceError aud'],
  ['aud in another case', { aud: 'A' }, audience, 'InvalidAudienceError aud'],
  ['aud absent', {}, audience, 'MissingRequiredClaimError aud'],
  ['aud null', { aud: null }, audience, 'MissingRequiredClaimError aud'],
  ['aud an empty list', { aud: [] }, audience, 'MissingRequiredClaimError aud'],
  ['aud empty text', { aud: '' }, audience, 'MissingRequiredClaimError aud'],
  ['aud a number', { aud: 5 }, audience, 'InvalidAudienceError aud'],
  ['aud true', { aud: true }, audience, 'InvalidAudienceError aud'],
  ['aud an object', { aud: { a: 'a' } }, audience, 'InvalidAudienceError aud'],
  ['aud an object that poses as a list', { aud: { 0: 'a', length: 1 } }, audience, 'InvalidAudienceError aud'],
  ['aud with one member of another type', { aud: ['a', 5] }, audience, 'InvalidAudienceError aud'],
  ['aud with null in it', { aud: [null, 'a'] }, audience, 'InvalidAudienceError aud'],
  ['aud with a list in it', { aud: [['a']] }, audience, 'InvalidAudienceError aud'],
  ['aud present and none expected', { aud: 'a' }, {}, 'InvalidAudienceError aud'],
  ['aud null and none expected', { aud: null }, {}, 'InvalidAudienceError aud'],
  ['aud an empty list and none expected', { aud: [] }, {}, 'InvalidAudienceError aud'],
  ['aud empty text and none expected', { aud: '' }, {}, 'InvalidAudienceError aud'],
  ['aud waived', { aud: ['a', 'b'] }, { audience: null }, 'ok'],
  ['aud waived and absent', {}, { audience: null }, 'ok'],
  ['aud waived and a number', { aud: 5 }, { audience: null }, 'InvalidAudienceError aud'],
  ['aud waived and null', { aud: null }, { audience: null }, 'InvalidAudienceError aud'],
  ['aud waived, one member of another type', { aud: ['a', {}] }, { audience: null }, 'InvalidAudienceError aud'],
]

const required: readonly Row[] = [
  ['present', { a: 1, b: false, c: 0, d: '', e: [] }, { require: ['a', 'b', 'c', 'd', 'e'] }, 'ok'],
  ['absent', { a: 1 }, { require: ['a', 'b'] }, 'MissingRequiredClaimError b'],
  ['null', { a: null }, { require: ['a'] }, 'MissingRequiredClaimError a'],
  ...['__proto__', 'toString', 'constructor', 'hasOwnProperty', 'valueOf'].map(
    (name): Row => [`${name}, which every object inherits`, {}, { require: [name] }, `MissingRequiredClaimError ${name}`],
  ),
  ['toString as an own claim', { toString: 'x' }, { require: ['toString'] }, 'ok'],
  ['exp', {}, { require: ['exp'] }, 'MissingRequiredClaimError exp'],
  ['the first absent is named', {}, { require: ['x', 'y'] }, 'MissingRequiredClaimError x'],
]

// As PyJWT judges: required, iat, nbf, exp, iss, aud, sub, jti. Every row breaks all that come after its own.
const broken = { iat: now + 5, nbf: now + 5, exp: now - 5, iss: 'no', aud: 'no', sub: 'no', jti: 'no', nonce: 'no' }
const all = { require: ['x'], issuer: 'i', audience: 'a', subject: 's', jwtId: 'j', nonce: 'n' }
const order: readonly Row[] = [
  ['require first', broken, all, 'MissingRequiredClaimError x'],
  ['then iat', { ...broken, x: 1 }, all, 'ImmatureSignatureError iat'],
  ['then maxAge', { ...broken, x: 1, iat: now - 5 }, { ...all, maxAge: '1s' }, 'ExpiredSignatureError iat'],
  ['then nbf', { ...broken, x: 1, iat: now }, all, 'ImmatureSignatureError nbf'],
  ['then exp', { ...broken, x: 1, iat: now, nbf: now }, all, 'ExpiredSignatureError exp'],
  ['then iss', { ...broken, x: 1, iat: now, nbf: now, exp: now + 5 }, all, 'InvalidIssuerError iss'],
  ['then aud', { ...broken, x: 1, iat: now, nbf: now, exp: now + 5, iss: 'i' }, all, 'InvalidAudienceError aud'],
  ['then sub', { ...broken, x: 1, iat: now, nbf: now, exp: now + 5, iss: 'i', aud: 'a' }, all, 'InvalidSubjectError sub'],
  ['then jti', { ...broken, x: 1, iat: now, nbf: now, exp: now + 5, iss: 'i', aud: 'a', sub: 's' }, all, 'InvalidJTIError jti'],
  [
    'then nonce',
    { ...broken, x: 1, iat: now, nbf: now, exp: now + 5, iss: 'i', aud: 'a', sub: 's', jti: 'j' },
    all,
    'InvalidClaimError nonce',
  ],
  ['a malformed exp waits for nbf', { exp: 'x', nbf: now + 5 }, {}, 'ImmatureSignatureError nbf'],
]

const typRows: readonly (readonly [name: string, typ: unknown, expected: string, verdict: string])[] = [
  ['equal', 'at+jwt', 'at+jwt', 'ok'],
  ['another case', 'AT+JWT', 'at+jwt', 'ok'],
  ['a prefix in the token', 'application/at+jwt', 'at+jwt', 'ok'],
  ['a prefix in the option', 'at+jwt', 'application/at+jwt', 'ok'],
  ['a prefix in another case', 'APPLICATION/At+Jwt', 'at+jwt', 'ok'],
  ['another type', 'JWT', 'at+jwt', 'InvalidClaimError typ'],
  ['another tree', 'text/at+jwt', 'at+jwt', 'InvalidClaimError typ'],
  ['a prefix twice', 'application/application/at+jwt', 'at+jwt', 'InvalidClaimError typ'],
  ['a slash keeps its meaning', 'application/x/y', 'x/y', 'InvalidClaimError typ'],
  ['parameters', 'at+jwt;v=1', 'at+jwt', 'InvalidClaimError typ'],
  ['white space', 'at+jwt ', 'at+jwt', 'InvalidClaimError typ'],
  ['a Kelvin sign for k', 'to\u212aen', 'token', 'InvalidClaimError typ'],
  ['a long s', 'ce\u017f', 'ces', 'InvalidClaimError typ'],
  ['empty', '', 'at+jwt', 'InvalidClaimError typ'],
  ['null', null, 'at+jwt', 'InvalidClaimError typ'],
  ['a list', ['at+jwt'], 'at+jwt', 'InvalidClaimError typ'],
  ['a number', 5, 'at+jwt', 'InvalidClaimError typ'],
  ['absent', undefined, 'at+jwt', 'MissingRequiredClaimError typ'],
]

async function judged(call: () => unknown): Promise<string> {
  const { error } = await outcome(call)
  if (!error) return 'ok'
  const { claim } = error.detail as { claim?: string }
  return claim === undefined ? error.name : `${error.name} ${claim}`
}

describe.each(backends)('$name: claims', ({ api }) => {
  const key = api.importKey(secret, { type: 'secret' })
  describe.each([
    ['times (R17)', times],
    ['types and milliseconds (R17)', types],
    ['texts and audience (R18, R19)', texts],
    ['require (R11, R18)', required],
    ['the order of the checks', order],
  ])('%s', (_name, rows) => {
    it.each(rows)('%s', async (_row, claims, options, expected) => {
      const decoderOptions = { algorithms: ['HS256'], now: clock, ...options }
      expect(await judged(() => api.decode(forged(claims), key, decoderOptions))).toBe(expected)
    })
  })

  it.each(typRows)('typ: %s (R20)', async (_row, typ, expected, verdict) => {
    const token = forged({}, { alg: 'HS256', ...(typ !== undefined && { typ }) })
    expect(await judged(() => api.decode(token, key, { algorithms: ['HS256'], typ: expected }))).toBe(verdict)
  })

  it('typ is judged before the claims', async () => {
    expect(await judged(() => api.decode(forged(broken), key, { algorithms: ['HS256'], now: clock, typ: 'JWT', ...all }))).toBe(
      'MissingRequiredClaimError typ',
    )
  })

  it('a leeway or maxAge of years does not turn a wrong type into a time', async () => {
    expect(await judged(() => api.decode(forged({ exp: '1' }), key, { algorithms: ['HS256'], leeway: 1e12 }))).toBe('DecodeError exp')
  })

  it('a message about milliseconds says so', async () => {
    const rows = [{ exp: now * 1000 }, { nbf: now * 1000 }, { iat: now * 1000 }]
    for (const claims of rows) {
      expect((await failure(() => api.decode(forged(claims), key, { algorithms: ['HS256'], now: clock }))).message).toMatch(/milliseconds/)
      expect((await failure(() => api.encode(claims, key, { algorithm: 'HS256' }))).message).toMatch(/milliseconds/)
    }
  })

  it('what cannot be a payload', async () => {
    const rows = [
      '',
      'x',
      '[]',
      'null',
      '"x"',
      '5',
      '{',
      '{}{}',
      '{"a":1,"a":2}',
      '{"__proto__":1}',
      '\ufeff{}',
      '{"a":NaN}',
      Uint8Array.of(0x7b, 0xff, 0x7d),
    ]
    for (const payload of rows) {
      const error = await failure(() => api.decode(forged(payload), key, { algorithms: ['HS256'] }))
      expect([error.name, error.detail['part']]).toEqual(['DecodeError', 'payload'])
    }
  })
})

describe.each(backends)('$name: claims to sign (R25)', ({ api }) => {
  const key = api.importKey(secret, { type: 'secret' })
  const signing = { algorithm: 'HS256', now: clock }
  const sign = (claims: unknown, options: Options = {}): unknown => api.encode(claims, key, { ...signing, ...options })
  const signed = async (claims: unknown, options: Options = {}): Promise<unknown> => part((await sign(claims, options)) as string, 1)

  class Instance {
    sub = 'x'
  }
  const cyclic: Record<string, unknown> = {}
  cyclic['c'] = { cyclic }

  it.each([
    ['undefined', undefined],
    ['null', null],
    ['text', '{}'],
    ['a number', 5],
    ['an array', [{}]],
    ['a Map', new Map()],
    ['a Date', new Date(0)],
    ['a function', () => ({})],
    ['an instance', new Instance()],
    ['bytes', new Uint8Array(2)],
    ['a promise', Promise.resolve({})],
    ['an error', new Error('x')],
    ['a toJSON of its own', { sub: 'a', toJSON: () => ({ sub: 'b' }) }],
    ['a BigInt', { a: 1n }],
    ['a cycle', cyclic],
    ['NaN deep down', { a: [{ b: Number.NaN }] }],
    ['-Infinity deep down', { a: { b: Number.NEGATIVE_INFINITY } }],
    ['__proto__ as an own member', JSON.parse('{"__proto__":{"admin":true}}')],
    ['__proto__ below', { a: JSON.parse('{"__proto__":1}') }],
    [
      'a getter that throws',
      {
        get a() {
          throw new Error('x')
        },
      },
    ],
    [
      'a proxy that throws',
      new Proxy(
        {},
        {
          ownKeys: () => {
            throw new Error('x')
          },
        },
      ),
    ],
    ...['exp', 'nbf', 'iat'].flatMap((name): [string, unknown][] =>
      [
        '5',
        true,
        null,
        undefined,
        Number.NaN,
        Number.POSITIVE_INFINITY,
        5n,
        [5],
        {},
        new Date(Number.NaN),
        distant + 1,
        now * 1000,
        new Date(1e16),
        { [Symbol.toStringTag]: 'Date', getTime: () => 0 },
        Object.create(Date.prototype, { toString: { value: () => 'no Date inside' } }),
        new Number(5),
        { valueOf: () => 5 },
        new String('5'),
      ].map((value) => [`${name} ${Object.prototype.toString.call(value)} ${String(value)}`, { [name]: value }]),
    ),
    ...['iss', 'sub', 'jti'].flatMap((name): [string, unknown][] =>
      [5, null, undefined, true, ['x'], {}, new String('x'), { toString: () => 'x' }, Symbol('x')].map((value) => [
        `${name} ${typeof value} ${JSON.stringify(value)}`,
        { [name]: value },
      ]),
    ),
    ...[5, null, undefined, true, {}, [5], ['a', null], [['a']], new Array(2), [new String('a')], new Set(['a'])].map(
      (value): [string, unknown] => [`aud ${JSON.stringify(value)}`, { aud: value }],
    ),
  ] as [string, unknown][])('refuses %s', async (_name, claims) => {
    const error = await failure(() => sign(claims))
    expect([error.name, error.code]).toEqual(['UsageError', 'invalid_usage'])
  })

  it.each([
    ['nothing', {}, {}, {}],
    ['an object without prototype', Object.assign(Object.create(null), { a: 1 }), {}, { a: 1 }],
    [
      'Dates become whole seconds',
      { exp: new Date(now * 1000 + 999), nbf: new Date(now * 1000 - 1), iat: new Date(0) },
      {},
      { exp: now, nbf: now - 1, iat: 0 },
    ],
    ['Dates of another realm', { exp: runInNewContext(`new Date(${now * 1000 + 999})`) }, {}, { exp: now }],
    ['a Date elsewhere is text', { at: new Date(0) }, {}, { at: '1970-01-01T00:00:00.000Z' }],
    ['fractions stay', { exp: now + 0.5 }, {}, { exp: now + 0.5 }],
    ['the end of the year 9999', { exp: distant }, {}, { exp: distant }],
    ['beyond it, when allowed', { exp: distant + 1 }, { allowDistantTimes: true }, { exp: distant + 1 }],
    ['durations', {}, { expiresIn: '15m', notBefore: { seconds: 5.9 }, issuedAt: true }, { exp: now + 900, nbf: now + 5, iat: now }],
    ['issuedAt false adds nothing', {}, { issuedAt: false }, {}],
    ['options', {}, { issuer: 'i', audience: ['a', 'b'], subject: 's', jwtId: 'j' }, { iss: 'i', aud: ['a', 'b'], sub: 's', jti: 'j' }],
    ['an audience stays text', {}, { audience: 'a' }, { aud: 'a' }],
    ['null adds nothing', {}, { issuer: null, audience: null }, {}],
    ['a function for the jti', {}, { jwtId: () => 'made' }, { jti: 'made' }],
    [
      'an option equal to the claim',
      { iss: 'i', aud: ['a'], exp: now + 60 },
      { issuer: 'i', audience: ['a'], expiresIn: '1m' },
      { iss: 'i', aud: ['a'], exp: now + 60 },
    ],
    ['members that JSON leaves out', { a: undefined, b: () => 1, [Symbol('c')]: 1 }, {}, {}],
    ['minus zero', { a: -0 }, {}, { a: 0 }],
    ['a lone surrogate', { a: '\ud800' }, {}, { a: '\ud800' }],
    ['only own members', Object.defineProperty({ a: 1 }, 'hidden', { value: 1 }), {}, { a: 1 }],
  ] as [string, unknown, Options, unknown][])('signs %s', async (_name, claims, options, expected) => {
    expect(await signed(claims, options)).toEqual(expected)
  })

  it.each([
    ['iss', { iss: 'x' }, { issuer: 'i' }],
    ['sub', { sub: 'x' }, { subject: 's' }],
    ['aud', { aud: 'x' }, { audience: 'a' }],
    ['aud', { aud: ['a'] }, { audience: 'a' }],
    ['aud', { aud: ['a', 'b'] }, { audience: ['b', 'a'] }],
    ['exp', { exp: now + 5 }, { expiresIn: '15m' }],
    ['nbf', { nbf: now }, { notBefore: '1s' }],
    ['iat', { iat: 5 }, { issuedAt: true }],
    ['jti', { jti: 'x' }, { jwtId: true }],
    ['sub', { sub: undefined }, { subject: 's' }],
  ])('%s set both in the claims and otherwise by an option is refused', async (claim, claims, options) => {
    expect(await failure(() => sign(claims, options))).toMatchObject({ code: 'invalid_usage', detail: { claim } })
  })

  it.each([5, '', undefined, null, ['x'], Promise.resolve('x')])('a jwtId function that gives %s is refused', async (value) => {
    const result = await outcome(() => sign({}, { jwtId: () => value }))
    if (value === '') expect(part(result.value as string, 1)).toEqual({ jti: '' })
    else expect(result.error).toMatchObject({ code: 'invalid_usage', detail: { claim: 'jti' } })
  })

  it('jwtId true gives a new UUID each time', async () => {
    const encoder = api.createEncoder(key, { algorithm: 'HS256', issuer: null, audience: null, jwtId: true })
    const ids = await Promise.all([1, 2, 3].map(async () => part(await encoder.encode({}), 1)['jti']))
    expect(new Set(ids).size).toBe(3)
    for (const id of ids) expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
  })

  it('reads a getter once, and the registered claims it checks are those it signs', async () => {
    const answers = [now + 5, 'not a time', 'not a time']
    const reads: string[] = []
    const claims = {
      get exp() {
        reads.push('exp')
        return answers.shift()
      },
      get aud() {
        reads.push('aud')
        return reads.length > 2 ? 5 : ['a']
      },
    }
    expect(await signed(claims)).toEqual({ exp: now + 5, aud: ['a'] })
    expect(reads).toEqual(['exp', 'aud'])
  })

  it('an aud that pretends at each look', async () => {
    const aud = Object.assign(['a'], { toJSON: () => 'b' })
    expect(await signed({ aud })).toEqual({ aud: ['a'] })
    class Text extends String {
      toJSON(): string {
        return 'b'
      }
    }
    expect((await failure(() => sign({ sub: new Text('a') }))).code).toBe('invalid_usage')
  })

  it('what is signed can be verified: nothing our decoder would call malformed', async () => {
    let deep: unknown = 1
    for (let i = 0; i < 511; i++) deep = [deep]
    const good = (await sign({ deep })) as string
    expect(await judged(() => api.decode(good, key, { algorithms: ['HS256'] }))).toBe('ok')
    expect((await failure(() => sign({ deep: [deep] }))).code).toBe('invalid_usage')
  })

  it('a getter deep down cannot hide NaN', async () => {
    let reads = 0
    const claims = {
      o: {
        get x() {
          return reads++ === 0 ? Number.NaN : 1
        },
      },
    }
    const { value } = await outcome(() => sign(claims))
    if (typeof value === 'string') expect(part(value, 1)).toEqual({ o: { x: 1 } })
  })
})
