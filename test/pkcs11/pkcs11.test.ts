import { expect, it } from 'vitest'
import { hashLength } from '../../src/algorithms/algorithm.ts'
import { registry } from '../../src/algorithms/registry.ts'
import { recipeFor } from '../../src/backends/pkcs11/mechanisms.ts'
import type { BackendError } from '../../src/core/errors.ts'
import { encode, exportJwk, importKey } from '../../src/node.ts'
import { pkcs11 } from '../../src/pkcs11.ts'
import { certifyBackend } from '../../src/testing.ts'
import { ckr, fakeToken } from './fake-token.ts'

// What a real token does is in scripts/test-pkcs11.mjs; here is what real tokens can hardly be made to do.
const message = new TextEncoder().encode('header.payload')
const pin = '1234'

async function failure(call: () => unknown): Promise<BackendError> {
  try {
    await call()
  } catch (error) {
    return error as BackendError
  }
  throw new Error('nothing was thrown')
}

it('passes the certification kit, with the synchronous forms only', { timeout: 30_000 }, async () => {
  const fake = fakeToken()
  const secret = crypto.getRandomValues(new Uint8Array(32))
  fake.addPair('ec')
  fake.addSecret('mac', secret)
  const token = await pkcs11({ module: fake.module, pin })
  const label = (algorithm: string): string => (algorithm === 'HS256' ? 'mac' : 'ec')
  const report = await certifyBackend(
    {
      name: 'fake token',
      algorithms: ['ES256', 'HS256'],
      signer: (algorithm) => token.signer({ label: label(algorithm), algorithm }),
      verifier: (algorithm) => token.verifier({ label: label(algorithm), algorithm }),
      key: (algorithm) => (algorithm === 'HS256' ? importKey(secret) : undefined),
    },
    { budget: '0.3s' },
  )
  await token.close()
  expect([report.passed, fake.open()]).toEqual([true, 0])
})

const octetString = (point: Uint8Array): Uint8Array => Buffer.concat([Uint8Array.of(4, point.length), point])
const bitString = (point: Uint8Array): Uint8Array => Buffer.concat([Uint8Array.of(3, point.length + 1, 0), point])
const compressed = (point: Uint8Array): Uint8Array => Buffer.concat([Uint8Array.of(2 + (point[64]! & 1)), point.subarray(1, 33)])
type Show = Parameters<ReturnType<typeof fakeToken>['addPair']>[1]
const shows: readonly [string, Show][] = [
  ['a bare point', (point) => ({ publicPoint: point })],
  ['a point in an OCTET STRING', (point) => ({ publicPoint: octetString(point) })],
  ['a point in a BIT STRING', (point) => ({ publicPoint: bitString(point) })],
  ['a compressed point', (point) => ({ publicPoint: octetString(compressed(point)) })],
  ['a public key shown by the private one', (_point, spki) => ({ onPrivate: [[0x129, spki]] })],
]
it.each(shows)('reads %s', async (_what, show) => {
  const fake = fakeToken()
  const key = fake.addPair('ec', show)
  const token = await pkcs11({ module: fake.module, pin })
  const { publicKey } = await token.signer({ label: 'ec', algorithm: 'ES256' }).snapshot()
  expect(publicKey && exportJwk(publicKey)).toEqual(exportJwk(key.publicKey))
  expect(
    await token
      .verifier({ label: 'ec', algorithm: 'ES256' })
      .verify(message, await token.signer({ label: 'ec', algorithm: 'ES256' }).sign(message)),
  ).toBe(true)
})

it('signs without a public key only when it is told to, and cannot verify then', async () => {
  const fake = fakeToken()
  fake.addPair('ec', () => ({}))
  const token = await pkcs11({ module: fake.module, pin })
  expect((await failure(() => token.signer({ label: 'ec', algorithm: 'ES256' }).sign(message))).message).toMatch(/verifyAfterSign/)
  expect((await token.signer({ label: 'ec', algorithm: 'ES256', verifyAfterSign: false }).sign(message)).length).toBe(64)
  expect((await failure(() => token.verifier({ label: 'ec', algorithm: 'ES256' }).verify(message, new Uint8Array(64)))).message).toMatch(
    /no public key/,
  )
})

it('hands out nothing that the public key on the token does not verify', async () => {
  const fake = fakeToken()
  const other = fakeToken()
  let point = new Uint8Array()
  other.addPair('ec', (its) => {
    point = new Uint8Array(its)
    return {}
  })
  fake.addPair('ec', () => ({ publicPoint: point }))
  const token = await pkcs11({ module: fake.module, pin })
  expect((await failure(() => encode({}, token.signer({ label: 'ec', algorithm: 'ES256' })))).message).toMatch(/does not verify/)
})

const faults: readonly [string, number, string][] = [
  ['CKR_DEVICE_REMOVED', 0x32, 'retryable'],
  ['CKR_DEVICE_ERROR', 0x30, 'retryable'],
  ['CKR_TOKEN_NOT_PRESENT', 0xe0, 'retryable'],
  ['CKR_SESSION_HANDLE_INVALID', 0xb3, 'retryable'],
  ['CKR_SESSION_CLOSED', 0xb0, 'retryable'],
  ['CKR_USER_NOT_LOGGED_IN', 0x101, 'retryable'],
  ['CKR_KEY_HANDLE_INVALID', 0x60, 'retryable'],
  ['CKR_CRYPTOKI_NOT_INITIALIZED', 0x190, 'retryable'],
  ['CKR_SESSION_COUNT', 0xb1, 'throttled'],
  ['CKR_PIN_LOCKED', 0xa4, 'unauthorised'],
  ['CKR_KEY_FUNCTION_NOT_PERMITTED', 0x68, 'unauthorised'],
  ['CKR_MECHANISM_INVALID', 0x70, 'permanent'],
  ['CKR_DATA_LEN_RANGE', 0x21, 'permanent'],
]
it.each(faults)('%s is %s and the next call recovers', async (name, code, kind) => {
  // pkcs11js gives the return value in `code`, or in the text only.
  for (const written of [ckr(name, code), new Error(`${name}:${code}\n at C_SignInit`)]) {
    let broken = true
    const fake = fakeToken({}, (sign) => (...given) => {
      if (broken) throw written
      return sign(...given)
    })
    fake.addPair('ec')
    const token = await pkcs11({ module: fake.module, pin })
    const signer = token.signer({ label: 'ec', algorithm: 'ES256' })
    const error = await failure(() => encode({}, signer))
    expect([error.code, error.kind, error.detail['rv'], error.cause]).toEqual(['backend_failure', kind, name, written])
    expect(fake.open()).toBe(0)
    broken = false
    expect((await signer.sign(message)).length).toBe(64)
  }
})

it('a token that is lost and found again signs again', async () => {
  const fake = fakeToken()
  fake.addPair('ec')
  const token = await pkcs11({ module: fake.module, pin })
  const signer = token.signer({ label: 'ec', algorithm: 'ES256' })
  for (const lose of [fake.closeAll, fake.logout, () => fake.module.C_Finalize()]) {
    await signer.sign(message)
    lose()
    const outcomes = [await signer.sign(message).catch((error: BackendError) => error.kind), (await signer.sign(message)).length]
    expect([
      ['retryable', 64],
      [expect.anything(), 64],
    ]).toContainEqual(outcomes)
  }
})

it('all sessions that were lost cost one error', async () => {
  const fake = fakeToken()
  fake.addPair('ec')
  const token = await pkcs11({ module: fake.module, pin })
  const signer = token.signer({ label: 'ec', algorithm: 'ES256' })
  await Promise.all(Array.from({ length: 4 }, () => signer.sign(message)))
  fake.closeAll()
  const outcomes: unknown[] = []
  for (let i = 0; i < 4; i++)
    outcomes.push(
      await signer.sign(message).then(
        ({ length }) => length,
        (error: BackendError) => error.kind,
      ),
    )
  expect(outcomes).toEqual(['retryable', 64, 64, 64])
})

it('a handle from before is not used after the module was started anew', async () => {
  const fake = fakeToken()
  fake.addSecret('mac', new Uint8Array(32).fill(1))
  const token = await pkcs11({ module: fake.module, pin })
  const [first, second] = [1, 2].map(() => token.signer({ label: 'mac', algorithm: 'HS256' }))
  const before = await first!.sign(message)
  await second!.sign(message)
  fake.module.C_Finalize()
  fake.destroyAll()
  fake.addSecret('other', new Uint8Array(32).fill(2))
  fake.addSecret('mac', new Uint8Array(32).fill(1))
  expect((await failure(() => second!.sign(message))).kind).toBe('retryable')
  // It had a snapshot still, whose handle is now that of the other key.
  await second!.sign(message)
  expect((await failure(() => first!.sign(message))).kind).toBe('retryable')
  expect(await first!.sign(message)).toEqual(before)
})

it('a search without a login is retryable, and more than one key is not', async () => {
  const fake = fakeToken()
  fake.addPair('ec')
  const token = await pkcs11({ module: fake.module, pin })
  fake.logout()
  const signer = token.signer({ label: 'ec', algorithm: 'ES256' })
  expect((await failure(() => signer.sign(message))).kind).toBe('retryable')
  expect((await signer.sign(message)).length).toBe(64)
  fake.addPair('ec')
  const error = await failure(() => token.signer({ label: 'ec', algorithm: 'ES256' }).sign(message))
  expect([error.kind, error.detail['count']]).toEqual(['permanent', 2])
  expect((await failure(() => token.signer({ label: 'nobody', algorithm: 'ES256' }).sign(message))).detail).toMatchObject({
    kind: 'permanent',
    reason: 'key_not_found',
  })
})

it('a PIN that is refused later is sent once as well', async () => {
  const fake = fakeToken()
  fake.addPair('ec')
  let asked = 0
  const token = await pkcs11({ module: fake.module, pin: () => (asked++ === 0 ? pin : 'wrong') })
  fake.closeAll()
  fake.logout()
  const signer = token.signer({ label: 'ec', algorithm: 'ES256' })
  const kinds: string[] = []
  for (let i = 0; i < 3; i++) kinds.push((await failure(() => signer.sign(message))).kind)
  expect([kinds, fake.calls]).toEqual([
    ['retryable', 'unauthorised', 'unauthorised'],
    ['login 1 1234', 'login 1 wrong'],
  ])
})

it('a refused PIN is sent once', async () => {
  const fake = fakeToken({ pin: 'other' })
  fake.addPair('ec')
  expect((await failure(() => pkcs11({ module: fake.module, pin }))).kind).toBe('unauthorised')
  expect([fake.calls, fake.open()]).toEqual([['login 1 1234'], 0])
})

it('logs in for each signature of a key that asks for it', async () => {
  const fake = fakeToken()
  fake.addPair('ec', (point) => ({ publicPoint: point, onPrivate: [[0x202, Uint8Array.of(1)]] }))
  const token = await pkcs11({ module: fake.module, pin: async () => pin })
  const signer = token.signer({ label: 'ec', algorithm: 'ES256' })
  await signer.sign(message)
  await signer.sign(message)
  expect(fake.calls).toEqual(['login 1 1234', 'login 2 1234', 'login 2 1234'])
})

it('tells tokens apart by label and slot', async () => {
  const fake = fakeToken({ labels: ['one', 'two', 'two'] })
  const rows: readonly [object, string | undefined][] = [
    [{ tokenLabel: 'one' }, undefined],
    [{ tokenLabel: 'two' }, 'permanent'],
    [{ tokenLabel: 'two', slot: 2 }, undefined],
    [{ slot: 1 }, undefined],
    [{ tokenLabel: 'tw' }, 'retryable'],
    [{}, 'permanent'],
  ]
  for (const [address, kind] of rows) {
    const outcome = await pkcs11({ module: fake.module, pin, ...address }).catch((error: BackendError) => error)
    expect((outcome as BackendError).kind).toBe(kind)
  }
})

const options: readonly [string, object][] = [
  ['no module', { pin }],
  ['a module that is none', { module: {}, pin }],
  [
    'a class without a library',
    {
      module: {
        PKCS11: class {
          C_OpenSession() {}
        },
      },
      pin,
    },
  ],
  ['an unknown option', { module: fakeToken().module, pni: pin }],
  ['no sessions', { module: fakeToken().module, sessions: 0 }],
  ['an empty PIN', { module: fakeToken().module, pin: '' }],
]
it.each(options)('%s is a UsageError', async (_what, given) => {
  expect((await failure(() => pkcs11(given as never))).code).toBe('invalid_usage')
})

it('an algorithm that the token does not declare is refused before any call', async () => {
  const token = await pkcs11({ module: fakeToken({ mechanisms: [0x1041] }).module, pin })
  expect((await failure(() => token.signer({ label: 'rsa', algorithm: 'RS256' }))).code).toBe('invalid_key')
})

it.each(registry.names)('%s has a recipe for tokens with raw mechanisms only', (name) => {
  const algorithm = registry.get(name)!
  const rows: Record<string, [number, 'message' | 'digest']> = {
    HMAC: [{ HS256: 0x251, HS384: 0x261, HS512: 0x271 }[name as 'HS256'], 'message'],
    'RSASSA-PKCS1-v1_5': [0x01, 'digest'],
    'RSA-PSS': [0x0d, 'digest'],
    ECDSA: [0x1041, 'digest'],
    EdDSA: [0x1057, 'message'],
  }
  const [mechanism, input] = rows[algorithm.family]!
  const recipe = recipeFor(algorithm, [mechanism])
  expect([recipe.mechanism.mechanism, recipe.input]).toEqual([mechanism, input])
  if (algorithm.family === 'RSA-PSS') expect(recipe.mechanism.parameter!.saltLen).toBe(hashLength(algorithm.hash!))
})
