// The PKCS#11 backend on a real token: SoftHSM2 with a fresh token in a temporary folder. Installs nothing; says what to
// install and exits with 2 where something is missing. Needs a build: npm run test:pkcs11.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { createDecoder, createEncoder, decode, encode, importKey } from 'signet-jwt'
import { pkcs11 } from 'signet-jwt/pkcs11'
import { certifyBackend } from 'signet-jwt/testing'
import { closeToken, counting, findEverything, hangingSign, pin, tokenLabel } from './pkcs11/softhsm.mjs'

const softhsm = findEverything()
if ('missing' in softhsm) {
  console.error(softhsm.missing)
  process.exit(2)
}
const { module, library } = softhsm
const message = new TextEncoder().encode('header.payload')
const keyOf = {
  RS: 'rsa',
  PS: 'rsa',
  ES256: 'p256',
  ES384: 'p384',
  ES512: 'p521',
  ES256K: 'k256',
  EdDSA: 'ed25519',
  Ed25519: 'ed25519',
  Ed448: 'ed448',
  HS: 'mac',
}
const labelOf = (algorithm) => keyOf[algorithm] ?? keyOf[algorithm.slice(0, 2)]

/** Options set to undefined are left out. */
function open(change = {}) {
  const options = { module: softhsm.pkcs11js, library, tokenLabel, pin, ...change }
  return pkcs11(Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)))
}

async function failure(call) {
  try {
    await call()
  } catch (error) {
    return error
  }
  throw new assert.AssertionError({ message: 'nothing was thrown' })
}

let admin
let token
before(async () => {
  admin = softhsm.makeToken()
  console.log(`${softhsm.version}, pkcs11js ${softhsm.pkcs11jsVersion}, ${library}`)
  for (const label of ['rsa', 'p256', 'p384', 'p521', 'k256', 'ed25519', 'ed448', 'rotating', 'twice', 'twice', 'alone'])
    admin.makePair(label)
  admin.importSecret('mac', softhsm.secret)
  admin.importSecret('short', softhsm.secret.subarray(0, 16))
  token = await open()
})
after(async () => {
  await token?.close()
  closeToken(softhsm)
})

test('the certification kit, every algorithm', async () => {
  const hung = await open({ module: hangingSign(module), library: undefined })
  const report = await certifyBackend(
    {
      name: 'pkcs11',
      algorithms: [
        'RS256',
        'RS384',
        'RS512',
        'PS256',
        'PS384',
        'PS512',
        'ES256',
        'ES384',
        'ES512',
        'ES256K',
        'EdDSA',
        'Ed25519',
        'Ed448',
        'HS256',
        'HS384',
        'HS512',
      ],
      signer: (algorithm) => token.signer({ label: algorithm === 'ES256' ? 'rotating' : labelOf(algorithm), algorithm }),
      verifier: (algorithm) => token.verifier({ label: labelOf(algorithm === 'ES256' ? 'none' : algorithm) ?? 'rotating', algorithm }),
      key: (algorithm) => (algorithm.startsWith('HS') ? importKey(softhsm.secret, { type: 'secret' }) : undefined),
      failing: (algorithm) => token.signer({ label: 'missing', algorithm }),
      hanging: (algorithm) => hung.signer({ label: labelOf(algorithm), algorithm, deadline: { seconds: 0.3 } }),
    },
    { patience: '10s', budget: '2s', rounds: 400 },
  )
  const passed = report.checks.filter(({ status }) => status === 'passed').length
  console.log(`kit: ${passed} checks passed, ${report.checks.length - passed} left out`)
  assert.equal(report.passed, true)
})

test('a key that is replaced under its label', async () => {
  await certifyBackend(
    {
      name: 'pkcs11',
      algorithms: ['ES256'],
      signer: () => token.signer({ label: 'rotating', algorithm: 'ES256' }),
      rotate: () => admin.replacePair('rotating'),
    },
    { patience: '10s', rounds: 16 },
  )
})

test('tokens from end to end', async () => {
  const signer = token.signer({ label: 'p256', algorithm: 'ES256', kid: 'hsm-1' })
  const issue = createEncoder(signer, { issuer: 'https://issuer.example', audience: 'api', expiresIn: '15m' })
  const check = createDecoder(token.verifier({ label: 'p256', algorithm: 'ES256' }), { issuer: 'https://issuer.example', audience: 'api' })
  const text = await issue.encode({ sub: 'alice' })
  assert.equal((await check.decode(text)).sub, 'alice')
  const { publicKey } = await signer.snapshot()
  assert.equal(decode(text, publicKey, { algorithms: ['ES256'], audience: 'api' }).sub, 'alice')
  assert.deepEqual(JSON.parse(Buffer.from(text.split('.')[0], 'base64url')), { alg: 'ES256', kid: 'hsm-1', typ: 'JWT' })
})

test('a key is found by its id, and by both names', async () => {
  const id = Buffer.from('rsa')
  for (const reference of [{ id }, { id: id.toString('hex') }, { id, label: 'rsa' }]) {
    assert.equal((await token.signer({ ...reference, algorithm: 'RS256' }).sign(message)).length, 256)
  }
  assert.equal((await failure(() => token.signer({ id, label: 'p256', algorithm: 'RS256' }).sign(message))).detail.reason, 'key_not_found')
})

const refusals = [
  ['a token that is not there', () => open({ tokenLabel: 'other' }), 'backend_failure', 'retryable'],
  ['a missing key', () => token.signer({ label: 'nobody', algorithm: 'ES256' }).sign(message), 'backend_failure', 'permanent'],
  ['two keys of one label', () => token.signer({ label: 'twice', algorithm: 'ES256' }).sign(message), 'backend_failure', 'permanent'],
  ['a key of another type', () => token.signer({ label: 'rsa', algorithm: 'ES256' }).sign(message), 'invalid_key'],
  ['a key on another curve', () => token.signer({ label: 'p256', algorithm: 'ES384' }).sign(message), 'invalid_key'],
  ['a secret that is too short', () => token.signer({ label: 'short', algorithm: 'HS256' }).sign(message), 'invalid_key'],
  ['a key without a name', () => token.signer({ algorithm: 'ES256' }), 'invalid_usage'],
  ['an unknown option', () => token.signer({ label: 'rsa', algorithm: 'RS256', retries: 3 }), 'invalid_usage'],
  ['a library that is not there', () => open({ library: '/nonexistent/module.so' }), 'backend_failure', 'permanent'],
]
for (const [what, call, code, kind] of refusals) {
  test(`${what} is a typed error`, async () => {
    const error = await failure(async () => call())
    assert.deepEqual([error.code, error.detail.kind], [code, kind])
  })
}

const losses = [
  ['all sessions are closed by somebody else', () => admin.closeAllSessions()],
  ['somebody else logs out', () => admin.logout()],
  ['somebody else shuts the module down', () => admin.finalize()],
]
for (const [what, lose] of losses) {
  test(`${what}: one retryable error, then all is well`, async () => {
    const signer = token.signer({ label: 'p256', algorithm: 'ES256' })
    const verifier = token.verifier({ label: 'p256', algorithm: 'ES256' })
    await signer.sign(message)
    lose()
    const error = await failure(() => encode({}, signer))
    assert.deepEqual([error.code, error.kind, error.retryable], ['backend_failure', 'retryable', true])
    assert.equal(await verifier.verify(message, await signer.sign(message)), true)
  })
}

test('a token that is taken away and put back', async () => {
  const signer = token.signer({ label: 'p256', algorithm: 'ES256' })
  await signer.sign(message)
  softhsm.removeToken()
  admin.finalize()
  for (let i = 0; i < 2; i++) assert.equal((await failure(() => signer.sign(message))).kind, 'retryable')
  softhsm.returnToken()
  admin.finalize()
  await failure(() => signer.sign(message)).catch(() => {})
  assert.equal((await signer.sign(message)).length, 64)
})

test('a device that never answers', async () => {
  const seen = counting(hangingSign(module))
  const hung = await open({ module: seen.module, library: undefined, sessions: 2 })
  const signer = hung.signer({ label: 'p256', algorithm: 'ES256', deadline: { seconds: 0.2 } })
  const errors = await Promise.all(Array.from({ length: 4 }, () => failure(() => encode({}, signer))))
  assert.deepEqual(
    errors.map((error) => [error.kind, error.detail.reason]),
    Array(4).fill(['aborted', 'deadline']),
  )
  assert.equal(seen.open() <= 2, true)
})

test('no more sessions than allowed, and none left behind', async () => {
  const seen = counting(module)
  const few = await open({ module: seen.module, library: undefined, sessions: 3 })
  const signer = few.signer({ label: 'p256', algorithm: 'ES256' })
  await Promise.all(Array.from({ length: 200 }, () => signer.sign(message)))
  assert.equal(seen.most() <= 3, true)
  await failure(() => few.signer({ label: 'nobody', algorithm: 'ES256' }).sign(message))
  const pending = Array.from({ length: 10 }, () =>
    signer.sign(message).then(
      () => 'signed',
      (error) => error.code,
    ),
  )
  await few.close()
  assert.deepEqual(new Set([...(await Promise.all(pending)), 'signed', 'backend_failure']).size, 2)
  assert.equal(seen.open(), 0)
  assert.equal((await failure(() => signer.sign(message))).code, 'backend_failure')
})

test('a wrong PIN is a typed error, and is sent once', async () => {
  let pins = 0
  const right = await open({ pin: () => (pins++ === 0 ? pin : '9999') })
  admin.logout()
  const refused = await failure(() => open({ pin: '9999' }))
  assert.deepEqual([refused.code, refused.kind, refused.detail.rv], ['backend_failure', 'unauthorised', 'CKR_PIN_INCORRECT'])
  const signer = right.signer({ label: 'p256', algorithm: 'ES256' })
  const errors = []
  for (let i = 0; i < 3; i++) errors.push(await failure(() => signer.sign(message)))
  assert.deepEqual(
    errors.map(({ kind, detail }) => [kind, detail.rv]),
    [
      ['retryable', undefined],
      ['unauthorised', 'CKR_PIN_INCORRECT'],
      ['unauthorised', undefined],
    ],
  )
  await right.close()
})
