// Writes fixtures.json, the keys and reference tokens of the self-check: PyJWT's own tokens out of vectors/pyjwt, and what
// PyJWT does not make (the names of RFC 9864, an encrypted PEM) from node:crypto, never from this library.
//   node scripts/runtimes/make-fixtures.mjs
import { createPrivateKey, sign } from 'node:crypto'
import { readFileSync, writeFileSync } from 'node:fs'

const vectors = new URL('../../vectors/pyjwt/', import.meta.url)
const { keys } = JSON.parse(readFileSync(new URL('keys.json', vectors), 'utf8'))
const { cases, payloads } = JSON.parse(readFileSync(new URL('encode.json', vectors), 'utf8'))
const payload = 'astral'

const rows = [
  ['HS256', 'hs32'],
  ['HS384', 'hs48'],
  ['HS512', 'hs64'],
  ['RS256', 'rsa2048'],
  ['RS384', 'rsa2048'],
  ['RS512', 'rsa2048'],
  ['PS256', 'rsa2048'],
  ['PS384', 'rsa2048'],
  ['PS512', 'rsa2048'],
  ['ES256', 'p256'],
  ['ES384', 'p384'],
  ['ES512', 'p521'],
  ['ES256K', 'secp256k1'],
  ['EdDSA', 'ed25519'],
  ['EdDSA', 'ed448'],
  ['Ed25519', 'ed25519'],
  ['Ed448', 'ed448'],
]

const base64url = (value) => Buffer.from(JSON.stringify(value)).toString('base64url')
const privateKey = (name) => createPrivateKey({ key: keys[name].jwk.jwk, format: 'jwk' })

function token(algorithm, key) {
  const made = cases.find((row) => row.id === `payload/${algorithm}/${key}/${payload}`)
  if (made) return { token: made.token, by: 'PyJWT' }
  const input = `${base64url({ alg: algorithm, typ: 'JWT' })}.${base64url(payloads[payload].claims)}`
  return { token: `${input}.${sign(null, Buffer.from(input), privateKey(key)).toString('base64url')}`, by: 'node:crypto' }
}

const passphrase = 'correct horse'
const fixtures = {
  claims: payloads[payload].claims,
  keys: Object.fromEntries([...new Set(rows.map(([, key]) => key))].map((name) => [name, keys[name].jwk.jwk])),
  references: rows.map(([algorithm, key]) => ({ algorithm, key, ...token(algorithm, key) })),
  encrypted: {
    key: 'p256',
    passphrase,
    pem: privateKey('p256').export({ type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase }),
  },
}
writeFileSync(new URL('fixtures.json', import.meta.url), `${JSON.stringify(fixtures, null, 2)}\n`)
