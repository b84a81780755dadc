import { afterEach, describe, expect, it, vi } from 'vitest'
import { registry } from '../../src/algorithms/registry.ts'
import { noble, noblePlatform, rs256 } from '../../src/backends/noble/index.ts'
import { node, nodeAsync, nodePlatform } from '../../src/backends/node/index.ts'
import { capabilities, createWebCrypto, type SubtleLike, webcrypto, webcryptoPlatform } from '../../src/backends/webcrypto/index.ts'
import type { ErrorCode, JwtError } from '../../src/core/errors.ts'
import type { Signer } from '../../src/keys/backend.ts'
import { type CryptoKeyLike, type KeyMaterial, makeKey, type PrivateKey, type PublicKey, type SecretKey } from '../../src/keys/key.ts'
import { failure } from '../backends-list.ts'

const message = new TextEncoder().encode('header.payload')
const rsaKey = node.generate('RS256') as PrivateKey
const ecKey = node.generate('ES256') as PrivateKey
const edKey = node.generate('EdDSA') as PrivateKey
const secret = node.generate('HS256') as SecretKey

const materialFor = (overrides: object, kty: 'EC' | 'OKP' = 'EC'): KeyMaterial => {
  const base =
    kty === 'EC'
      ? noblePlatform.publicHalf!('EC', 'P-256', new Uint8Array(32).fill(7))
      : noblePlatform.publicHalf!('OKP', 'Ed25519', new Uint8Array(32).fill(7))
  return { ...base, ...overrides } as KeyMaterial
}
const privateOf = (overrides: object, kty?: 'EC' | 'OKP'): PrivateKey => makeKey('private', materialFor(overrides, kty))
const publicOf = (overrides: object, kty?: 'EC' | 'OKP'): PublicKey => makeKey('public', materialFor(overrides, kty))

// The integers of a 512-bit modulus: no room for PKCS#1 with SHA-512, nor for PSS with SHA-256.
const smallRsa = makeKey('public', { kty: 'RSA', n: new Uint8Array(64).fill(0xc5), e: Uint8Array.of(1, 0, 1) })
const handle = (algorithm: object, usages: readonly string[] = ['sign', 'verify'], type = 'public'): CryptoKeyLike => ({
  type,
  extractable: false,
  algorithm,
  usages,
})
const held = (kty: 'RSA' | 'EC' | 'OKP', key: CryptoKeyLike, crv?: string): PublicKey<'async'> =>
  makeKey('public', { kty, handle: key, ...(crv !== undefined && { crv }) }) as unknown as PublicKey<'async'>
const ed25519Handle = held('OKP', handle({ name: 'Ed25519' }), 'Ed25519')
const weak = { allowWeakKey: true }

const refused: readonly [string, () => unknown, RegExp, ErrorCode?][] = [
  ['noble: RSA signing', () => noble.signer('RS256', rsaKey), /signet-jwt\/node or signet-jwt\/webcrypto/],
  ['noble: RSA-PSS signing', () => noble.signer('PS512', rsaKey), /signet-jwt\/node or signet-jwt\/webcrypto/],
  ['noble: rs256 alone', () => rs256.signer(rsaKey), /signet-jwt\/node or signet-jwt\/webcrypto/],
  ['noble: RSA generation', () => noble.generate('PS256'), /signet-jwt\/node or signet-jwt\/webcrypto/],
  ['noble: a point off its curve', () => noble.verifier('ES256', publicOf({ y: new Uint8Array(32).fill(1) })), /not on its curve/],
  ['noble: a scalar of zero', () => noble.signer('ES256', privateOf({ d: new Uint8Array(32) })), /between 1 and the order/],
  [
    'noble: a point of small order',
    () => noble.verifier('EdDSA', publicOf({ x: Uint8Array.of(1, ...new Uint8Array(31)) }, 'OKP')),
    /small order/,
  ],
  ['noble: a point in no canonical form', () => noble.verifier('EdDSA', publicOf({ x: new Uint8Array(32).fill(255) }, 'OKP')), /canonical/],
  ['noble: a short seed', () => noble.signer('EdDSA', privateOf({ d: new Uint8Array(31) }, 'OKP')), /seed/],
  ['noble: a private key without its private part', () => noble.signer('ES256', privateOf({ d: undefined })), /no private part/],
  ['noble: a CryptoKey', () => noble.verifier('Ed25519', ed25519Handle), /signet-jwt\/webcrypto/],
  ['noble: no such algorithm', () => noble.verifier('none', secret), /Unknown algorithm/, 'invalid_usage'],
  ['noble: an RSA key without room', () => noble.verifier('RS512', smallRsa, weak), /too small/],
  ['noble: an RSA key without room for PSS', () => noble.verifier('PS256', smallRsa, weak), /too small/],
  ['noble: half of no curve', () => noblePlatform.publicHalf!('EC', 'P-999', new Uint8Array(32)), /curve/i],
  ['noble: half of the zero scalar', () => noblePlatform.publicHalf!('EC', 'P-256', new Uint8Array(32)), /range of its curve/],
  ['noble: half of a short seed', () => noblePlatform.publicHalf!('OKP', 'Ed448', new Uint8Array(32)), /range of its curve/],
  ['node: a point off its curve', () => node.verifier('ES256', publicOf({ y: new Uint8Array(32).fill(1) })), /signet-jwt\/noble/],
  ['node: a private key without its private part', () => node.signer('EdDSA', privateOf({ d: undefined }, 'OKP')), /no private part/],
  ['node: a CryptoKey', () => node.verifier('Ed25519', ed25519Handle), /signet-jwt\/webcrypto/],
  ['node: an RSA key without room', () => node.verifier('RS512', smallRsa, weak), /too small/],
  [
    'node: RSA numbers that are no key',
    () => node.signer('RS256', makeKey('private', { kty: 'RSA', n: new Uint8Array(256).fill(0xc5), e: Uint8Array.of(3) })),
    /no private part/,
  ],
  ['nodeAsync: a point off its curve', () => nodeAsync.verifier('ES256', publicOf({ y: new Uint8Array(32).fill(1) })), /signet-jwt\/noble/],
  [
    'nodeAsync: a private key without its private part',
    () => nodeAsync.signer('EdDSA', privateOf({ d: undefined }, 'OKP')),
    /no private part/,
  ],
  ['nodeAsync: a CryptoKey', () => nodeAsync.verifier('Ed25519', ed25519Handle), /signet-jwt\/webcrypto/],
  ['nodeAsync: an RSA key without room', () => nodeAsync.verifier('RS512', smallRsa, weak), /too small/],
  ['nodeAsync: no such algorithm', () => nodeAsync.signer('none', secret), /Unknown algorithm/, 'invalid_usage'],
  ['node: half of no curve', () => nodePlatform.publicHalf!('EC', 'P-999', new Uint8Array(32)), /lacks the curve/],
  ['node: half of the zero scalar', () => nodePlatform.publicHalf!('EC', 'secp256k1', new Uint8Array(32)), /lacks the curve/],
  ['node: half of no Edwards curve', () => nodePlatform.publicHalf!('OKP', 'X25519', new Uint8Array(32)), /lacks the curve/],
  ['webcrypto: secp256k1', () => webcrypto.signer('ES256K', node.generate('ES256K') as PrivateKey).sign(message), /signet-jwt\/noble/],
  ['webcrypto: generating secp256k1', () => webcrypto.generate('ES256K'), /signet-jwt\/noble/],
  [
    'webcrypto: a point off its curve',
    () => webcrypto.verifier('ES256', publicOf({ y: new Uint8Array(32).fill(1) })).verify(message, new Uint8Array(64)),
    /refuses the key/,
  ],
  [
    'webcrypto: halves that do not match',
    () => webcrypto.signer('Ed25519', privateOf({ d: new Uint8Array(32).fill(9) }, 'OKP')).sign(message),
    /belong together|refuses the key/,
  ],
  [
    'webcrypto: EC halves that do not match',
    () => webcrypto.signer('ES256', privateOf({ d: new Uint8Array(32).fill(9) })).sign(message),
    /belong together|refuses the key/,
  ],
  ['webcrypto: a private key without its private part', () => webcrypto.signer('ES256', privateOf({ d: undefined })), /no private part/],
  ['webcrypto: an RSA key without room', () => webcrypto.verifier('PS512', smallRsa, weak), /too small/],
  [
    'webcrypto: a CryptoKey of another hash',
    () => webcrypto.verifier('RS256', held('RSA', handle({ name: 'RSASSA-PKCS1-v1_5', modulusLength: 2048, hash: { name: 'SHA-512' } }))),
    /another algorithm, hash or curve/,
  ],
  [
    'webcrypto: a CryptoKey of another scheme',
    () => webcrypto.verifier('PS256', held('RSA', handle({ name: 'RSASSA-PKCS1-v1_5', modulusLength: 2048, hash: { name: 'SHA-256' } }))),
    /another algorithm, hash or curve/,
  ],
  [
    'webcrypto: a CryptoKey of another curve',
    () => webcrypto.verifier('ES256', held('EC', handle({ name: 'ECDSA', namedCurve: 'P-384' }), 'P-256')),
    /another algorithm, hash or curve/,
  ],
  [
    'webcrypto: a CryptoKey for key agreement',
    () => webcrypto.verifier('ES256', held('EC', handle({ name: 'ECDH', namedCurve: 'P-256' }), 'P-256')),
    /another algorithm, hash or curve/,
  ],
  [
    'webcrypto: a CryptoKey without the usage',
    () => webcrypto.verifier('Ed25519', held('OKP', handle({ name: 'Ed25519' }, ['sign']), 'Ed25519')),
    /usages/,
  ],
  ['webcrypto: no SubtleCrypto', () => createWebCrypto({ subtle: {} as never }), /Wrong option/, 'invalid_usage'],
  ['webcrypto: no options', () => createWebCrypto({} as never), /Wrong option/, 'invalid_usage'],
]

it.each(refused)('%s is refused', async (_what, call, text, code = 'invalid_key') => {
  const error = await failure(call)
  expect([error.code, error.message]).toEqual([code, expect.stringMatching(text)])
})

const local = { noble, node, nodeAsync }
describe.each(Object.entries(local))('hostile input to %s', (_name, backend) => {
  const hostile: readonly [string, unknown][] = [
    ['nothing', undefined],
    ['null', null],
    ['text', 'header.payload'],
    ['an array', [1, 2, 3]],
    ['an object with a length', { length: 64 }],
    ['words', new Uint16Array(32)],
    ['a buffer', new ArrayBuffer(64)],
  ]
  const signers = [backend.signer('HS256', secret), backend.signer('ES256', ecKey), backend.signer('EdDSA', edKey)] as const
  const verifiers = [
    backend.verifier('HS256', secret),
    backend.verifier('ES256', ecKey.publicKey),
    backend.verifier('RS256', rsaKey.publicKey),
  ] as const
  it.each(hostile)('%s is a UsageError', async (_what, value) => {
    for (const signer of signers) expect((await failure(() => signer.sign(value as never))).code).toBe('invalid_usage')
    for (const verifier of verifiers) {
      expect((await failure(() => verifier.verify(value as never, message))).code).toBe('invalid_usage')
      expect((await failure(() => verifier.verify(message, value as never))).code).toBe('invalid_usage')
    }
  })

  it('reads options once and closed', async () => {
    const rows: readonly object[] = [{ allowWeakKeys: true }, { allowWeakKey: 1 }, { kid: '' }, { kid: undefined }]
    for (const options of rows) expect((await failure(() => backend.signer('HS256', secret, options))).code).toBe('invalid_usage')
  })
})

describe('nodeAsync', () => {
  const keys = {
    HS256: [secret, secret],
    ES256: [ecKey, ecKey.publicKey],
    RS256: [rsaKey, rsaKey.publicKey],
    EdDSA: [edKey, edKey.publicKey],
  } as const
  const names = Object.keys(keys) as (keyof typeof keys)[]

  it.each(names)('%s has read message and signature when a call returns', async (name) => {
    const [own, theirs] = keys[name]
    const [input, claimed] = [new Uint8Array(message), new Uint8Array(node.signer(name, own).sign(message))]
    const verdict = nodeAsync.verifier(name, theirs).verify(input, claimed)
    const signature = nodeAsync.signer(name, own).sign(input)
    for (const bytes of [input, claimed]) bytes.fill(0)
    expect([await verdict, node.verifier(name, theirs).verify(message, await signature)]).toEqual([true, true])
  })

  it.each(names)('%s rejects, and never throws at once, and leaves no rejection behind', async (name) => {
    const seen: unknown[] = []
    const note = (error: unknown): void => void seen.push(error)
    process.on('unhandledRejection', note)
    const [own, theirs] = keys[name]
    const calls = [nodeAsync.signer(name, own).sign(3 as never), nodeAsync.verifier(name, theirs).verify(message, 'x' as never)]
    const codes = await Promise.all(calls.map((call) => (call as Promise<unknown>).then(undefined, (error: JwtError) => error.code)))
    await new Promise((resolve) => setTimeout(resolve, 5))
    process.off('unhandledRejection', note)
    expect([codes, seen]).toEqual([['invalid_usage', 'invalid_usage'], []])
  })

  it('keeps many calls apart', async () => {
    const inputs = Array.from({ length: 64 }, (_, i) => new TextEncoder().encode(`header.${i}`))
    const signer = nodeAsync.signer('ES256', ecKey)
    const verifier = nodeAsync.verifier('ES256', ecKey.publicKey)
    const signatures = await Promise.all(inputs.map((input) => signer.sign(input)))
    const right = await Promise.all(inputs.map((input, i) => verifier.verify(input, signatures[i]!)))
    const wrong = await Promise.all(inputs.map((input, i) => verifier.verify(input, signatures[(i + 1) % inputs.length]!)))
    expect([right.every((holds) => holds), wrong.some((holds) => holds)]).toEqual([true, false])
  })
})

describe('webcrypto', () => {
  const real = globalThis.crypto.subtle as unknown as SubtleLike
  const counting = (): { subtle: SubtleLike; calls: Record<string, number> } => {
    const calls: Record<string, number> = {}
    const subtle = new Proxy(real, {
      get:
        (target, name: keyof SubtleLike) =>
        (...args: never[]) => {
          calls[name] = (calls[name] ?? 0) + 1
          return (target[name] as (...given: never[]) => unknown).apply(target, args)
        },
    })
    return { subtle, calls }
  }
  afterEach(() => vi.unstubAllGlobals())

  it('touches WebCrypto at the first use only, and imports once', async () => {
    const { subtle, calls } = counting()
    const backend = createWebCrypto({ subtle })
    const verifier = backend.verifier('ES256', ecKey.publicKey)
    expect(calls).toEqual({})
    const signature = node.signer('ES256', ecKey).sign(message)
    expect(await Promise.all([verifier.verify(message, signature), verifier.verify(message, signature)])).toEqual([true, true])
    await verifier.verify(message, signature)
    expect(calls).toEqual({ importKey: 1, verify: 3 })
  })

  it('tries a private key against its public half once', async () => {
    const { subtle, calls } = counting()
    const signer = createWebCrypto({ subtle }).signer('EdDSA', edKey)
    const first = await signer.sign(message)
    const second = await signer.sign(message)
    expect([Buffer.from(first).equals(second), calls]).toEqual([true, { importKey: 2, sign: 3, verify: 1 }])
  })

  it.each([
    ['message', (input: Uint8Array, _signature: Uint8Array) => input],
    ['signature', (_input: Uint8Array, signature: Uint8Array) => signature],
  ])('has read the %s when a call returns', async (_what, changed) => {
    const signature = new Uint8Array(node.signer('HS256', secret).sign(message))
    const input = new Uint8Array(message)
    const answer = webcrypto.verifier('HS256', secret).verify(input, signature)
    changed(input, signature).fill(0)
    expect(await answer).toBe(true)
  })

  it('takes shared memory', async () => {
    const shared = new Uint8Array(new SharedArrayBuffer(message.length))
    shared.set(message)
    const signature = await webcrypto.signer('HS256', secret).sign(shared)
    expect(node.verifier('HS256', secret).verify(message, signature)).toBe(true)
  })

  it('counts nothing but true as a yes', async () => {
    for (const answer of [1, 'true', {}, [true], null]) {
      const subtle = {
        ...counting().subtle,
        importKey: () => Promise.resolve({}),
        sign: real.sign,
        verify: () => Promise.resolve(answer),
      } as never
      expect(await createWebCrypto({ subtle }).verifier('HS256', secret).verify(message, new Uint8Array(32))).toBe(false)
    }
  })

  it('uses a CryptoKey as it is', async () => {
    const pair = await crypto.subtle.generateKey(
      { name: 'RSA-PSS', hash: 'SHA-384', modulusLength: 2048, publicExponent: Uint8Array.of(1, 0, 1) },
      false,
      ['sign', 'verify'],
    )
    const signer = webcrypto.signer('PS384', makeKey('private', { kty: 'RSA', handle: pair.privateKey }) as unknown as PrivateKey<'async'>)
    const verifier = webcrypto.verifier('PS384', held('RSA', pair.publicKey))
    const signature = await signer.sign(message)
    expect([await verifier.verify(message, signature), await verifier.verify(signature, signature)]).toEqual([true, false])
  })

  it('rejects, and never throws at once, and leaves no rejection behind', async () => {
    const seen: unknown[] = []
    const note = (error: unknown): void => void seen.push(error)
    process.on('unhandledRejection', note)
    const signer: Signer<'ES256K', 'async'> = webcrypto.signer('ES256K', node.generate('ES256K') as PrivateKey)
    const first = signer.sign(message)
    const codes = await Promise.all(
      [first, signer.sign(message), signer.sign(3 as never)].map((promise) => promise.then(undefined, (error: JwtError) => error.code)),
    )
    await new Promise((resolve) => setTimeout(resolve, 20))
    process.off('unhandledRejection', note)
    expect([codes, seen]).toEqual([['invalid_key', 'invalid_key', 'invalid_usage'], []])
  })

  it('says which capability is missing', async () => {
    const error = await failure(() => webcrypto.signer('ES256K', node.generate('ES256K') as PrivateKey).sign(message))
    expect(error.detail).toEqual({ algorithm: 'ES256K', backend: 'webcrypto', crv: 'secp256k1', supported: false })
  })

  it('finds nothing in a WebCrypto that has nothing', async () => {
    const none = (): Promise<never> => Promise.reject(new Error('not here'))
    const can = await capabilities({ digest: none, sign: none, verify: none, importKey: none, exportKey: none, generateKey: none })
    expect(can).toEqual(Object.fromEntries(registry.names.map((name) => [name, false])))
  })

  it.each([
    ['no crypto', undefined],
    ['no subtle', {}],
  ])('is a BackendError with %s in the runtime', async (_what, value) => {
    vi.stubGlobal('crypto', value)
    const verifier = webcrypto.verifier('HS256', secret)
    const errors = [
      await failure(() => verifier.verify(message, new Uint8Array(32))),
      await failure(() => webcrypto.generate('HS256')),
      await failure(() => capabilities()),
      await failure(() => webcryptoPlatform.digest('SHA-256', message)),
    ]
    expect(errors.map((error) => error.code)).toEqual(Array(4).fill('backend_failure'))
  })
})
