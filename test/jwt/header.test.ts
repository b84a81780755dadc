import { describe, expect, it } from 'vitest'
import { backends, failure, forged, outcome, part, partText, secret, segment } from '../backends-list.ts'

type Row = readonly [name: string, header: unknown, options: Record<string, unknown>, code: string]

const understands = { crit: ['ext', 'http://x.example/e'] }
const rows: readonly Row[] = [
  // R12
  ['crit understood', { crit: ['ext'], ext: 1 }, understands, 'ok'],
  ['crit with two understood', { crit: ['ext', 'http://x.example/e'], ext: null, 'http://x.example/e': false }, understands, 'ok'],
  ['crit with a name that holds registered ones', { crit: ['alg jku'], 'alg jku': 1 }, { crit: ['alg jku'] }, 'ok'],
  ['the extension without crit', { ext: 1 }, {}, 'ok'],
  ['crit not understood', { crit: ['ext'], ext: 1 }, {}, 'invalid_token'],
  ['crit with one not understood', { crit: ['ext', 'other'], ext: 1, other: 1 }, understands, 'invalid_token'],
  ['crit null', { crit: null }, understands, 'invalid_token'],
  ['crit false', { crit: false }, understands, 'invalid_token'],
  ['crit text', { crit: 'ext', ext: 1 }, understands, 'invalid_token'],
  ['crit an empty list', { crit: [] }, understands, 'invalid_token'],
  ['crit an object', { crit: { 0: 'ext', length: 1 }, ext: 1 }, understands, 'invalid_token'],
  ['crit with an absent member', { crit: ['ext'] }, understands, 'invalid_token'],
  ['crit with a name twice', { crit: ['ext', 'ext'], ext: 1 }, understands, 'invalid_token'],
  ['crit with an empty name', { crit: ['ext', ''], ext: 1, '': 1 }, understands, 'invalid_token'],
  ['crit with a number', { crit: ['ext', 1], ext: 1, 1: 1 }, understands, 'invalid_token'],
  ['crit with null', { crit: ['ext', null], ext: 1 }, understands, 'invalid_token'],
  ['crit with a list', { crit: [['ext']], ext: 1 }, understands, 'invalid_token'],
  ['crit names an inherited member', { crit: ['toString'] }, { crit: ['toString'] }, 'invalid_token'],
  ['crit names itself', { crit: ['crit'] }, understands, 'invalid_token'],
  ['crit in another case', { crit: ['EXT'], EXT: 1 }, understands, 'invalid_token'],
  ...[
    'alg',
    'jku',
    'jwk',
    'kid',
    'x5u',
    'x5c',
    'x5t',
    'x5t#S256',
    'typ',
    'cty',
    'enc',
    'epk',
    'apu',
    'apv',
    'iv',
    'tag',
    'p2s',
    'p2c',
    'iss',
    'sub',
    'aud',
  ].map((name): Row => [`crit names ${name}`, { [name]: 'x', alg: 'HS256', crit: [name] }, understands, 'invalid_token']),
  ['crit names b64, which is true', { crit: ['b64'], b64: true }, understands, 'invalid_token'],
  ['b64 false', { b64: false }, {}, 'malformed_token'],
  ['b64 false with crit', { b64: false, crit: ['b64'] }, understands, 'malformed_token'],
  ['b64 null', { b64: null }, {}, 'malformed_token'],
  ['b64 "true"', { b64: 'true' }, {}, 'malformed_token'],
  ['b64 true', { b64: true }, {}, 'ok'],
  ['zip', { zip: 'DEF' }, {}, 'invalid_token'],
  ['zip null', { zip: null }, {}, 'invalid_token'],
  // kid and alg
  ['kid text', { kid: 'x' }, {}, 'ok'],
  ['kid empty', { kid: '' }, {}, 'ok'],
  ['kid a number', { kid: 5 }, {}, 'invalid_token'],
  ['kid null', { kid: null }, {}, 'invalid_token'],
  ['kid a list', { kid: ['x'] }, {}, 'invalid_token'],
  ['kid an object', { kid: { toString: 'x' } }, {}, 'invalid_token'],
  ['kid false', { kid: false }, {}, 'invalid_token'],
  ['alg absent', { alg: undefined }, {}, 'algorithm_not_allowed'],
  ...[
    'none',
    'None',
    'NONE',
    'nOnE',
    'hs256',
    'HS256 ',
    ' HS256',
    'HS256\0',
    'HS384',
    'RS256',
    '',
    '*',
    '__proto__',
    'toString',
    'HS256,none',
    'H\u017f256',
  ].map((alg): Row => [`alg ${JSON.stringify(alg)}`, { alg }, {}, 'algorithm_not_allowed']),
  ...[null, 5, true, ['HS256'], {}, { 0: 'HS256' }].map((alg): Row => [`alg ${JSON.stringify(alg)}`, { alg }, {}, 'algorithm_not_allowed']),
  // R11 in the header
  ['not an object', '["HS256"]', {}, 'malformed_token'],
  ['text', '"HS256"', {}, 'malformed_token'],
  ['null', 'null', {}, 'malformed_token'],
  ['empty', '', {}, 'malformed_token'],
  ['alg twice', '{"alg":"none","alg":"HS256"}', {}, 'malformed_token'],
  ['alg twice, once escaped', '{"alg":"none","\\u0061lg":"HS256"}', {}, 'malformed_token'],
  ['a name twice deep down', '{"alg":"HS256","x":[{"a":1,"a":1}]}', {}, 'malformed_token'],
  ['__proto__', '{"__proto__":{"alg":"HS256"}}', {}, 'malformed_token'],
  ['a byte order mark', '\ufeff{"alg":"HS256"}', {}, 'malformed_token'],
  ['invalid UTF-8', Uint8Array.of(...Buffer.from('{"alg":"HS256","x":"'), 0xff, 0x22, 0x7d), {}, 'malformed_token'],
  ['a number beyond a double', '{"alg":"HS256","x":1e999}', {}, 'malformed_token'],
  ['white space around', ' {"alg" : "HS256"}\n', {}, 'ok'],
  ['unknown members', { a: { b: [null, 1] } }, {}, 'ok'],
]

const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null && !(value instanceof Uint8Array)

describe.each(backends)('$name: the header of a token', ({ api }) => {
  const key = api.importKey(secret, { type: 'secret' })
  it.each(rows)('%s', async (_name, header, options, code) => {
    const token = forged({ sub: 'x' }, isObject(header) ? { alg: 'HS256', ...header } : header)
    const { error } = await outcome(() => api.decode(token, key, { algorithms: ['HS256'], ...options }))
    expect(error?.code ?? 'ok').toBe(code)
  })

  it('the syntax of the header is judged before alg, and alg before the key and the signature', async () => {
    const decode = (header: unknown, signature = ''): Promise<{ code: string }> =>
      failure(() => api.decode(`${segment(header)}.e30.${signature}`, key, { algorithms: ['HS256'] }))
    expect((await decode({ alg: 'none', crit: ['x'] })).code).toBe('invalid_token')
    expect((await decode({ alg: 'none', kid: 5 })).code).toBe('invalid_token')
    expect((await decode({ alg: 'none', b64: false })).code).toBe('malformed_token')
    expect((await decode({ alg: 'none' })).code).toBe('algorithm_not_allowed')
    expect((await decode({ alg: 'none' }, '=')).code).toBe('malformed_token')
    expect((await decode({ alg: 'HS256' })).code).toBe('invalid_signature')
  })

  const good = forged({ a: 1 })
  const [header, payload, signature] = good.split('.') as [string, string, string]
  it.each([
    ['the whole token', good, 'ok'],
    ['nothing', '', 'malformed_token'],
    ['no dot', header, 'malformed_token'],
    ['one dot', `${header}.${payload}`, 'malformed_token'],
    ['three dots', `${good}.`, 'malformed_token'],
    ['four dots (JWE)', `${good}.${payload}.${payload}`, 'malformed_token'],
    ['two dots alone', '..', 'malformed_token'],
    ['an empty header', `.${payload}.${signature}`, 'malformed_token'],
    ['an empty payload', `${header}..${signature}`, 'invalid_signature'],
    ['an empty signature', `${header}.${payload}.`, 'invalid_signature'],
    ['a space before', ` ${good}`, 'malformed_token'],
    ['a line break after', `${good}\n`, 'malformed_token'],
    ['padding', `${good}=`, 'malformed_token'],
    ['padding in the header', `${header}=.${payload}.${signature}`, 'malformed_token'],
    ['padding in the payload', `${header}.${payload}=.${signature}`, 'malformed_token'],
    ['Bearer before', `Bearer ${good}`, 'malformed_token'],
    ['quotes', `"${good}"`, 'malformed_token'],
    ['a byte order mark', `\ufeff${good}`, 'malformed_token'],
    ['a fullwidth dot', good.replace('.', '\uff0e'), 'malformed_token'],
    [
      'characters beyond latin1 whose low byte fits',
      `${header}.${payload}.${String.fromCharCode(signature.charCodeAt(0) + 0x100)}${signature.slice(1)}`,
      'malformed_token',
    ],
    [
      'the same in the header',
      `${String.fromCharCode(header.charCodeAt(0) + 0x100)}${header.slice(1)}.${payload}.${signature}`,
      'malformed_token',
    ],
    ['a signature cut by one', good.slice(0, -1), 'malformed_token'],
    ['a signature of 30 bytes', `${header}.${payload}.${signature.slice(0, 40)}`, 'invalid_signature'],
    ['a signature with more', `${good}AAAA`, 'invalid_signature'],
    ['a signature of 33 bytes', `${header}.${payload}.${segment(new Uint8Array(33))}`, 'invalid_signature'],
    ['the unused bits of the signature', `${good.slice(0, -1)}${nextCharacter(good.at(-1)!)}`, 'malformed_token'],
    ['a JSON serialisation', JSON.stringify({ payload, signatures: [{ protected: header, signature }] }), 'malformed_token'],
    ['bytes', new TextEncoder().encode(good), 'malformed_token'],
    ['a String object', new String(good), 'malformed_token'],
    ['an object with toString', { toString: () => good }, 'malformed_token'],
    ['an array', [good], 'malformed_token'],
    ['undefined', undefined, 'malformed_token'],
    ['null', null, 'malformed_token'],
    ['a number', 5, 'malformed_token'],
  ] as [string, unknown, string][])('compact form (R8, R9, R13): %s', async (_name, token, code) => {
    for (const one of ['decode', 'decodeComplete'] as const) {
      const { error } = await outcome(() => api[one](token, key, { algorithms: ['HS256'] }))
      expect(error?.code ?? 'ok').toBe(code)
      if (code === 'malformed_token') expect(error!.name).toBe('DecodeError')
    }
    const tried = (await api.tryDecode(token, key, { algorithms: ['HS256'] })) as { ok: boolean; error?: { code: string } }
    expect(tried.error?.code ?? 'ok').toBe(code)
  })

  it('sizes (R8): the bounds themselves pass', async () => {
    const options = { algorithms: ['HS256'] }
    const long = (length: number): string => {
      const probe = forged({ x: 'y'.repeat(Math.floor(((length - 200) * 3) / 4)) })
      const missing = Math.floor(((length - probe.length) * 3) / 4)
      return forged({ x: 'y'.repeat(Math.floor(((length - 200) * 3) / 4) + missing) })
    }
    const fits = long(65_536)
    expect(fits.length).toBeGreaterThan(65_530)
    expect((await outcome(() => api.decode(fits, key, options))).error).toBeUndefined()
    expect(await failure(() => api.decode(`${'A'.repeat(65_537)}`, key, options))).toMatchObject({
      detail: { reason: 'size', maxLength: 65_536 },
    })
    expect(await failure(() => api.decode('A'.repeat(65_536), key, options))).toMatchObject({ detail: { reason: 'segments' } })
    expect((await outcome(() => api.decode(good, key, { ...options, maxTokenLength: good.length }))).error).toBeUndefined()
    expect(await failure(() => api.decode(good, key, { ...options, maxTokenLength: good.length - 1 }))).toMatchObject({
      detail: { reason: 'size' },
    })
    const large = forged({}, { alg: 'HS256', x: 'y'.repeat(12_288 - 22) })
    expect(large.indexOf('.')).toBe(16_384)
    expect((await outcome(() => api.decode(large, key, options))).error).toBeUndefined()
    const larger = forged({}, { alg: 'HS256', x: 'y'.repeat(12_288 - 21) })
    expect(await failure(() => api.decode(larger, key, options))).toMatchObject({ detail: { reason: 'size', maxLength: 16_384 } })
  })
})

/** The character whose six bits differ in the lowest, which the last character of 32 bytes does not use. */
function nextCharacter(character: string): string {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'
  return alphabet[alphabet.indexOf(character) ^ 1]!
}

describe.each(backends)('$name: the header to sign (R25)', ({ api }) => {
  const key = api.importKey(secret, { type: 'secret' })
  const named = api.importKey(secret, { type: 'secret', kid: 'k1' })
  const sign = (header: unknown, by: unknown = key): unknown => api.encode({}, by, { algorithm: 'HS256', header })
  const signed = async (header: unknown, by?: unknown): Promise<unknown> => part((await sign(header, by)) as string, 0)
  const cyclic: Record<string, unknown> = {}
  cyclic['self'] = cyclic
  class Header {
    kid = 'x'
  }
  const throws = (): never => {
    throw new Error('trap')
  }
  const privateJwk = { kty: 'OKP', crv: 'Ed25519', x: 'AA', d: 'AA' }

  it.each([
    ['another alg', { alg: 'HS384' }],
    ['alg none', { alg: 'none' }],
    ['alg null', { alg: null }],
    ['alg in a list', { alg: ['HS256'] }],
    ['alg as a String object', { alg: new String('HS256') }],
    ['b64 false', { b64: false }],
    ['b64 false with crit', { b64: false, crit: ['b64'] }],
    ['b64 null', { b64: null }],
    ['b64 that turns into false', { b64: { toJSON: () => false } }],
    ['zip', { zip: 'DEF' }],
    ['zip null', { zip: null }],
    ['crit for an absent member', { crit: ['ext'] }],
    ['crit for a member that is undefined', { crit: ['ext'], ext: undefined }],
    ['crit for a member that JSON leaves out', { crit: ['ext'], ext: () => 1 }],
    ['crit for an inherited member', { crit: ['toString'] }],
    ['crit for a registered name', { crit: ['kid'], kid: 'x' }],
    ['crit empty', { crit: [] }],
    ['crit null', { crit: null }],
    ['crit text', { crit: 'ext', ext: 1 }],
    ['crit with a name twice', { crit: ['ext', 'ext'], ext: 1 }],
    ['crit with a toJSON', { crit: Object.assign(['ext'], { toJSON: () => ['gone'] }), ext: 1 }],
    ['a private jwk', { jwk: privateJwk }],
    ['an oct jwk', { jwk: { kty: 'oct', k: 'AA' } }],
    ['an RSA jwk with a prime', { jwk: { kty: 'RSA', n: 'AA', e: 'AQAB', p: 'AA' } }],
    ['a jwk with inherited private members', { jwk: Object.create(privateJwk) }],
    ['a jwk whose toJSON gives the private one', { jwk: { kty: 'OKP', toJSON: () => privateJwk } }],
    ['a jwk that hides d', { jwk: new Proxy(privateJwk, { has: () => false }) }],
    ['kid a number', { kid: 5 }],
    ['kid a list', { kid: ['x'] }],
    ['kid with a toJSON', { kid: { toJSON: () => 'x' } }],
    ['typ a number', { typ: 5 }],
    ['typ a String object', { typ: new String('JWT') }],
    ['toJSON', { toJSON: () => ({ alg: 'none' }) }],
    ['NaN deep down', { x: [{ y: Number.NaN }] }],
    ['Infinity', { x: Number.POSITIVE_INFINITY }],
    ['a BigInt', { x: 1n }],
    ['a cycle', cyclic],
    ['__proto__ as an own member', JSON.parse('{"__proto__":{"alg":"none"}}')],
    ['__proto__ below', { x: JSON.parse('{"__proto__":1}') }],
    ['an instance', new Header()],
    ['a Map', new Map([['kid', 'x']])],
    ['a Date', new Date(0)],
    ['an array', [['kid', 'x']]],
    ['text', 'kid'],
    [
      'a getter that throws',
      {
        get kid() {
          return throws()
        },
      },
    ],
    ['a proxy that throws', new Proxy({}, { ownKeys: throws })],
    ['more than 16384 characters', { x: 'y'.repeat(12_300) }],
    ['a depth of 600', { x: JSON.parse(`${'['.repeat(600)}${']'.repeat(600)}`) }],
  ] as [string, unknown][])('refuses %s', async (_name, header) => {
    const error = await failure(() => sign(header))
    expect([error.name, error.code]).toEqual(['UsageError', 'invalid_usage'])
    const made = (): unknown => api.createEncoder(key, { algorithm: 'HS256', issuer: null, audience: null, header })
    expect((await failure(made)).code).toBe('invalid_usage')
    const encoder = api.createEncoder(key, { algorithm: 'HS256', issuer: null, audience: null })
    expect((await failure(() => encoder.encode({}, { header }))).code).toBe('invalid_usage')
  })

  it.each([
    ['nothing', {}, { alg: 'HS256', typ: 'JWT' }],
    ['its own alg', { alg: 'HS256' }, { alg: 'HS256', typ: 'JWT' }],
    ['alg undefined', { alg: undefined }, { alg: 'HS256', typ: 'JWT' }],
    ['typ null', { typ: null }, { alg: 'HS256' }],
    ['typ undefined', { typ: undefined }, { alg: 'HS256', typ: 'JWT' }],
    ['typ empty, as in PyJWT', { typ: '' }, { alg: 'HS256' }],
    ['another typ', { typ: 'at+jwt' }, { alg: 'HS256', typ: 'at+jwt' }],
    ['a kid', { kid: 'x' }, { alg: 'HS256', kid: 'x', typ: 'JWT' }],
    ['kid null', { kid: null }, { alg: 'HS256', typ: 'JWT' }],
    ['null elsewhere', { x: null }, { alg: 'HS256', typ: 'JWT', x: null }],
    ['undefined members', { x: undefined }, { alg: 'HS256', typ: 'JWT' }],
    ['b64 true', { b64: true }, { alg: 'HS256', b64: true, typ: 'JWT' }],
    ['crit with its member', { crit: ['ext'], ext: false }, { alg: 'HS256', crit: ['ext'], ext: false, typ: 'JWT' }],
    [
      'a public jwk',
      { jwk: { kty: 'OKP', crv: 'Ed25519', x: 'AA' } },
      { alg: 'HS256', jwk: { kty: 'OKP', crv: 'Ed25519', x: 'AA' }, typ: 'JWT' },
    ],
    ['minus zero', { x: -0 }, { alg: 'HS256', typ: 'JWT', x: 0 }],
    ['a lone surrogate', { x: '\ud800' }, { alg: 'HS256', typ: 'JWT', x: '\ud800' }],
    ['no prototype', Object.assign(Object.create(null), { kid: 'x' }), { alg: 'HS256', kid: 'x', typ: 'JWT' }],
    ['a member called constructor', { constructor: 'x' }, { alg: 'HS256', constructor: 'x', typ: 'JWT' }],
  ] as [string, unknown, unknown][])('takes %s', async (_name, header, expected) => {
    expect(await signed(header)).toEqual(expected)
  })

  it('members are in alphabetical order, whatever the order of the caller', async () => {
    const token = (await sign({ z: 1, kid: 'k', a: 2, cty: 'x', B: 3 })) as string
    expect(partText(token, 0)).toBe('{"B":3,"a":2,"alg":"HS256","cty":"x","kid":"k","typ":"JWT","z":1}')
  })

  it('kid comes from the key; null leaves it out; another one is refused', async () => {
    expect(await signed({}, named)).toEqual({ alg: 'HS256', kid: 'k1', typ: 'JWT' })
    expect(await signed({ kid: 'k1' }, named)).toEqual({ alg: 'HS256', kid: 'k1', typ: 'JWT' })
    expect(await signed({ kid: undefined }, named)).toEqual({ alg: 'HS256', kid: 'k1', typ: 'JWT' })
    expect(await signed({ kid: null }, named)).toEqual({ alg: 'HS256', typ: 'JWT' })
    expect((await failure(() => sign({ kid: 'k2' }, named))).code).toBe('invalid_usage')
    expect((await failure(() => sign({ kid: 'K1' }, named))).code).toBe('invalid_usage')
  })

  it('getters answer once', async () => {
    const reads: string[] = []
    const header = {
      get kid() {
        reads.push('kid')
        return reads.length === 1 ? 'x' : 5
      },
      get alg() {
        reads.push('alg')
        return reads.includes('done') ? 'none' : 'HS256'
      },
    }
    expect(await signed(header)).toEqual({ alg: 'HS256', kid: 'x', typ: 'JWT' })
    expect(reads).toEqual(['kid', 'alg'])
  })

  it('a header of one call stands in for that of the encoder', async () => {
    const encoder = api.createEncoder(key, { algorithm: 'HS256', issuer: null, audience: null, header: { kid: 'a', x: 1 } })
    expect(part(await encoder.encode({}), 0)).toEqual({ alg: 'HS256', kid: 'a', typ: 'JWT', x: 1 })
    expect(part(await encoder.encode({}, { header: { kid: 'b' } }), 0)).toEqual({ alg: 'HS256', kid: 'b', typ: 'JWT' })
    expect(part(await encoder.encode({}), 0)).toEqual({ alg: 'HS256', kid: 'a', typ: 'JWT', x: 1 })
  })
})

describe('a Signer that is asked for a snapshot', () => {
  const { api } = backends[1]!
  const secrets = [api.importKey(secret, { type: 'secret', kid: 'one' }), api.importKey(`${secret} 2`, { type: 'secret', kid: 'two' })]
  const signers = secrets.map((key) => backends[1]!.backend.signer('HS256', key))

  it('writes the kid of the key that signs, though it changes', async () => {
    let turn = 0
    const rotating = { ...signers[0], snapshot: () => signers[turn++ % 2] }
    for (const kid of ['one', 'two', 'one']) {
      const token = (await api.encode({}, rotating, {})) as string
      expect(part(token, 0)['kid']).toBe(kid)
      expect(await api.decode(token, secrets, { algorithms: ['HS256'] })).toEqual({})
    }
  })

  it.each([
    ['algorithm', { ...signers[0], algorithm: 'HS384' }],
    ['mode', { ...signers[0], mode: 'async' }],
  ])('a snapshot of another %s is refused', async (_name, now) => {
    expect((await failure(() => api.encode({}, { ...signers[0], snapshot: () => now }, {}))).code).toMatch(/backend_failure|invalid_usage/)
  })

  it('what happens to the header afterwards changes nothing', async () => {
    const header = { x: 'before', list: ['before'] }
    const encoder = api.createEncoder({ ...signers[0], snapshot: () => signers[0] }, { issuer: null, audience: null, header })
    header.x = 'after'
    header.list[0] = 'after'
    expect(part(await encoder.encode({}), 0)).toEqual({ alg: 'HS256', kid: 'one', list: ['before'], typ: 'JWT', x: 'before' })
  })
})
