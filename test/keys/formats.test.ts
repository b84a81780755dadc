import { createPrivateKey, createPublicKey } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { noblePlatform } from '../../src/backends/noble/index.ts'
import { nodePlatform } from '../../src/backends/node/index.ts'
import { exportJwk, exportPem } from '../../src/keys/export.ts'
import { importKey } from '../../src/keys/import.ts'
import { materialOf } from '../../src/keys/key.ts'
import type { KeyPlatform } from '../../src/keys/platform.ts'
import vectors from '../../vectors/keys/formats.json' with { type: 'json' }

interface Row {
  readonly name: string
  readonly text: string
  readonly type: string
  readonly jwk: object
  readonly passphrase?: string
  readonly pss?: object
  readonly needsPublicHalf?: boolean
}

const keys = vectors.keys as readonly Row[]
const bare: KeyPlatform = { mode: 'sync', digest: nodePlatform.digest }
const der = (pem: string): Uint8Array =>
  new Uint8Array(Buffer.from(pem.replace(/^[\s\S]*?-----BEGIN CERT/, '-----BEGIN CERT').replace(/-----[^-]+-----/g, ''), 'base64'))

describe('keys written by OpenSSL and ssh-keygen', () => {
  it.each(keys)('$name is read as node:crypto reads it', ({ text, type, jwk, passphrase, pss }) => {
    const key = importKey(nodePlatform, text, passphrase === undefined ? {} : { passphrase })
    expect(key.type).toBe(type)
    const material = materialOf(key)
    expect('pss' in material ? material.pss : undefined).toEqual(pss)
    const alg = pss && 'hash' in pss ? { alg: `PS${String(pss.hash).slice(4)}` } : {}
    if (pss && !('hash' in pss)) expect(() => exportJwk(key)).toThrow(/restricted to RSASSA-PSS/)
    else expect(exportJwk(key)).toEqual({ ...jwk, ...alg })
  })

  it.each(keys.filter(({ passphrase }) => !passphrase))(
    '$name reads the same with the pure platform, CR LF, indentation and a byte order mark',
    ({ text }) => {
      const odd = `\uFEFF\r\n ${text.trim().replaceAll('\n', '\r\n\t  ')}\r\n\r\n`
      expect(materialOf(importKey(noblePlatform, odd))).toEqual(materialOf(importKey(nodePlatform, text)))
    },
  )

  it.each(
    keys.filter(
      ({ text, passphrase }) => !passphrase && !text.startsWith('ssh') && !text.startsWith('ecdsa') && !text.includes('EC PARAMETERS'),
    ),
  )('$name reads the same from DER, and writes what node:crypto writes', ({ text, type, name }) => {
    const key = importKey(nodePlatform, der(text), { format: 'der' })
    expect(materialOf(key)).toEqual(materialOf(importKey(nodePlatform, text)))
    const node = type === 'public' ? createPublicKey(text) : createPrivateKey(text)
    const pem = node.export(type === 'public' ? { type: 'spki', format: 'pem' } : { type: 'pkcs8', format: 'pem' })
    // OpenSSL leaves an absent public half absent and keeps the form of a point; this library writes both out.
    if (!/compressed|without public/.test(name)) expect(exportPem(key)).toBe(pem)
    expect(materialOf(importKey(nodePlatform, exportPem(key)))).toEqual(materialOf(key))
  })

  it.each(keys.filter(({ needsPublicHalf, passphrase }) => needsPublicHalf && !passphrase))(
    '$name needs a platform that computes the public half',
    ({ text }) => {
      expect(() => importKey(bare, text)).toThrow(/comes without its public half/)
    },
  )

  it.each(vectors.refused as readonly { name: string; text: string; message: string }[])('$name is refused', ({ text, message }) => {
    expect(() => importKey(nodePlatform, text)).toThrow(
      expect.objectContaining({ code: 'invalid_key', message: expect.stringContaining(message) }),
    )
  })
})
