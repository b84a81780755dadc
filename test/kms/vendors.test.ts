import { describe, expect, test } from 'vitest'
import { crc32c } from '../../src/backends/kms/crc32c.ts'
import { decode, encode } from '../../src/index.node.ts'
import { awsKms } from '../../src/kms/aws.ts'
import { azureKeyVault } from '../../src/kms/azure.ts'
import { gcpKms } from '../../src/kms/gcp.ts'
import { vaultTransit } from '../../src/kms/vault.ts'
import { awsClient, azureClient, gcpClient, vaultOptions } from './clients.ts'
import { failure, message } from './services.ts'
import { awsError, awsStandIn } from './stand-ins/aws.ts'
import { azureStandIn } from './stand-ins/azure.ts'
import { makeVersion } from './stand-ins/device.ts'
import { gcpError, gcpStandIn, ring } from './stand-ins/gcp.ts'
import { vaultError, vaultStandIn } from './stand-ins/vault.ts'

test.each([
  ['', 0],
  ['123456789', 0xe3069283],
  ['a', 0xc1d04330],
])('CRC-32C of "%s"', (text, sum) => {
  expect(crc32c(new TextEncoder().encode(text))).toBe(sum)
})

test('clients that are not', () => {
  for (const make of [awsKms, gcpKms, azureKeyVault, vaultTransit] as ((client: any) => unknown)[]) {
    for (const client of [undefined, null, {}, { send: () => undefined }])
      expect(() => make(client)).toThrow(expect.objectContaining({ code: 'invalid_usage' }))
  }
})

describe('aws-kms', () => {
  test('an alias that is moved between snapshot and signature', async () => {
    const stand = awsStandIn()
    const signer = awsKms(awsClient(stand)).signer({ keyId: 'alias/ES256', algorithm: 'ES256', snapshotLifetime: { seconds: 0 } })
    const before = await signer.snapshot()
    stand.rotate('ES256')
    const token = await encode({ n: 1 }, before)
    expect(decode(token, before.publicKey!, { algorithms: ['ES256'] })).toEqual({ n: 1 })
    expect((await signer.snapshot()).kid).not.toBe(before.kid)
  })

  test('messages longer than the service takes: hashed here, or refused', async () => {
    const kms = awsKms(awsClient(awsStandIn()))
    const long = new Uint8Array(5000)
    expect(await kms.signer({ keyId: 'alias/RS256', algorithm: 'RS256' }).sign(long)).toHaveLength(256)
    for (const algorithm of ['HS256', 'EdDSA']) {
      const error = await failure(() => kms.signer({ keyId: `alias/${algorithm}`, algorithm }).sign(long))
      expect([error.kind, error.detail.maxBytes]).toEqual(['permanent', 4096])
    }
  })

  test.each([
    ['KMSInvalidStateException', 'permanent'],
    ['ExpiredTokenException', 'unauthorised'],
    ['ServiceUnavailable', 'retryable'],
    ['TokenProviderError', 'unauthorised'],
    ['ValidationException', 'permanent'],
    ['SomethingNew', 'permanent'],
  ])('%s is %s', async (name, kind) => {
    const stand = awsStandIn()
    stand.intercept = () => awsError(name)
    const error = await failure(() => awsKms(awsClient(stand)).signer({ keyId: 'k', algorithm: 'ES256' }).sign(message))
    expect([error.kind, error.detail.vendorCode]).toEqual([kind, name])
  })

  test('an answer by another key', async () => {
    const stand = awsStandIn()
    stand.intercept = (request, answer) =>
      request.headers['x-amz-target']?.endsWith('.Sign') ? { ...answer(), body: { ...answer().body, KeyId: 'arn:other' } } : answer()
    expect((await failure(() => awsKms(awsClient(stand)).signer({ keyId: 'alias/ES256', algorithm: 'ES256' }).sign(message))).kind).toBe(
      'permanent',
    )
  })
})

describe('gcp-kms', () => {
  const name = `${ring}/ES256/cryptoKeyVersions/1`
  test.each([
    ['a signature damaged on the way', { signatureCrc32c: '1' }, 'retryable'],
    ['a signature without its checksum', { signatureCrc32c: undefined }, 'retryable'],
    ['a digest damaged on the way', { verifiedDigestCrc32c: false }, 'retryable'],
    ['another version', { name: `${ring}/ES256/cryptoKeyVersions/2` }, 'permanent'],
  ])('%s', async (_, change, kind) => {
    const stand = gcpStandIn()
    stand.intercept = (request, answer) =>
      request.path.endsWith(':asymmetricSign') ? { ...answer(), body: { ...answer().body, ...change } } : answer()
    const error = await failure(() => gcpKms(gcpClient(stand)).signer({ name, algorithm: 'ES256' }).sign(message))
    expect([error.code, error.kind]).toEqual(['backend_failure', kind])
  })

  test('a public key damaged on the way', async () => {
    const stand = gcpStandIn()
    stand.intercept = (_, answer) => ({ ...answer(), body: { ...answer().body, pemCrc32c: '7' } })
    expect((await failure(() => gcpKms(gcpClient(stand)).signer({ name, algorithm: 'ES256' }).sign(message))).kind).toBe('retryable')
  })

  test('a verdict that contradicts itself is no yes', async () => {
    const stand = gcpStandIn()
    stand.intercept = (request, answer) =>
      request.path.endsWith(':macVerify')
        ? { ...answer(), body: { ...answer().body, success: true, verifiedSuccessIntegrity: false } }
        : answer()
    const verifier = gcpKms(gcpClient(stand)).verifier({ name: `${ring}/HS256/cryptoKeyVersions/1`, algorithm: 'HS256' })
    expect((await failure(() => verifier.verify(message, new Uint8Array(32)))).kind).toBe('retryable')
  })

  test('a request that the service found damaged', async () => {
    const stand = gcpStandIn()
    const refusal = gcpError('INVALID_ARGUMENT', 'The checksum in field digest_crc32c did not match the data in field digest.')
    stand.intercept = (request, answer) => (request.path.endsWith(':asymmetricSign') ? refusal : answer())
    const error = await failure(() => gcpKms(gcpClient(stand)).signer({ name, algorithm: 'ES256' }).sign(message))
    expect([error.kind, error.detail.reason]).toEqual(['retryable', 'checksum'])
  })

  test('a name without a version', () => {
    const kms = gcpKms(gcpClient(gcpStandIn()))
    for (const bad of [`${ring}/ES256`, 'ES256', `${name}/`, '../x'])
      expect(() => kms.signer({ name: bad, algorithm: 'ES256' })).toThrow(expect.objectContaining({ code: 'invalid_usage' }))
  })
})

describe('azure-key-vault', () => {
  test('keys in an HSM have types of their own', async () => {
    const stand = azureStandIn('https://vault.example')
    stand.intercept = (request, answer) => {
      const { status, body } = answer()
      return request.method === 'GET' ? { status, body: { ...body, key: { ...body.key, kty: `${body.key.kty}-HSM` } } } : { status, body }
    }
    const kms = azureKeyVault(azureClient(stand))
    for (const algorithm of ['ES256K', 'PS512'])
      expect((await kms.signer({ name: algorithm, algorithm }).sign(message)).length).toBeGreaterThan(63)
  })

  test('a version that is named signs, whatever is current', async () => {
    const stand = azureStandIn('https://vault.example')
    const { id } = stand.store.latest('ES256')!
    stand.store.rotate('ES256')
    const kms = azureKeyVault(azureClient(stand))
    expect((await kms.signer({ name: 'ES256', version: id, algorithm: 'ES256' }).snapshot()).kid).toBe(`ES256/${id}`)
    expect((await kms.signer({ name: 'ES256', algorithm: 'ES256' }).snapshot()).kid).not.toBe(`ES256/${id}`)
  })

  test.each([
    ['Key https://vault.example/keys/ES256/1 expired at 2026-01-01T00:00:00.000Z', 'key_disabled'],
    ["Key https://vault.example/keys/ES256/1 can't be used before 2036-01-01T00:00:00.000Z", 'key_disabled'],
    ['Operation sign is not supported on key https://vault.example/keys/ES256/1', 'key_disabled'],
    ['something else', undefined],
  ])('a plain error of the SDK: %s', async (text, reason) => {
    const sign = () => Promise.reject(new Error(text))
    const client = { ...azureClient(azureStandIn('https://vault.example')), getCryptographyClient: () => ({ sign }) }
    const error = await failure(() => azureKeyVault(client).signer({ name: 'ES256', algorithm: 'ES256' }).sign(message))
    expect([error.kind, error.detail.reason]).toEqual(['permanent', reason])
  })
})

describe('vault', () => {
  const given = { name: 'ES256', algorithm: 'ES256' } as const

  test('a rotation between snapshot and signature', async () => {
    const stand = vaultStandIn()
    const signer = vaultTransit(vaultOptions(stand)).signer({ ...given, snapshotLifetime: { seconds: 0 } })
    const before = await signer.snapshot()
    stand.store.rotate('ES256')
    const token = await encode({ n: 1 }, before)
    expect(decode(token, before.publicKey!, { algorithms: ['ES256'] })).toEqual({ n: 1 })
    expect([before.kid, (await signer.snapshot()).kid]).toEqual(['ES256/1', 'ES256/2'])
  })

  test('a signature by another version than was asked for', async () => {
    const stand = vaultStandIn()
    stand.intercept = (request, answer) =>
      request.path.includes('/sign/')
        ? { status: 200, body: { data: { signature: answer().body.data.signature.replace(':v1:', ':v2:') } } }
        : answer()
    expect((await failure(() => vaultTransit(vaultOptions(stand)).signer(given).sign(message))).kind).toBe('permanent')
  })

  test('MACs of older versions verify until a version is named', async () => {
    const stand = vaultStandIn()
    const kms = vaultTransit(vaultOptions(stand))
    const key = { name: 'HS256', algorithm: 'HS256' } as const
    const mac = await kms.signer({ ...key, version: 1 }).sign(message)
    stand.store.rotate('HS256')
    const verdicts = [kms.verifier(key), kms.verifier({ ...key, version: 1 }), kms.verifier({ ...key, version: 2 })].map((verifier) =>
      verifier.verify(message, mac),
    )
    expect(await Promise.all(verdicts)).toEqual([true, true, false])
  })

  test('a secret shorter than its hash', async () => {
    const stand = vaultStandIn()
    stand.store.keys.set('HS512', [makeVersion('hmac', 1, 32)])
    const kms = vaultTransit(vaultOptions(stand))
    expect((await failure(() => kms.signer({ name: 'HS512', algorithm: 'HS512' }).sign(message))).code).toBe('invalid_key')
    expect(await kms.signer({ name: 'HS512', algorithm: 'HS512', allowWeakKey: true }).sign(message)).toHaveLength(64)
  })

  test.each([
    ['http to another host', { address: 'http://vault.example:8200' }],
    ['credentials in the address', { address: 'https://a:b@vault.example' }],
    ['a query in the address', { address: 'https://vault.example/?x' }],
    ['a mount that climbs', { mount: '../sys' }],
    ['an empty token', { token: '' }],
    ['an unknown option', { retries: 3 }],
  ])('%s', (_, change) => {
    expect(() => vaultTransit(vaultOptions(vaultStandIn(), change as object))).toThrow(expect.objectContaining({ code: 'invalid_usage' }))
  })

  test('what a request carries', async () => {
    const stand = vaultStandIn('team/transit')
    const seen: { url: string; init: RequestInit }[] = []
    const { fetch } = vaultOptions(stand)
    let asked = 0
    const token = async () => {
      asked++
      return 'hvs.stand-in'
    }
    const kms = vaultTransit({
      address: 'http://vault.example:8200/',
      allowHttp: true,
      token,
      mount: '/team/transit/',
      namespace: 'ns1',
      fetch: (url, init) => {
        seen.push({ url, init })
        return fetch!(url, init)
      },
    })
    await kms.signer(given).sign(message)
    expect(seen.map(({ url }) => url)).toEqual([
      'http://vault.example:8200/v1/team/transit/keys/ES256',
      'http://vault.example:8200/v1/team/transit/sign/ES256/sha2-256',
    ])
    expect(seen[0]!.init).toMatchObject({ redirect: 'manual', headers: { 'x-vault-namespace': 'ns1', 'x-vault-token': 'hvs.stand-in' } })
    expect(asked).toBe(2)
  })

  test.each([
    ['a redirect', vaultError(307), 'retryable'],
    ['a standby', vaultError(473), 'retryable'],
    ['no JSON', { status: 200, body: '<html>' }, 'permanent'],
    ['more than a megabyte', { status: 200, body: 'x'.repeat(1_100_000) }, 'permanent'],
    ['an inner error', vaultError(500, 'internal error'), 'retryable'],
    [
      'a version below the minimum',
      vaultError(500, '1 error occurred:\n\t* requested version for signing is less than the minimum encryption key version\n\n'),
      'permanent',
      'key_disabled',
    ],
    [
      'a version that is too old',
      vaultError(400, 'cannot generate HMAC: version is too old (disallowed by policy)'),
      'permanent',
      'key_disabled',
    ],
    ['a version that is not there', vaultError(500, '1 error occurred:\n\t* no such key version\n\n'), 'permanent', 'key_not_found'],
  ] as const)('%s', async (_, answer, kind, reason?: string) => {
    const stand = vaultStandIn()
    stand.intercept = () => answer
    const error = await failure(() => vaultTransit(vaultOptions(stand)).signer(given).sign(message))
    expect([error.code, error.kind, error.detail.reason]).toEqual(['backend_failure', kind, reason])
  })
})
