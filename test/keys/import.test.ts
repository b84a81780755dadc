import { createPrivateKey, createPublicKey, createSecretKey, generateKeyPairSync } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { noblePlatform } from '../../src/backends/noble/index.ts'
import { nodePlatform } from '../../src/backends/node/index.ts'
import { run } from '../../src/core/mode.ts'
import { exportJwk, exportPem } from '../../src/keys/export.ts'
import { importKey } from '../../src/keys/import.ts'
import { materialOf } from '../../src/keys/key.ts'
import { parsePem } from '../../src/keys/pem.ts'
import { thumbprintInput } from '../../src/keys/thumbprint.ts'
import vectors from '../../vectors/keys/formats.json' with { type: 'json' }

const textOf = (name: string): string => vectors.keys.find((row) => row.name === name)!.text
const spki = textOf('P-256 SPKI')
const pkcs8 = textOf('P-256 PKCS#8')
const ssh = textOf('OpenSSH P-256')
const jwk = vectors.keys.find((row) => row.name === 'P-256 SPKI')!.jwk
const der = parsePem(spki)[0]!.bytes
const secret = 'a secret of thirty-two characters'
const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text)
const importHere = (input: unknown, options?: unknown) => run('sync', () => importKey(nodePlatform, input, options))
const refusal = (message: string, code = 'invalid_key'): object =>
  expect.objectContaining({ code, message: expect.stringContaining(message) })

describe('what an input is taken for', () => {
  it.each<[string, unknown, object | undefined, string, string]>([
    ['bytes', new Uint8Array(32), undefined, 'secret', 'oct'],
    ['bytes that start like DER', Uint8Array.of(0x30, ...new Uint8Array(31)), undefined, 'secret', 'oct'],
    ['a Buffer', Buffer.alloc(32, 1), { kid: 'x' }, 'secret', 'oct'],
    ['bytes for HS256', new Uint8Array(32), { algorithm: 'HS256' }, 'secret', 'oct'],
    ['bytes as a secret', new Uint8Array(32), { format: 'secret' }, 'secret', 'oct'],
    ['DER, said by format', der, { format: 'der' }, 'public', 'EC'],
    ['DER, said by algorithm', der, { algorithm: 'ES256' }, 'public', 'EC'],
    ['DER, said by type', der, { type: 'public' }, 'public', 'EC'],
    ['bytes of a PEM, said by algorithm', utf8(spki), { algorithm: 'ES256' }, 'public', 'EC'],
    ['bytes of a PEM, said by format', utf8(spki), { format: 'pem' }, 'public', 'EC'],
    ['bytes of a JWK, said by format', utf8(JSON.stringify(jwk)), { format: 'jwk' }, 'public', 'EC'],
    ['a PEM', spki, undefined, 'public', 'EC'],
    ['a private PEM', pkcs8, { type: 'private', algorithm: 'ES256' }, 'private', 'EC'],
    ['SSH', ssh, undefined, 'public', 'EC'],
    ['SSH with options, said by format', `no-pty,command="a \\" b" ${ssh}`, { format: 'ssh' }, 'public', 'EC'],
    ['a JWK', jwk, undefined, 'public', 'EC'],
    ['the text of a JWK', `\uFEFF ${JSON.stringify(jwk)}\n`, undefined, 'public', 'EC'],
    ['the text of an oct JWK', '{"kty":"oct","k":"AAAA"}', undefined, 'secret', 'oct'],
    ['an oct JWK, said by format and type', '{"kty":"oct","k":"AAAA"}', { format: 'jwk', type: 'secret' }, 'secret', 'oct'],
    ['an oct JWK, said by format and algorithm', '{"kty":"oct","k":"AAAA"}', { format: 'jwk', algorithm: 'HS256' }, 'secret', 'oct'],
    ['text, said by type', secret, { type: 'secret' }, 'secret', 'oct'],
    ['text, said by format', secret, { format: 'secret' }, 'secret', 'oct'],
    ['text, said by algorithm', secret, { algorithm: 'HS256' }, 'secret', 'oct'],
    ['a KeyObject of a secret', createSecretKey(utf8(secret)), undefined, 'secret', 'oct'],
    ['a public KeyObject', createPublicKey(spki), undefined, 'public', 'EC'],
    ['a private KeyObject', createPrivateKey(pkcs8), undefined, 'private', 'EC'],
  ])('%s', (_name, input, options, type, kty) => {
    const key = importHere(input, options)
    expect([key.type, key.kty, key.mode]).toEqual([type, kty, 'sync'])
  })

  it.each<[string, unknown, object | undefined, string]>([
    ['text of no kind', secret, undefined, 'type: "secret"'],
    ['text of no kind for RS256', secret, { algorithm: 'RS256' }, 'no PEM, SSH or JWK key: a PEM key needs its BEGIN'],
    ['the body of a PEM', Buffer.from(der).toString('base64'), undefined, 'no PEM, SSH or JWK'],
    ['an empty text', '', undefined, 'no PEM, SSH or JWK'],
    ['a JSON array', `[${JSON.stringify(jwk)}]`, undefined, 'no PEM, SSH or JWK'],
    ['a PEM as a secret', spki, { type: 'secret' }, 'looks like a key'],
    ['a PEM for HS256', spki, { algorithm: 'HS256' }, 'looks like a key'],
    ['a broken PEM for HS256', spki.replace('MF', '*'), { algorithm: 'HS256' }, 'looks like a key'],
    ['bytes of a PEM, nothing said', utf8(spki), undefined, 'looks like a key'],
    ['DER, nothing said', der, undefined, 'looks like a key'],
    ['a broken PEM', spki.replace('MF', 'MG'), undefined, 'well-formed DER'],
    ['text as DER', spki, { format: 'der' }, 'DER is bytes'],
    ['text as PEM that is none', secret, { format: 'pem' }, 'BEGIN or END line'],
    ['text as SSH that is none', secret, { format: 'ssh' }, 'SSH public key is malformed'],
    ['text as JWK that is none', secret, { format: 'jwk' }, 'not a strict JSON object'],
    ['a JWK with a member twice', '{"kty":"oct","k":"AAAA","k":"BBBB"}', undefined, 'not a strict JSON object'],
    ['the text of a JWK Set', JSON.stringify({ keys: [jwk] }), undefined, 'JWK Set'],
    ['a JWK Set', { keys: [jwk] }, undefined, 'importJwks'],
    ['an X.509 structure cut short', der.slice(0, -1), { format: 'der' }, 'well-formed DER'],
    ['DER with a byte more', Uint8Array.of(...der, 0), { format: 'der' }, 'after the end'],
    ['DER of another kind', Uint8Array.of(0x30, 3, 2, 1, 5), { format: 'der' }, 'none of the key formats'],
    ['DER that is no SEQUENCE', Uint8Array.of(2, 1, 5), { format: 'der' }, 'none of the key formats'],
    ['bytes that are no text', Uint8Array.of(0xff, 0xfe), { algorithm: 'RS256' }, 'neither DER nor'],
    ['text beyond a mebibyte', 'x'.repeat((1 << 20) + 1), { type: 'secret' }, 'larger than'],
    ['a public key where private is wanted', spki, { type: 'private' }, 'not of the type asked for'],
    ['a private key where public is wanted', pkcs8, { type: 'public' }, 'not of the type asked for'],
    ['a JWK where a secret is wanted', jwk, { type: 'secret' }, 'not of the type asked for'],
    ['an algorithm of another kty', spki, { algorithm: 'RS256' }, 'does not fit'],
    ['an algorithm of another curve', spki, { algorithm: 'ES384' }, 'does not fit'],
    ['an algorithm that is not the own alg', { ...jwk, alg: 'ES384' }, { algorithm: 'ES256' }, 'does not fit'],
    ['an algorithm for an encryption key', { ...jwk, use: 'enc' }, { algorithm: 'ES256' }, 'does not fit'],
    ['RS256 for an RSASSA-PSS key', textOf('RSA-PSS pss SPKI'), { algorithm: 'RS256' }, 'does not fit'],
    ['PS384 for a key restricted to SHA-256', textOf('RSA-PSS pss256 SPKI'), { algorithm: 'PS384' }, 'does not fit'],
    ['undefined', undefined, undefined, 'Not a key'],
    ['null', null, undefined, 'Not a key'],
    ['a number', 42, undefined, 'Not a key'],
    ['true', true, undefined, 'Not a key'],
    ['a function', () => secret, undefined, 'Not a key'],
    ['a symbol', Symbol('x'), undefined, 'Not a key'],
    ['an array', [spki], undefined, 'Not a key'],
    ['an ArrayBuffer', new ArrayBuffer(32), undefined, 'Not a key'],
    ['a String object', Object(spki), undefined, 'Not a key'],
    ['an empty object', {}, undefined, 'no kty'],
    ['a KeyObject of a PEM', createSecretKey(utf8(spki)), undefined, 'looks like a key'],
    ['a key agreement KeyObject', generateKeyPairSync('x25519').publicKey, undefined, 'key agreement'],
    ['an object with an export of text', { type: 'secret', export: () => 'text' }, undefined, 'Not a key'],
  ])('%s is refused', (_name, input, options, message) => {
    expect(() => importHere(input, options)).toThrow(refusal(message))
  })

  it.each<[string, unknown]>([
    ['undefined', undefined],
    ['null', null],
    ['number', 42],
    ['object', [spki]],
  ])('what came instead of a key is named: %s', (found, input) => {
    expect(() => importHere(input)).toThrow(expect.objectContaining({ detail: { found } }))
  })

  it.each<[string, unknown, string]>([
    ['an unknown option', { typ: 'secret' }, 'Unknown option'],
    ['an undefined option', { type: undefined }, 'Wrong option'],
    ['an unknown type', { type: 'Secret' }, 'Wrong option'],
    ['an unknown format', { format: 'spki' }, 'Wrong option'],
    ['a format that objects inherit', { format: 'toString' }, 'Wrong option'],
    ['an unknown algorithm', { algorithm: 'RS1' }, 'Wrong option'],
    ['none', { algorithm: 'none' }, 'Wrong option'],
    ['an empty passphrase', { passphrase: '' }, 'Wrong option'],
    ['a passphrase of another type', { passphrase: 1 }, 'Wrong option'],
    ['an empty kid', { kid: '' }, 'Wrong option'],
    ['type secret and RS256', { type: 'secret', algorithm: 'RS256' }, 'contradict'],
    ['type public and HS256', { type: 'public', algorithm: 'HS256' }, 'contradict'],
    ['type secret and PEM', { type: 'secret', format: 'pem' }, 'contradict'],
    ['format secret and type private', { format: 'secret', type: 'private' }, 'contradict'],
    ['format secret and ES256', { format: 'secret', algorithm: 'ES256' }, 'contradict'],
    ['options that are text', 'secret', 'plain object'],
    ['null options', null, 'plain object'],
  ])('%s is a UsageError', (_name, options, message) => {
    expect(() => importHere(secret, options)).toThrow(refusal(message, 'invalid_usage'))
  })

  it('hostile objects leave as a UsageError', () => {
    const thrower = (): never => {
      throw new RangeError('secret text')
    }
    const cyclic: Record<string, unknown> = {}
    cyclic['self'] = cyclic
    expect(() => importHere(cyclic)).toThrow(refusal('no kty'))
    for (const input of [
      new Proxy({}, { get: thrower }),
      new Proxy({}, { getPrototypeOf: thrower }),
      { type: 'secret', export: thrower },
      Object.defineProperty({}, 'type', { get: thrower }),
    ]) {
      expect(() => importHere(input)).toThrow(
        expect.objectContaining({ code: 'invalid_usage', message: expect.not.stringContaining('secret text') }),
      )
    }
  })
})

describe('metadata', () => {
  it('kid and algorithm are recorded, and kid overrides that of a JWK', () => {
    const key = importHere({ ...jwk, kid: 'old', use: 'sig', key_ops: ['verify'] }, { kid: 'new', algorithm: 'ES256' })
    expect(exportJwk(key)).toEqual({ ...jwk, kid: 'new', alg: 'ES256', use: 'sig', key_ops: ['verify'] })
    expect(importHere(spki, { algorithm: 'ES256' }).alg).toBe('ES256')
    expect(importHere(secret, { algorithm: 'HS512' }).alg).toBe('HS512')
  })

  it('a key is returned as it is, or copied with a new kid', () => {
    const key = importHere(spki)
    expect(importHere(key)).toBe(key)
    const named = importHere(key, { kid: 'a' })
    expect([named.kid, key.kid, named.type]).toEqual(['a', undefined, 'public'])
    expect(materialOf(named)).toBe(materialOf(key))
  })

  it('a secret that may only verify can be given an algorithm', () => {
    expect(importHere({ kty: 'oct', k: 'AAAA', key_ops: ['verify'] }, { algorithm: 'HS256' }).alg).toBe('HS256')
  })
})

describe('export', () => {
  it.each(['RSA PKCS#8', 'P-256 PKCS#8', 'P-384 SPKI', 'P-521 PKCS#8', 'secp256k1 SPKI', 'Ed25519 PKCS#8', 'Ed448 SPKI'])(
    '%s: node:crypto reads the JWK and the PEM as the same key',
    (name) => {
      const text = textOf(name)
      const key = importHere(text)
      const create = key.type === 'private' ? createPrivateKey : createPublicKey
      const expected = create(text)
      expect(create({ key: exportJwk(key) as never, format: 'jwk' }).equals(expected)).toBe(true)
      expect(create(exportPem(key)).equals(expected)).toBe(true)
      expect(materialOf(importHere(exportJwk(key)))).toEqual(materialOf(key))
    },
  )

  it('member order is stable', () => {
    const names = (input: unknown): string[] => Object.keys(exportJwk(importHere(input)))
    expect(names({ key_ops: ['sign'], use: 'sig', alg: 'HS256', kid: 'k', k: 'AAAA', kty: 'oct' })).toEqual([
      'kty',
      'k',
      'kid',
      'alg',
      'use',
      'key_ops',
    ])
    expect(names(textOf('RSA PKCS#8'))).toEqual(['kty', 'n', 'e', 'd', 'p', 'q', 'dp', 'dq', 'qi'])
    expect(names(pkcs8)).toEqual(['kty', 'crv', 'x', 'y', 'd'])
    expect(names(textOf('Ed25519 PKCS#8'))).toEqual(['kty', 'crv', 'x', 'd'])
  })

  it('an RSASSA-PSS key keeps its restriction, or is refused', () => {
    const free = importHere(textOf('RSA-PSS pss PKCS#8'))
    expect(() => exportJwk(free)).toThrow(refusal('restricted to RSASSA-PSS'))
    const bound = importHere(textOf('RSA-PSS pss PKCS#8'), { algorithm: 'PS384' })
    expect(exportJwk(bound)).toMatchObject({ kty: 'RSA', alg: 'PS384' })
    expect(exportJwk(importHere(textOf('RSA-PSS pss256 SPKI')))).toMatchObject({ alg: 'PS256' })
    expect(thumbprintInput(free)).toEqual(thumbprintInput(exportJwk(bound)))
  })

  it('secrets have no PEM, and what is not a key has no form at all', () => {
    expect(() => exportPem(importHere(secret, { type: 'secret' }))).toThrow(refusal('no PEM form'))
    for (const value of [undefined, {}, jwk, spki]) {
      expect(() => exportJwk(value as never)).toThrow(refusal('Not a key'))
      expect(() => exportPem(value as never)).toThrow(refusal('Not a key'))
    }
  })

  it('the pure platform gives the same public halves', () => {
    for (const name of ['P-521 SEC 1 without public half', 'Ed448 PKCS#8', 'secp256k1 PKCS#8 without public half']) {
      expect(exportPem(importKey(noblePlatform, textOf(name)))).toBe(exportPem(importHere(textOf(name))))
    }
  })
})
