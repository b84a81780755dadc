import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { isJwtError } from '../../src/core/errors.ts'
import * as nodeApi from '../../src/node.ts'
import { decodeUnverified, decodeUnverifiedHeader } from '../../src/unverified.ts'
import { backends, clock, failure, forged, now, outcome, part, secret, segment, verdict } from '../backends-list.ts'

const unhandled: unknown[] = []
const onUnhandled = (reason: unknown): void => {
  unhandled.push(reason)
}
beforeAll(() => {
  process.on('unhandledRejection', onUnhandled)
})
afterAll(async () => {
  await new Promise((resolve) => setTimeout(resolve, 50))
  process.off('unhandledRejection', onUnhandled)
  expect(unhandled).toEqual([])
})

const hs = { algorithms: ['HS256'], now: clock }
const good = forged({ sub: 'alice', n: [1, null, { deep: true }] }, { alg: 'HS256', typ: 'JWT', x: 1 })
const algorithms = ['HS256', 'HS384', 'HS512', 'RS256', 'PS256', 'ES256', 'ES384', 'ES512', 'ES256K', 'EdDSA', 'Ed25519', 'Ed448'] as const

// Nothing of this may be seen in an explanation or an error.
const canary = { sub: 'CANARYsubject', iss: 'CANARYissuer', aud: ['CANARYaudience'], jti: 'CANARYjti', note: 'CANARYnote' }
const explained: readonly (readonly [name: string, token: unknown, options: object, failed: readonly string[]])[] = [
  ['a good token', forged({ exp: now + 60 }), {}, []],
  [
    'everything as expected',
    forged({ iss: 'i', aud: 'a', sub: 's', jti: 'j', nonce: 'n', iat: now, nbf: now, exp: now + 1 }, { alg: 'HS256', typ: 'x' }),
    { issuer: 'i', audience: 'a', subject: 's', jwtId: 'j', nonce: 'n', maxAge: '1m', typ: 'x', require: ['exp'] },
    [],
  ],
  ['no token', undefined, {}, ['segments']],
  ['text', 'CANARYtoken', {}, ['segments']],
  ['an object', { a: 'CANARYtoken' }, {}, ['segments']],
  ['too long', 'CANARY'.repeat(20_000), {}, ['segments']],
  ['a JWE', 'CANARY.CANARY.CANARY.CANARY.CANARY', {}, ['segments']],
  ['a header that is no JSON', 'CANARYxx.CANARYxx.CANARYxx', {}, ['header']],
  ['a payload that is no base64url', `${segment({ alg: 'HS256' })}.CANARY!.AAAA`, {}, ['base64url']],
  ['a kid that is no text', forged(canary, { alg: 'HS256', kid: ['CANARYkid'] }), {}, ['parameters']],
  ['crit', forged(canary, { alg: 'HS256', crit: ['CANARYcrit'], CANARYcrit: 1 }), {}, ['parameters']],
  ['another algorithm', forged(canary, { alg: 'CANARYalg' }), {}, ['alg']],
  ['no algorithm', forged(canary, {}), {}, ['alg']],
  ['another key', forged(canary, undefined, 'CANARY other secret of 32 bytes or more'), {}, ['signature']],
  ['a payload that is no JSON', forged('CANARY'), {}, ['payload']],
  ['expired', forged({ ...canary, exp: now - 60 }), { audience: null }, ['exp']],
  [
    'all claims wrong',
    forged({ ...canary, exp: now - 60, nbf: now + 60, iat: now + 60 }),
    { issuer: 'i', audience: 'a', subject: 's', jwtId: 'j', nonce: 'n', maxAge: '1m', typ: 'x', require: ['x'] },
    ['typ', 'require', 'iat', 'nbf', 'exp', 'iss', 'aud', 'sub', 'jti', 'nonce'],
  ],
  [
    'all times of a wrong type',
    forged({ exp: 'CANARY', nbf: ['CANARY'], iat: { a: 'CANARY' } }),
    { maxAge: '1m' },
    ['iat', 'maxAge', 'nbf', 'exp'],
  ],
]
const stageNames = ['segments', 'header', 'base64url', 'parameters', 'alg', 'key', 'signature', 'payload']
const claimNames = ['typ', 'require', 'iat', 'maxAge', 'nbf', 'exp', 'iss', 'aud', 'sub', 'jti', 'nonce', 'schema']

function verificationKey(made: unknown): unknown {
  return (made as { publicKey?: unknown }).publicKey ?? made
}

interface Explained {
  readonly ok: boolean
  readonly checks: readonly { check: string; status: string; rfc: string; expected?: string; actual?: string; hint?: string }[]
  readonly error?: { name: string; code: string }
}

describe.each(backends)('$name: the token functions', ({ name, api }) => {
  const key = api.importKey(secret, { type: 'secret' })

  it.each(algorithms)('%s: signs and verifies by what this package makes', async (algorithm) => {
    if (name !== 'node' && /^[RP]S/.test(algorithm)) return
    const { value: made, error } = await outcome(() =>
      algorithm.startsWith('HS') ? api.generateSecret(algorithm) : api.generateKey(algorithm),
    )
    // WebCrypto knows no secp256k1; the refusal says where to go.
    if (error) {
      expect([name, algorithm, error.code, /signet-jwt\/noble/.test(error.message)]).toEqual(['webcrypto', 'ES256K', 'invalid_key', true])
      return
    }
    const token: unknown = await api.encode({ sub: 'x' }, made, { algorithm })
    expect(await api.decode(token, verificationKey(made), { algorithms: [algorithm] })).toEqual({ sub: 'x' })
    expect(nodeApi.decode(token as string, verificationKey(made) as nodeApi.SecretKey, { algorithms: [algorithm] })).toEqual({ sub: 'x' })
  })

  it('decodeComplete gives header, claims and signature', async () => {
    expect(await api.decodeComplete(good, key, hs)).toEqual({
      header: { alg: 'HS256', typ: 'JWT', x: 1 },
      claims: { sub: 'alice', n: [1, null, { deep: true }] },
      signature: new Uint8Array(Buffer.from(good.split('.')[2]!, 'base64url')),
    })
  })

  it('no two calls share a result', async () => {
    const decoder = api.createDecoder(key, { ...hs, issuer: null, audience: null })
    const first = await decoder.decode(good)
    first.sub = 'mallory'
    first.n[2].deep = false
    expect(await decoder.decode(good)).toEqual({ sub: 'alice', n: [1, null, { deep: true }] })
  })

  it('a prepared decoder and encoder: frozen, their functions may be taken out', async () => {
    const decoder = api.createDecoder(key, { ...hs, issuer: null, audience: null })
    const { decode, decodeComplete, tryDecode } = decoder
    expect(await decode(good)).toEqual(await decoder.decode(good))
    expect((await decodeComplete(good)).claims).toEqual(await decode(good))
    expect(await tryDecode(good)).toEqual({ ok: true, header: { alg: 'HS256', typ: 'JWT', x: 1 }, claims: await decode(good) })
    expect([decoder.algorithms, decoder.mode]).toEqual([['HS256'], name === 'webcrypto' ? 'async' : 'sync'])
    const encoder = api.createEncoder(key, { algorithm: 'HS256', issuer: 'i', audience: null, expiresIn: '1m', now: clock })
    const { encode } = encoder
    expect(part(await encode({ a: 1 }), 1)).toEqual({ a: 1, iss: 'i', exp: now + 60 })
    expect(part(await encode({ a: 1 }, { expiresIn: '2m', subject: 's' }), 1)).toEqual({ a: 1, iss: 'i', exp: now + 120, sub: 's' })
    expect([encoder.algorithm, encoder.mode]).toEqual(['HS256', name === 'webcrypto' ? 'async' : 'sync'])
    for (const made of [decoder, decoder.algorithms, encoder]) expect(Object.isFrozen(made)).toBe(true)
  })

  it.each([
    ['options', { issuer: 'i' }, 'invalid_usage'],
    ['no options', {}, 'invalid_usage'],
    ['null', null, 'invalid_usage'],
    ['nothing', undefined, 'ok'],
    ['the index of map', 7, 'ok'],
  ])('a prepared decoder takes a token alone: with %s', async (_name, second, expected) => {
    const decoder = api.createDecoder(key, { ...hs, issuer: null, audience: null })
    for (const call of [decoder.decode, decoder.decodeComplete, decoder.tryDecode] as ((...given: unknown[]) => unknown)[]) {
      for (let i = 0; i < 2; i++) expect(await verdict(() => call(good, second))).toBe(expected)
    }
  })

  it('encode adds nothing that was not asked for', async () => {
    const token = (await api.encode({}, key, { algorithm: 'HS256' })) as string
    expect(token.split('.').slice(0, 2)).toEqual([segment('{"alg":"HS256","typ":"JWT"}'), 'e30'])
    expect(token).toBe(forged('{}', '{"alg":"HS256","typ":"JWT"}'))
  })

  it.each([
    ['malformed', 'x', 'malformed_token'],
    ['tampered', good.replace(/\.[^.]+\./, `.${segment({ sub: 'mallory' })}.`), 'invalid_signature'],
    ['expired', forged({ exp: 5 }), 'token_expired'],
    ['for another audience', forged({ aud: 'x' }), 'invalid_audience'],
    ['of another algorithm', forged({}, { alg: 'none' }), 'algorithm_not_allowed'],
  ])('tryDecode: a token that is %s is a value', async (_name, token, code) => {
    const result = await api.tryDecode(token, key, hs)
    expect(result).toMatchObject({ ok: false, error: { code } })
    expect(isJwtError(result.error)).toBe(true)
    expect('claims' in result).toBe(false)
    expect((await failure(() => api.decode(token, key, hs))).code).toBe(code)
  })

  it.each([
    ['no options', () => api.tryDecode(good, key)],
    ['wrong options', () => api.tryDecode(good, key, { algorithms: 'HS256' })],
    ['a wrong key', () => api.tryDecode(good, 'short', hs)],
    [
      'a clock that throws',
      () =>
        api.tryDecode(good, key, {
          ...hs,
          now: () => {
            throw new Error('clock')
          },
        }),
    ],
    ['a clock without time', () => api.tryDecode(good, key, { ...hs, now: () => Number.NaN })],
  ])('tryDecode: %s is thrown', async (_name, call) => {
    expect((await failure(call)).code).toMatch(/^invalid_(usage|key)$/)
  })

  it.each(explained)('explain: %s', async (_name, token, options, failed) => {
    const result = (await api.explain(token, key, { ...hs, ...options })) as Explained
    expect(result.checks.filter(({ status }) => status === 'failed').map(({ check }) => check)).toEqual(failed)
    expect(result.ok).toBe(failed.length === 0)
    const { error } = await outcome(() => api.decode(token, key, { ...hs, ...options }))
    expect(result.error?.code).toBe(error?.code)
    expect(result.error?.name).toBe(error?.name)
    const names = result.checks.map(({ check }) => check)
    expect(names.slice(0, stageNames.length)).toEqual(stageNames)
    expect(names.slice(stageNames.length)).toEqual(claimNames.filter((one) => names.slice(stageNames.length).includes(one)))
    const stages = result.checks.slice(0, stageNames.length).map(({ status }) => status)
    const firstFailed = stages.indexOf('failed')
    if (firstFailed >= 0) {
      expect(stages.slice(0, firstFailed).every((status) => status === 'passed')).toBe(true)
      expect(result.checks.slice(firstFailed + 1).every(({ status }) => status === 'skipped')).toBe(true)
    }
    for (const check of result.checks) {
      expect(check.rfc).toMatch(/^(RFC \d{4}|OpenID|Standard)/)
      if (check.status === 'failed') expect(check.hint).toMatch(/\w/)
    }
    expect(JSON.stringify(result)).not.toContain('CANARY')
    expect(JSON.stringify(result)).not.toContain(secret)
    expect(JSON.stringify({ ...result, error: result.error && String(result.error) })).not.toContain('CANARY')
  })

  it('explain shows lengths and time differences, not values', async () => {
    const { checks } = (await api.explain(forged({ ...canary, exp: now - 90, iat: now - 100, nbf: now }), key, {
      ...hs,
      audience: 'a',
      nonce: 'n',
    })) as Explained
    const actual = Object.fromEntries(checks.map(({ check, actual: seen }) => [check, seen]))
    expect(actual).toMatchObject({
      exp: '90 seconds ago',
      iat: '100 seconds ago',
      sub: 'a string of 13 characters',
      aud: 'an array of 1',
      nonce: 'absent',
    })
    expect(checks.find(({ check }) => check === 'nonce')!.status).toBe('failed')
  })

  it.each([`Bearer ${good}`, `bearer\t${good}`, `"${good}"`, ` ${good}`])(
    'explain says what stands around a token: %.9s…',
    async (wrapped) => {
      const { checks } = (await api.explain(wrapped, key, hs)) as Explained
      expect(checks.find(({ status }) => status === 'failed')).toMatchObject({
        check: 'header',
        hint: expect.stringContaining('"Bearer "'),
      })
    },
  )

  it('explain of a check without a claim and without an expectation is skipped', async () => {
    const { checks, ok } = (await api.explain(forged({}), key, hs)) as Explained
    expect(ok).toBe(true)
    expect(checks.slice(stageNames.length).map(({ status }) => status)).not.toContain('passed')
  })

  it('generateKey and generateSecret', async () => {
    const sizes = { HS256: 256, HS384: 384, HS512: 512 }
    for (const [algorithm, bits] of Object.entries(sizes))
      expect(await api.generateSecret(algorithm)).toMatchObject({ type: 'secret', bits })
    expect(await api.generateKey('EdDSA', { crv: 'Ed448' })).toMatchObject({ type: 'private', crv: 'Ed448' })
    expect((await api.generateKey('ES384')).publicKey).toMatchObject({ type: 'public', crv: 'P-384' })
    const rows: [() => unknown][] = [
      [() => api.generateKey('HS256')],
      [() => api.generateSecret('ES256')],
      [() => api.generateKey('none')],
      [() => api.generateKey('es256')],
      [() => api.generateKey(undefined)],
      [() => api.generateSecret(undefined)],
      [() => api.generateKey('ES256', { crv: 'P-384' })],
      [() => api.generateKey('EdDSA', { crv: 'X25519' })],
      [() => api.generateKey('RS256', { modulusLength: 1024 })],
      [() => api.generateKey('RS256', { modulusLength: 2049 })],
      [() => api.generateKey('RS256', { modulusLength: 16_392 })],
      [() => api.generateKey('RS256', { modulusLength: '2048' })],
      [() => api.generateKey('ES256', { curve: 'P-256' })],
      [() => api.generateKey('ES256', null)],
      [() => api.generateKey('ES256', { modulusLength: 2048 })],
      [() => api.generateKey('EdDSA', { crv: 'Ed25519', modulusLength: 2048 })],
      [() => api.generateKey('RS256', { crv: 'P-256' })],
      [() => api.generateSecret('HS256', { modulusLength: 2048 })],
      [() => api.generateSecret('HS256', { bits: 512 })],
    ]
    for (const [call] of rows) expect(await verdict(call)).toBe('invalid_usage')
  })

  it('exportJwk, exportPem and the thumbprint', async () => {
    const made = await api.generateKey('ES256')
    const jwk = api.exportJwk(made)
    expect(Object.keys(jwk).sort()).toEqual(['crv', 'd', 'kty', 'x', 'y'])
    expect(Object.keys(api.exportJwk(made.publicKey)).sort()).toEqual(['crv', 'kty', 'x', 'y'])
    expect(api.exportJwk(nodeApi.importKey(api.exportPem(made)))).toEqual(jwk)
    expect(api.exportPem(made.publicKey)).toMatch(/^-----BEGIN PUBLIC KEY-----\n/)
    const thumbprint = await api.jwkThumbprint(made)
    for (const same of [made.publicKey, jwk, api.exportJwk(made.publicKey), { ...jwk, kid: 'k', use: 'sig', extra: 1 }]) {
      expect(await api.jwkThumbprint(same)).toBe(thumbprint)
    }
    expect(await api.jwkThumbprintUri(made)).toBe(`urn:ietf:params:oauth:jwk-thumbprint:sha-256:${thumbprint}`)
    expect(await api.jwkThumbprintUri(made, { hash: 'SHA-512' })).toMatch(/^urn:ietf:params:oauth:jwk-thumbprint:sha-512:[\w-]{86}$/)
    // RFC 7638 §3.1
    const example = {
      kty: 'RSA',
      e: 'AQAB',
      alg: 'RS256',
      kid: '2011-04-29',
      n: '0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_BJECPebWKRXjBZCiFV4n3oknjhMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2QvzqY368QQMicAtaSqzs8KJZgnYb9c7d0zgdAZHzu6qMQvRL5hajrn1n91CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1jF44-csFCur-kEgU8awapJzKnqDKgw',
    }
    expect(await api.jwkThumbprint(example)).toBe('NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs')
  })

  it.each([{ hash: 'SHA-1' }, { hash: 'sha-256' }, { hash: undefined }, { Hash: 'SHA-512' }, { hash: 5 }, null, 'SHA-256', 5])(
    'the options of a thumbprint fail closed: %j',
    async (options) => {
      expect(await verdict(() => api.jwkThumbprint(key, options))).toBe('invalid_usage')
      expect(await verdict(() => api.jwkThumbprintUri(key, options))).toBe('invalid_usage')
    },
  )

  it('the options of a thumbprint are read once', async () => {
    let reads = 0
    const options = {
      get hash() {
        return reads++ === 0 ? 'SHA-256' : 5
      },
    }
    expect(await api.jwkThumbprintUri(key, options)).toMatch(/:sha-256:/)
  })

  it.each([
    undefined,
    null,
    5,
    'text',
    {},
    [],
    { [Symbol.for('signet-jwt.key.material')]: 5 },
    { [Symbol.for('signet-jwt.key.material')]: undefined },
  ])('what is no key cannot be exported: %s', async (value) => {
    for (const call of [() => api.exportJwk(value), () => api.exportPem(value), () => api.jwkThumbprint(value)])
      expect(await verdict(call)).toMatch(/^invalid_(key|usage)$/)
  })

  it('keys print redacted, and errors that hold them too', async () => {
    const made = [key, await api.generateKey('ES256'), api.importKey({ kty: 'oct', k: segment(secret) })]
    for (const one of made) {
      const { inspect } = await import('node:util')
      const printed = `${String(one)} ${JSON.stringify(one)} ${inspect(one, { depth: 9, showHidden: false })} ${inspect({ one }, { depth: 9 })}`
      const secrets = [secret, segment(secret), Buffer.from(secret).toString('hex')]
      const jwk = api.exportJwk(one) as Record<string, string>
      for (const text of [...secrets, jwk['d'] ?? jwk['k']!]) expect(printed).not.toContain(text)
    }
  })
})

describe('async functions never throw at once', () => {
  const { api } = backends[2]!
  const key = api.importKey(secret, { type: 'secret' })
  const revoked = (): object => {
    const { proxy, revoke } = Proxy.revocable({}, {})
    revoke()
    return proxy
  }
  const self: unknown[] = []
  self[0] = self
  const thrower = {
    get mode() {
      throw new Error('mode')
    },
  }
  const keys: readonly (readonly [string, unknown])[] = [
    ['undefined', undefined],
    ['text', 'x'],
    ['a key of this library', key],
    ['a list of keys', [key]],
    ['a JWK', { kty: 'oct', k: 'AA' }],
    ['a revoked proxy', revoked()],
    ['a list of a revoked proxy', [revoked()]],
    ['an object whose mode throws', thrower],
    ['a list that holds itself', self],
    ['nothing in a list', []],
  ]

  it.each(keys)('with %s as key', async (_name, given) => {
    const calls: readonly (() => unknown)[] = [
      () => api.encode({}, given, { algorithm: 'nope' }),
      () => api.encode(5, given, { algorithm: 'HS256' }),
      () => api.encode({}, given),
      ...(['decode', 'decodeComplete', 'tryDecode', 'explain'] as const).flatMap((one) => [
        () => api[one](good, given, { algorithms: 'HS256' }),
        () => api[one](good, given),
      ]),
      () => api.generateKey(given),
      () => api.generateSecret(given),
      () => api.jwkThumbprint(given),
      () => api.jwkThumbprintUri(given),
    ]
    for (const call of calls) {
      let result: unknown
      expect(() => {
        result = call()
      }, String(call)).not.toThrow()
      expect(result).toBeInstanceOf(Promise)
      await outcome(() => result)
    }
  })

  it('a CryptoKey given to a sync entry: a promise, also for faults', async () => {
    const handle = await crypto.subtle.importKey('raw', Buffer.from(secret), { name: 'HMAC', hash: 'SHA-256' }, false, ['sign', 'verify'])
    for (const { name, api: entry } of backends) {
      const token = entry.encode({ a: 1 }, handle, { algorithm: 'HS256' })
      expect(token, name).toBeInstanceOf(Promise)
      expect(await entry.decode(await token, handle, { algorithms: ['HS256'] })).toEqual({ a: 1 })
      const wrong = entry.decode(await token, handle, { algorithms: 'HS256' })
      expect(await verdict(() => wrong)).toBe('invalid_usage')
      const bad = entry.decode('x', entry.importKey(handle), { algorithms: ['HS256'] })
      expect(await verdict(() => bad)).toBe('malformed_token')
      expect(await verdict(() => entry.tryDecode(good, [handle], { algorithms: ['HS256'] }))).toBe('invalid_usage')
    }
  })
})

describe('signet-jwt/unverified', () => {
  it('reads what a token says, whoever made it', () => {
    const token = `${segment({ alg: 'none', typ: 'x' })}.${segment({ exp: 1, sub: 'a' })}.`
    expect(decodeUnverified(token)).toEqual({
      header: { alg: 'none', typ: 'x' },
      claims: { exp: 1, sub: 'a' },
      signature: new Uint8Array(0),
    })
    expect(decodeUnverifiedHeader(token)).toEqual({ alg: 'none', typ: 'x' })
    expect(decodeUnverifiedHeader(`${segment({ kid: 'k' })}.!.!`)).toEqual({ kid: 'k' })
  })

  it.each([
    ['nothing', undefined],
    ['a number', 5],
    ['one segment', 'e30'],
    ['five segments', 'e30.e30.e30.e30.e30'],
    ['a header that is no object', `${segment('[]')}.e30.AA`],
    ['a name twice', `${segment('{"a":1,"a":1}')}.e30.AA`],
    ['padding', 'e30=.e30.AA'],
    ['65537 characters', `e30.${'A'.repeat(65_533)}`],
  ])('refuses %s', (_name, token) => {
    for (const call of [decodeUnverified, decodeUnverifiedHeader]) {
      expect(() => call(token as string)).toThrow(expect.objectContaining({ name: 'DecodeError', code: 'malformed_token' }))
    }
  })

  it.each([
    ['a payload that is no object', `e30.${segment('[]')}.AA`],
    ['a payload with a name twice', `e30.${segment('{"a":1,"a":1}')}.AA`],
    ['a signature that is no base64url', 'e30.e30.A'],
  ])('decodeUnverified refuses %s', (_name, token) => {
    expect(() => decodeUnverified(token)).toThrow(expect.objectContaining({ name: 'DecodeError', code: 'malformed_token' }))
  })
})
