// A STAND-IN for Google Cloud KMS: answers as the published REST reference (v1) says. No vendor's code.
import { crc32c, type Hash, macIsGood, macOf, makeStore, pem, signDigest, signMessage, type Version } from './device.ts'
import { kindOf, standIn, type WireAnswer, type WireRequest } from './wire.ts'

export const gcpAlgorithms = ['RS256', 'RS512', 'PS256', 'PS512', 'ES256', 'ES384', 'ES256K', 'EdDSA', 'Ed25519', 'HS256', 'HS384', 'HS512']
export const ring = 'projects/p1/locations/europe/keyRings/r1/cryptoKeys'

// Cloud KMS has SHA-512 for RSA keys of 4096 bits only. The stand-in's key is shorter than it says, to be made in time.
const modulusOf = (bits: string): string => (bits === '512' ? '4096' : '2048')

const serviceName = (algorithm: string): string => {
  const bits = algorithm.slice(2, 5)
  if (algorithm.startsWith('HS')) return `HMAC_SHA${bits}`
  if (algorithm.startsWith('RS')) return `RSA_SIGN_PKCS1_${modulusOf(bits)}_SHA${bits}`
  if (algorithm.startsWith('PS')) return `RSA_SIGN_PSS_${modulusOf(bits)}_SHA${bits}`
  return { ES256: 'EC_SIGN_P256_SHA256', ES384: 'EC_SIGN_P384_SHA384', ES256K: 'EC_SIGN_SECP256K1_SHA256' }[algorithm] ?? 'EC_SIGN_ED25519'
}

const rpcStatus: Readonly<Record<string, number>> = {
  INVALID_ARGUMENT: 400,
  FAILED_PRECONDITION: 400,
  UNAUTHENTICATED: 401,
  PERMISSION_DENIED: 403,
  NOT_FOUND: 404,
  RESOURCE_EXHAUSTED: 429,
  INTERNAL: 500,
  UNAVAILABLE: 503,
}
export const gcpError = (status: string, message = `${status} by the stand-in`): WireAnswer => ({
  status: rpcStatus[status]!,
  body: { error: { code: rpcStatus[status], status, message } },
})

/** One key for each algorithm, whose name is the algorithm's: "…/cryptoKeys/ES256/cryptoKeyVersions/1". */
export function gcpStandIn() {
  const store = makeStore()
  for (const algorithm of gcpAlgorithms) store.create(algorithm, kindOf[algorithm]!)
  const act = (algorithm: string, version: Version, name: string, action: string, body: any): WireAnswer => {
    const hash = `sha${serviceName(algorithm).slice(-3)}` as Hash
    const data = Buffer.from(body.data ?? '', 'base64')
    const seen = { verifiedDataCrc32c: body.dataCrc32c === crc32c(data) }
    const ok = (answer: object): WireAnswer => ({ status: 200, body: { name, ...answer } })
    if (action === 'publicKey') {
      if (version.kind === 'hmac') return gcpError('INVALID_ARGUMENT')
      return ok({
        pem: pem(version),
        pemCrc32c: crc32c(Buffer.from(pem(version))),
        algorithm: serviceName(algorithm),
        protectionLevel: 'SOFTWARE',
      })
    }
    if (action === 'macSign' && version.kind === 'hmac') {
      const mac = macOf(version, hash, data)
      return ok({ ...seen, mac: mac.toString('base64'), macCrc32c: crc32c(mac) })
    }
    if (action === 'macVerify' && version.kind === 'hmac') {
      const mac = Buffer.from(body.mac, 'base64')
      const success = macIsGood(version, hash, data, mac)
      return ok({ ...seen, success, verifiedSuccessIntegrity: success, verifiedMacCrc32c: body.macCrc32c === crc32c(mac) })
    }
    if (action !== 'asymmetricSign' || version.kind === 'hmac') return gcpError('INVALID_ARGUMENT')
    if (version.kind === 'ed25519') {
      if (body.digest) return gcpError('INVALID_ARGUMENT')
      const signature = signMessage({ version, hash }, data)
      return ok({ ...seen, signature: signature.toString('base64'), signatureCrc32c: crc32c(signature) })
    }
    const digest = Buffer.from(body.digest?.[hash] ?? '', 'base64')
    if (digest.length !== Number(hash.slice(3)) / 8) return gcpError('INVALID_ARGUMENT')
    const signature = signDigest({ version, hash, der: true, pss: algorithm.startsWith('PS') }, digest)
    return ok({
      signature: signature.toString('base64'),
      signatureCrc32c: crc32c(signature),
      verifiedDigestCrc32c: body.digestCrc32c === crc32c(digest),
    })
  }
  const stand = standIn(gcpAlgorithms, ({ path, body }: WireRequest): WireAnswer => {
    const [, name = '', algorithm = '', number, action] =
      /^\/v1\/(projects\/.*\/cryptoKeys\/(\w+)(?:\/cryptoKeyVersions(?:\/(\d+))?)?)(?:[:/](\w+))?(?:\?.*)?$/.exec(
        decodeURIComponent(path),
      ) ?? []
    if (number === undefined && store.keys.has(algorithm)) {
      const cryptoKeyVersions = store.keys.get(algorithm)!.map((version) => ({
        name: `${name}/${version.number}`,
        state: version.enabled ? 'ENABLED' : 'DISABLED',
        algorithm: serviceName(algorithm),
      }))
      return { status: 200, body: { cryptoKeyVersions, totalSize: cryptoKeyVersions.length } }
    }
    const version = store.version(algorithm, number ?? '')
    if (!version) return gcpError('NOT_FOUND')
    return version.enabled ? act(algorithm, version, name, action ?? '', body) : gcpError('FAILED_PRECONDITION')
  })
  return Object.assign(stand, { store })
}
