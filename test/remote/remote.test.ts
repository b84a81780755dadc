import { describe, expect, it, vi } from 'vitest'
import { registry } from '../../src/algorithms/registry.ts'
import * as publicApi from '../../src/backend.ts'
import { node } from '../../src/backends/node/index.ts'
import type { BackendError } from '../../src/core/errors.ts'
import { isJwtError } from '../../src/core/errors.ts'
import { derOfSignature } from '../../src/keys/der-signature.ts'
import type { PrivateKey, PublicKey } from '../../src/keys/key.ts'
import type { RemoteCall, RemoteKey, RemoteSnapshot } from '../../src/keys/remote.ts'
import { backendFailure } from '../../src/keys/remote-failure.ts'
import { remoteSigner } from '../../src/keys/remote-signer.ts'
import { remoteVerifier, remoteVersions } from '../../src/keys/remote-verifier.ts'
import { localVerification } from '../../src/local-verification.ts'
import { createDecoder, createEncoder, decode, decodeComplete, encode } from '../../src/node.ts'
import { failure } from '../backends-list.ts'
import { digestDevice, keyFor, memoryDevice, message, publicOf } from './device.ts'
import { watchRejections } from './unhandled.ts'

const options = { verifyWith: node } as const
watchRejections()

describe.each(registry.names)('%s by a device', (algorithm) => {
  it('makes tokens that anyone verifies', async () => {
    const signer = remoteSigner(memoryDevice(algorithm), { verifyWith: localVerification })
    const token = await encode({ sub: 'alice' }, signer)
    const key = publicOf(algorithm) ?? keyFor(algorithm)
    const decoded = decodeComplete(token, key as PublicKey, { algorithms: [algorithm] })
    expect([decoded.header, decoded.claims]).toEqual([{ alg: algorithm, kid: 'k1', typ: 'JWT' }, { sub: 'alice' }])
    expect(await decode(token, remoteVerifier(memoryDevice(algorithm), options), {})).toEqual({ sub: 'alice' })
  })
})

describe.each(['ES256', 'ES384', 'ES512'] as const)('%s by a device of digests and DER', (algorithm) => {
  it('is hashed and converted here', async () => {
    const { key, asked } = digestDevice(algorithm)
    const signer = remoteSigner(key, options)
    const verifier = remoteVerifier(key, options)
    for (let i = 0; i < 10; i++) {
      const signature = await signer.sign(message)
      expect([signature.length, await verifier.verify(message, signature)]).toEqual([registry.get(algorithm)!.signatureLength, true])
    }
    expect(asked.map((input) => input.length)).toEqual(Array(10).fill(Number(algorithm.slice(2)) / 8))
  })
})

const good = (algorithm: string) => node.signer(algorithm, keyFor(algorithm)).sign(message)
const answers: readonly [string, string, 'raw' | 'der', (input: Uint8Array) => unknown, RegExp][] = [
  ['nothing', 'ES256', 'raw', () => undefined, /no bytes/],
  ['text', 'ES256', 'raw', () => 'c2ln', /no bytes/],
  ['an ArrayBuffer', 'ES256', 'raw', () => new ArrayBuffer(64), /no bytes/],
  ['an empty answer', 'ES256', 'raw', () => new Uint8Array(), /empty/],
  ['an empty DER answer', 'ES256', 'der', () => new Uint8Array(), /empty/],
  ['an oversized answer', 'ES256', 'raw', () => new Uint8Array(1 << 20), /wrong length/],
  ['an oversized DER answer', 'ES256', 'der', () => new Uint8Array(1 << 20).fill(0x30), /well-formed DER/],
  ['an oversized RSA answer', 'RS256', 'raw', () => new Uint8Array(1 << 20), /wrong length/],
  ['an RSA answer without its first byte', 'RS256', 'raw', () => good('RS256').slice(1), /wrong length/],
  ['DER called raw', 'ES256', 'raw', () => derOfSignature(good('ES256')), /signatureEncoding is "der"/],
  ['raw called DER', 'ES256', 'der', () => good('ES256'), /well-formed DER/],
  ['DER with bytes after it', 'ES256', 'der', () => Buffer.concat([derOfSignature(good('ES256')), Uint8Array.of(0)]), /well-formed DER/],
  ['an Ed25519 signature cut short', 'EdDSA', 'raw', () => good('EdDSA').slice(0, 63), /wrong length/],
  ['an HMAC cut short', 'HS256', 'raw', () => good('HS256').slice(0, 16), /wrong length/],
  ['a signature of something else', 'ES256', 'raw', () => node.signer('ES256', keyFor('ES256')).sign(new Uint8Array(1)), /does not verify/],
  ['PSS with another salt length', 'PS256', 'raw', () => good('PS384'), /does not verify/],
  ['PKCS#1 in place of PSS', 'PS256', 'raw', () => good('RS256'), /does not verify/],
]
it.each(answers)('%s is a typed error and no token', async (_what, algorithm, signatureEncoding, sign, text) => {
  const signer = remoteSigner(memoryDevice(algorithm, { signatureEncoding, snapshotOf: { sign: sign as never } }), options)
  const error = await failure(() => encode({}, signer))
  expect([error.code, error.message, error.detail]).toEqual([
    'backend_failure',
    expect.stringMatching(text),
    expect.objectContaining({ kind: 'permanent', retryable: false, backend: 'memory' }),
  ])
})

const snapshots: readonly [string, unknown, string, RegExp][] = [
  ['no snapshot', undefined, 'backend_failure', /no snapshot/],
  ['text', 'snapshot', 'backend_failure', /no snapshot/],
  ['an empty kid', { kid: '', sign: good }, 'backend_failure', /kid/],
  ['a kid that is a number', { kid: 1, sign: good }, 'backend_failure', /kid/],
  ['no sign function', { kid: 'k', publicKey: publicOf('ES256') }, 'backend_failure', /lacks a function/],
  ['a public key that is a JWK', { publicKey: { kty: 'EC' }, sign: good }, 'backend_failure', /readPublicKey/],
  ['a public key that is PEM', { publicKey: '-----BEGIN PUBLIC KEY-----', sign: good }, 'backend_failure', /readPublicKey/],
  ['a public key of another type', { publicKey: publicOf('RS256'), sign: good }, 'invalid_key', /another type/],
  ['a public key on another curve', { publicKey: publicOf('ES384'), sign: good }, 'invalid_key', /another curve/],
  ['a private key', { publicKey: keyFor('ES256'), sign: good }, 'invalid_key', /private key/],
]
it.each(snapshots)('%s for a snapshot is a typed error and no token', async (_what, snapshot, code, text) => {
  const key = memoryDevice('ES256', { snapshot: () => snapshot as RemoteSnapshot })
  for (const call of [
    () => encode({}, remoteSigner(key, options)),
    () => remoteSigner(key, { ...options, verifyAfterSign: false }).sign(message),
  ]) {
    const error = await failure(call)
    expect([error.code, error.message]).toEqual([code, expect.stringMatching(text)])
  }
})

describe('a snapshot without a public key', () => {
  const hidden = (algorithm: string) => memoryDevice(algorithm, { snapshotOf: { publicKey: undefined as never } })
  it.each(['ES256', 'RS256', 'EdDSA'])('signs no %s', async (algorithm) => {
    const sign = vi.fn(() => good(algorithm))
    const signer = remoteSigner({ ...hidden(algorithm), snapshot: () => ({ sign }) }, options)
    for (const call of [() => encode({}, signer), () => signer.sign(message)]) {
      const error = await failure(call)
      expect([error.detail['kind'], error.message]).toEqual(['permanent', expect.stringContaining('verifyAfterSign')])
    }
    expect(sign).not.toHaveBeenCalled()
  })
  it('signs where its user has said so, or where there is none to have', async () => {
    expect(await remoteSigner(hidden('ES256'), { ...options, verifyAfterSign: false }).sign(message)).toHaveLength(64)
    expect(await remoteSigner(hidden('HS256'), options).sign(message)).toHaveLength(32)
  })
})

it('what a remoteVerifier said is not kept by a cache, since its key may change', async () => {
  const keys = [node.generate('EdDSA'), node.generate('EdDSA')] as PrivateKey<'sync'>[]
  let current = keys[0]!
  const device: RemoteKey<'EdDSA'> = {
    backend: 'test',
    algorithm: 'EdDSA',
    input: 'message',
    signatureEncoding: 'raw',
    snapshot: async () => ({ publicKey: current.publicKey, sign: async (input) => node.signer('EdDSA', current).sign(input) }),
  }
  const decided = { issuer: null, audience: null } as const
  const token = await createEncoder(publicApi.remoteSigner(device), decided).encode({ sub: 'a' })
  const { decode: cached } = createDecoder(publicApi.remoteVerifier(device), { ...decided, cache: { maxEntries: 10, maxAge: '1d' } })
  for (let i = 0; i < 3; i++) expect(await cached(token)).toEqual({ sub: 'a' })
  current = keys[1]!
  expect(await failure(() => cached(token))).toMatchObject({ code: 'invalid_signature' })
})

it('a snapshot that lacks a function names it', async () => {
  const key = memoryDevice('HS256', { capabilities: ['sign', 'verify'] })
  expect((await failure(() => remoteSigner(key, options).sign(message))).detail['lacking']).toBe('verify')
})

const thrown: readonly [string, RemoteKey['failure'], unknown, string, boolean][] = [
  ['a foreign error', undefined, new TypeError('secret text'), 'permanent', false],
  ['text', undefined, 'secret text', 'permanent', false],
  ['nothing at all', undefined, undefined, 'permanent', false],
  ['one the backend calls throttled', () => 'throttled', new Error('slow down'), 'throttled', true],
  ['one the backend calls retryable', () => 'retryable', new Error('gone'), 'retryable', true],
  ['one the backend calls unauthorised', () => 'unauthorised', new Error('no'), 'unauthorised', false],
  ['one the backend does not know', () => undefined, new Error('?'), 'permanent', false],
  ['one the backend calls by no name there is', () => 'constructor' as never, new Error('?'), 'permanent', false],
  [
    'one that breaks the judge',
    () => {
      throw new Error('judge')
    },
    new Error('?'),
    'permanent',
    false,
  ],
  ['one typed by the backend', undefined, backendFailure('throttled', 'Slow down', { status: 429 }), 'throttled', true],
]
describe.each(['snapshot', 'sign'] as const)('a device that throws from %s', (where) => {
  it.each(thrown)('%s', async (_what, judge, error, kind, retryable) => {
    const reject = () => Promise.reject(error)
    const key = memoryDevice('ES256', {
      ...(judge && { failure: judge }),
      ...(where === 'snapshot' ? { snapshot: reject } : { snapshotOf: { sign: reject } }),
    })
    const caught = (await failure(() => encode({}, remoteSigner(key, options)))) as BackendError
    expect([caught.code, caught.kind, caught.retryable, caught.message.includes('secret')]).toEqual([
      'backend_failure',
      kind,
      retryable,
      false,
    ])
    expect(isJwtError(error) ? caught : caught.cause).toBe(error)
  })
})

describe('time', () => {
  const never = (): Promise<never> => new Promise(() => {})
  it.each([
    ['snapshot', { snapshot: never }],
    ['sign', { snapshotOf: { sign: never } }],
  ])('a device that hangs in %s ends at the deadline', async (_where, change) => {
    const signer = remoteSigner(memoryDevice('ES256', change), { ...options, deadline: { seconds: 0.02 } })
    const error = (await failure(() => encode({}, signer))) as BackendError
    expect([error.kind, error.retryable, error.detail['reason']]).toEqual(['aborted', true, 'deadline'])
  })

  it.each([
    ['snapshot', { snapshot: never }],
    ['sign', { snapshotOf: { sign: never } }],
  ])("a device that ignores its signal in %s ends with the caller's", async (_where, change) => {
    const controller = new AbortController()
    setTimeout(() => controller.abort('enough'), 10)
    const error = (await failure(() =>
      encode({}, remoteSigner(memoryDevice('ES256', change), options), { signal: controller.signal }),
    )) as BackendError
    expect([error.kind, error.retryable, error.detail['reason'], error.cause]).toEqual(['aborted', false, 'signal', 'enough'])
  })

  it('a signal that fires while the signature is verified here ends the call', async () => {
    const controller = new AbortController()
    const abortAndAgree = async (): Promise<boolean> => {
      controller.abort()
      return true
    }
    const verifyWith = {
      ...node,
      verifier: () => ({ algorithm: 'ES256', mode: 'async', verify: abortAndAgree }),
    } as never
    const signer = remoteSigner(memoryDevice('ES256'), { verifyWith })
    expect((await failure(() => encode({}, signer, { signal: controller.signal }))).detail).toMatchObject({
      kind: 'aborted',
      reason: 'signal',
    })
  })

  it('an aborted signal keeps the device from being asked', async () => {
    const snapshot = vi.fn()
    const key = memoryDevice('ES256', { snapshot })
    expect((await failure(() => encode({}, remoteSigner(key, options), { signal: AbortSignal.abort() }))).code).toBe('backend_failure')
    expect((await failure(() => remoteSigner(key, { ...options, signal: AbortSignal.abort() }).sign(message))).code).toBe('backend_failure')
    expect(snapshot).not.toHaveBeenCalled()
  })

  it('the device is told', async () => {
    const seen: AbortSignal[] = []
    const sign = (_input: Uint8Array, { signal }: RemoteCall): Promise<never> => {
      seen.push(signal)
      return never()
    }
    await failure(() =>
      remoteSigner(memoryDevice('ES256', { snapshotOf: { sign } }), { ...options, deadline: { seconds: 0.01 } }).sign(message),
    )
    expect(seen.map(({ aborted, reason }) => [aborted, (reason as BackendError).code])).toEqual([[true, 'backend_failure']])
  })

  it('a late answer and a late failure go nowhere', async () => {
    for (const late of [() => Promise.resolve(good('ES256')), () => Promise.reject(new Error('late'))]) {
      const sign = () => new Promise((resolve) => setTimeout(resolve, 20)).then(late)
      await failure(() =>
        remoteSigner(memoryDevice('ES256', { snapshotOf: { sign } }), { ...options, deadline: { seconds: 0.005 } }).sign(message),
      )
      await new Promise((resolve) => setTimeout(resolve, 30))
    }
  })

  it('leaves no timer and no listener behind', async () => {
    const controller = new AbortController()
    const added = vi.spyOn(controller.signal, 'addEventListener')
    const removed = vi.spyOn(controller.signal, 'removeEventListener')
    const timers = vi.spyOn(globalThis, 'setTimeout')
    const cleared = vi.spyOn(globalThis, 'clearTimeout')
    await encode({}, remoteSigner(memoryDevice('ES256'), options), { signal: controller.signal })
    expect([added.mock.calls.length, removed.mock.calls.length]).toEqual([3, 3])
    expect(cleared.mock.calls.length).toBeGreaterThanOrEqual(timers.mock.calls.length)
    vi.restoreAllMocks()
  })
})

describe('rotation', () => {
  const rotating = () => {
    const keys = ['a', 'b'].map((kid) => ({ kid, key: node.generate('ES256') as ReturnType<typeof keyFor> & { type: 'private' } }))
    let turn = 0
    const key: RemoteKey<'ES256'> = {
      ...memoryDevice('ES256'),
      algorithm: 'ES256',
      snapshot: async () => {
        const now = keys[turn++ % 2]!
        const signer = node.signer('ES256', now.key)
        return { kid: now.kid, publicKey: now.key.publicKey, sign: (input) => signer.sign(input) }
      },
      versions: () => keys.map(({ kid, key: { publicKey } }) => ({ kid, publicKey })),
    }
    return key
  }
  it('kid, key and signature of a token belong together', async () => {
    const key = rotating()
    const issue = createEncoder(remoteSigner(key, options), { issuer: null, audience: null })
    const check = createDecoder(remoteVersions(key, options), { issuer: null, audience: null })
    const tokens = await Promise.all(Array.from({ length: 20 }, () => issue.encode({})))
    const kids = await Promise.all(tokens.map(async (token) => (await check.decodeComplete(token)).header.kid))
    expect(new Set(kids)).toEqual(new Set(['a', 'b']))
  })
  it('under a kid of the caller it is refused', async () => {
    const signer = remoteSigner(rotating(), { ...options, kid: 'mine' })
    expect(decodeHeader(await encode({}, signer))).toMatchObject({ kid: 'mine' })
    expect((await failure(() => encode({}, signer))).message).toMatch(/changed under the kid/)
  })
  it('snapshots are kept as long as the backend says, and dropped after a failure', async () => {
    let broken = false
    const signer = node.signer('ES256', keyFor('ES256'))
    const snapshot = vi.fn(async () => ({
      publicKey: publicOf('ES256')!,
      sign: (input: Uint8Array) => (broken ? Promise.reject(new Error('gone')) : signer.sign(input)),
    }))
    const remote = remoteSigner(memoryDevice('ES256', { snapshot, snapshotLifetime: { seconds: 0.1 } }), options)
    await Promise.all([remote.sign(message), encode({}, remote), remote.sign(message)])
    expect((await failure(() => remote.snapshot({ signal: AbortSignal.abort() }))).detail['kind']).toBe('aborted')
    expect(snapshot).toHaveBeenCalledTimes(1)
    broken = true
    await failure(() => remote.sign(message))
    broken = false
    await remote.sign(message)
    expect(snapshot).toHaveBeenCalledTimes(2)
    await new Promise((resolve) => setTimeout(resolve, 110))
    await remote.sign(message)
    expect(snapshot).toHaveBeenCalledTimes(3)
  })
  it('one caller who gives up does not end the snapshot of the others', async () => {
    const { snapshot } = memoryDevice('ES256')
    const slow = memoryDevice('ES256', {
      snapshotLifetime: '1m',
      snapshot: async (call) => new Promise((resolve) => setTimeout(() => resolve(snapshot(call)), 60)),
    })
    const signer = remoteSigner(slow, options)
    const began = performance.now()
    const early = encode({}, signer, { signal: AbortSignal.timeout(5) }).catch(() => performance.now() - began)
    const fine = encode({}, signer)
    const late = encode({}, signer, { signal: AbortSignal.timeout(5) }).catch(() => performance.now() - began)
    expect([await early, await late].map((time) => typeof time === 'number' && time < 50)).toEqual([true, true])
    expect(await fine).toMatch(/^ey/)
  })
})

describe('MAC keys', () => {
  const mac = good('HS256')
  it.each([1, 'true', {}, [true]])('%j from a device is no yes', async (answer) => {
    const key = memoryDevice('HS256', { capabilities: ['verify'], snapshotOf: { verify: () => answer as never } })
    expect(await remoteVerifier(key, options).verify(message, mac)).toBe(false)
  })
  it('are verified by the device, or generated again', async () => {
    const verify = vi.fn(async () => true)
    expect(
      await remoteVerifier(memoryDevice('HS256', { capabilities: ['verify'], snapshotOf: { verify } }), options).verify(message, mac),
    ).toBe(true)
    const generating = remoteVerifier(memoryDevice('HS256'), options)
    expect([
      await generating.verify(message, mac),
      await generating.verify(message, new Uint8Array(32)),
      await generating.verify(message, mac.slice(1)),
    ]).toEqual([true, false, false])
    expect(verify).toHaveBeenCalledTimes(1)
  })
  it('a message too long for the device is an error to sign and a no to verify', async () => {
    const key = memoryDevice('HS256', { maxMessageBytes: message.length - 1 })
    expect(await remoteVerifier(key, options).verify(message, mac)).toBe(false)
    expect((await failure(() => remoteSigner(key, options).sign(message))).detail).toMatchObject({
      kind: 'permanent',
      maxBytes: message.length - 1,
    })
  })
})

const definitions: readonly [string, Partial<RemoteKey>, string?][] = [
  ['an unknown algorithm', { algorithm: 'none' }],
  ['no name', { backend: '' }],
  ['DER for RSA', { signatureEncoding: 'der' }, 'RS256'],
  ['digests for HMAC', { input: 'digest' }, 'HS256'],
  ['digests for EdDSA', { input: 'digest' }, 'EdDSA'],
  ['a client for a session', { session: { close: async () => {} } }],
  ['a member that is mistyped', { maxMessageByte: 5 } as never],
  ['a member that belongs to the session', { concurrency: 1 } as never],
  ['no bytes', { maxMessageBytes: 0 }],
  ['an unknown capability', { capabilities: ['mint'] as never }],
  ['verification of public keys by the device', { capabilities: ['sign', 'verify'] }],
  ['no function for a snapshot', { snapshot: {} as never }],
  ['a failure that is no function', { failure: 'throttled' as never }],
  ['no lifetime', { snapshotLifetime: -1 as never }],
]
it.each(definitions)('a definition with %s is a UsageError', async (_what, change, algorithm = 'ES256') => {
  const key = memoryDevice(algorithm, change)
  expect([(await failure(() => remoteSigner(key, options))).code, (await failure(() => remoteVerifier(key, options))).code]).toEqual([
    'invalid_usage',
    'invalid_usage',
  ])
})

const badOptions: readonly [string, object][] = [
  ['no verifyWith', {}],
  ['an unknown option', { ...options, retries: 3 }],
  ['no deadline', { ...options, deadline: '0s' }],
  ['a deadline without a unit', { ...options, deadline: 5 }],
  ['an empty kid', { ...options, kid: '' }],
  ['a signal that is none', { ...options, signal: { aborted: false } }],
]
it.each(badOptions)('%s is a UsageError', async (_what, given) => {
  expect((await failure(() => remoteSigner(memoryDevice('ES256'), given as never))).code).toBe('invalid_usage')
})

it('an option that is undefined counts as left out', async () => {
  const nothing = { deadline: undefined, verifyAfterSign: undefined, kid: undefined, signal: undefined, allowWeakKey: undefined }
  expect(decodeHeader(await encode({}, remoteSigner(memoryDevice('ES256'), { ...options, ...nothing })))).toMatchObject({ kid: 'k1' })
  expect(await publicApi.remoteSigner(memoryDevice('ES256'), { ...nothing, verifyWith: undefined }).sign(message)).toHaveLength(64)
})

it.each(['oops', 'constructor', undefined])('there is no failure of kind %s', async (kind) => {
  expect((await failure(() => backendFailure(kind as never))).code).toBe('invalid_usage')
})

it.each(['ES384', registry.get('ES384')!])('an algorithm that a backend lacks is an error that says so', (algorithm) => {
  expect(publicApi.unsupported('mine', algorithm)).toMatchObject({
    code: 'invalid_key',
    detail: { algorithm: 'ES384', backend: 'mine', supported: false },
  })
})

it('capabilities are asked for before the device is', async () => {
  const snapshot = vi.fn()
  const verifyOnly = memoryDevice('HS256', { capabilities: ['verify'], snapshot })
  const rows = [
    () => remoteSigner(verifyOnly, options),
    () => remoteVersions(verifyOnly, options),
    () => remoteVerifier(memoryDevice('HS256', { capabilities: [], snapshot }), options),
  ]
  for (const row of rows) expect((await failure(row)).code).toBe('invalid_usage')
  expect(snapshot).not.toHaveBeenCalled()
})

it('what the caller changes while the device thinks changes nothing', async () => {
  const signer = node.signer('ES256', keyFor('ES256'))
  const slow = async (input: Uint8Array): Promise<Uint8Array> => {
    await new Promise((resolve) => setTimeout(resolve, 5))
    const signature = signer.sign(input)
    input.fill(0)
    return signature
  }
  const input = new Uint8Array(message)
  const signing = remoteSigner(memoryDevice('ES256', { snapshotOf: { sign: slow } }), options).sign(input)
  input.fill(1)
  expect(node.verifier('ES256', publicOf('ES256')!).verify(message, await signing)).toBe(true)
})

it('the answer is a copy', async () => {
  const shared = new Uint8Array(good('ES256'))
  const signature = await remoteSigner(memoryDevice('ES256', { snapshotOf: { sign: () => shared } }), options).sign(message)
  shared.fill(0)
  expect(node.verifier('ES256', publicOf('ES256')!).verify(message, signature)).toBe(true)
})

function decodeHeader(token: string): unknown {
  return JSON.parse(Buffer.from(token.split('.')[0]!, 'base64url').toString())
}
