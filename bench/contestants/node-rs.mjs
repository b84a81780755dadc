import { policy } from '../material.mjs'

/** Takes text at each call: prepared and naive use are the same. */
export const nodeRs = {
  async make({ algorithm, operation, keys }) {
    const { signSync, verifySync } = (await import('@node-rs/jsonwebtoken')).default
    const key = keys.secret ?? (operation === 'sign' ? keys.privatePem : keys.publicPem)
    const header = { algorithm }
    const validation = { algorithms: [algorithm], iss: [policy.issuer], aud: [policy.audience], leeway: 0 }
    const call = operation === 'sign' ? (claims) => signSync(claims, key, header) : (token) => verifySync(token, key, validation)
    return { call }
  },
}
