import { createPrivateKey, createPublicKey, createSecretKey } from 'node:crypto'
import { policy } from '../material.mjs'

export const jsonwebtoken = {
  async make({ algorithm, operation, use, keys }) {
    if (algorithm === 'EdDSA') return undefined
    const { sign, verify } = (await import('jsonwebtoken')).default
    const text = keys.secret ?? (operation === 'sign' ? keys.privatePem : keys.publicPem)
    const key = use === 'naive' ? text : keyObject(operation, keys)
    const call =
      operation === 'sign'
        ? (claims) => sign(claims, key, { algorithm })
        : (token) => verify(token, key, { algorithms: [algorithm], issuer: policy.issuer, audience: policy.audience })
    return { call }
  },
}

function keyObject(operation, { secret, privatePem, publicPem }) {
  if (secret) return createSecretKey(Buffer.from(secret))
  return operation === 'sign' ? createPrivateKey(privatePem) : createPublicKey(publicPem)
}
