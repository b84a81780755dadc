import { describe, expect, it } from 'vitest'
import { noblePlatform } from '../../src/backends/noble/index.ts'
import { nodePlatform } from '../../src/backends/node/index.ts'
import { importKey } from '../../src/keys/import.ts'
import { materialOf } from '../../src/keys/key.ts'
import { parsePem, writePem } from '../../src/keys/pem.ts'
import vectors from '../../vectors/keys/formats.json' with { type: 'json' }

const textOf = (name: string): string => vectors.keys.find((row) => row.name === name)!.text
const spki = textOf('P-256 SPKI')
const pkcs8 = textOf('P-256 PKCS#8')
const encrypted = textOf('P-256 encrypted PKCS#8')
const legacy = textOf('P-256 legacy encrypted')
const relabel = (pem: string, label: string): string => pem.replaceAll(/(BEGIN|END) [^-]+/g, `$1 ${label}`)
const refusal = (message: string): object => expect.objectContaining({ code: 'invalid_key', message: expect.stringContaining(message) })

describe('PEM faults name their cause', () => {
  it.each([
    ['literal \\n', spki.replaceAll('\n', '\\n'), 'two characters "\\n"'],
    ['literal \\r\\n', spki.replaceAll('\n', '\\r\\n'), 'two characters "\\n"'],
    ['literal \\n and real ones', spki.replace('\n', '\\n\n'), 'two characters "\\n"'],
    ['line breaks lost', spki.trim().replaceAll('\n', ' '), 'lost its line breaks'],
    ['line breaks removed', spki.replaceAll('\n', ''), 'lost its line breaks'],
    ['quotation marks', `"${spki.trim()}"`, 'quotation mark'],
    ['no END line', spki.replace(/-----END.*/, ''), 'END line is missing'],
    ['no BEGIN line of the second', `${spki}-----END PUBLIC KEY-----`, 'END line without a BEGIN line'],
    ['other label at the end', spki.replace('END PUBLIC', 'END PRIVATE'), 'different labels'],
    ['four hyphens in front', spki.replace('-----BEGIN', '----BEGIN'), 'BEGIN or END line of the PEM text is malformed'],
    ['four hyphens behind', spki.replace('KEY-----\n', 'KEY----\n'), 'BEGIN or END line of the PEM text is malformed'],
    ['body on the BEGIN line', spki.replace('KEY-----\n', 'KEY-----'), 'BEGIN or END line of the PEM text is malformed'],
    ['white space in the boundary', spki.replace('-----BEGIN', '----- BEGIN'), 'BEGIN or END line of the PEM text is malformed'],
    ['lower-case boundary', spki.toLowerCase(), 'BEGIN or END line of the PEM text is malformed'],
    ['lower-case label', spki.replaceAll('PUBLIC KEY', 'public key'), 'names no key format'],
    ['a foreign character', spki.replace('MF', 'M*'), 'not valid base64'],
    ['base64url', relabel(writePem('X', new Uint8Array(60).fill(255)).replaceAll('/', '_'), 'PUBLIC KEY'), 'not valid base64'],
    ['padding cut', textOf('Ed25519 SPKI').replace('=\n', '\n'), 'not valid base64'],
    ['unused bits', textOf('Ed25519 SPKI').replace(/.=\n/, 'B=\n'), 'not valid base64'],
    ['an empty body', '-----BEGIN PUBLIC KEY-----\n-----END PUBLIC KEY-----', 'well-formed DER'],
    ['a cut body', spki.replace(/\n.*\n-----END/, '\n-----END'), 'well-formed DER'],
    ['nested blocks', spki.replace('\n', `\n${spki}`), 'before the one above it has ended'],
    ['a comment header', spki.replace('\n', '\nComment: x\n\n'), 'header lines'],
    ['two keys', spki + textOf('RSA SPKI'), 'several blocks'],
    ['EC PARAMETERS and PKCS#8', textOf('P-256 EC PARAMETERS and SEC 1').replace(/-----BEGIN EC PRIV[\s\S]*/, pkcs8), 'several blocks'],
    [
      'EC PARAMETERS of another curve',
      textOf('P-384 EC PARAMETERS and SEC 1').replace(/-----BEGIN EC PRIV[\s\S]*/, textOf('P-256 SEC 1')),
      'two different curves',
    ],
    ['PKCS#1 as SPKI', relabel(textOf('RSA PKCS#1 public'), 'PUBLIC KEY'), 'another key format than its label'],
    ['private PKCS#1 as SPKI', relabel(textOf('RSA PKCS#1 private'), 'PUBLIC KEY'), 'another key format than its label'],
    ['SPKI as PKCS#8', relabel(spki, 'PRIVATE KEY'), 'another key format than its label'],
    ['certificate as SPKI', relabel(textOf('P-256 certificate'), 'PUBLIC KEY'), 'another key format than its label'],
    ['SEC 1 as PKCS#8', relabel(textOf('P-256 SEC 1'), 'PRIVATE KEY'), 'another key format than its label'],
    ['encrypted PKCS#8 as PKCS#8', relabel(encrypted, 'PRIVATE KEY'), 'another key format than its label'],
    ['a PGP key', '-----BEGIN PGP PUBLIC KEY BLOCK-----\nAAAA\n-----END PGP PUBLIC KEY BLOCK-----', 'OpenPGP'],
    ['an unknown label', relabel(spki, 'SOMETHING'), 'names no key format'],
    ['a label that objects inherit', relabel(spki, 'constructor'), 'names no key format'],
  ])('%s', (_name, text, message) => {
    expect(() => importKey(nodePlatform, text, { type: text === spki ? 'private' : 'public' })).toThrow(refusal(message))
  })

  it('a mismatch names label and content', () => {
    const text = relabel(textOf('RSA PKCS#1 private'), 'PUBLIC KEY')
    expect(() => importKey(nodePlatform, text)).toThrow(
      expect.objectContaining({ detail: { label: 'PUBLIC KEY', found: 'pkcs1-private' } }),
    )
  })

  it('no message holds text of the key', () => {
    for (const text of [pkcs8.replaceAll('\n', '\\n'), relabel(pkcs8, 'SECRETLABEL'), pkcs8.replace('BEGIN', 'BEGIN SECRETLABEL')]) {
      let thrown: unknown
      try {
        importKey(nodePlatform, text)
      } catch (error) {
        thrown = error
      }
      const shown = JSON.stringify([String(thrown), (thrown as { detail: object }).detail])
      expect(shown).toContain('InvalidKeyError')
      expect(shown).not.toMatch(/SECRETLABEL|MIGH/)
    }
  })
})

describe('PEM variations that are accepted', () => {
  it.each([
    ['CR LF', spki.replaceAll('\n', '\r\n')],
    ['CR alone', spki.replaceAll('\n', '\r')],
    ['no final newline', spki.trim()],
    ['blank lines around and within', `\n\n${spki.replace('\n', '\n\n')}\n\n`],
    ['long lines', spki.replace(/(KEY-----\n)([\s\S]*)(\n-----END)/, (_all, head, body, tail) => head + body.replaceAll('\n', '') + tail)],
    ['a no-break space before it', `\u00A0${spki}`],
    ['explanatory text before it', `Bag Attributes\n    friendlyName: my key\nKey Attributes: <No Attributes>\n${spki}`],
    ['the older certificate label', relabel(textOf('P-256 certificate'), 'X509 CERTIFICATE')],
  ])('%s', (_name, text) => {
    expect(materialOf(importKey(noblePlatform, text))).toEqual(materialOf(importKey(noblePlatform, spki)))
  })

  it('is written in lines of 64 characters, and read again', () => {
    for (const length of [0, 1, 47, 48, 49, 200]) {
      const bytes = new Uint8Array(length).fill(length)
      const pem = writePem('X', bytes)
      expect(
        pem
          .split('\n')
          .slice(1, -2)
          .every((line) => line.length <= 64 && line.length > 0),
      ).toBe(true)
      expect(parsePem(pem)).toEqual([{ label: 'X', bytes, legacyEncrypted: false, text: pem }])
    }
  })
})

describe('encrypted keys', () => {
  const passphrase = 'correct-horse'

  it.each([
    ['PKCS#8', encrypted],
    ['legacy', legacy],
    ['indented PKCS#8', encrypted.replaceAll('\n', '\r\n  ')],
    ['indented legacy', legacy.replaceAll('\n', '\n  ')],
  ])('%s is decrypted with a passphrase of text or bytes', (_name, text) => {
    const plain = materialOf(importKey(nodePlatform, pkcs8))
    expect(materialOf(importKey(nodePlatform, text, { passphrase }))).toEqual(plain)
    expect(materialOf(importKey(nodePlatform, text, { passphrase: new TextEncoder().encode(passphrase) }))).toEqual(plain)
  })

  it.each([
    ['PKCS#8', encrypted],
    ['legacy', legacy],
  ])('%s: no passphrase, a wrong one and a platform that cannot decrypt are told apart', (_name, text) => {
    const missing = { reason: 'passphrase_missing' }
    expect(() => importKey(nodePlatform, text)).toThrow(expect.objectContaining({ code: 'invalid_key', detail: missing }))
    expect(() => importKey(noblePlatform, text)).toThrow(expect.objectContaining({ code: 'invalid_key', detail: missing }))
    const unsupported = { reason: 'decryption_unsupported' }
    expect(() => importKey(noblePlatform, text, { passphrase })).toThrow(
      expect.objectContaining({ code: 'invalid_key', detail: unsupported }),
    )
    expect(() => importKey(nodePlatform, text, { passphrase: 'wrong' })).toThrow(refusal('passphrase is wrong'))
  })

  it('an encrypted SEC 1 key after EC PARAMETERS must be on their curve', () => {
    const parameters = (name: string): string => textOf(name).replace(/-----BEGIN EC PRIV[\s\S]*/, '')
    const [same, other] = ['P-256 EC PARAMETERS and SEC 1', 'P-384 EC PARAMETERS and SEC 1'].map(parameters) as [string, string]
    expect(materialOf(importKey(nodePlatform, same + legacy, { passphrase }))).toEqual(materialOf(importKey(nodePlatform, pkcs8)))
    expect(() => importKey(nodePlatform, other + legacy, { passphrase })).toThrow(refusal('EC PARAMETERS name another curve'))
  })

  it('encrypted DER is decrypted too', () => {
    const der = parsePem(encrypted)[0]!.bytes
    expect(materialOf(importKey(nodePlatform, der, { format: 'der', passphrase }))).toEqual(materialOf(importKey(nodePlatform, pkcs8)))
    expect(() => importKey(nodePlatform, der, { format: 'der' })).toThrow(refusal('pass its passphrase'))
  })

  it('what a platform throws or returns is judged', () => {
    const broken = (decryptPem: () => Uint8Array) => ({ ...noblePlatform, decryptPem })
    const foreign = broken(() => {
      throw new TypeError('boom')
    })
    expect(() => importKey(foreign, encrypted, { passphrase })).toThrow(refusal('could not be decrypted'))
    const wrong = broken(() => parsePem(spki)[0]!.bytes)
    expect(() => importKey(wrong, encrypted, { passphrase })).toThrow(refusal('is not PKCS#8'))
  })

  it.each([
    ['a plain PEM', pkcs8],
    ['a public PEM', spki],
    ['a JWK', { kty: 'oct', k: 'AAAA' }],
    ['bytes of a secret', new Uint8Array(32)],
    ['plain DER', parsePem(pkcs8)[0]!.bytes],
  ])('%s with a passphrase is refused', (_name, input) => {
    const format = input instanceof Uint8Array && input.length > 32 ? { format: 'der' } : {}
    expect(() => importKey(nodePlatform, input, { passphrase, ...format })).toThrow(refusal('not encrypted'))
  })
})
