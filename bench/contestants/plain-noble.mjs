// noble called directly: the key's point is parsed at each call, as `verify(signature, message, publicKey)` does.
import { createPublicKey } from 'node:crypto'
import { policy } from '../material.mjs'

export const plainNoble = {
  async make({ algorithm, operation, keys }) {
    if (operation !== 'verify' || keys.secret) return undefined
    const check = await checkFor(algorithm, createPublicKey(keys.publicPem).export({ format: 'jwk' }))
    const call = (token) => {
      const dot = token.lastIndexOf('.')
      if (!check(Buffer.from(token.slice(dot + 1), 'base64url'), Buffer.from(token.slice(0, dot)))) throw new Error('signature')
      const claims = JSON.parse(Buffer.from(token.slice(token.indexOf('.') + 1, dot), 'base64url').toString())
      if (claims.exp * 1000 <= Date.now() || claims.iss !== policy.issuer || claims.aud !== policy.audience) throw new Error('claims')
      return claims
    }
    return { call }
  },
}

async function checkFor(algorithm, jwk) {
  const x = Buffer.from(jwk.x, 'base64url')
  if (algorithm === 'EdDSA') {
    const { ed25519 } = await import('@noble/curves/ed25519.js')
    return (signature, data) => signature.length === 64 && ed25519.verify(signature, data, x, { zip215: false })
  }
  const { p256, p384 } = await import('@noble/curves/nist.js')
  const curve = algorithm === 'ES256' ? p256 : p384
  const size = Number(algorithm.slice(2)) / 4
  const key = Buffer.concat([Buffer.of(4), x, Buffer.from(jwk.y, 'base64url')])
  return (signature, data) => signature.length === size && curve.verify(signature, data, key, { lowS: false })
}
