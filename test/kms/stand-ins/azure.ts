// A STAND-IN for Azure Key Vault: answers as the published REST reference (keys, api-version 7.x) says. No vendor's code.
import { jwkOf } from '../../jwk-of.ts'
import { type Hash, makeStore, signDigest, type Version } from './device.ts'
import { kindOf, standIn, type WireAnswer, type WireRequest } from './wire.ts'

export const azureAlgorithms = ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'ES512', 'ES256K']

export const azureError = (status: number, code: string, inner?: string): WireAnswer => ({
  status,
  body: { error: { code, message: `${code} by the stand-in`, ...(inner !== undefined && { innererror: { code: inner } }) } },
})
const challenge: WireAnswer = {
  status: 401,
  headers: { 'www-authenticate': 'Bearer authorization="https://login.example.test/t", resource="https://vault.example.test"' },
  body: {},
}

/** One key for each algorithm, whose name is the algorithm's. */
export function azureStandIn(origin: string) {
  const store = makeStore()
  for (const algorithm of azureAlgorithms) store.create(algorithm, kindOf[algorithm]!)
  const attributesOf = ({ enabled }: Version) => ({ enabled, created: 1760000000, updated: 1760000000, recoveryLevel: 'Recoverable' })
  const stand = standIn(azureAlgorithms, ({ path, headers, body, method }: WireRequest): WireAnswer => {
    if (!headers['authorization']) return challenge
    const [, name = '', id, action] = /^\/keys\/([\w-]+)(?:\/([\w-]*))?(?:\/(\w+))?(?:\?.*)?$/.exec(path) ?? []
    const versions = store.keys.get(name)
    if (!versions) return azureError(404, 'KeyNotFound')
    if (id === 'versions')
      return {
        status: 200,
        body: { value: versions.map((version) => ({ kid: `${origin}/keys/${name}/${version.id}`, attributes: attributesOf(version) })) },
      }
    const version = id ? store.version(name, id) : store.latest(name)
    if (!version) return azureError(404, 'KeyNotFound')
    if (!version.enabled) return azureError(403, 'Forbidden', 'KeyDisabled')
    const kid = `${origin}/keys/${name}/${version.id}`
    if (method === 'GET') {
      const jwk = jwkOf(version.publicKey!)
      const named = jwk.crv === 'secp256k1' ? { ...jwk, crv: 'P-256K' } : jwk
      return { status: 200, body: { key: { kid, key_ops: ['sign', 'verify'], ...named }, attributes: attributesOf(version) } }
    }
    if (action !== 'sign' || kindOf[body.alg] !== version.kind) return azureError(400, 'BadParameter')
    const hash = `sha${body.alg.slice(2, 5)}` as Hash
    const digest = Buffer.from(body.value, 'base64url')
    if (digest.length !== Number(hash.slice(3)) / 8) return azureError(400, 'BadParameter')
    return {
      status: 200,
      body: { kid, value: signDigest({ version, hash, pss: body.alg.startsWith('PS') }, digest).toString('base64url') },
    }
  })
  return Object.assign(stand, { store })
}
