import { generateKeyPairSync } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { nodePlatform } from '../../src/backends/node/index.ts'
import { run } from '../../src/core/mode.ts'
import { exportJwk } from '../../src/keys/export.ts'
import { importJwk } from '../../src/keys/jwk.ts'
import { thumbprintInput } from '../../src/keys/thumbprint.ts'
import vectors from '../../vectors/keys/formats.json' with { type: 'json' }
import { jwkOf as jwkOfKeyObject } from '../jwk-of.ts'

type Members = Record<string, unknown>
const jwkOf = (name: string): Members => ({ ...(vectors.keys.find((row) => row.name === name)!.jwk as Members) })
const rsa = jwkOf('RSA SPKI')
const rsaPrivate = jwkOf('RSA PKCS#8')
const ec = jwkOf('P-256 SPKI')
const ecPrivate = jwkOf('P-256 PKCS#8')
const okp = jwkOf('Ed25519 SPKI')
const okpPrivate = jwkOf('Ed25519 PKCS#8')
const oct = { kty: 'oct', k: 'KZ40qNdd659AeKn3z8LH-tKOFFeotXvl07ghi-o2U30' }
const without = (jwk: Members, name: string): Members => Object.fromEntries(Object.entries(jwk).filter(([member]) => member !== name))
const number = (text: unknown): bigint => BigInt(`0x${Buffer.from(text as string, 'base64url').toString('hex')}`)
const encode = (value: bigint): string => {
  const hex = value.toString(16)
  return Buffer.from(hex.length % 2 === 0 ? hex : `0${hex}`, 'hex').toString('base64url')
}
const zeroLed = (text: unknown): string => Buffer.concat([Buffer.of(0), Buffer.from(text as string, 'base64url')]).toString('base64url')
const bump = (text: unknown, by = 2n): string => encode(number(text) + by)
const refusal = (message: string): object => expect.objectContaining({ code: 'invalid_key', message: expect.stringContaining(message) })
const otherRsa = jwkOfKeyObject(generateKeyPairSync('rsa', { modulusLength: 1024 }).privateKey) as Members

describe('JWKs that are accepted', () => {
  const metadata = { kid: 'k1', alg: 'X', use: 'sig', key_ops: ['sign', 'verify'] }
  it.each([
    ['RSA', rsa, 'public'],
    ['private RSA', rsaPrivate, 'private'],
    ['EC', ec, 'public'],
    ['private EC', ecPrivate, 'private'],
    ['OKP', okp, 'public'],
    ['private OKP', okpPrivate, 'private'],
    ['oct', oct, 'secret'],
  ])('%s comes out as it went in, with its metadata, frozen', (_name, jwk, type) => {
    const given = { ...jwk, ...metadata, x5c: ['ignored'], jku: 'https://ignored.example' }
    const key = importJwk(nodePlatform, given)
    expect(key.type).toBe(type)
    expect(exportJwk(key)).toEqual({ ...jwk, ...metadata })
    expect(Object.isFrozen(key.keyOps)).toBe(true)
  })

  it('the public half of a private key has the public members only', () => {
    for (const [jwk, half] of [
      [rsaPrivate, rsa],
      [ecPrivate, ec],
      [okpPrivate, okp],
    ] as const) {
      const key = importJwk(nodePlatform, { ...jwk, kid: 'a' })
      expect(key.type === 'private' && key.publicKey && exportJwk(key.publicKey)).toEqual({ ...half, kid: 'a' })
    }
  })

  it('null-prototype objects are plain', () => {
    expect(importJwk(nodePlatform, Object.assign(Object.create(null), oct)).type).toBe('secret')
  })

  it('members are read once', () => {
    const reads: Record<string, number> = {}
    const counting = new Proxy(ecPrivate, {
      get(target, name: string) {
        reads[name] = (reads[name] ?? 0) + 1
        return target[name]
      },
    })
    importJwk(nodePlatform, counting)
    expect(reads).toEqual({ kty: 1, crv: 1, x: 1, y: 1, d: 1 })
  })
})

describe('JWKs that are refused', () => {
  it.each<[string, unknown, string]>([
    ['null', null, 'plain object'],
    ['an array', [rsa], 'plain object'],
    [
      'a class instance',
      new (class {
        kty = 'oct'
        k = 'AAAA'
      })(),
      'plain object',
    ],
    ['an empty object', {}, 'no kty'],
    ['inherited members', Object.create({ ...oct }), 'plain object'],
    ['a JWK Set', { keys: [rsa] }, 'JWK Set'],
    ['kty in lower case', { ...rsa, kty: 'rsa' }, 'no kty'],
    ['kty null', { ...rsa, kty: null }, 'no kty'],
    ['kty a list', { ...rsa, kty: ['RSA'] }, 'no kty'],
    ['kty AKP', { ...rsa, kty: 'AKP' }, 'no kty'],
    ['RSA without n', without(rsa, 'n'), 'missing or not a string'],
    ['RSA with e a number', { ...rsa, e: 65_537 }, 'missing or not a string'],
    ['RSA with n padded', { ...rsa, n: `${String(rsa['n'])}=` }, 'not base64url'],
    ['RSA with n in base64', { ...rsa, n: `+/${String(rsa['n']).slice(2)}` }, 'not base64url'],
    ['RSA with n empty', { ...rsa, n: '' }, 'n is empty'],
    ['RSA with a leading zero in n', { ...rsa, n: zeroLed(rsa['n']) }, 'n is empty or starts with a zero'],
    ['RSA with a leading zero in e', { ...rsa, e: 'AAEAAQ' }, 'e is empty or starts with a zero'],
    ['RSA with e empty', { ...rsa, e: '' }, 'e is empty'],
    ['RSA with n even', { ...rsa, n: bump(rsa['n'], 1n) }, 'n is even'],
    ['RSA with e = 1', { ...rsa, e: 'AQ' }, 'must be odd'],
    ['RSA with e = 2', { ...rsa, e: 'Ag' }, 'must be odd'],
    ['RSA with e = 65536', { ...rsa, e: 'AQAA' }, 'must be odd'],
    ['RSA with e = 2^32 + 1', { ...rsa, e: 'AQAAAAE' }, 'must be odd'],
    ['RSA of 511 bits', { ...rsa, n: encode((1n << 510n) + 1n) }, '512 to 16384 bits'],
    ['RSA of 16385 bits', { ...rsa, n: encode((1n << 16_384n) + 1n) }, '512 to 16384 bits'],
    ['private RSA with d only', { ...rsa, d: rsaPrivate['d'] }, 'needs all of d, p, q'],
    ['private RSA without qi', without(rsaPrivate, 'qi'), 'needs all of d, p, q'],
    ['RSA with p, q and no d', without(rsaPrivate, 'd'), 'needs all of d, p, q'],
    ['private RSA with oth', { ...rsaPrivate, oth: [] }, 'more than two primes'],
    ['public RSA with oth', { ...rsa, oth: undefined }, 'more than two primes'],
    ['private RSA with another n', { ...rsaPrivate, n: bump(rsaPrivate['n']) }, 'do not multiply to n'],
    ['private RSA of another pair', { ...otherRsa, n: rsa['n'] }, 'do not multiply to n'],
    ['private RSA with another d', { ...rsaPrivate, d: bump(rsaPrivate['d']) }, 'do not belong'],
    ['private RSA with another e', { ...rsaPrivate, e: 'AQAD' }, 'do not belong'],
    ['private RSA with another dp', { ...rsaPrivate, dp: bump(rsaPrivate['dp']) }, 'do not belong'],
    ['private RSA with another dq', { ...rsaPrivate, dq: bump(rsaPrivate['dq']) }, 'do not belong'],
    ['private RSA with another qi', { ...rsaPrivate, qi: bump(rsaPrivate['qi']) }, 'do not belong'],
    ['private RSA with qi beyond p', { ...rsaPrivate, qi: bump(rsaPrivate['qi'], number(rsaPrivate['p'])) }, 'do not belong'],
    ['private RSA with d beyond n', { ...rsaPrivate, d: bump(rsaPrivate['d'], lambda(rsaPrivate) * 4n * 2n ** 24n) }, 'do not belong'],
    ['private RSA with p and q swapped', { ...rsaPrivate, p: rsaPrivate['q'], q: rsaPrivate['p'] }, 'do not belong'],
    ['private RSA with p = n, q = 1', { ...rsaPrivate, p: rsa['n'], q: 'AQ' }, 'do not multiply to n'],
    ['private RSA with p = 1, q = n', { ...rsaPrivate, p: 'AQ', q: rsa['n'] }, 'do not multiply to n'],
    ['private RSA of a square', { ...rsaPrivate, n: encode(number(rsaPrivate['p']) ** 2n), q: rsaPrivate['p'] }, 'are equal'],
    ['private RSA with an empty p', { ...rsaPrivate, p: '' }, 'private RSA number is empty'],
    ['private RSA with a leading zero in d', { ...rsaPrivate, d: zeroLed(rsaPrivate['d']) }, 'private RSA number is empty or starts'],
    ['EC without y', without(ec, 'y'), 'missing or not a string'],
    ['EC with another y', { ...ec, y: ec['x'] }, 'not on its curve'],
    ['EC with a longer x', { ...ec, x: zeroLed(ec['x']) }, 'exactly the size'],
    ['EC without crv', without(ec, 'crv'), 'missing or not a string'],
    ['EC with crv in lower case', { ...ec, crv: 'p-256' }, 'Not an EC curve'],
    ['EC with crv of OKP', { ...ec, crv: 'Ed25519' }, 'Not an EC curve'],
    ['EC with another curve', { ...ec, crv: 'secp256k1' }, 'not on its curve'],
    ['private EC with d null', { ...ecPrivate, d: null }, 'missing or not a string'],
    ['private EC with d undefined', { ...ecPrivate, d: undefined }, 'missing or not a string'],
    ['private EC with d = 0', { ...ecPrivate, d: 'A'.repeat(43) }, 'not in 1 .. n-1'],
    ['private EC with a short d', { ...ecPrivate, d: 'AQ' }, 'exactly the size'],
    ['private EC of another pair', { ...ecPrivate, d: `${'A'.repeat(42)}E` }, 'do not belong together'],
    ['OKP without x', without(okp, 'x'), 'missing or not a string'],
    ['OKP on X25519', { ...okp, crv: 'X25519' }, 'key agreement'],
    ['OKP with a short x', { ...okp, x: 'AAAA' }, 'exactly the size'],
    ['OKP on the wrong curve', { ...okp, crv: 'Ed448' }, 'exactly the size'],
    ['OKP of small order', { ...okp, x: `AQ${'A'.repeat(41)}` }, 'small order'],
    ['private OKP of another pair', { ...okpPrivate, d: 'A'.repeat(43) }, 'do not belong together'],
    ['private OKP with a short d', { ...okpPrivate, d: 'AAAA' }, 'exactly the size'],
    ['oct without k', { kty: 'oct' }, 'missing or not a string'],
    ['oct with k empty', { kty: 'oct', k: '' }, 'empty'],
    ['oct with white space in k', { ...oct, k: `${oct.k} ` }, 'not base64url'],
    ['oct whose k is a PEM', { kty: 'oct', k: Buffer.from('-----BEGIN PUBLIC KEY-----').toString('base64url') }, 'looks like a key'],
    ['kid a number', { ...oct, kid: 1 }, 'present but not a string'],
    ['kid undefined', { ...oct, kid: undefined }, 'present but not a string'],
    ['alg null', { ...oct, alg: null }, 'present but not a string'],
    ['use a list', { ...oct, use: ['sig'] }, 'present but not a string'],
    ['key_ops a string', { ...oct, key_ops: 'sign' }, 'not an array of different strings'],
    ['key_ops with a number', { ...oct, key_ops: ['sign', 1] }, 'not an array of different strings'],
    ['key_ops with a hole', { ...oct, key_ops: new Array(1) }, 'not an array of different strings'],
    ['key_ops with a repetition', { ...oct, key_ops: ['sign', 'sign'] }, 'not an array of different strings'],
    ['use sig and key_ops encrypt', { ...oct, use: 'sig', key_ops: ['encrypt'] }, 'contradict'],
    ['use sig and key_ops sign, wrapKey', { ...oct, use: 'sig', key_ops: ['sign', 'wrapKey'] }, 'contradict'],
    ['use enc and key_ops verify', { ...oct, use: 'enc', key_ops: ['verify'] }, 'contradict'],
  ])('%s', (_name, jwk, message) => {
    expect(() => importJwk(nodePlatform, jwk)).toThrow(refusal(message))
  })

  it.each<[string, object]>([
    ['a getter', Object.defineProperty({}, 'kty', { get: () => thrower(), enumerable: true })],
    ['a proxy', new Proxy({}, { getOwnPropertyDescriptor: () => thrower() })],
    ['a revoked proxy', revoked()],
  ])('%s that throws leaves as a UsageError without its text', (_name, jwk) => {
    expect(() => run('sync', () => importJwk(nodePlatform, jwk))).toThrow(
      expect.objectContaining({ code: 'invalid_usage', message: expect.not.stringContaining('secret') }),
    )
  })

  it('use enc is kept, for binding to refuse', () => {
    expect(importJwk(nodePlatform, { ...oct, use: 'enc', key_ops: ['encrypt'] }).use).toBe('enc')
  })

  it('without a platform that computes public halves, the halves are checked for themselves', () => {
    expect(importJwk({}, ecPrivate).type).toBe('private')
    expect(() => importJwk({}, { ...ecPrivate, y: ecPrivate['x'] })).toThrow(refusal('not on its curve'))
  })
})

describe('thumbprints', () => {
  const digest = (input: unknown): string =>
    Buffer.from(nodePlatform.digest('SHA-256', thumbprintInput(input)) as Uint8Array).toString('base64url')
  const rfc7638 = {
    kty: 'RSA',
    n: '0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_BJECPebWKRXjBZCiFV4n3oknjhMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2QvzqY368QQMicAtaSqzs8KJZgnYb9c7d0zgdAZHzu6qMQvRL5hajrn1n91CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1jF44-csFCur-kEgU8awapJzKnqDKgw',
    e: 'AQAB',
    alg: 'RS256',
    kid: '2011-04-29',
  }
  const rfc8037 = { kty: 'OKP', crv: 'Ed25519', x: '11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo' }

  it.each([
    ['RFC 7638 §3.1', rfc7638, 'NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs'],
    ['RFC 8037 §A.3', rfc8037, 'kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k'],
    [
      'RFC 8037 §A.1, the private key',
      { ...rfc8037, d: 'nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A' },
      'kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k',
    ],
  ])('%s', (_name, jwk, expected) => {
    expect(digest(jwk)).toBe(expected)
    expect(digest(importJwk(nodePlatform, jwk))).toBe(expected)
  })

  it.each([
    [rsa, ['e', 'kty', 'n']],
    [rsaPrivate, ['e', 'kty', 'n']],
    [ecPrivate, ['crv', 'kty', 'x', 'y']],
    [okpPrivate, ['crv', 'kty', 'x']],
    [oct, ['k', 'kty']],
  ])('the required members only, in order (row %#)', (jwk, names) => {
    const expected = JSON.stringify(Object.fromEntries(names.map((name) => [name, (jwk as Members)[name]])))
    expect(new TextDecoder().decode(thumbprintInput({ kid: 'x', use: 'sig', ...jwk }))).toBe(expected)
  })

  it.each([[{}], [undefined], ['text'], [{ kty: 'EC' }]])('%j is refused', (value) => {
    expect(() => thumbprintInput(value)).toThrow(expect.objectContaining({ code: 'invalid_key' }))
  })
})

function lambda(jwk: Members): bigint {
  return (number(jwk['p']) - 1n) * (number(jwk['q']) - 1n)
}

function thrower(): never {
  throw new Error('secret text')
}

function revoked(): object {
  const { proxy, revoke } = Proxy.revocable({}, {})
  revoke()
  return proxy
}
