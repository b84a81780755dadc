import { generateKeyPairSync } from 'node:crypto'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { encodeBase64url } from '../../src/core/base64url.ts'
import * as errors from '../../src/core/errors.ts'
import { isJwtError } from '../../src/core/errors.ts'
import * as nodeApi from '../../src/node.ts'
import { backends, failure, forged, outcome, secret, segment, verdict } from '../backends-list.ts'
import { jwkOf } from '../jwk-of.ts'

type Members = Record<string, unknown>
type Loose = (...args: unknown[]) => unknown

const pairs = {
  ES256: nodeApi.generateKey('ES256'),
  other: nodeApi.generateKey('ES256'),
  third: nodeApi.generateKey('ES256'),
  ES384: nodeApi.generateKey('ES384'),
  EdDSA: nodeApi.generateKey('EdDSA'),
  RS256: nodeApi.generateKey('RS256'),
}
const jwk = (name: keyof typeof pairs, more: object = {}): Members => ({ ...nodeApi.exportJwk(pairs[name].publicKey), ...more })
const privateJwk = (name: keyof typeof pairs, more: object = {}): Members => ({ ...nodeApi.exportJwk(pairs[name]), ...more })
const token = (name: keyof typeof pairs, header: object = {}): string =>
  (nodeApi.encode as Loose)({ by: name }, pairs[name], {
    algorithm: name === 'other' || name === 'third' ? 'ES256' : name,
    header,
  }) as string
const oct = { kty: 'oct', k: Buffer.from(secret).toString('base64url') }
const weakRsa = jwkOf(generateKeyPairSync('rsa', { modulusLength: 1024 }).publicKey)
const es = { algorithms: ['ES256'] }

describe.each(backends)('$name: several keys', ({ api }) => {
  const key = (name: keyof typeof pairs, kid?: string): unknown => api.importKey(jwk(name), kid === undefined ? {} : { kid })
  const a = key('ES256', 'a')
  const b = key('other', 'b')
  const nameless = key('third')
  const hmac = api.importKey(secret, { type: 'secret' })

  // The token's signer, its kid, the keys, and the verdict.
  it.each([
    ['the only key', 'ES256', undefined, [a], 'ok'],
    ['the first by kid', 'ES256', 'a', [a, b], 'ok'],
    ['the second by kid', 'other', 'b', [a, b], 'ok'],
    ['without a kid each key is tried', 'other', undefined, [a, b], 'ok'],
    ['a kid of another key', 'other', 'a', [a, b], 'invalid_signature'],
    ['a kid that nobody has', 'ES256', 'c', [a, b], 'key_not_found'],
    ['an unknown kid, and a key without one that fits', 'third', 'c', [a, b, nameless], 'ok'],
    ['an unknown kid, and a key without one that does not', 'ES256', 'c', [a, b, nameless], 'invalid_signature'],
    ['a known kid leaves keys without one in', 'third', 'a', [a, nameless], 'ok'],
    ['an empty kid is a kid', 'ES256', '', [a, b], 'key_not_found'],
    ['kids compare exactly', 'ES256', 'A', [a, b], 'key_not_found'],
    ['a kid that every object inherits', 'ES256', '__proto__', [a, b], 'key_not_found'],
    ['a kid as a path', 'ES256', '../../dev/null', [a, b], 'key_not_found'],
    ['two keys of one kid', 'other', 'x', [key('ES256', 'x'), key('other', 'x')], 'ok'],
    ['a key of another algorithm that is allowed', 'ES384', undefined, [a, key('ES384')], 'ok'],
    ['none of them made it', 'third', undefined, [a, b], 'invalid_signature'],
  ] as [string, keyof typeof pairs, string | undefined, unknown[], string][])('%s', async (_name, by, kid, keys, code) => {
    const given = token(by, kid === undefined ? {} : { kid })
    const { value, error } = await outcome(() =>
      api.decode(given, keys, { algorithms: keys.length === 2 && by === 'ES384' ? ['ES256', 'ES384'] : ['ES256'] }),
    )
    expect(error?.code ?? 'ok').toBe(code)
    if (code === 'ok') expect(value).toEqual({ by })
  })

  it.each([
    ['HMAC and a public key', [hmac, a], { algorithms: ['HS256'] }],
    ['the same under a list for the public key', [hmac, a], es],
    ['a key that fits nothing in the list', [a, key('ES384')], es],
    ['a key that fits nothing, alone', key('ES384'), es],
    ['a private key', api.importKey(privateJwk('ES256')), es],
    ['a private JWK', privateJwk('ES256'), es],
    ['a private key in a list', [a, api.importKey(privateJwk('other'))], es],
    ['a private PEM', nodeApi.exportPem(pairs.ES256), es],
    ['a JWK for another algorithm', jwk('ES256', { alg: 'ES384' }), es],
    ['a JWK for encryption', jwk('ES256', { use: 'enc' }), es],
    ['a JWK for signing only', jwk('ES256', { key_ops: ['sign'] }), es],
    ['an empty list', [], es],
    ['a list of text', ['secret'], es],
    ['a list of JWKs', [jwk('ES256')], es],
    ['a list in a list', [[a]], es],
    ['a list with a hole', [a, undefined], es],
    ['a public PEM as a secret', nodeApi.exportPem(pairs.RS256.publicKey), { algorithms: ['HS256'] }],
    ['a JWK as a secret', JSON.stringify(jwk('RS256')), { algorithms: ['HS256'] }],
    ['a public key as a secret', a, { algorithms: ['HS256'] }],
    ['a secret as a public key', hmac, es],
    ['a short secret', 'short', { algorithms: ['HS256'] }],
    ['a secret too short for its algorithm', secret, { algorithms: ['HS512'] }],
    ['an empty secret', '', { algorithms: ['HS256'], allowWeakKey: true }],
    ['no bytes', new Uint8Array(0), { algorithms: ['HS256'], allowWeakKey: true }],
    ['an oct JWK of nothing', { kty: 'oct', k: '' }, { algorithms: ['HS256'], allowWeakKey: true }],
    ['a small RSA key', weakRsa, { algorithms: ['RS256'] }],
    ['undefined', undefined, es],
    ['null', null, es],
    ['a number', 5, es],
    ['an empty object', {}, es],
    ['a function', () => a, es],
    ['a promise of a key', Promise.resolve(a), es],
    ['a Signer', nodeApi.node.signer('ES256', pairs.ES256), es],
  ] as [string, unknown, object][])('refused when the decoder is made: %s', async (_name, keys, options) => {
    const made = await outcome(() => api.createDecoder(keys, { ...options, issuer: null, audience: null }))
    expect(made.error?.code).toMatch(/^invalid_(key|usage)$/)
    const called = await outcome(() => api.decode(token('ES256'), keys, options))
    expect(called.error?.code).toMatch(/^invalid_(key|usage)$/)
  })

  it.each([
    ['a public key', a, { algorithm: 'ES256' }],
    ['a public JWK', jwk('ES256'), { algorithm: 'ES256' }],
    ['a public PEM', nodeApi.exportPem(pairs.ES256.publicKey), { algorithm: 'ES256' }],
    ['a public PEM as a secret', nodeApi.exportPem(pairs.ES256.publicKey), { algorithm: 'HS256' }],
    ['a key of another curve', privateJwk('ES384'), { algorithm: 'ES256' }],
    ['a key of another type', privateJwk('EdDSA'), { algorithm: 'ES256' }],
    ['a JWK for verifying only', privateJwk('ES256', { key_ops: ['verify'] }), { algorithm: 'ES256' }],
    ['a JWK for encryption', privateJwk('ES256', { use: 'enc' }), { algorithm: 'ES256' }],
    ['a short secret', 'short', { algorithm: 'HS256' }],
    ['a secret too short for its algorithm', secret, { algorithm: 'HS512' }],
    ['an empty secret', '', { algorithm: 'HS256', allowWeakKey: true }],
    ['a JWKS', { keys: [oct] }, { algorithm: 'HS256' }],
    ['a list', [hmac], { algorithm: 'HS256' }],
    ['a Verifier', nodeApi.node.verifier('ES256', pairs.ES256.publicKey), { algorithm: 'ES256' }],
    ['undefined', undefined, { algorithm: 'HS256' }],
  ] as [string, unknown, object][])('refused to sign with: %s (R6, R25)', async (_name, by, options) => {
    expect(await verdict(() => api.encode({}, by, options))).toMatch(/^invalid_(key|usage)$/)
    expect(await verdict(() => api.createEncoder(by, { ...options, issuer: null, audience: null }))).toMatch(/^invalid_(key|usage)$/)
  })

  it('a list of JWKs is told where they belong', async () => {
    const { message } = await failure(() => api.decode(token('ES256'), [jwk('ES256')], es))
    expect(message).toContain('{ keys: [jwk] }')
  })

  it('16 candidates are tried, 17 are refused, and a kid narrows them', async () => {
    const secrets = Array.from({ length: 17 }, (_, i) =>
      api.importKey(`${secret} ${i}`, { type: 'secret', ...(i > 0 && { kid: `k${i}` }) }),
    )
    const by = (i: number, kid?: string): string => forged({ i }, { alg: 'HS256', ...(kid && { kid }) }, `${secret} ${i}`)
    const decode = (given: string, keys: unknown): unknown => api.decode(given, keys, { algorithms: ['HS256'] })
    expect(await decode(by(15), secrets.slice(0, 16))).toEqual({ i: 15 })
    expect(await failure(() => decode(by(15), secrets))).toMatchObject({ name: 'KeyNotFoundError', code: 'key_not_found' })
    expect(await failure(() => decode(by(0), secrets))).toMatchObject({ code: 'key_not_found' })
    expect(await decode(by(16, 'k16'), secrets)).toEqual({ i: 16 })
  })

  it('a list of keys has a bound, and is not walked beyond it', async () => {
    let reads = 0
    const keys = new Proxy(new Array(100_000), {
      get: (target, name) => {
        reads++
        return Reflect.get(target, name) as unknown
      },
    })
    expect(await verdict(() => api.decode(token('ES256'), keys, es))).toBe('invalid_usage')
    expect(reads).toBeLessThan(2000)
  })
})

describe.each(backends)('$name: a JWKS object', ({ api }) => {
  it.each([
    ['one key', [jwk('ES256')], 'ok'],
    ['by kid', [jwk('other', { kid: 'b' }), jwk('ES256', { kid: 'a' })], 'ok'],
    ['use sig, key_ops verify, alg', [jwk('ES256', { use: 'sig', key_ops: ['verify'], alg: 'ES256' })], 'ok'],
    ['beside members of no use', [null, 5, 'x', {}, { kty: 'XYZ' }, { kty: 'EC' }, jwk('RS256'), jwk('ES256', { kid: 'a' })], 'ok'],
    ['beside an oct member', [oct, jwk('ES256')], 'ok'],
    ['beside a private key', [privateJwk('other'), jwk('ES256')], 'ok'],
    ['beside an RSA key that is too small', [weakRsa, jwk('ES256')], 'ok'],
    ['only another use', [jwk('ES256', { use: 'enc' })], 'invalid_key'],
    ['only another operation', [jwk('ES256', { key_ops: ['sign'] })], 'invalid_key'],
    ['only another algorithm', [jwk('ES256', { alg: 'ES384' })], 'invalid_key'],
    ['only another curve', [jwk('ES384')], 'invalid_key'],
    ['only the private key', [privateJwk('ES256')], 'invalid_key'],
    ['only an oct key', [oct], 'invalid_key'],
    ['only a key of another kid', [jwk('ES256', { kid: 'b' })], 'key_not_found'],
    ['empty', [], 'invalid_key'],
    ['keys that are no list', { 0: jwk('ES256'), length: 1 }, 'invalid_key'],
    ['keys null', null, 'invalid_key'],
    ['1001 keys', Array.from({ length: 1001 }, () => jwk('ES256')), 'invalid_key'],
  ] as [string, unknown, string][])('%s', async (_name, keys, code) => {
    expect(await verdict(() => api.decode(token('ES256', { kid: 'a' }), { keys }, es))).toBe(code)
  })

  it('a key that is too weak does not take the good ones with it', async () => {
    const keys = [{ ...weakRsa, kid: 'old' }, jwk('RS256', { kid: 'new' })]
    const options = { algorithms: ['RS256'] }
    expect(await verdict(() => api.decode(token('RS256', { kid: 'new' }), { keys }, options))).toBe('ok')
    expect(await verdict(() => api.decode(token('RS256', { kid: 'new' }), api.importJwks({ keys }), options))).toBe('ok')
    expect(await verdict(() => api.decode(token('RS256', { kid: 'old' }), { keys }, options))).toBe('key_not_found')
    expect(await verdict(() => api.decode(token('RS256'), { keys: [weakRsa] }, options))).toBe('invalid_key')
  })

  it.each([
    ['of a set', { keys: [jwk('ES256')], skipped: [], issued: 5 }, 'ok'],
    ['of a set, even a whole key', { ...jwk('other'), keys: [jwk('ES256')] }, 'ok'],
    ['of a set without keys', { ...jwk('ES256'), keys: [] }, 'invalid_key'],
    ['of a key', { ...jwk('ES256'), keys: 'under the mat' }, 'ok'],
  ] as [string, unknown, string][])('further members %s are ignored (RFC 7517 §4, §5)', async (_name, given, code) => {
    expect(await verdict(() => api.decode(token('ES256'), given, es))).toBe(code)
    if (code === 'ok') return
    expect(await verdict(() => api.importKey(given))).toBe(code)
  })

  it('oct members serve only where the caller says so', async () => {
    const set = { keys: [jwk('ES256'), { ...oct, kid: 's' }] }
    const hs = { algorithms: ['HS256'] }
    const good = forged({}, { alg: 'HS256', kid: 's' })
    expect(await verdict(() => api.decode(good, api.importJwks(set, { allowSymmetric: true }), hs))).toBe('ok')
    expect(await verdict(() => api.decode(good, api.importJwks(set), hs))).toBe('invalid_key')
    expect(await verdict(() => api.decode(good, api.importJwks(set, { allowSymmetric: false }), hs))).toBe('invalid_key')
    expect(await verdict(() => api.decode(token('ES256'), api.importJwks(set, { allowSymmetric: true }), es))).toBe('ok')
    expect(await verdict(() => api.decode(good, api.importJwks(set, { allowSymmetric: true }), es))).toBe('algorithm_not_allowed')
  })
})

describe.each(backends)('$name: nothing in the token chooses the key (R7)', ({ api }) => {
  afterEach(() => vi.unstubAllGlobals())
  const attacker = pairs.other
  const embedded = jwk('other')
  const key = api.importKey(jwk('ES256'))

  it.each([
    ['jwk', { jwk: embedded }],
    ['jku', { jku: 'https://attacker.example/jwks.json' }],
    ['jku and kid', { jku: 'https://attacker.example/jwks.json', kid: 'a' }],
    ['x5u', { x5u: 'https://attacker.example/c.pem' }],
    ['x5c', { x5c: ['MIIB'] }],
    ['x5t', { x5t: 'AAAA', 'x5t#S256': 'AAAA' }],
    ['iss as an address', { iss: 'https://attacker.example' }],
    ['kid as an address', { kid: 'https://attacker.example/key' }],
    ['kid as a JWK', { kid: JSON.stringify(embedded) }],
  ] as [string, Members][])('%s', async (_name, header) => {
    const fetched: unknown[] = []
    vi.stubGlobal('fetch', (...call: unknown[]) => {
      fetched.push(call)
      throw new Error('fetched')
    })
    const forgery = nodeApi.encode({}, attacker, { algorithm: 'ES256', header })
    const honest = nodeApi.encode({}, pairs.ES256, { algorithm: 'ES256', header })
    for (const keys of [key, [key], { keys: [jwk('ES256')] }]) {
      expect(await verdict(() => api.decode(forgery, keys, es))).toBe('invalid_signature')
      expect(await verdict(() => api.decode(honest, keys, es))).toBe('ok')
    }
    expect(fetched).toEqual([])
  })
})

describe.each(backends)('$name: Verifiers from elsewhere (R16)', ({ api }) => {
  const given = forged({ sub: 'x' })
  const verifier = (verify: unknown, more: object = {}): object => ({ algorithm: 'HS256', mode: 'sync', symmetric: true, verify, ...more })
  const decode = (by: unknown, options: object = {}): unknown => api.decode(given, by, options)

  it.each([
    ['true', true, 'ok'],
    ['false', false, 'invalid_signature'],
    ['1', 1, 'invalid_signature'],
    ['"true"', 'true', 'invalid_signature'],
    ['a Boolean object', new Boolean(true), 'invalid_signature'],
    ['a promise of true', Promise.resolve(true), 'invalid_signature'],
    ['an object', {}, 'invalid_signature'],
    ['undefined', undefined, 'invalid_signature'],
    ['the signature', new Uint8Array(32), 'invalid_signature'],
  ])('a sync Verifier that answers %s', async (_name, answer, code) => {
    for (const by of [verifier(() => answer), [verifier(() => answer)], verifier(() => false, { verifyText: () => answer })]) {
      expect(await verdict(() => decode(by))).toBe(code)
    }
  })

  it.each([
    ['a promise of true', Promise.resolve(true), 'ok'],
    ['a promise of 1', Promise.resolve(1), 'invalid_signature'],
    ['a promise of "true"', Promise.resolve('true'), 'invalid_signature'],
    ['a promise of a function', Promise.resolve(() => true), 'invalid_signature'],
    ['a promise of false', Promise.resolve(false), 'invalid_signature'],
  ])('an async Verifier that answers %s', async (_name, answer, code) => {
    const by = verifier(() => answer, { mode: 'async' })
    const result = decode(by)
    expect(result).toBeInstanceOf(Promise)
    expect(await verdict(() => result)).toBe(code)
  })

  it('a Verifier that throws something foreign does not leak it', async () => {
    const error = new RangeError('canary of a backend')
    const throwing = verifier(() => {
      throw error
    })
    const rejecting = verifier(() => Promise.reject(error), { mode: 'async' })
    for (const by of [throwing, rejecting]) {
      for (const one of ['decode', 'tryDecode', 'explain'] as const) {
        const seen = await failure(() => api[one](given, by, {}))
        expect(isJwtError(seen)).toBe(true)
        expect(`${seen.message}${JSON.stringify(seen)}`).not.toContain('canary')
      }
    }
  })

  it('a BackendError of a Verifier stays one', async () => {
    const original = new errors.BackendError('The device is gone', { retryable: true })
    const by = verifier(() => {
      throw original
    })
    expect(await failure(() => decode(by))).toBe(original)
    expect(await failure(() => api.tryDecode(given, by, {}))).toBe(original)
  })

  it('a promise that a sync Verifier gives and that fails is not an unhandled rejection', async () => {
    const unhandled: unknown[] = []
    const listener = (reason: unknown): void => {
      unhandled.push(reason)
    }
    process.on('unhandledRejection', listener)
    try {
      await verdict(() => decode(verifier(() => Promise.reject(new Error('late')))))
      await new Promise((resolve) => setTimeout(resolve, 20))
    } finally {
      process.off('unhandledRejection', listener)
    }
    expect(unhandled).toEqual([])
  })

  it('gets exactly the signing input and the raw signature', async () => {
    const calls: unknown[][] = []
    await decode(verifier((...call: unknown[]) => calls.push(call) > 0))
    const [header, payload, signature] = given.split('.') as [string, string, string]
    expect(calls).toEqual([[new TextEncoder().encode(`${header}.${payload}`), new Uint8Array(Buffer.from(signature, 'base64url'))]])
  })

  it('is asked only for its own algorithm, and only after the header was accepted', async () => {
    const asked: string[] = []
    const by = verifier(() => asked.push('HS256') > 0)
    for (const header of [
      { alg: 'HS384' },
      { alg: 'none' },
      { alg: 'HS256', crit: ['x'] },
      { alg: 'HS256', kid: 5 },
      { alg: 'HS256', zip: 'DEF' },
    ]) {
      expect(await verdict(() => api.decode(`${segment(header)}.e30.AAAA`, by, {}))).not.toBe('ok')
    }
    expect(await verdict(() => api.decode(`${segment({ alg: 'HS256' })}.e30=.AAAA`, by, {}))).toBe('malformed_token')
    expect(asked).toEqual([])
  })

  it.each([
    ['an algorithm that is not registered', { algorithm: 'X' }],
    ['the algorithm none', { algorithm: 'none' }],
    ['the algorithm None', { algorithm: 'None' }],
    ['no algorithm', { algorithm: undefined }],
    ['an algorithm in a list', { algorithm: ['HS256'] }],
  ])('%s is refused when the decoder is made', async (_name, more) => {
    const by = verifier(() => true, more)
    expect(await verdict(() => api.createDecoder(by, { issuer: null, audience: null }))).toBe('invalid_usage')
    expect(await verdict(() => api.createDecoder([by], { issuer: null, audience: null }))).toBe('invalid_usage')
  })

  it('an allow-list beside Verifiers narrows, and a Verifier outside of it is an error', async () => {
    const other = verifier(() => true, { algorithm: 'HS384' })
    expect(
      await verdict(() =>
        decode(
          verifier(() => true),
          { algorithms: ['HS256', 'HS384'] },
        ),
      ),
    ).toBe('ok')
    expect(await verdict(() => decode(other, { algorithms: ['HS256'] }))).toBe('invalid_usage')
    expect(await verdict(() => decode([verifier(() => true), other], { algorithms: ['HS256'] }))).toBe('invalid_usage')
  })

  const cache = { maxEntries: 10, maxAge: '1m' }
  const source = (candidates: unknown, more: object = {}): object => ({ mode: 'sync', algorithms: ['HS256'], candidates, ...more })
  it.each([
    ['one that fits', () => [verifier(() => true)], 'ok'],
    ['none', () => [], 'key_not_found'],
    ['only Verifiers of another algorithm', () => [verifier(() => true, { algorithm: 'HS512' })], 'key_not_found'],
    ['one that fits behind one of another algorithm', () => [verifier(() => true, { algorithm: 'HS512' }), verifier(() => true)], 'ok'],
    ['one that does not verify before one that does', () => [verifier(() => false), verifier(() => true)], 'ok'],
    ['17', () => Array.from({ length: 17 }, () => verifier(() => true)), 'key_not_found'],
    ['16', () => Array.from({ length: 16 }, (_, i) => verifier(() => i === 15)), 'ok'],
    ['no list', () => verifier(() => true), 'invalid_usage'],
    ['nothing', () => undefined, 'invalid_usage'],
    ['a list of nothing', () => [undefined], 'invalid_usage'],
    ['a promise of a list, though sync', () => Promise.resolve([verifier(() => true)]), 'invalid_usage'],
  ])('a source that proposes %s', async (_name, candidates, code) => {
    expect(await verdict(() => decode(source(candidates)))).toBe(code)
    const later = async (hint: unknown): Promise<unknown> => (candidates as (hint: unknown) => unknown)(hint)
    if (_name.startsWith('a promise')) return
    expect(await verdict(() => decode(source(later, { mode: 'async' })))).toBe(code)
  })

  it.each([
    ['a source', (late: () => unknown) => decode(source(late))],
    ['a source that says it never changes', (late: () => unknown) => decode(source(late, { fixed: true }))],
    [
      'a source whose second answer is late',
      async (late: () => unknown) => {
        const answers = [() => [verifier(() => true)], late]
        const cached = api.createDecoder(
          source(() => (answers.shift() ?? late)()),
          { issuer: null, audience: null, cache },
        )
        await cached.decode(given)
        await cached.decode(given)
      },
    ],
    ['a KeyObject', (late: () => unknown) => api.decode(given, { type: 'secret', export: late }, { algorithms: ['HS256'] })],
  ] as [string, (late: () => unknown) => unknown][])('%s that gives a promise which fails leaves no rejection', async (_name, call) => {
    const unhandled: unknown[] = []
    const listener = (reason: unknown): void => void unhandled.push(reason)
    process.on('unhandledRejection', listener)
    const code = await verdict(() => call(() => Promise.reject(new Error('late'))))
    await new Promise((resolve) => setTimeout(resolve, 20))
    process.off('unhandledRejection', listener)
    expect([code, unhandled]).toEqual([expect.stringMatching(/^invalid_(key|usage)$/), []])
  })

  it('a source sees alg and kid, and nothing else', async () => {
    const hints: unknown[] = []
    const by = source((hint: unknown) => {
      hints.push(hint)
      return []
    })
    await verdict(() => api.decode(forged({ iss: 'x' }, { alg: 'HS256', kid: 'k', jku: 'u', jwk: {} }), by, {}))
    await verdict(() => api.decode(forged({ iss: 'x' }, { alg: 'HS256', jku: 'u' }), by, {}))
    expect(hints).toEqual([{ alg: 'HS256', kid: 'k' }, { alg: 'HS256' }])
  })

  it.each([
    ['no algorithms', {}, { algorithms: undefined }],
    ['an empty list of algorithms', {}, { algorithms: [] }],
    ['text for algorithms', {}, { algorithms: 'HS256' }],
    ['none', {}, { algorithms: ['none'] }],
    ['a mix', {}, { algorithms: ['HS256', 'ES256'] }],
    ['algorithms outside of the allow-list', { algorithms: ['HS512'] }, {}],
  ])('a source with %s is refused when the decoder is made', async (_name, options, more) => {
    expect(
      await verdict(() =>
        api.createDecoder(
          source(() => [], more),
          { issuer: null, audience: null, ...options },
        ),
      ),
    ).toBe('invalid_usage')
  })
})

describe.each(backends)('$name: Signers from elsewhere', ({ api }) => {
  const signer = (more: object = {}): object => ({ algorithm: 'HS256', mode: 'sync', sign: () => new Uint8Array(32), ...more })
  const encode = (by: unknown, options: object = {}): unknown => api.encode({}, by, options)

  it.each([
    ['bytes', {}, 'ok'],
    ['text', { signText: () => 'AAAA' }, 'ok'],
    ['no bytes', { sign: () => new Uint8Array(0) }, 'backend_failure'],
    ['an ArrayBuffer', { sign: () => new ArrayBuffer(32) }, 'backend_failure'],
    ['an array', { sign: () => [1, 2, 3] }, 'backend_failure'],
    ['text for bytes', { sign: () => 'AAAA' }, 'backend_failure'],
    ['undefined', { sign: () => undefined }, 'backend_failure'],
    ['a promise, though sync', { sign: () => Promise.resolve(new Uint8Array(32)) }, 'backend_failure'],
    ['undefined for text', { signText: () => undefined }, 'backend_failure'],
    ['empty text', { signText: () => '' }, 'backend_failure'],
    ['bytes for text', { signText: () => new Uint8Array(32) }, 'backend_failure'],
    ['a promise of text, though sync', { signText: () => Promise.resolve('AAAA') }, 'backend_failure'],
    ['text that is no base64url', { signText: () => 'not base64url!' }, 'backend_failure'],
    ['bytes, later', { mode: 'async', sign: async () => new Uint8Array(32) }, 'ok'],
    ['nothing, later', { mode: 'async', sign: async () => undefined }, 'backend_failure'],
    ['undefined for text, later', { mode: 'async', signText: async () => undefined }, 'backend_failure'],
    ['an error', { sign: () => Promise.reject(new RangeError('x')), mode: 'async' }, 'backend_failure'],
    [
      'an error at once',
      {
        signText: () => {
          throw new RangeError('x')
        },
      },
      'backend_failure',
    ],
    [
      'an error that blames a token',
      {
        sign: () => {
          throw new errors.ExpiredSignatureError('')
        },
      },
      'backend_failure',
    ],
    ['no snapshot', { mode: 'async', snapshot: () => Promise.reject(new RangeError('x')) }, 'backend_failure'],
    ['another algorithm than options.algorithm', { algorithm: 'HS512' }, 'invalid_usage'],
    ['no registered algorithm', { algorithm: 'X' }, 'invalid_usage'],
    ['none', { algorithm: 'none' }, 'invalid_usage'],
    ['a kid that is no text', { kid: 5 }, 'invalid_usage'],
  ] as [string, object, string][])('one that gives %s', async (_name, more, code) => {
    const options =
      code === 'invalid_usage' && 'algorithm' in more && (more as { algorithm?: string }).algorithm === 'HS512'
        ? { algorithm: 'HS256' }
        : {}
    expect(await verdict(() => encode(signer(more), options))).toBe(code)
  })

  it('its members are read once, when the encoder is made', async () => {
    const by = signer({ kid: 'a' }) as Members
    const encoder = api.createEncoder(by, { issuer: null, audience: null })
    const before = await encoder.encode({})
    Object.assign(by, { kid: 'b', algorithm: 'none', sign: () => 'x' })
    expect(await encoder.encode({})).toBe(before)
  })
})

describe.each(backends)('$name: signatures', ({ api, backend }) => {
  const order = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n
  it('high-S ECDSA signatures are valid, as low-S ones are (R15)', async () => {
    const given = token('ES256')
    const [header, payload, signature] = given.split('.') as [string, string, string]
    const raw = Buffer.from(signature, 'base64url')
    const s = BigInt(`0x${raw.subarray(32).toString('hex')}`)
    const other = Buffer.from((order - s).toString(16).padStart(64, '0'), 'hex')
    const mirrored = `${header}.${payload}.${Buffer.concat([raw.subarray(0, 32), other]).toString('base64url')}`
    expect(mirrored).not.toBe(given)
    for (const one of [given, mirrored]) expect(await verdict(() => api.decode(one, jwk('ES256'), es))).toBe('ok')
  })

  it.each(['HS256', 'ES256', 'EdDSA', 'RS256'] as const)('%s: only the exact length is a signature (R14)', async (algorithm) => {
    const given = algorithm === 'HS256' ? forged({ a: 1 }) : token(algorithm)
    const key = api.importKey(algorithm === 'HS256' ? oct : jwk(algorithm))
    const verifier = backend.verifier(algorithm, key)
    const input = new TextEncoder().encode(given.slice(0, given.lastIndexOf('.')))
    const signature = new Uint8Array(Buffer.from(given.slice(given.lastIndexOf('.') + 1), 'base64url'))
    expect(await verifier.verify(input, signature)).toBe(true)
    const lengths = [0, 1, signature.length - 1, signature.length + 1, signature.length * 2]
    for (const length of lengths) {
      const wrong = new Uint8Array(length)
      wrong.set(signature.subarray(0, length))
      expect(await verifier.verify(input, wrong), `${length}`).toBe(false)
      const leading = new Uint8Array(length)
      leading.set(signature.subarray(Math.max(0, signature.length - length)), Math.max(0, length - signature.length))
      expect(await verifier.verify(input, leading), `${length} at the end`).toBe(false)
      const text = `${given.slice(0, given.lastIndexOf('.'))}.${encodeBase64url(wrong)}`
      expect(await verdict(() => api.decode(text, key, { algorithms: [algorithm] }))).toBe('invalid_signature')
    }
  })

  it('a key made weaker by the caller of importSecret is judged by its bytes (R4)', async () => {
    const claimed = (): unknown => nodeApi.importSecret('short', { bits: 256, kty: 'oct', type: 'secret' } as never)
    expect(await verdict(() => api.encode({}, claimed(), { algorithm: 'HS256' }))).toMatch(/^invalid_(key|usage)$/)
    const posing = (): unknown => nodeApi.importSecret(secret, { type: 'public', kty: 'RSA' } as never)
    expect(await verdict(() => api.decode(forged({}), posing(), { algorithms: ['RS256'] }))).toMatch(/^invalid_(key|usage)$/)
  })
})
