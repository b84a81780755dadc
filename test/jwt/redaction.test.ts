import { generateKeyPairSync } from 'node:crypto'
import { inspect } from 'node:util'
import { describe, expect, it } from 'vitest'
import { isJwtError } from '../../src/core/errors.ts'
import * as nodeApi from '../../src/node.ts'
import { decodeUnverified } from '../../src/unverified.ts'
import { backends, clock, failure, forged, now, secret, segment } from '../backends-list.ts'

const canary = 'CANARYsecretOfThirtyTwoBytesOrMore'
const claim = 'CANARYclaim'
const pair = nodeApi.generateKey('ES256')
const jwk = nodeApi.exportJwk(pair) as unknown as Record<string, string>
const pem = nodeApi.exportPem(pair)
const pemBody = pem.split('\n')[1]!
const encrypted = generateKeyPairSync('ec', {
  namedCurve: 'P-256',
  privateKeyEncoding: { type: 'pkcs8', format: 'pem', cipher: 'aes-128-cbc', passphrase: 'CANARYpassphrase' },
  publicKeyEncoding: { type: 'spki', format: 'pem' },
}).privateKey
const claims = {
  iss: claim,
  sub: claim,
  aud: [claim],
  jti: claim,
  nonce: claim,
  note: claim,
  [`${claim}Name`]: 1,
  exp: now + 60,
  iat: now,
  nbf: now,
}
const token = forged(claims, { alg: 'HS256', kid: `${claim}Kid`, cty: claim }, canary)
const [header, payload, signature] = token.split('.') as [string, string, string]

const secrets = [
  canary,
  segment(canary),
  Buffer.from(canary).toString('hex'),
  Buffer.from(canary).toString('base64'),
  jwk['d']!,
  pemBody,
  'CANARY',
  segment(claims).slice(0, 40),
  payload,
  signature,
  header,
]

/** Everything a log could show of an error. */
function shown(error: unknown): string {
  const { message, stack, detail, cause } = error as Error & { detail: unknown }
  const cut = (text: string | undefined): string => (text ?? '').replace(/^ {4}at .*$/gm, '')
  const causes =
    cause === undefined
      ? ''
      : `${String(cause)} ${cut((cause as Error).stack)} ${JSON.stringify(cause)} ${cut(inspect(cause, { depth: 8, showHidden: true }))}`
  return [
    message,
    cut(stack),
    JSON.stringify(detail),
    JSON.stringify(error),
    String(error),
    cut(inspect(error, { depth: 8, showHidden: true })),
    causes,
    `${error as string}`,
  ].join('\n')
}

const hs = { algorithms: ['HS256'], now: clock }
type Call = (api: (typeof backends)[number]['api']) => unknown
const calls: readonly (readonly [string, Call])[] = [
  ['an audience that was not expected', (api) => api.decode(token, canary, hs)],
  ['another audience', (api) => api.decode(token, canary, { ...hs, audience: 'x' })],
  ['another issuer', (api) => api.decode(token, canary, { ...hs, audience: null, issuer: 'x' })],
  ['another subject', (api) => api.decode(token, canary, { ...hs, audience: null, subject: 'x' })],
  ['another jti', (api) => api.decode(token, canary, { ...hs, audience: null, jwtId: 'x' })],
  ['another nonce', (api) => api.decode(token, canary, { ...hs, audience: null, nonce: 'x' })],
  ['another typ', (api) => api.decode(token, canary, { ...hs, audience: null, typ: 'x' })],
  ['a missing claim', (api) => api.decode(token, canary, { ...hs, audience: null, require: ['x'] })],
  ['an expired token', (api) => api.decode(token, canary, { ...hs, audience: null, now: () => now + 500 })],
  ['too old a token', (api) => api.decode(token, canary, { ...hs, audience: null, now: () => now + 5, maxAge: '1s' })],
  ['an immature token', (api) => api.decode(token, canary, { ...hs, audience: null, now: () => now - 500 })],
  ['times of a wrong type', (api) => api.decode(forged({ exp: claim }, undefined, canary), canary, hs)],
  ['an iat of a wrong type', (api) => api.decode(forged({ iat: [claim] }, undefined, canary), canary, hs)],
  ['another key', (api) => api.decode(token, secret, hs)],
  ['another algorithm', (api) => api.decode(token, `${canary}${canary}`, { algorithms: ['HS512'] })],
  ['an alg with text', (api) => api.decode(forged({}, { alg: claim }, canary), canary, hs)],
  ['a kid that is a list', (api) => api.decode(forged({}, { alg: 'HS256', kid: [claim] }, canary), canary, hs)],
  ['an unknown crit', (api) => api.decode(forged({}, { alg: 'HS256', crit: [claim], [claim]: claim }, canary), canary, hs)],
  ['an unknown kid', (api) => api.decode(token, [api.importKey(canary, { type: 'secret', kid: 'x' })], hs)],
  ['a header that is no JSON', (api) => api.decode(`${segment(`{"alg":"HS256",${claim}`)}.${payload}.${signature}`, canary, hs)],
  ['a payload that is no JSON', (api) => api.decode(forged(`{"a":"${claim}"`, undefined, canary), canary, hs)],
  ['a payload with a name twice', (api) => api.decode(forged(`{"${claim}":1,"${claim}":2}`, undefined, canary), canary, hs)],
  ['a payload that is no base64url', (api) => api.decode(`${header}.${payload}=.${signature}`, canary, hs)],
  ['too long a token', (api) => api.decode(token, canary, { ...hs, maxTokenLength: 10 })],
  ['four segments', (api) => api.decode(`${token}.${payload}`, canary, hs)],
  ['no token', (api) => api.decode(claim, canary, hs)],
  ['a token that is an object', (api) => api.decode({ token }, canary, hs)],
  ['a secret in place of the token', (api) => api.decode(canary, token, hs)],
  ['a key in place of the options', (api) => api.decode(token, canary, canary)],
  ['an unknown option', (api) => api.decode(token, canary, { ...hs, [claim]: canary })],
  ['a secret as an option', (api) => api.decode(token, canary, { ...hs, leeway: canary })],
  ['a secret as algorithm', (api) => api.decode(token, canary, { algorithms: [canary] })],
  [
    'a schema that does not match',
    (api) =>
      api.decode(token, canary, {
        ...hs,
        audience: null,
        schema: { '~standard': { version: 1, vendor: 'x', validate: () => ({ issues: [{ message: claim, path: ['note'] }] }) } },
      }),
  ],
  [
    'a schema that throws',
    (api) =>
      api.decode(token, canary, {
        ...hs,
        audience: null,
        schema: {
          '~standard': {
            version: 1,
            vendor: 'x',
            validate: (value: unknown) => {
              throw new Error(JSON.stringify(value))
            },
          },
        },
      }),
  ],
  [
    'a clock that throws',
    (api) =>
      api.decode(token, canary, {
        ...hs,
        now: () => {
          throw new Error(canary)
        },
      }),
  ],
  ['a short secret', (api) => api.decode(token, canary.slice(0, 10), hs)],
  ['a secret too short for HS512', (api) => api.encode(claims, canary, { algorithm: 'HS512' })],
  ['a private key to verify with', (api) => api.decode(token, jwk, { algorithms: ['ES256'] })],
  ['a private key in a list', (api) => api.decode(token, [api.importKey(jwk)], { algorithms: ['ES256'] })],
  ['a private key as a secret', (api) => api.decode(token, pem, hs)],
  ['a JWK text as a secret', (api) => api.decode(token, JSON.stringify(jwk), hs)],
  ['a damaged private JWK', (api) => api.importKey({ ...jwk, x: jwk['y'] })],
  ['a private JWK with padding', (api) => api.importKey({ ...jwk, d: `${jwk['d']}=` })],
  ['a private JWK that lacks a member', (api) => api.importKey({ kty: 'EC', crv: 'P-256', d: jwk['d'] })],
  ['a damaged PEM', (api) => api.importKey(pem.replace(pemBody, `${pemBody.slice(0, 20)}!${pemBody.slice(20)}`))],
  ['a cut PEM', (api) => api.importKey(pem.slice(0, 100))],
  ['a PEM with literal line breaks', (api) => api.importKey(pem.replaceAll('\n', '\\n'))],
  ['an encrypted PEM without passphrase', (api) => api.importKey(encrypted)],
  ['a wrong passphrase', (api) => api.importKey(encrypted, { passphrase: 'CANARYwrong' })],
  ['a passphrase that nothing needs', (api) => api.importKey(pem, { passphrase: 'CANARYpassphrase' })],
  ['a secret without options', (api) => api.importKey(canary)],
  ['a secret as a format', (api) => api.importKey(pem, { format: canary })],
  ['an oct JWK with white space', (api) => api.importKey({ kty: 'oct', k: `${segment(canary)} ` })],
  ['a wrong type', (api) => api.importKey({ kty: 'oct', k: segment(canary) }, { type: 'public' })],
  ['a claim of a wrong type', (api) => api.encode({ ...claims, exp: canary }, canary, { algorithm: 'HS256' })],
  ['a claim that is a BigInt', (api) => api.encode({ ...claims, x: 5n }, canary, { algorithm: 'HS256' })],
  [
    'claims that throw',
    (api) =>
      api.encode(
        {
          get x() {
            throw new Error(canary)
          },
        },
        canary,
        { algorithm: 'HS256' },
      ),
  ],
  ['a claim twice', (api) => api.encode(claims, canary, { algorithm: 'HS256', issuer: `${claim} 2` })],
  ['a header with a private jwk', (api) => api.encode(claims, canary, { algorithm: 'HS256', header: { jwk } })],
  ['a header with another alg', (api) => api.encode(claims, canary, { algorithm: 'HS256', header: { alg: claim } })],
  ['a header with a bad crit', (api) => api.encode(claims, canary, { algorithm: 'HS256', header: { crit: [claim] } })],
  ['a public key to sign with', (api) => api.encode(claims, api.importKey(jwk).publicKey, { algorithm: 'ES256' })],
  [
    'a Verifier that throws',
    (api) =>
      api.decode(
        token,
        {
          algorithm: 'HS256',
          mode: 'sync',
          verify: (input: Uint8Array) => {
            throw new Error(`${canary} ${Buffer.from(input).toString()}`)
          },
        },
        {},
      ),
  ],
  [
    'a Signer that throws',
    (api) =>
      api.encode(
        claims,
        {
          algorithm: 'HS256',
          mode: 'sync',
          sign: (input: Uint8Array) => {
            throw new Error(`${canary} ${Buffer.from(input).toString()}`)
          },
        },
        {},
      ),
  ],
]

describe.each(backends)('$name: errors hold no token, key, secret or claim (R22)', ({ api }) => {
  it.each(calls)('%s', async (_name, call) => {
    const error = await failure(() => call(api))
    expect(isJwtError(error)).toBe(true)
    const text = shown(error)
    for (const one of secrets) expect(text).not.toContain(one)
  })

  it('a message is constant text: the same for different tokens', async () => {
    const messages = new Map<string, string>()
    for (const [name, call] of calls) messages.set(name, (await failure(() => call(api))).message)
    for (const [name, message] of messages) {
      expect(message.length, name).toBeGreaterThan(8)
      expect(message, name).not.toMatch(/undefined|\[object|NaN|function/)
    }
  })

  it('before the signature holds, the claims change nothing', async () => {
    const wrong = 'another secret that is 32 bytes or longer'
    const payloads = [
      {},
      claims,
      { exp: 1 },
      { exp: 'x' },
      { iat: now + 500 },
      { aud: 'x' },
      { iss: 5 },
      { admin: true },
      '',
      'x',
      '[]',
      '{"a":1,"a":2}',
      '{"__proto__":1}',
      '\ufeff{}',
      Uint8Array.of(0xff, 0xfe),
      '['.repeat(1000),
      '{"a":1e999}',
    ]
    const options = { ...hs, issuer: 'i', audience: 'a', subject: 's', require: ['x'], maxAge: '1m' }
    const seen = new Set<string>()
    for (const one of payloads) {
      const error = await failure(() => api.decode(forged(one, { alg: 'HS256', typ: 'x' }, wrong), canary, options))
      seen.add(JSON.stringify([error.name, error.code, error.message, error.detail, error.cause === undefined]))
      const explained = (await api.explain(forged(one, { alg: 'HS256', typ: 'x' }, wrong), canary, options)) as object
      seen.add(JSON.stringify(explained, (key, value: unknown) => (key === 'error' ? undefined : value)))
    }
    expect([...seen]).toHaveLength(2)
    expect([...seen][0]).toContain('invalid_signature')
  })
})

describe('decodeUnverified', () => {
  it.each([token.replace('.', '=.'), `${header}.${segment(`{"${claim}"`)}.${signature}`, `${token}.x`, `${claim}.${claim}.${claim}`])(
    '%#: errors hold nothing of the token',
    (given) => {
      try {
        decodeUnverified(given)
      } catch (error) {
        const text = shown(error)
        for (const one of secrets) expect(text).not.toContain(one)
        return
      }
      expect.unreachable()
    },
  )
})
