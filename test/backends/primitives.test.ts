import { constants, createPrivateKey, createPublicKey, generateKeyPairSync, sign as nodeSign, verify as nodeVerify } from 'node:crypto'
import { ed448 } from '@noble/curves/ed448.js'
import { ed25519 } from '@noble/curves/ed25519.js'
import { p521 } from '@noble/curves/nist.js'
import { sha512 } from '@noble/hashes/sha2.js'
import { shake256 } from '@noble/hashes/sha3.js'
import { describe, expect, it } from 'vitest'
import { noble, noblePlatform } from '../../src/backends/noble/index.ts'
import { node, nodeAsync, nodePlatform } from '../../src/backends/node/index.ts'
import { admission } from '../../src/backends/node/strict.ts'
import { createWebCrypto, webcrypto, webcryptoPlatform } from '../../src/backends/webcrypto/index.ts'
import { isJwtError } from '../../src/core/errors.ts'
import { derOfSignature, signatureOfDer } from '../../src/keys/der-signature.ts'
import { makeKey, type PrivateKey, type PublicKey } from '../../src/keys/key.ts'
import { jwkOf } from '../jwk-of.ts'
import { polluted } from '../polluted.ts'
import { hex, type Jwk, materialOfTestJwk, signingKey, verificationKey } from './keys.ts'
import { rsaOf } from './rsa-key.ts'

const message = new TextEncoder().encode('header.payload')
const toHex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex')

describe('ECDSA signatures in DER', () => {
  const rows: readonly [string, string, string][] = [
    ['small', '0102', '3006020101020102'],
    ['zeros', '00000000', '3006020100020100'],
    ['a high bit', '80ff', '300802020080020200ff'],
    ['leading zeros', '0000010200030405', '3009020201020203030405'],
  ]
  it.each(rows)('%s', (_what, raw, der) => {
    expect(toHex(derOfSignature(hex(raw)))).toBe(der)
    expect(toHex(signatureOfDer(hex(der), raw.length / 4)!)).toBe(raw)
  })

  it.each([32, 48, 66])('go there and back at %i bytes, with every number of leading zeros and either top bit', (size) => {
    for (let zeros = 0; zeros <= size; zeros++) {
      for (const top of [0x01, 0x7f, 0x80, 0xff]) {
        const half = (fill: number): number[] => Array.from({ length: size }, (_, i) => (i < zeros ? 0 : i === zeros ? top : fill))
        const raw = Uint8Array.from([...half(0x55), ...half(0)])
        expect(toHex(signatureOfDer(derOfSignature(raw), size)!)).toBe(toHex(raw))
      }
    }
  })

  const bad: readonly [string, string][] = [
    ['nothing', ''],
    ['no sequence', '3106020101020102'],
    ['a sequence too long for its bytes', '3007020101020102'],
    ['bytes after it', '300602010102010200'],
    ['bytes inside it', '30080201010201020500'],
    ['a long form that is not needed', '308106020101020102'],
    ['an indefinite length', '30800201010201020000'],
    ['no integer', '3006030101020102'],
    ['an empty integer', '30050200020102'],
    ['a negative integer', '3006020181020102'],
    ['an integer with a zero too many', '300702020001020102'],
    ['an integer larger than the field', '300702020101020102'],
    ['one integer', '3003020101'],
    ['an integer that runs out', '3006020101020202'],
  ]
  it.each(bad)('%s is none', (_what, der) => {
    expect(signatureOfDer(hex(der), 1)).toBeUndefined()
  })
})

/** What node:crypto looks for in the options of a call, and finds on a key that comes bare too. */
describe('options that somebody put on Object.prototype (R16)', () => {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
  const rsa = makeKey('public', materialOfTestJwk(jwkOf(publicKey) as Jwk)) as PublicKey
  const other = { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: 32 }
  const options: readonly [string, unknown][] = [
    ['padding', other.padding],
    ['padding', constants.RSA_NO_PADDING],
    ['saltLength', 0],
    ['dsaEncoding', 'ieee-p1363'],
    ['dsaEncoding', 'other'],
    ['context', Uint8Array.of(1)],
    ['context', 5],
  ]

  it.each(options)('%s %s: a signature of another scheme is none', async (name, value) => {
    const forged = nodeSign('sha256', message, { key: privateKey, ...other })
    const verifier = node.verifier('RS256', rsa)
    expect(verifier.verify(message, forged)).toBe(false)
    expect(polluted({ [name]: value }, () => verifier.verify(message, forged))).toBe(false)
    expect(await polluted({ [name]: value }, () => nodeAsync.verifier('RS256', rsa).verify(message, forged))).toBe(false)
  })

  describe.each(['RS256', 'PS256', 'ES256', 'Ed25519', 'Ed448'] as const)('%s', (algorithm) => {
    const key = node.generate(algorithm) as PrivateKey
    it.each(options)('%s %s changes neither signatures nor verdicts', async (name, value) => {
      const before = node.signer(algorithm, key).sign(message)
      const { signature, verdict } = polluted({ [name]: value }, () => ({
        signature: node.signer(algorithm, key).sign(message),
        verdict: node.verifier(algorithm, key.publicKey).verify(message, before),
      }))
      const later = await polluted({ [name]: value }, () => nodeAsync.signer(algorithm, key).sign(message))
      const verifier = node.verifier(algorithm, key.publicKey)
      expect([verdict, verifier.verify(message, signature), verifier.verify(message, later)]).toEqual([true, true, true])
    })
  })

  it('noble adds no entropy to the nonce of ECDSA (RFC 6979)', () => {
    const signer = noble.signer('ES256', node.generate('ES256') as PrivateKey)
    const before = signer.sign(message)
    expect(polluted({ extraEntropy: Uint8Array.of(1) }, () => signer.sign(message))).toEqual(before)
  })
})

const littleEndian = (bytes: Uint8Array): bigint => BigInt(`0x${toHex(Uint8Array.from(bytes).reverse())}`)
const domain448 = new TextEncoder().encode('SigEd448\0\0')
const edwards = {
  Ed25519: { curve: ed25519, challenge: (bytes: Uint8Array) => littleEndian(sha512(bytes)) },
  Ed448: {
    curve: ed448,
    challenge: (bytes: Uint8Array) => littleEndian(shake256(Uint8Array.from([...domain448, ...bytes]), { dkLen: 114 })),
  },
}
// OpenSSL leaves the cofactor out for Ed25519 and has it in for Ed448; noble's own verify always has it in.
const torsionTables = [
  { crv: 'Ed25519', compared: [noble, node, webcrypto], cofactor: 8, agreed: false, noblesOwn: true },
  { crv: 'Ed448', compared: [noble, node], cofactor: 4, agreed: true, noblesOwn: true },
] as const

/** Keys A + T and signatures (R + T', S) that hold once multiplied by the cofactor, for every T and T' of small order. */
function torsionCases(crv: 'Ed25519' | 'Ed448'): { jwk: Jwk; message: Uint8Array; signature: Uint8Array }[] {
  const { curve, challenge } = edwards[crv]
  const { BASE, Fn } = curve.Point
  const [secret, r] = [12_345_678_901_234_567_890n, 987_654_321n]
  const smallPoints = pointsOfSmallOrder(curve)
  return smallPoints.flatMap((inKey) =>
    smallPoints.flatMap((inSignature) =>
      [1, 2, 3].map((last) => {
        const publicPoint = BASE.multiply(secret).add(inKey).toBytes()
        const R = BASE.multiply(r).add(inSignature).toBytes()
        const text = Uint8Array.of(last)
        const s = Fn.create(r + Fn.create(challenge(Uint8Array.from([...R, ...publicPoint, ...text]))) * secret)
        const jwk = { kty: 'OKP', crv, x: Buffer.from(publicPoint).toString('base64url') }
        return { jwk, message: text, signature: Uint8Array.from([...R, ...Fn.toBytes(s)]) }
      }),
    ),
  )
}

function pointsOfSmallOrder({ Point, lengths }: typeof ed25519): (typeof ed25519.Point.BASE)[] {
  const found: (typeof ed25519.Point.BASE)[] = []
  for (let y = 2; y < 256; y++) {
    const encoded = new Uint8Array(lengths.publicKey!)
    encoded[0] = y
    if (!isPoint(Point, encoded)) continue
    const point = Point.fromBytes(encoded)
    // The order of the base point times any point leaves only the part of small order.
    const small = point.multiplyUnsafe(Point.Fn.ORDER - 1n).add(point)
    if (!found.some((other) => other.equals(small))) found.push(small)
  }
  return found
}

function isPoint(Point: typeof ed25519.Point, encoded: Uint8Array): boolean {
  try {
    return Point.fromBytes(encoded) !== undefined
  } catch {
    return false
  }
}

describe('points of small order in key and signature', () => {
  for (const { crv, compared, cofactor, agreed, noblesOwn } of torsionTables) {
    it(`${crv}: has the verdicts of OpenSSL for every pair of them`, async () => {
      const cases = torsionCases(crv)
      expect(cases.length).toBe(cofactor * cofactor * 3)
      let accepted = 0
      let acceptedByNoble = 0
      for (const { jwk, message: text, signature } of cases) {
        const key = verificationKey(jwk)
        const verdicts = await Promise.all(compared.map((backend) => backend.verifier('EdDSA', key).verify(text, signature)))
        expect(new Set(verdicts).size).toBe(1)
        if (verdicts[0]) accepted++
        const x = new Uint8Array(Buffer.from(jwk['x']!, 'base64url'))
        if (edwards[crv].curve.verify(signature, text, x, { zip215: false })) acceptedByNoble++
      }
      expect([accepted === cases.length, acceptedByNoble === cases.length]).toEqual([agreed, noblesOwn])
    })
  }
})

describe('RSA moduli of every length modulo 8', () => {
  it.each([2048, 2049, 2050, 2055, 2056, 2057])('%i bits', async (modulusLength) => {
    const { jwk, privateKey } = rsaOf(modulusLength)
    const key = verificationKey(jwk) as PublicKey
    expect(key.bits).toBe(modulusLength)
    for (const bits of [256, 384, 512] as const) {
      const padding = constants.RSA_PKCS1_PSS_PADDING
      const pss = (saltLength: number): Uint8Array => nodeSign(`sha${bits}`, message, { key: privateKey, padding, saltLength })
      const rows: readonly [string, Uint8Array, boolean][] = [
        [`RS${bits}`, nodeSign(`sha${bits}`, message, privateKey), true],
        [`PS${bits}`, pss(bits / 8), true],
        [`PS${bits}`, pss(bits / 8 - 1), false],
        [`PS${bits}`, pss(0), false],
        [`PS${bits}`, pss(bits / 8 + 1), false],
        [`PS${bits}`, nodeSign(`sha${bits}`, message, privateKey), false],
        [`RS${bits}`, pss(bits / 8), false],
        [`RS${bits}`, nodeSign(bits === 256 ? 'sha512' : 'sha256', message, privateKey), false],
      ]
      for (const [algorithm, signature, expected] of rows) {
        const verdicts = await Promise.all(
          [noble, node, webcrypto].map((backend) => backend.verifier(algorithm, key).verify(message, signature)),
        )
        expect([algorithm, ...verdicts]).toEqual([algorithm, expected, expected, expected])
      }
    }
  })

  it('refuses s + n, where it has the length of a signature', async () => {
    const { jwk } = rsaOf(2049)
    const key = verificationKey(jwk) as PublicKey
    const n = BigInt(`0x${toHex(Buffer.from(jwk['n']!, 'base64url'))}`)
    for (const algorithm of ['RS256', 'PS256'] as const) {
      const signature = node.signer(algorithm, signingKey(jwk)).sign(message)
      const shifted = hex((BigInt(`0x${toHex(signature)}`) + n).toString(16).padStart(257 * 2, '0'))
      const verdicts = await Promise.all(
        [noble, node, webcrypto].map((backend) => backend.verifier(algorithm, key).verify(message, shifted)),
      )
      expect(verdicts).toEqual([false, false, false])
    }
  })
})

it('a key marked id-RSASSA-PSS works on every backend', async () => {
  const pair = generateKeyPairSync('rsa', { modulusLength: 2048 })
  const jwk = jwkOf(pair.publicKey) as Jwk
  const [n, e] = [new Uint8Array(Buffer.from(jwk['n']!, 'base64url')), new Uint8Array(Buffer.from(jwk['e']!, 'base64url'))]
  const key = makeKey('public', { kty: 'RSA', n, e, pss: { hash: 'SHA-256' } })
  const signature = nodeSign('sha256', message, { key: pair.privateKey, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: 32 })
  expect(nodeVerify('sha256', message, { key: pair.publicKey, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: 32 }, signature)).toBe(
    true,
  )
  for (const backend of [noble, node, webcrypto]) expect(await backend.verifier('PS256', key).verify(message, signature)).toBe(true)
})

it('high-S and low-S are both valid', async () => {
  const key = node.generate('ES512') as never as { publicKey: PublicKey }
  const signature = noble.signer('ES512', key as never).sign(message)
  const s = p521.Point.Fn.ORDER - BigInt(`0x${toHex(signature.subarray(66))}`)
  const twin = Uint8Array.from([...signature.subarray(0, 66), ...hex(s.toString(16).padStart(132, '0'))])
  for (const backend of [noble, node, webcrypto]) {
    const verifier = backend.verifier('ES512', key.publicKey)
    expect([await verifier.verify(message, signature), await verifier.verify(message, twin)]).toEqual([true, true])
  }
})

describe('what runtimes leave unchecked is checked here', () => {
  const material = (jwk: Jwk): Parameters<typeof admission>[0] => materialOfTestJwk(jwk) as Parameters<typeof admission>[0]
  const base64 = (digits: string): string => Buffer.from(digits, 'hex').toString('base64url')
  const rsa = material({ kty: 'RSA', n: base64('c50001'), e: 'AQAB' })
  const ed448Key = material({ kty: 'OKP', crv: 'Ed448', x: base64('01') })
  const k256 = material({ kty: 'EC', crv: 'secp256k1', x: base64('01'), y: base64('01') })
  const p256 = material({ kty: 'EC', crv: 'P-256', x: base64('01'), y: base64('01') })
  const zeros448 = '00'.repeat(114)
  const at = (index: number, byte: string): string => zeros448.slice(0, 2 * index) + byte + zeros448.slice(2 * index + 2)
  const half = `${'00'.repeat(31)}01`
  const order = 'fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141'
  const highest = `${order.slice(0, -2)}40`
  // What reaches the runtime's own verification, or nothing when it is not asked.
  const rows: readonly [string, Parameters<typeof admission>[0], string, string | undefined][] = [
    ['an RSA number below the modulus', rsa, 'c50000', 'c50000'],
    ['the RSA modulus', rsa, 'c50001', undefined],
    ['an RSA number above the modulus', rsa, 'c60000', undefined],
    ['an RSA number far below', rsa, '00ffff', '00ffff'],
    ['Ed448', ed448Key, zeros448, zeros448],
    ['Ed448 with the sign bit of R', ed448Key, at(56, '80'), at(56, '80')],
    ['Ed448 with an unused bit of R', ed448Key, at(56, '01'), undefined],
    ['Ed448 with another unused bit of R', ed448Key, at(56, '40'), undefined],
    ['Ed448 with an unused bit of S', ed448Key, at(113, '01'), undefined],
    ['secp256k1 with a low s', k256, half + half, half + half],
    ['secp256k1 with a high s', k256, half + highest, half + half],
    ['secp256k1 with s = n', k256, half + order, half + order],
    ['P-256 with a high s', p256, half + highest, half + highest],
  ]
  it.each(rows)('%s', (_what, parts, signature, expected) => {
    const passed = admission(parts)(hex(signature))
    expect(passed && toHex(passed)).toBe(expected)
  })

  it('RSA in WebCrypto', async () => {
    const subtle = { sign: () => undefined, importKey: () => Promise.resolve({}), verify: () => Promise.resolve(true) } as never
    const key = verificationKey({ kty: 'RSA', n: base64('c5'.repeat(256)), e: 'AQAB' }) as PublicKey
    const verifier = createWebCrypto({ subtle }).verifier('RS256', key)
    const answers = await Promise.all(['c4', 'c5', 'c6'].map((byte) => verifier.verify(message, hex(byte.repeat(256)))))
    expect(answers).toEqual([true, false, false])
  })
})

describe('platforms', () => {
  const digests = [
    ['SHA-256', 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad'],
    ['SHA-384', 'cb00753f45a35e8bb5a03d699ac65007272c32ab0eded1631a8b605a43ff5bed8086072ba1e7cc2358baeca134c825a7'],
    [
      'SHA-512',
      'ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f',
    ],
  ] as const
  it.each(digests)('%s', async (hash, expected) => {
    for (const platform of [noblePlatform, nodePlatform, webcryptoPlatform])
      expect(toHex(await platform.digest(hash, hex('616263')))).toBe(expected)
  })

  it.each([
    ['EC', 'P-256', 32],
    ['EC', 'P-384', 48],
    ['EC', 'P-521', 66],
    ['EC', 'secp256k1', 32],
    ['OKP', 'Ed25519', 32],
    ['OKP', 'Ed448', 57],
  ] as const)('%s %s: both find the same public half', (kty, crv, size) => {
    const d = new Uint8Array(size).fill(1)
    d[0] = 0
    expect(nodePlatform.publicHalf!(kty, crv, d)).toEqual(noblePlatform.publicHalf!(kty, crv, d))
  })

  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const der = new Uint8Array(privateKey.export({ format: 'der', type: 'pkcs8' }))
  const locked = (type: 'pkcs8' | 'sec1', passphrase: string | Buffer): string =>
    privateKey.export({ format: 'pem', type, cipher: 'aes-256-cbc', passphrase: passphrase as string }).toString()
  const opening: readonly [string, string, string | Uint8Array][] = [
    ['PKCS#8 with text', locked('pkcs8', 'horse'), 'horse'],
    ['PKCS#8 with bytes', locked('pkcs8', 'höüse'), new TextEncoder().encode('höüse')],
    ['a legacy PEM', locked('sec1', 'horse'), 'horse'],
  ]
  it.each(opening)('opens %s', (_what, pem, passphrase) => {
    expect(
      createPrivateKey({ key: Buffer.from(nodePlatform.decryptPem!(pem, passphrase)), format: 'der', type: 'pkcs8' }).equals(privateKey),
    ).toBe(true)
    expect(nodePlatform.decryptPem!(pem, passphrase).length).toBe(der.length)
  })
  const shut: readonly [string, string, string | Uint8Array][] = [
    ['a wrong passphrase', locked('pkcs8', 'horse'), 'Horse'],
    ['a wrong legacy passphrase', locked('sec1', 'horse'), 'Horse'],
    ['an empty passphrase', locked('pkcs8', 'horse'), ''],
    ['an endless passphrase', locked('pkcs8', 'horse'), 'x'.repeat(5000)],
    ['a damaged key', locked('pkcs8', 'horse').replace(/A/g, 'B'), 'horse'],
    ['no PEM', 'horse', 'horse'],
    ['a public key', createPublicKey(privateKey).export({ format: 'pem', type: 'spki' }).toString(), 'horse'],
  ]
  it.each(shut)('refuses %s', (_what, pem, passphrase) => {
    let error: unknown
    try {
      nodePlatform.decryptPem!(pem, passphrase)
    } catch (caught) {
      error = caught
    }
    expect(isJwtError(error) && error.code === 'invalid_key' && /passphrase/.test(error.message)).toBe(true)
  })
})
