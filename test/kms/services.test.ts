import { describe, expect, test } from 'vitest'
import { registry } from '../../src/algorithms/registry.ts'
import { decode, encode } from '../../src/index.node.ts'
import { certifyBackend } from '../../src/testing.ts'
import { failure, message, type Service, services, signerOf, verifierOf } from './services.ts'
import type { WireAnswer } from './stand-ins/wire.ts'

const isSigning = (path: string, target = ''): boolean => /sign|hmac/i.test(path) || /\.(?:Sign|GenerateMac)$/.test(target)
/** Puts an answer in place of the one to signing requests. */
function answerSigning({ stand }: Service, change: (answer: () => WireAnswer) => WireAnswer): void {
  stand.intercept = (request, answer) => (isSigning(request.path, request.headers['x-amz-target']) ? change(answer) : answer())
}

describe.each(Object.entries(services))('%s', (name, make) => {
  test('the certification kit', async () => {
    const service = make()
    const gone = make()
    answerSigning(gone, () => service.errors.retryable)
    const hung = make()
    hung.stand.intercept = () => ({ status: 200, body: {}, end: 'never' })
    const report = await certifyBackend(
      {
        name,
        algorithms: name === 'azure-key-vault' ? ['ES512', 'PS256'] : ['ES256', 'HS256'],
        signer: (algorithm) => signerOf(service, algorithm),
        verifier: (algorithm) => verifierOf(service, algorithm),
        failing: (algorithm) => signerOf(gone, algorithm),
        hanging: (algorithm) => signerOf(hung, algorithm, { deadline: { seconds: 0.05 } }),
      },
      // The stand-in signs on this thread, where a timer cannot fire in between; a test below gives calls up.
      { rounds: 2, skip: ['abort'] },
    )
    expect(report.passed).toBe(true)
  })

  test('a key that is replaced under its name', async () => {
    const service = make()
    if (!service.rotate) return
    const { rotate } = service
    const report = await certifyBackend(
      { name, algorithms: ['ES256'], signer: (algorithm) => signerOf(service, algorithm, { snapshotLifetime: { seconds: 0 } }), rotate },
      { rounds: 2, skip: ['abort'] },
    )
    expect(report.checks.filter(({ check, status }) => check === 'rotation' && status === 'passed')).toHaveLength(1)
  })

  test('every algorithm of the service', async () => {
    const service = make()
    for (const algorithm of service.stand.algorithms) {
      const token = await encode({ sub: algorithm }, signerOf(service, algorithm))
      expect(await decode(token, verifierOf(service, algorithm), { algorithms: [algorithm] })).toEqual({ sub: algorithm })
      const other = `${token.slice(0, token.lastIndexOf('.') + 1)}${(await encode({ sub: 'other' }, signerOf(service, algorithm))).split('.')[2]}`
      expect((await failure(() => decode(other, verifierOf(service, algorithm), { algorithms: [algorithm] }))).code).toBe(
        'invalid_signature',
      )
    }
  })

  test('await signer, encode, decode', async () => {
    const service = make()
    const signer = await signerOf(service, 'ES256')
    const token = await encode({ sub: 'alice' }, signer)
    const { kid, publicKey } = await signer.snapshot()
    expect(JSON.parse(Buffer.from(token.split('.')[0]!, 'base64url').toString())).toEqual({ alg: 'ES256', kid, typ: 'JWT' })
    expect(kid).not.toMatch(/arn:|projects|https/)
    expect(decode(token, publicKey!, { algorithms: ['ES256'] }).sub).toBe('alice')
    expect(await decode(token, await verifierOf(service, 'ES256'), { algorithms: ['ES256'] })).toEqual({ sub: 'alice' })
  })

  test('an algorithm that the service lacks', () => {
    const service = make()
    const lacking = registry.names.filter((algorithm) => !service.stand.algorithms.includes(algorithm))
    expect(lacking).toContain('Ed448')
    for (const algorithm of lacking)
      expect(() => signerOf(service, algorithm)).toThrow(
        expect.objectContaining({ code: 'invalid_key', detail: { algorithm, backend: name, supported: false } }),
      )
  })

  const faults = ['throttled', 'unauthorised', 'retryable'] as const
  test.each(faults)('%s, and the service is asked once', async (kind) => {
    const service = make()
    answerSigning(service, () => service.errors[kind])
    const error = await failure(() => encode({}, signerOf(service, 'ES256')))
    expect([error.code, error.kind, error.retryable, error.detail.backend]).toEqual([
      'backend_failure',
      kind,
      kind !== 'unauthorised',
      name,
    ])
    expect(error.cause).toBeInstanceOf(Error)
    expect(service.stand.requests.filter(({ path, headers }) => isSigning(path, headers['x-amz-target']))).toHaveLength(1)
  })

  const broken: readonly (readonly [string, (answer: () => WireAnswer) => WireAnswer, string])[] = [
    ['an answer cut short', () => ({ status: 200, body: {}, end: 'truncated' }), 'retryable'],
    ['an empty answer', () => ({ status: 200, body: {} }), 'permanent'],
    ['a signature of another key', (answer) => spoil(answer(), (bytes) => bytes.reverse()), 'permanent'],
    ['a signature that is too short', (answer) => spoil(answer(), (bytes) => bytes.subarray(0, -1)), 'permanent'],
    ['an oversized signature', (answer) => spoil(answer(), () => Buffer.alloc(5000, 1)), 'permanent'],
  ]
  test.each(broken)('%s: no token', async (what, change, kind) => {
    const service = make()
    answerSigning(service, change)
    const error = await failure(() => encode({}, signerOf(service, 'RS256')))
    const checksummed = name === 'gcp-kms' && what !== 'an answer cut short' && what !== 'an empty answer'
    expect([error.code, error.kind]).toEqual(['backend_failure', checksummed ? 'retryable' : kind])
  })

  test('a service that never answers is given up, by deadline and by signal', async () => {
    const service = make()
    service.stand.intercept = () => ({ status: 200, body: {}, end: 'never' })
    const slow = await failure(() => encode({}, signerOf(service, 'ES256', { deadline: { seconds: 0.02 } })))
    expect([slow.kind, slow.detail.reason]).toEqual(['aborted', 'deadline'])
    const controller = new AbortController()
    setTimeout(() => controller.abort(), 20)
    const stopped = await failure(() => encode({}, signerOf(service, 'ES256', { signal: controller.signal })))
    expect([stopped.kind, stopped.detail.reason]).toEqual(['aborted', 'signal'])
  })

  test('close gives up what is under way, and refuses what comes', async () => {
    const service = make()
    service.stand.intercept = () => ({ status: 200, body: {}, end: 'never' })
    const signer = signerOf(service, 'ES256')
    const pending = failure(() => signer.sign(message))
    await service.kms.close()
    for (const error of [await pending, await failure(() => signer.sign(message))])
      expect([error.kind, error.detail.reason]).toEqual(['aborted', 'signal'])
    expect(service.stand.requests.length).toBeLessThanOrEqual(1)
  })

  test('a disabled key and a key that is not there', async () => {
    const service = make()
    const signer = signerOf(service, 'ES256')
    await signer.sign(message)
    service.disable('ES256')
    const disabled = await failure(() => signer.sign(message))
    expect([disabled.kind, disabled.detail.reason]).toEqual(['permanent', 'key_disabled'])
    const fresh = await failure(() => signerOf(service, 'ES256').sign(message))
    expect([fresh.code, fresh.kind]).toEqual(['backend_failure', 'permanent'])
    const reference = Object.fromEntries(
      Object.entries(service.reference('ES256')).map(([option, text]) => [option, text.replace('ES256', 'missing')]),
    )
    const missing = await failure(() => service.kms.signer({ ...reference, algorithm: 'ES256' }).sign(message))
    expect([missing.kind, missing.detail.reason]).toEqual(['permanent', 'key_not_found'])
  })

  test('a key of another type, and options that are not', async () => {
    const service = make()
    const wrong = await failure(() => service.kms.signer({ ...service.reference('ES384'), algorithm: 'ES256' }).sign(message))
    expect(wrong.code).toBe('invalid_key')
    const given = { ...service.reference('ES256'), algorithm: 'ES256' }
    const bad = [
      { algorithm: 'ES256' },
      { ...given, retries: 3 },
      { ...given, algorithm: 'none' },
      { ...given, kid: '' },
      null,
      { ...given, deadline: 5 },
    ]
    for (const options of bad) expect((await failure(() => service.kms.signer(options as never))).code).toBe('invalid_usage')
  })

  test('the versions of a key', async () => {
    const service = make()
    const { versions, signer } = service.kms
    if (!versions) return
    const given = { ...service.reference('ES256'), algorithm: 'ES256' }
    const source = versions(given)
    const tokens = [await encode({ n: 1 }, signer(given))]
    const { rotate } = service
    if (rotate) {
      expect(await decode(tokens[0]!, source, { algorithms: ['ES256'] })).toEqual({ n: 1 })
      rotate('ES256')
      tokens.push(await encode({ n: 2 }, signer(given)))
    }
    for (const [at, token] of tokens.entries()) expect(await decode(token, source, { algorithms: ['ES256'] })).toEqual({ n: at + 1 })
    expect(await source.candidates({ alg: 'ES256', kid: 'nobody' })).toEqual([])
    const before = service.stand.requests.length
    await source.candidates({ alg: 'ES256', kid: 'nobody' })
    expect(service.stand.requests.length).toBe(before)
  })
})

/** Changes the signature in an answer, as its service encodes it. */
function spoil(answer: WireAnswer, change: (bytes: Buffer) => Buffer): WireAnswer {
  const text = JSON.stringify(answer.body)
  const found = /"(?:Signature|signature|value)":"((?:vault:v\d+:)?)([^"]*)"/.exec(text)!
  const isUrl = /[-_]/.test(found[2]!) || text.includes('"kid"')
  const bytes = change(Buffer.from(found[2]!, isUrl ? 'base64url' : 'base64'))
  return { ...answer, body: JSON.parse(text.replace(found[2]!, bytes.toString(isUrl ? 'base64url' : 'base64'))) }
}
