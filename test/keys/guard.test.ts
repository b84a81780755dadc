import { generateKeyPairSync } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { looksLikeKeyText } from '../../src/keys/guard.ts'
import { materialOf } from '../../src/keys/key.ts'
import { importSecret } from '../../src/keys/secret.ts'
import vectors from '../../vectors/keys/formats.json' with { type: 'json' }

const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text)
const body = (pem: string): string => pem.replace(/-----[^-]+-----/g, '').trim()
const rows = [...vectors.keys, ...vectors.refused]
const simple = rows.filter(
  ({ text }) => /^-----BEGIN [^-]*KEY-----|^-----BEGIN CERT/.test(text) && (text.match(/BEGIN/g) ?? []).length === 1,
)
const pem = vectors.keys.find(({ name }) => name === 'P-256 SPKI')!.text
const ssh = vectors.keys.find(({ name }) => name === 'OpenSSH Ed25519')!.text
const jwk = '{"kty":"EC","crv":"P-256","x":"pp0CQOmjrnHi-4QL4R9k5OLuoLNRbIK1PdTqDRtXNXo"}'

describe('what looks like a key', () => {
  it.each(rows)('$name as text', ({ text }) => {
    expect(looksLikeKeyText(utf8(text))).toBe(true)
  })

  it.each(simple)('$name as DER, as bare base64, as base64 of the text', ({ text }) => {
    const der = new Uint8Array(Buffer.from(body(text), 'base64'))
    // Legacy headers and OpenSSH keys are not DER within.
    if (/Proc-Type|OPENSSH|TRUSTED/.test(text)) return
    expect(looksLikeKeyText(der)).toBe(true)
    expect(looksLikeKeyText(utf8(body(text)))).toBe(true)
    expect(looksLikeKeyText(utf8(Buffer.from(der).toString('base64url')))).toBe(true)
    expect(looksLikeKeyText(utf8(Buffer.from(text).toString('base64')))).toBe(true)
  })

  it.each([
    ['a leading newline', `\n${pem}`],
    ['white space and tabs', ` \t\r\n${pem}`],
    ['a byte order mark', `\uFEFF${pem}`],
    ['no-break spaces', `\u00A0\u00A0${pem}`],
    ['an indent on every line', pem.replaceAll('\n', '\n    ')],
    ['lower case', pem.toLowerCase()],
    ['literal \\n', pem.replaceAll('\n', '\\n')],
    ['lost line breaks', pem.replaceAll('\n', ' ')],
    ['quotation marks', JSON.stringify(pem)],
    ['a comment before it', `Bag Attributes\n  friendlyName: x\n${pem}`],
    ['an unknown label', '-----BEGIN CERTIFICATE REQUEST-----\nMIIBAA==\n-----END CERTIFICATE REQUEST-----\n'],
    ['SSH2 form', '---- BEGIN SSH2 PUBLIC KEY ----\nAAAA\n---- END SSH2 PUBLIC KEY ----'],
    ['SSH with options', `no-pty,command="x" ${ssh}`],
    ['SSH security key', 'sk-ssh-ed25519@openssh.com AAAAGnNrLXNzaC1lZDI1NTE5QG9wZW5zc2guY29t'],
    ['SSH ECDSA security key', 'sk-ecdsa-sha2-nistp256@openssh.com AAAAInNrLWVjZHNhLXNoYTItbmlzdHAyNTZAb3BlbnNzaC5jb20'],
    ['SSH body alone', ssh.split(' ')[1]!],
    ['a JWK', jwk],
    ['a JWK over several lines', JSON.stringify(JSON.parse(jwk), null, 2)],
    ['a JWK whose kty comes last', '{"k":"AAAA" , "kty" : "oct"}'],
    ['a JWK Set', `{"keys":[${jwk}]}`],
    ['an array of JWKs', `[${jwk}]`],
    ['a JWK in a JSON string', JSON.stringify(jwk)],
    ['base64 of a JWK', Buffer.from(jwk).toString('base64')],
  ])('%s', (_name, text) => {
    expect(looksLikeKeyText(utf8(text))).toBe(true)
    expect(looksLikeKeyText(new Uint8Array(Buffer.from(text, 'utf16le')))).toBe(true)
  })

  it.each(['512', '768', '1024', '2048'])('an RSA key of %s bits in DER', (bits) => {
    const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: Number(bits) })
    for (const der of [
      publicKey.export({ type: 'spki', format: 'der' }),
      publicKey.export({ type: 'pkcs1', format: 'der' }),
      privateKey.export({ type: 'pkcs1', format: 'der' }),
      privateKey.export({ type: 'pkcs8', format: 'der' }),
    ]) {
      expect(looksLikeKeyText(new Uint8Array(der))).toBe(true)
    }
  })
})

describe('what is a secret', () => {
  it.each([
    'correct horse battery staple',
    'your-256-bit-secret',
    'MIIB is how many keys start, but this is a passphrase',
    '{"my":"json","passphrase":"is fine"}',
    '[brackets] and "keys": no',
    'the "kty": of my passphrase',
    'ssh-rsa is an algorithm name',
    '-----my secret-----',
    '--- BEGIN ---',
    '0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef',
    '{',
    '0',
    '\0',
    'ssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssssss',
    'MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEA',
  ])('%j', (text) => {
    expect(looksLikeKeyText(utf8(text))).toBe(false)
    expect(materialOf(importSecret(text))).toEqual({ kty: 'oct', k: utf8(text) })
  })

  it('random bytes, and their base64 and hexadecimal text', () => {
    let seed = 1
    const next = (): number => (seed = (seed * 48_271) % 2_147_483_647)
    for (let i = 0; i < 20_000; i++) {
      const bytes = Uint8Array.from({ length: 1 + (next() % 100) }, () => next() >> 8)
      // The outer shape of DER by chance: what is inside must still decide.
      if (i % 2 === 0) bytes.set([0x30, bytes.length - 2].slice(0, bytes.length))
      expect(looksLikeKeyText(bytes)).toBe(false)
      if (i % 10 < 2) {
        expect(looksLikeKeyText(utf8(Buffer.from(bytes).toString('base64')))).toBe(false)
        expect(looksLikeKeyText(utf8(Buffer.from(bytes).toString('hex')))).toBe(false)
      }
    }
  })

  it('is copied and keeps its metadata', () => {
    const bytes = new Uint8Array(32).fill(7)
    const key = importSecret(bytes, { kid: 'a' })
    bytes.fill(0)
    expect(materialOf(key)).toEqual({ kty: 'oct', k: new Uint8Array(32).fill(7) })
    expect([key.type, key.kid, key.bits]).toEqual(['secret', 'a', 256])
  })

  it.each([
    ['an empty text', '', 'empty'],
    ['no bytes', new Uint8Array(), 'empty'],
    ['half of a surrogate pair', 'abc\uD800def', 'well-formed text'],
    ['a PEM', pem, 'looks like a key'],
    ['the bytes of a PEM', utf8(pem), 'looks like a key'],
    ['undefined', undefined, 'text or a Uint8Array'],
    ['a number array', [1, 2, 3], 'text or a Uint8Array'],
    ['a String object', Object('secret'), 'text or a Uint8Array'],
    ['a DataView', new DataView(new ArrayBuffer(4)), 'text or a Uint8Array'],
  ])('%s is refused', (_name, input, message) => {
    expect(() => importSecret(input as string)).toThrow(
      expect.objectContaining({ code: 'invalid_key', message: expect.stringContaining(message) }),
    )
  })

  it('accepts a whole surrogate pair', () => {
    expect(materialOf(importSecret('🔑'))).toEqual({ kty: 'oct', k: utf8('🔑') })
  })
})
