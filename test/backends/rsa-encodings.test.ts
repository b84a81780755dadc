import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { noble } from '../../src/backends/noble/index.ts'
import { node } from '../../src/backends/node/index.ts'
import { webcrypto } from '../../src/backends/webcrypto/index.ts'
import { hex, type Jwk, verificationKey } from './keys.ts'
import { type Rsa, rsaOf } from './rsa-key.ts'

/** The signature whose public operation gives exactly this encoded message. */
function signRaw({ n, d }: Rsa, encoded: bigint, length: number): Uint8Array {
  let result = 1n
  for (const bit of d.toString(2)) {
    result = (result * result) % n
    if (bit === '1') result = (result * encoded) % n
  }
  return hex(result.toString(16).padStart(2 * length, '0'))
}

const message = new TextEncoder().encode('header.payload')
const sha = (...parts: readonly Uint8Array[]): Buffer => {
  const hash = createHash('sha256')
  for (const part of parts) hash.update(part)
  return hash.digest()
}
const toInteger = (bytes: Uint8Array): bigint => BigInt(`0x${Buffer.from(bytes).toString('hex')}`)

interface PssFault {
  readonly trailer?: number
  readonly separator?: number
  readonly padding?: number
  readonly saltLength?: number
  readonly innerPrefix?: number
  /** Leave the unused leading bits of the masked block as they fall. */
  readonly keepTopBits?: boolean
}

/** EMSA-PSS (RFC 8017 §9.1.1) with SHA-256, and with whatever fault is asked for. */
function pssEncoding(bits: number, round: number, fault: PssFault = {}): Buffer {
  const { trailer = 0xbc, separator = 1, padding = 0, saltLength = 32, innerPrefix = 8, keepTopBits = false } = fault
  const length = Math.ceil((bits - 1) / 8)
  const salt = Buffer.alloc(saltLength, round)
  const h = sha(new Uint8Array(innerPrefix), sha(message), salt)
  const db = Buffer.concat([Buffer.alloc(length - 34 - saltLength), Buffer.from([separator]), salt])
  if (padding) db[3] = padding
  for (let i = 0, mask: Buffer = Buffer.alloc(0); i < db.length; i++) {
    if (i % 32 === 0) mask = sha(h, Uint8Array.of(0, 0, 0, i / 32))
    db[i]! ^= mask[i % 32]!
  }
  const unused = 0xff >> (8 * length - (bits - 1))
  if (!keepTopBits) db[0]! &= unused
  return Buffer.concat([db, h, Buffer.from([trailer])])
}

const verdicts = (jwk: Jwk, algorithm: string, signature: Uint8Array): Promise<boolean[]> => {
  const key = verificationKey({ kty: 'RSA', n: jwk['n']!, e: jwk['e']! })
  return Promise.all([noble, node, webcrypto].map((backend) => backend.verifier(algorithm, key).verify(message, signature)))
}
const all = (value: boolean): boolean[] => [value, value, value]

describe('forged PSS encodings', () => {
  const rsa = rsaOf(2048)
  const rows: readonly [string, PssFault, boolean][] = [
    ['the right one', {}, true],
    ['another trailer', { trailer: 0xcc }, false],
    ['another separator', { separator: 2 }, false],
    ['no separator', { separator: 0 }, false],
    ['padding that is not zero', { padding: 1 }, false],
    ['a salt of 31 bytes', { saltLength: 31 }, false],
    ['a salt of 33 bytes', { saltLength: 33 }, false],
    ['no salt', { saltLength: 0 }, false],
    ['a hash over seven zeros', { innerPrefix: 7 }, false],
  ]
  it.each(rows)('%s', async (_what, fault, expected) => {
    expect(await verdicts(rsa.jwk, 'PS256', signRaw(rsa, toInteger(pssEncoding(2048, 1, fault)), 256))).toEqual(all(expected))
  })

  it('a bit above the encoding, in the same byte', async () => {
    const odd = rsaOf(2055)
    const encodings = Array.from({ length: 250 }, (_, i) => pssEncoding(2055, i, { keepTopBits: true }))
    const encoded = encodings.find((each) => each[0]! >> 6 === 1 && toInteger(each) < odd.n)!
    expect(await verdicts(odd.jwk, 'PS256', signRaw(odd, toInteger(encoded), 257))).toEqual(all(false))
    expect(await verdicts(odd.jwk, 'PS256', signRaw(odd, toInteger(pssEncoding(2055, 1)), 257))).toEqual(all(true))
  })

  it('a byte in front of the encoding, where the modulus has one more', async () => {
    const odd = rsaOf(2049)
    const high = 1n << 2048n
    const encoded = Array.from({ length: 250 }, (_, i) => toInteger(pssEncoding(2049, i))).find((each) => each + high < odd.n)!
    expect(await verdicts(odd.jwk, 'PS256', signRaw(odd, encoded + high, 257))).toEqual(all(false))
    expect(await verdicts(odd.jwk, 'PS256', signRaw(odd, encoded, 257))).toEqual(all(true))
  })
})

describe('forged PKCS#1 encodings', () => {
  const rsa = rsaOf(2048)
  const info = '3031300d060960864801650304020105000420'
  const digest = sha(message).toString('hex')
  const filled = (tail: string, head = '0001', fill = 'ff'): string => head + fill.repeat(256 - (head.length + tail.length) / 2) + tail
  const rows: readonly [string, string, boolean][] = [
    ['the right one', filled(`00${info}${digest}`), true],
    ['block type 2', filled(`00${info}${digest}`, '0002'), false],
    ['block type 0', filled(`00${info}${digest}`, '0000'), false],
    ['padding of another byte', filled(`00${info}${digest}`, '0001', 'fe'), false],
    ['padding with one byte changed', filled(`00${info}${digest}`, '0001fe'), false],
    ['no zero before the DigestInfo', filled(`ff${info}${digest}`), false],
    ['no NULL in the DigestInfo', filled(`00302f300b0609608648016503040201${'0420'}${digest}`), false],
    ['a DigestInfo of another hash', filled(`00${info.replace('040201', '040202')}${digest}`), false],
    ['a long-form length', filled(`0030${'81'}31${info.slice(4)}${digest}`), false],
    ['bytes after the digest', filled(`00${info}${digest}00`), false],
    ['garbage after short padding', filled(`00${info}${digest}${'00'.repeat(190)}`), false],
    ['the digest alone', filled(`00${digest}`), false],
  ]
  it.each(rows)('%s', async (_what, encoded, expected) => {
    expect(encoded.length).toBe(512)
    expect(await verdicts(rsa.jwk, 'RS256', signRaw(rsa, BigInt(`0x${encoded}`), 256))).toEqual(all(expected))
  })
})

it('an algorithm of the caller with a hash longer than its curve gives the same on both', () => {
  const algorithm = {
    name: 'X-ES256-SHA512',
    family: 'ECDSA',
    hash: 'SHA-512',
    kty: 'EC',
    curves: ['P-256'],
    signatureLength: 64,
    rfc: '',
  } as const
  const key = node.generate('ES256') as never
  for (const [signer, verifier] of [
    [noble, node],
    [node, noble],
  ] as const) {
    const signature = signer.signer(algorithm, key).sign(message)
    expect(verifier.verifier(algorithm, (key as { publicKey: never }).publicKey).verify(message, signature)).toBe(true)
  }
})
