// The KMS backends with the vendors' real SDKs on their real wire protocols, against STAND-INS on this machine: nothing here
// has talked to a real cloud. Installs nothing unless told so with --install. Needs a build: npm run test:kms.
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { createDecoder, createEncoder, decode, encode, importKey } from 'signet-jwt'
import { awsKms } from 'signet-jwt/kms/aws'
import { azureKeyVault } from 'signet-jwt/kms/azure'
import { certifyBackend } from 'signet-jwt/testing'
import { findSdks, installLine, installSdks } from './kms/sdks.mjs'
import { awsClient, azureClient, makeServices } from './kms/services.mjs'
import { loadStandIns } from './kms/stand-ins.mjs'
import { typeErrors } from './kms/types.mjs'

if (process.argv.includes('--install')) installSdks()
const sdks = findSdks()
if (!sdks) {
  console.error(`test:kms needs the vendors' SDKs, and does not install them:\n  ${installLine}\nor: npm run test:kms -- --install`)
  process.exit(2)
}
console.log(`${sdks.versions.join(', ')}; stand-ins on this machine, no cloud; node ${process.version}`)
const standIns = await loadStandIns()
const message = new TextEncoder().encode('header.payload')

async function failure(call) {
  try {
    await call()
  } catch (error) {
    return error
  }
  throw new assert.AssertionError({ message: 'nothing was thrown' })
}

const isSigning = ({ path, headers }) =>
  /:(?:asymmetricSign|macSign)(?:\?|$)|\/sign(?:\?|$|\/)|\/hmac\//.test(path) ||
  /\.(?:Sign|GenerateMac)$/.test(headers['x-amz-target'] ?? '')
const signings = ({ stand }) => stand.requests.filter(isSigning).length
function answerSigning({ stand }, change) {
  stand.intercept = (request, answer) => (isSigning(request) ? change(answer) : answer())
}
const signerOf = ({ kms, reference }, algorithm, use = {}) => kms.signer({ ...reference(algorithm), algorithm, ...use })
const verifierOf = ({ kms, reference }, algorithm, use = {}) => kms.verifier({ ...reference(algorithm), algorithm, ...use })

for (const [name, start] of Object.entries(makeServices(sdks, standIns))) {
  describe(name, () => {
    let service
    let gone
    let hung
    before(async () => {
      ;[service, gone, hung] = await Promise.all([start(), start(), start()])
      hung.stand.intercept = () => ({ status: 200, body: {}, end: 'never' })
    })
    after(async () => {
      for (const each of [service, gone, hung]) {
        await each.end?.()
        await each.server.close()
      }
    })

    test('the certification kit, every algorithm', async () => {
      answerSigning(gone, () => service.errors.retryable)
      const report = await certifyBackend(
        {
          name,
          algorithms: service.stand.algorithms,
          signer: (algorithm) => signerOf(service, algorithm, { snapshotLifetime: { seconds: 0 } }),
          verifier: (algorithm) => verifierOf(service, algorithm),
          ...(service.secret && { key: secretOf(service) }),
          failing: (algorithm) => signerOf(gone, algorithm),
          hanging: (algorithm) => signerOf(hung, algorithm, { deadline: { seconds: 0.2 } }),
        },
        { patience: '10s', rounds: 6 },
      )
      const passed = report.checks.filter(({ status }) => status === 'passed').length
      console.log(`${name}: ${passed} checks of the kit passed, ${report.checks.length - passed} left out`)
    })

    test('a key that is replaced under its name', async (t) => {
      if (!service.rotate) return t.skip('a reference names one version')
      const algorithms = ['ES256', 'RS256', ...(service.secret ? ['HS256'] : [])]
      const report = await certifyBackend(
        {
          name,
          algorithms,
          signer: (algorithm) => signerOf(service, algorithm, { snapshotLifetime: { seconds: 0 } }),
          ...(service.secret && { key: secretOf(service) }),
          rotate: service.rotate,
        },
        { patience: '10s', rounds: 3 },
      )
      assert.equal(report.checks.filter(({ check, status }) => check === 'rotation' && status === 'passed').length, algorithms.length)
    })

    test('tokens from end to end, with all versions', async () => {
      const issue = createEncoder(signerOf(service, 'ES256'), { issuer: 'https://issuer.example', audience: 'api', expiresIn: '15m' })
      const source = service.kms.versions?.({ ...service.reference('ES256'), algorithm: 'ES256' }) ?? verifierOf(service, 'ES256')
      const check = createDecoder(source, { issuer: 'https://issuer.example', audience: 'api' })
      assert.equal((await check.decode(await issue.encode({ sub: 'alice' }))).sub, 'alice')
      const signer = signerOf(service, 'PS256')
      const token = await encode({ sub: 'bob' }, signer)
      assert.equal(decode(token, (await signer.snapshot()).publicKey, { algorithms: ['PS256'] }).sub, 'bob')
    })

    for (const kind of ['throttled', 'unauthorised', 'retryable']) {
      test(`${kind}: typed, and sent once`, async () => {
        answerSigning(gone, () => gone.errors[kind])
        const signer = signerOf(gone, 'ES256')
        await signer.snapshot()
        const sent = signings(gone)
        const error = await failure(() => encode({}, signer))
        assert.deepEqual([error.code, error.kind, error.cause instanceof Error], ['backend_failure', kind, true])
        assert.equal(signings(gone) - sent, 1)
      })
    }

    test('an answer cut short, and an empty one', async () => {
      for (const [change, kinds] of [
        [() => ({ status: 200, body: { some: 'x'.repeat(200) }, end: 'truncated' }), ['retryable']],
        [() => ({ status: 200, body: {} }), ['permanent', 'retryable']],
        [() => ({ status: 200, body: '<html>' }), ['permanent', 'retryable']],
      ]) {
        if (name.includes('gRPC') && change().body === '<html>') continue
        answerSigning(gone, change)
        const error = await failure(() => encode({}, signerOf(gone, 'ES256')))
        assert.deepEqual([error.code, kinds.includes(error.kind)], ['backend_failure', true], `${error.kind}: ${error.cause}`)
      }
    })

    test('a service that never answers is given up, and its connection with it', async () => {
      const before = hung.server.abandoned()
      const error = await failure(() => encode({}, signerOf(hung, 'ES256', { deadline: { seconds: 0.2 } })))
      assert.deepEqual([error.kind, error.detail.reason], ['aborted', 'deadline'])
      const limit = Date.now() + 3000
      while (hung.server.abandoned() === before && Date.now() < limit) await new Promise((resolve) => setTimeout(resolve, 20))
      assert.equal(hung.server.abandoned() > before, true)
    })

    test('a disabled key, and one that is not there', async () => {
      gone.stand.intercept = undefined
      const signer = signerOf(gone, 'ES384')
      await signer.sign(message)
      gone.disable('ES384')
      const disabled = await failure(() => signer.sign(message))
      assert.deepEqual([disabled.kind, disabled.detail.reason], ['permanent', 'key_disabled'])
      const reference = Object.fromEntries(
        Object.entries(gone.reference('ES256')).map(([option, text]) => [option, text.replace('ES256', 'missing')]),
      )
      const missing = await failure(() => gone.kms.signer({ ...reference, algorithm: 'ES256' }).sign(message))
      assert.deepEqual([missing.kind, missing.detail.reason], ['permanent', 'key_not_found'])
    })

    test('a service that is not there', async () => {
      const lost = await start()
      const signer = signerOf(lost, 'ES256', { deadline: '5s' })
      await lost.server.close()
      const error = await failure(() => encode({}, signer))
      assert.equal(error.code, 'backend_failure')
      assert.equal(['retryable', 'aborted'].includes(error.kind), true, `${error.kind}: ${error.cause}`)
      await lost.end?.()
    })

    if (name.startsWith('gcp')) {
      test('checksums that do not fit', async () => {
        for (const change of [
          { signatureCrc32c: '1' },
          { verifiedDigestCrc32c: false },
          { signatureCrc32c: undefined },
          { name: 'projects/p/locations/l/keyRings/r/cryptoKeys/k/cryptoKeyVersions/9' },
        ]) {
          answerSigning(gone, (answer) => ({ status: 200, body: { ...answer().body, ...change } }))
          const error = await failure(() => encode({}, signerOf(gone, 'ES256')))
          assert.deepEqual([error.code, error.kind], ['backend_failure', 'name' in change ? 'permanent' : 'retryable'])
        }
      })
    }
  })
}

test('credentials that are not to be had', async () => {
  const refused = Object.assign(new Error('no credentials'), { name: 'CredentialsProviderError' })
  const credentials = async () => {
    throw refused
  }
  const aws = await failure(() =>
    awsKms(awsClient(sdks, 9, { credentials }))
      .signer({ keyId: 'k', algorithm: 'ES256' })
      .sign(message),
  )
  assert.equal(aws.kind, 'unauthorised')
  const credential = { getToken: () => Promise.reject(Object.assign(new Error('none'), { name: 'CredentialUnavailableError' })) }
  const vault = await makeServices(sdks, standIns)['azure-key-vault']()
  const client = azureClient(sdks, vault.server, { credential })
  assert.equal(
    (await failure(() => azureKeyVault(client).signer({ name: 'ES256', algorithm: 'ES256' }).sign(message))).kind,
    'unauthorised',
  )
  await vault.server.close()
})

test("the AWS client's own retries, where maxAttempts is left at its default", async () => {
  const stand = standIns.awsStandIn()
  const server = await standIns.serve(stand)
  const client = awsClient(sdks, server.port, { maxAttempts: undefined })
  answerSigning({ stand }, () => standIns.awsError('ThrottlingException'))
  await failure(() => awsKms(client).signer({ keyId: 'alias/ES256', algorithm: 'ES256' }).sign(message))
  assert.equal(signings({ stand }), 3)
  client.destroy()
  await server.close()
})

test("the vendors' types fit", () => {
  assert.equal(typeErrors(sdks), '')
})

/** What verifies MACs; the other algorithms have their public keys. */
function secretOf(service) {
  return (algorithm, kid) => (algorithm.startsWith('HS') ? importKey(service.secret(algorithm, kid), { type: 'secret' }) : undefined)
}
