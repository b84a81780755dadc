// What remains when a library costs nothing: the fastest known calls of node:crypto, JSON and base64url, and three comparisons.
// It skips what a library must not skip (header policy, strict parsing, errors, time-constant comparison): a floor, not a proposal.
import * as crypto from 'node:crypto'
import { policy } from '../material.mjs'
import { derOf, rawOf } from './der.mjs'

const scratch = Buffer.alloc(1 << 16)

export const limit = {
  make({ algorithm, operation, keys }) {
    const header = `${Buffer.from(JSON.stringify({ alg: algorithm, typ: 'JWT' })).toString('base64url')}.`
    const { mac, sign, verify } = algorithm.startsWith('HS') ? { mac: macOf(algorithm, keys) } : publicKey(algorithm, operation, keys)
    if (operation === 'sign') {
      const signText = mac ?? ((input) => sign(Buffer.from(input, 'latin1')).toString('base64url'))
      return { call: (claims) => signed(header, claims, signText) }
    }
    const matches = mac
      ? (input, signature) => mac(input) === signature
      : (input, signature) => verify(Buffer.from(input, 'latin1'), Buffer.from(signature, 'base64url'))
    return { call: (token) => verified(header, token, matches) }
  },
}

function signed(header, claims, signText) {
  const input = header + scratch.toString('base64url', 0, scratch.write(JSON.stringify(claims)))
  return `${input}.${signText(input)}`
}

function verified(header, token, matches) {
  const dot = token.lastIndexOf('.')
  if (!token.startsWith(header) || !matches(token.slice(0, dot), token.slice(dot + 1))) throw new Error('signature')
  const claims = JSON.parse(scratch.toString('utf8', 0, scratch.write(token.slice(header.length, dot), 'base64url')))
  if (claims.exp * 1000 <= Date.now() || claims.iss !== policy.issuer || claims.aud !== policy.audience) throw new Error('claims')
  return claims
}

/** HMAC (RFC 2104) as two one-shot hashes, which costs half of createHmac; createHmac where the runtime has no one-shot hash. */
function macOf(algorithm, { secret }) {
  const name = `sha${algorithm.slice(2)}`
  if (crypto.hash === undefined) {
    const key = crypto.createSecretKey(Buffer.from(secret))
    return (input) => crypto.createHmac(name, key).update(input).digest('base64url')
  }
  const block = name === 'sha256' ? 64 : 128
  const inner = Buffer.alloc(1 << 16)
  const outer = Buffer.alloc(block + Number(algorithm.slice(2)) / 8)
  const key = Buffer.alloc(block)
  key.write(secret)
  for (let index = 0; index < block; index++) {
    inner[index] = key[index] ^ 0x36
    outer[index] = key[index] ^ 0x5c
  }
  return (input) => {
    const end = block + inner.latin1Write(input, block)
    // Text of 16-bit units, copied here, costs less than a native call that writes latin1.
    const units = crypto.hash(name, inner.subarray(0, end), 'utf16le')
    for (let index = 0; index < units.length; index++) {
      const unit = units.charCodeAt(index)
      outer[block + 2 * index] = unit
      outer[block + 2 * index + 1] = unit >> 8
    }
    return crypto.hash(name, outer, 'base64url')
  }
}

function publicKey(algorithm, operation, { privatePem, publicPem }) {
  const hash = algorithm === 'EdDSA' ? null : `sha${algorithm.slice(2)}`
  const bare = operation === 'sign' ? crypto.createPrivateKey(privatePem) : crypto.createPublicKey(publicPem)
  const pss = { padding: crypto.constants.RSA_PKCS1_PSS_PADDING, saltLength: Number(algorithm.slice(2)) / 8 }
  const key = algorithm.startsWith('PS') ? { key: bare, ...pss } : bare
  if (!algorithm.startsWith('ES')) {
    return { sign: (data) => crypto.sign(hash, data, key), verify: (data, signature) => verifyNative(hash, data, key, signature) }
  }
  const size = Number(algorithm.slice(2)) / 8
  return {
    sign: (data) => rawOf(crypto.sign(hash, data, key), size),
    verify: (data, signature) => verifyNative(hash, data, key, derOf(signature, size)),
  }
}

/** An object for one verification is a little faster than the call for it, which EdDSA, without a digest of its own, needs. */
function verifyNative(hash, data, key, signature) {
  return hash === null ? crypto.verify(hash, data, key, signature) : crypto.createVerify(hash).update(data).verify(key, signature)
}
