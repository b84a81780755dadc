import { policy } from '../material.mjs'

const { subtle } = globalThis.crypto

export const jose = {
  async make({ algorithm, operation, use, keys }) {
    const { importPKCS8, importSPKI, jwtVerify, SignJWT } = await import('jose')
    const textKey = () => (operation === 'sign' ? importPKCS8(keys.privatePem, algorithm) : importSPKI(keys.publicPem, algorithm))
    const secretKey = () => new TextEncoder().encode(keys.secret)
    const prepared = keys.secret ? await hmacKey(algorithm, keys.secret) : await textKey()
    const keyFor = use === 'naive' ? (keys.secret ? secretKey : textKey) : undefined
    const signWith = (claims, key) => new SignJWT(claims).setProtectedHeader({ alg: algorithm, typ: 'JWT' }).sign(key)
    const verifyWith = async (token, key) =>
      (await jwtVerify(token, key, { algorithms: [algorithm], issuer: policy.issuer, audience: policy.audience })).payload
    const work = operation === 'sign' ? signWith : verifyWith
    const call = keyFor ? async (input) => work(input, await keyFor()) : (input) => work(input, prepared)
    return { call, later: true }
  },
}

/** The form that jose is fastest with: bytes would be imported at each call. */
function hmacKey(algorithm, secret) {
  const bytes = new TextEncoder().encode(secret)
  return subtle.importKey('raw', bytes, { name: 'HMAC', hash: `SHA-${algorithm.slice(2)}` }, false, ['sign', 'verify'])
}
