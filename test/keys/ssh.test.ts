import { describe, expect, it } from 'vitest'
import { concat, utf8 } from '../../src/core/bytes.ts'
import { encodeBase64 } from '../../src/keys/base64.ts'
import { readSshKey, startsLikeSsh } from '../../src/keys/ssh.ts'
import vectors from '../../vectors/keys/formats.json' with { type: 'json' }

const textOf = (name: string): string => vectors.keys.find((row) => row.name === name)!.text.trim()
const ed25519 = textOf('OpenSSH Ed25519')
const [type, base64] = ed25519.split(' ') as [string, string]
const blob = new Uint8Array(Buffer.from(base64, 'base64'))
const field = (bytes: Uint8Array): Uint8Array => concat(Uint8Array.of(0, 0, bytes.length >> 8, bytes.length & 255), bytes)
const line = (name: string, ...fields: Uint8Array[]): string => `${name} ${encodeBase64(concat(field(utf8(name)), ...fields.map(field)))}`
const e = Uint8Array.of(1, 0, 1)
const n = Uint8Array.of(0, 0x81, ...new Uint8Array(126).fill(7))
const point = new Uint8Array(Buffer.from(textOf('OpenSSH P-256').split(' ')[1]!, 'base64')).slice(-65)

describe('OpenSSH public keys', () => {
  it.each([
    ['no comment', `${type} ${base64}`],
    ['a comment with spaces', `${type} ${base64} me and my laptop`],
    ['tabs', `${type}\t${base64}\tme`],
    ['white space around it', `  ${ed25519}\r\n`],
    ['options', `restrict,from="10.0.0.0/8" ${ed25519}`],
    ['an option with an escaped quotation mark and a key type', `command="echo \\"ssh-rsa AAAA\\"" ${ed25519}`],
  ])('are read with %s', (_name, text) => {
    expect(readSshKey(text)).toEqual({ kty: 'OKP', crv: 'Ed25519', x: blob.slice(-32) })
  })

  it('reads what was written by hand', () => {
    expect(readSshKey(line('ssh-rsa', e, n))).toEqual({ kty: 'RSA', e, n: n.slice(1) })
    expect(readSshKey(line('ecdsa-sha2-nistp256', utf8('nistp256'), point))).toMatchObject({ kty: 'EC', crv: 'P-256' })
  })

  it.each([
    ['nothing', '', 'malformed'],
    ['the type alone', type, 'malformed'],
    ['two keys', `${ed25519}\n${ed25519}`, 'several lines'],
    ['an unclosed option', `command="x ${ed25519}`, 'malformed'],
    ['a type inside that differs', ed25519.replace('ssh-ed25519', 'ssh-rsa'), 'another type'],
    ['bad base64', `${type} ${base64.slice(1)}`, 'malformed'],
    ['base64 cut short', `${type} ${base64.slice(0, -8)}`, 'malformed'],
    ['bytes after the end', `${type} ${encodeBase64(concat(blob, Uint8Array.of(0)))}`, 'malformed'],
    ['an empty field after the end', `${type} ${encodeBase64(concat(blob, new Uint8Array(4)))}`, 'malformed'],
    ['five fields', line('ssh-rsa', e, n, e, n), 'malformed'],
    ['no fields', line('ssh-rsa'), 'malformed'],
    ['a field missing', line('ssh-rsa', e), 'malformed'],
    ['an empty blob', `${type} ====`, 'malformed'],
    ['a negative modulus', line('ssh-rsa', e, n.slice(1)), 'malformed'],
    ['a modulus with two leading zeros', line('ssh-rsa', e, Uint8Array.of(0, ...n)), 'malformed'],
    ['an empty exponent', line('ssh-rsa', new Uint8Array(), n), 'malformed'],
    ['an exponent with a needless zero', line('ssh-rsa', Uint8Array.of(0, 3), n), 'malformed'],
    ['an even exponent', line('ssh-rsa', Uint8Array.of(4), n), 'must be odd'],
    ['a curve inside that differs', line('ecdsa-sha2-nistp256', utf8('nistp384'), point), 'another curve'],
    [
      'a point off the curve',
      line(
        'ecdsa-sha2-nistp256',
        utf8('nistp256'),
        Uint8Array.from(point, (octet, i) => (i === 64 ? octet ^ 1 : octet)),
      ),
      'not on its curve',
    ],
    ['an Ed25519 key of small order', line('ssh-ed25519', new Uint8Array(32)), 'small order'],
    ['an unknown curve', line('ecdsa-sha2-nistp224', utf8('nistp224'), point), 'type not read here'],
    ['an unknown type', line('ssh-xmss@openssh.com', point), 'type not read here'],
    ['DSA', line('ssh-dss', e, n, e, n), 'DSA'],
    ['a security key', line('sk-ssh-ed25519@openssh.com', blob.slice(-32), utf8('ssh:')), 'security keys'],
    ['an ECDSA security key', line('sk-ecdsa-sha2-nistp256@openssh.com', utf8('nistp256'), point), 'security keys'],
    ['a certificate', line('ssh-ed25519-cert-v01@openssh.com', point), 'SSH certificate'],
  ])('%s is refused', (_name, text, message) => {
    expect(() => readSshKey(text)).toThrow(expect.objectContaining({ code: 'invalid_key', message: expect.stringContaining(message) }))
  })

  it('are recognised by their type and a space', () => {
    const texts = [
      ed25519,
      `\n ${ed25519}`,
      'ecdsa-sha2-nistp256 x',
      'sk-ssh-ed25519@openssh.com x',
      'ssh-',
      'ssh-rsa',
      'sshd secret',
      'my ssh-rsa x',
    ]
    expect(texts.map(startsLikeSsh)).toEqual([true, true, true, true, false, false, false, false])
  })
})
