// A walk through the library: `npm run demo`. Uses the built package, as a program of yours would.
import { readFileSync } from 'node:fs'
import { decode, encode, explain, exportPem, registry } from 'signet-jwt'
import { noble } from 'signet-jwt/noble'
import * as nodeEntry from 'signet-jwt/node'
import * as webEntry from 'signet-jwt/webcrypto'

const title = (text) => console.log(`\n${text}\n${'-'.repeat(text.length)}`)
const keys = {}

title('1. Keys, one for each algorithm')
for (const name of registry.names) {
  const isSecret = name.startsWith('HS')
  keys[name] = isSecret ? nodeEntry.generateSecret(name) : nodeEntry.generateKey(name, name === 'EdDSA' ? { crv: 'Ed25519' } : {})
  console.log(name.padEnd(8), String(keys[name]))
}
console.log('A key in a log shows no secret:', JSON.stringify(keys.HS256))

title('2. Sign, verify and refuse a tampered token: each algorithm on each backend')
const backends = { noble, node: nodeEntry.node, webcrypto: webEntry.webcrypto }
console.log(
  ''.padEnd(9) +
    Object.keys(backends)
      .map((name) => name.padEnd(26))
      .join(''),
)
let failures = 0
for (const name of registry.names) {
  const cells = []
  for (const backend of Object.values(backends)) cells.push((await tryBackend(backend, name)).padEnd(26))
  console.log(name.padEnd(9) + cells.join(''))
}

async function tryBackend(backend, name) {
  const key = keys[name]
  const publicKey = key.publicKey ?? key
  const verifier = backend.verifier(name, publicKey)
  let token
  let signed = 'signed'
  try {
    token = await encode({ sub: 'alice' }, backend.signer(name, key))
  } catch (error) {
    if (error.code !== 'invalid_key') throw error
    signed = 'sign refused'
    token = encode({ sub: 'alice' }, key, { algorithm: name })
  }
  try {
    const { sub } = await decode(token, verifier, {})
    const tampered = await refusal(() => decode(`${token.slice(0, -6)}AAAAAA`, verifier, {}))
    if (sub === 'alice' && tampered === 'InvalidSignatureError') return `${signed}, verified`
  } catch (error) {
    if (error.code === 'invalid_key') return 'refused: not in this runtime'
  }
  failures++
  return 'FAILED'
}

async function refusal(call) {
  try {
    await call()
    failures++
    return 'ACCEPTED'
  } catch (error) {
    return error.name
  }
}

title("3. PyJWT's tokens")
const read = (file) => JSON.parse(readFileSync(new URL(`../vectors/pyjwt/${file}`, import.meta.url), 'utf8'))
const { keys: pyjwtKeys } = read('keys.json')
const { meta, cases } = read('encode.json')
const count = { verified: 0, weak: 0 }
for (const { token, alg, key } of cases) {
  const { jwk, publicJwk = jwk } = pyjwtKeys[key]
  // The tokens are old on purpose: a leeway of centuries brings them back.
  const options = { algorithms: [alg], audience: null, allowDistantTimes: true, leeway: '50000w' }
  try {
    decode(token, publicJwk.jwk, options)
    count.verified++
  } catch (error) {
    if (error.code !== 'invalid_key') throw error
    decode(token, publicJwk.jwk, { ...options, allowWeakKey: true })
    count.weak++
  }
}
console.log(
  `${count.verified} tokens made by PyJWT ${meta.pyjwt} verified, ${count.weak} more only with allowWeakKey: their keys are too short`,
)

title('4. An expired token, explained')
const now = Math.floor(Date.now() / 1000)
const expired = encode({ sub: 'alice', aud: 'api', exp: now - 900 }, keys.ES256, { algorithm: 'ES256' })
for (const one of explain(expired, keys.ES256.publicKey, { algorithms: ['ES256'], audience: 'api' }).checks) {
  console.log(
    one.status.padEnd(8),
    one.check.padEnd(11),
    (one.actual ?? one.expected).padEnd(42),
    one.rfc,
    one.hint ? `\n         hint: ${one.hint}` : '',
  )
}

title('5. Four classic attacks')
const publicKey = keys.RS256.publicKey
const pem = exportPem(publicKey)
const [, body] = encode({ sub: 'admin' }, keys.RS256, { algorithm: 'RS256' }).split('.')
const segment = (value) => Buffer.from(JSON.stringify(value)).toString('base64url')
const { createHmac } = await import('node:crypto')
const input = `${segment({ alg: 'HS256' })}.${body}`
const attacks = [
  ['alg "none", no signature', () => decode(`${segment({ alg: 'none' })}.${body}.`, publicKey, { algorithms: ['RS256'] })],
  [
    'HS256 keyed with the public key',
    () => decode(`${input}.${createHmac('sha256', pem).update(input).digest('base64url')}`, publicKey, { algorithms: ['RS256'] }),
  ],
  ['the PEM configured as a secret', () => decode(`${input}.x`, pem, { algorithms: ['HS256'] })],
  ["the sender's own key in the header", () => decode(ownKey(), publicKey, { algorithms: ['RS256'] })],
]
function ownKey() {
  const thief = nodeEntry.generateKey('RS256')
  const jwk = nodeEntry.exportJwk(thief.publicKey)
  return encode({ sub: 'admin' }, thief, { algorithm: 'RS256', header: { jwk } })
}
for (const [name, attack] of attacks) console.log(name.padEnd(36), await refusal(attack))

console.log(failures === 0 ? '\nEverything came out as it should.' : `\n${failures} FAILED`)
process.exitCode = failures === 0 ? 0 : 1
