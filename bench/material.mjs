// Keys, claims and tokens that all contestants share, and an independent way to judge a token: plain node:crypto, nothing clever.
import { createHmac, createPrivateKey, createPublicKey, generateKeyPairSync, randomBytes, sign, verify } from 'node:crypto'

export const policy = { issuer: 'https://id.example', audience: 'https://api.example' }
const ringSize = 64
const day = 86_400

const asymmetric = {
  RS: () => generateKeyPairSync('rsa', { modulusLength: 2048 }),
  PS: () => generateKeyPairSync('rsa', { modulusLength: 2048 }),
  ES256: () => generateKeyPairSync('ec', { namedCurve: 'P-256' }),
  ES384: () => generateKeyPairSync('ec', { namedCurve: 'P-384' }),
  EdDSA: () => generateKeyPairSync('ed25519'),
}

/** Key material as text, so that it can be sent to another process: a secret of 64 characters, or a pair of PEM files. */
export function makeKeys(algorithm) {
  if (algorithm.startsWith('HS')) return { secret: randomBytes(32).toString('hex') }
  const pair = (asymmetric[algorithm] ?? asymmetric[algorithm.slice(0, 2)])()
  return {
    privatePem: pair.privateKey.export({ type: 'pkcs8', format: 'pem' }),
    publicPem: pair.publicKey.export({ type: 'spki', format: 'pem' }),
  }
}

/** Claims whose JSON text has exactly this many bytes. */
export function makeClaims(bytes, index, changes = {}) {
  const now = Math.floor(Date.now() / 1000)
  const sub = `user-${String(index).padStart(6, '0')}`
  const claims = { iss: policy.issuer, aud: policy.audience, sub, iat: now - 60, exp: now + day, scope: '', ...changes }
  const size = () => JSON.stringify(claims).length
  if (bytes > 400) {
    claims.permissions = []
    while (size() < bytes - 40) claims.permissions.push(`orders:read:${claims.permissions.length}`)
  }
  claims.scope = 'read write list '.repeat(40).slice(0, Math.max(0, bytes - size()))
  return claims
}

export const makeRing = (bytes) => Array.from({ length: ringSize }, (_, index) => makeClaims(bytes, index))

const encoded = (value) => Buffer.from(JSON.stringify(value)).toString('base64url')
const digest = (algorithm) => (algorithm === 'EdDSA' ? null : `sha${algorithm.slice(2)}`)

function keyOptions(algorithm, key) {
  if (algorithm.startsWith('ES')) return { key, dsaEncoding: 'ieee-p1363' }
  // 6 is RSA_PKCS1_PSS_PADDING; the salt is as long as the hash (RFC 7518 §3.5).
  return algorithm.startsWith('PS') ? { key, padding: 6, saltLength: Number(algorithm.slice(2)) / 8 } : { key }
}

export function signToken(algorithm, keys, claims, header = { alg: algorithm, typ: 'JWT' }) {
  const input = `${encoded(header)}.${encoded(claims)}`
  const signature = keys.secret
    ? createHmac(digest(algorithm), keys.secret).update(input).digest()
    : sign(digest(algorithm), Buffer.from(input), keyOptions(algorithm, createPrivateKey(keys.privatePem)))
  // Through bytes, so that the text is one flat string, as it is when it comes from a network.
  return Buffer.from(`${input}.${signature.toString('base64url')}`).toString('latin1')
}

/** The claims of a token that is right in every respect, `undefined` otherwise. */
export function judgeToken(algorithm, keys, token) {
  const [header, payload, signature, ...rest] = String(token).split('.')
  if (signature === undefined || rest.length > 0) return undefined
  const input = Buffer.from(`${header}.${payload}`)
  const bytes = Buffer.from(signature, 'base64url')
  const good = keys.secret
    ? createHmac(digest(algorithm), keys.secret).update(input).digest().equals(bytes)
    : verify(digest(algorithm), input, keyOptions(algorithm, createPublicKey(keys.publicPem)), bytes)
  if (!good || JSON.parse(Buffer.from(header, 'base64url')).alg !== algorithm) return undefined
  return JSON.parse(Buffer.from(payload, 'base64url'))
}

/** Tokens that nobody may accept, each with its reason. */
export function makeBadTokens(algorithm, keys, bytes) {
  const claims = makeClaims(bytes, 1)
  const good = signToken(algorithm, keys, claims)
  const [header, payload, signature] = good.split('.')
  const now = Math.floor(Date.now() / 1000)
  const flipped = (at) => `${signature.slice(0, at)}${signature[at] === 'A' ? 'B' : 'A'}${signature.slice(at + 1)}`
  const signed = (changes) => signToken(algorithm, keys, makeClaims(bytes, 1, changes))
  return [
    { what: 'a signature with its first character changed', token: `${header}.${payload}.${flipped(0)}` },
    { what: 'a signature with a character in the middle changed', token: `${header}.${payload}.${flipped(signature.length >> 1)}` },
    { what: 'a signature with a character near the end changed', token: `${header}.${payload}.${flipped(signature.length - 2)}` },
    { what: 'a shortened signature', token: good.slice(0, -4) },
    { what: 'an empty signature', token: `${header}.${payload}.` },
    { what: 'changed claims', token: `${header}.${encoded({ ...claims, sub: 'admin' })}.${signature}` },
    { what: 'another key', token: signToken(algorithm, makeKeys(algorithm), claims) },
    { what: 'alg "none"', token: `${encoded({ alg: 'none', typ: 'JWT' })}.${payload}.` },
    { what: 'an expired token', token: signed({ iat: now - 7200, exp: now - 3600 }) },
    { what: 'another issuer', token: signed({ iss: 'https://evil.example' }) },
    { what: 'another audience', token: signed({ aud: 'https://other.example' }) },
  ]
}
