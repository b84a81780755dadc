// A STAND-IN for HashiCorp Vault's transit engine: answers as the published HTTP API says. No vendor's code.
import { jwkOf } from '../../jwk-of.ts'
import { type Hash, macIsGood, macOf, makeStore, pem, signMessage, type Version } from './device.ts'
import { kindOf, standIn, type WireAnswer, type WireRequest } from './wire.ts'

export const vaultAlgorithms = Object.keys(kindOf).filter((name) => name !== 'ES256K')
export const vaultToken = 'hvs.stand-in'
const typeOf = {
  rsa: 'rsa-2048',
  'P-256': 'ecdsa-p256',
  'P-384': 'ecdsa-p384',
  'P-521': 'ecdsa-p521',
  secp256k1: 'none',
  ed25519: 'ed25519',
  hmac: 'hmac',
}

export const vaultError = (status: number, ...errors: string[]): WireAnswer => ({ status, body: { errors } })

const publicText = (version: Version): string =>
  version.kind === 'ed25519' ? Buffer.from(jwkOf(version.publicKey!).x!, 'base64url').toString('base64') : pem(version)

/** One key for each algorithm, whose name is the algorithm's. */
export function vaultStandIn(mount = 'transit') {
  const store = makeStore()
  for (const algorithm of vaultAlgorithms) store.create(algorithm, kindOf[algorithm]!)
  const read = (name: string, versions: readonly Version[]): WireAnswer => {
    const [{ kind, secret }] = versions as readonly [Version]
    const keys = versions
      .filter(({ enabled }) => enabled)
      .map((version) => [
        version.number,
        kind === 'hmac' ? 1760000000 : { public_key: publicText(version), creation_time: '2026-01-01T00:00:00Z' },
      ])
    const data = {
      name,
      type: typeOf[kind],
      latest_version: versions.length,
      min_decryption_version: 1,
      derived: false,
      keys: Object.fromEntries(keys),
      ...(secret && { key_size: secret.length }),
    }
    return { status: 200, body: { data } }
  }
  const sign = (version: Version, hash: Hash, body: any): string => {
    const pss = body.signature_algorithm !== 'pkcs1v15'
    // As Vault: "auto" takes all the room there is.
    const saltLength = body.salt_length === 'hash' ? Number(hash.slice(3)) / 8 : 256 - 2 - Number(hash.slice(3)) / 8
    const jws = body.marshaling_algorithm === 'jws'
    const signature = signMessage({ version, hash, pss, saltLength, der: !jws }, Buffer.from(body.input, 'base64'))
    return `vault:v${version.number}:${signature.toString(jws ? 'base64url' : 'base64')}`
  }
  const stand = standIn(vaultAlgorithms, ({ path, headers, body, method }: WireRequest): WireAnswer => {
    if (headers['x-vault-token'] !== vaultToken) return vaultError(403, 'permission denied')
    const [, action, name = '', hashName = 'sha2-256'] = new RegExp(`^/v1/${mount}/(\\w+)/([\\w-]+)(?:/([\\w-]+))?$`).exec(path) ?? []
    const versions = store.keys.get(name)
    if (!versions) return action === 'keys' ? vaultError(404) : vaultError(400, 'encryption key not found')
    if (action === 'keys' && method === 'GET') return read(name, versions)
    const hash = hashName.replace('sha2-', 'sha') as Hash
    const input = Buffer.from(body.input ?? '', 'base64')
    const version = store.version(name, body.key_version || versions.length)
    // As Vault: sign passes on what its policy says as 500, hmac as 400.
    if (!version?.enabled)
      return action === 'sign'
        ? vaultError(500, '1 error occurred:\n\t* requested version for signing is less than the minimum encryption key version\n\n')
        : vaultError(400, 'cannot generate HMAC: version is too old (disallowed by policy)')
    if (action === 'sign')
      return version.kind === 'hmac'
        ? vaultError(400, 'key type hmac does not support signing')
        : { status: 200, body: { data: { signature: sign(version, hash, body), key_version: version.number } } }
    if (action === 'hmac')
      return { status: 200, body: { data: { hmac: `vault:v${version.number}:${macOf(version, hash, input).toString('base64')}` } } }
    if (action === 'verify') {
      const [, number = '', mac = ''] = /^vault:v(\d+):(.*)$/.exec(body.hmac) ?? []
      return { status: 200, body: { data: { valid: macIsGood(store.version(name, number)!, hash, input, Buffer.from(mac, 'base64')) } } }
    }
    return vaultError(404)
  })
  return Object.assign(stand, { store })
}
