import { describe, expect, it } from 'vitest'
import { nodePlatform } from '../../src/backends/node/index.ts'
import { isJwtError } from '../../src/core/errors.ts'
import {
  derBits,
  derMembers,
  derOid,
  derSmall,
  derUnsigned,
  readDer,
  writeBits,
  writeDer,
  writeOid,
  writeSequence,
  writeUnsigned,
} from '../../src/keys/der.ts'
import { importKey } from '../../src/keys/import.ts'
import { isKey } from '../../src/keys/key.ts'
import { parsePem } from '../../src/keys/pem.ts'
import vectors from '../../vectors/keys/formats.json' with { type: 'json' }

const bytes = (...octets: number[]): Uint8Array => Uint8Array.from(octets)
const refusal = expect.objectContaining({ code: 'invalid_key' })
const textOf = (name: string): string => vectors.keys.find((row) => row.name === name)!.text

describe('the DER reader', () => {
  it.each([
    ['nothing', bytes()],
    ['a tag alone', bytes(0x30)],
    ['content cut short', bytes(0x30, 2, 0)],
    ['a byte after the end', bytes(0x30, 0, 0)],
    ['the indefinite length', bytes(0x30, 0x80, 0, 0)],
    ['a long length where a short one does', bytes(0x30, 0x81, 1, 0)],
    ['a length with a leading zero', bytes(0x30, 0x82, 0, 0x80, ...new Uint8Array(0x80))],
    ['a length of five octets', bytes(0x30, 0x85, 0, 0, 0, 0, 1, 0)],
    ['a length cut short', bytes(0x30, 0x82, 1)],
    ['the reserved length', bytes(0x30, 0xff, 0)],
    ['a high tag number', bytes(0x1f, 1, 0)],
    ['a length of 4 GiB', bytes(0x30, 0x84, 0xff, 0xff, 0xff, 0xff)],
  ])('refuses %s', (_name, input) => {
    expect(() => readDer(input)).toThrow(refusal)
  })

  it('refuses more members than any key has', () => {
    const many = (count: number): Uint8Array => writeSequence(...Array.from({ length: count }, () => bytes(5, 0)))
    expect(derMembers(readDer(many(16)))).toHaveLength(16)
    expect(() => derMembers(readDer(many(17)))).toThrow(refusal)
  })

  it.each([
    ['negative', [0x80]],
    ['empty', []],
    ['not minimal', [0, 0x7f]],
    ['zero twice', [0, 0]],
  ])('refuses an INTEGER that is %s', (_name, content) => {
    expect(() => derUnsigned(readDer(writeDer(2, bytes(...content))))).toThrow(refusal)
  })

  it.each([[[]], [[1]], [[0x7f]], [[0x80]], [[0xff, 0]], [[1, 2, 3]]])('round-trips the INTEGER %j', (octets) => {
    expect(derUnsigned(readDer(writeUnsigned(bytes(...octets))))).toEqual(bytes(...octets))
  })

  it('reads small INTEGERs below 2^16 only', () => {
    expect([[], [7], [0xff, 0xff]].map((octets) => derSmall(readDer(writeUnsigned(bytes(...octets)))))).toEqual([0, 7, 65_535])
    expect(() => derSmall(readDer(writeUnsigned(bytes(1, 0, 0))))).toThrow(refusal)
  })

  it.each(['1.2.840.113549.1.1.1', '1.3.101.112', '2.16.840.1.101.3.4.2.1', '2.999.3', '0.9.2342', '1.39.127.128.16384'])(
    'round-trips OID %s',
    (oid) => {
      expect(derOid(readDer(writeOid(oid)))).toBe(oid)
    },
  )

  it.each([
    ['empty', []],
    ['with a leading zero septet', [0x2a, 0x80, 1]],
    ['cut short', [0x2a, 0x86]],
    ['beyond 32 bits', [0x2a, 0xff, 0xff, 0xff, 0xff, 0x7f]],
  ])('refuses an OID that is %s', (_name, content) => {
    expect(() => derOid(readDer(writeDer(6, bytes(...content))))).toThrow(refusal)
  })

  it('reads BIT STRINGs of whole octets only', () => {
    expect(derBits(readDer(writeBits(bytes(1, 2))))).toEqual(bytes(1, 2))
    expect(() => derBits(readDer(writeDer(3, bytes(1, 2))))).toThrow(refusal)
    expect(() => derBits(readDer(writeDer(3)))).toThrow(refusal)
    expect(() => derBits(readDer(writeDer(4, bytes(0))))).toThrow(refusal)
  })

  it.each([127, 128, 255, 256, 65_535, 65_536])('round-trips a length of %i', (length) => {
    expect(readDer(writeDer(4, new Uint8Array(length))).content).toHaveLength(length)
  })
})

describe('damaged keys', () => {
  const rows = [
    'RSA PKCS#8',
    'RSA SPKI',
    'P-256 PKCS#8',
    'P-521 SEC 1',
    'P-384 compressed SPKI',
    'Ed25519 PKCS#8',
    'Ed448 SPKI',
    'RSA-PSS pss256 SPKI',
  ]

  it.each([...rows, 'P-256 certificate', 'RSA certificate'])(
    '%s with octets changed, cut or repeated gives a key or a JwtError',
    (name) => {
      const der = parsePem(textOf(name))[0]!.bytes
      let refused = 0
      const random = generator(name.length)
      // Every octet of the structure at the front, then random ones.
      for (let i = 0; i < 300; i++) {
        const damaged = der.slice()
        damaged[i < 100 ? i % der.length : random(der.length)]! ^= 1 << random(8)
        refused += outcome(damaged, { format: 'der' })
        if (i % 3 === 0) refused += outcome(der.slice(0, random(der.length)), { format: 'der' })
        if (i % 3 === 1) refused += outcome(Uint8Array.of(...der.slice(0, i), ...der.slice(random(der.length))), { format: 'der' })
      }
      expect(refused).toBeGreaterThan(150)
    },
  )

  it.each(['P-256 PKCS#8', 'P-256 legacy encrypted', 'P-256 EC PARAMETERS and SEC 1', 'OpenSSH P-256', 'OpenSSH RSA', 'OpenSSH Ed25519'])(
    '%s with characters changed gives a key or a JwtError',
    (name) => {
      const text = textOf(name)
      const random = generator(text.length)
      const alphabet = 'A/+=-_ \n\r\t\\"{}:\0\uFEFFé\uD800'
      let refused = 0
      for (let i = 0; i < 300; i++) {
        const at = random(text.length)
        refused += outcome(text.slice(0, at) + alphabet[random(alphabet.length)]! + text.slice(at + random(3)), {})
      }
      expect(refused).toBeGreaterThan(100)
    },
  )

  it.each(vectors.keys.filter(({ name }) => /^(RSA|P-256|Ed25519) (SPKI|PKCS#8)$/.test(name)))(
    'the JWK of $name with values exchanged',
    ({ jwk }) => {
      const values = [undefined, null, 0, '', 'A', 'AA', '__proto__', [], {}, 'AQAB', Number.NaN, 1n, Symbol('x'), ...Object.values(jwk)]
      let refused = 0
      for (const member of [...Object.keys(jwk), 'd', 'use', 'key_ops', 'oth', 'keys', '__proto__']) {
        for (const value of values) refused += outcome({ ...jwk, [member]: value }, undefined)
      }
      expect(refused).toBeGreaterThan(values.length * 2)
    },
  )
})

function generator(seed: number): (below: number) => number {
  let state = seed + 1
  return (below) => {
    state = (state * 48_271) % 2_147_483_647
    return state % below
  }
}

/** 1 for a refusal, 0 for a key; anything else fails the test. */
function outcome(input: unknown, options: object | undefined): 0 | 1 {
  try {
    expect(isKey(importKey(nodePlatform, input, options))).toBe(true)
    return 0
  } catch (error) {
    if (!isJwtError(error)) throw error
    return 1
  }
}
