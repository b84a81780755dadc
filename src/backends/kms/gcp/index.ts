import type { Algorithm } from '../../../algorithms/algorithm.ts'
import { utf8 } from '../../../core/bytes.ts'
import { UsageError } from '../../../core/errors.ts'
import { run } from '../../../core/mode.ts'
import { badOption } from '../../../core/options.ts'
import type { KeyBackend } from '../../../keys/backend.ts'
import type { RemoteCall, RemoteSnapshot, RemoteVersion } from '../../../keys/remote.ts'
import { readPublicKey } from '../../../keys/remote-public-key.ts'
import { bindService, type KeyRequest, type ServiceKey, type VersionedKms } from '../factory.ts'
import { badAnswer, damaged, unsupported, wrongKey } from '../failures.ts'
import type { GcpCallOptions, GcpKmsClient, GcpPublicKey } from './client.ts'
import { asking, backendName } from './failures.ts'
import { checkName, checkReceived, checkSum, checksum, received } from './integrity.ts'

/** How Google Cloud KMS names a key. */
export interface GcpKeyReference {
  /**
   * The resource name of one version, "projects/…/locations/…/keyRings/…/cryptoKeys/…/cryptoKeyVersions/1": keys that sign
   * have no primary version. `versions` also takes the name of the key, without a version.
   */
  readonly name: string
}

/** `gcpKms` for a given local backend, which verifies with the service's public keys. */
export function bindGcpKms(verifyWith: KeyBackend): (client: GcpKmsClient) => VersionedKms<GcpKeyReference> {
  return (client) =>
    run('sync', () => {
      if (typeof client?.asymmetricSign !== 'function')
        throw new UsageError('gcpKms takes a KeyManagementServiceClient of @google-cloud/kms')
      return bindService<GcpKeyReference>(
        { backend: backendName, reference: { name: readName }, key: (request) => gcpKey(client, request) },
        verifyWith,
      )
    })
}

const keyName = /^projects\/[^/]+\/locations\/[^/]+\/keyRings\/[^/]+\/cryptoKeys\/([^/]+)(?:\/cryptoKeyVersions\/([1-9]\d*))?$/

function readName(value: unknown, option: string): string {
  if (typeof value === 'string' && keyName.test(value)) return value
  throw badOption(option, 'projects/…/locations/…/keyRings/…/cryptoKeys/…/cryptoKeyVersions/1')
}

/** What the calls of one key have in common. */
interface GcpKey {
  readonly client: GcpKmsClient
  readonly name: string
  readonly algorithm: Algorithm
  readonly pattern: RegExp
  options(call: RemoteCall): GcpCallOptions
}

function gcpKey(client: GcpKmsClient, { reference: { name }, algorithm, use, deadlineSeconds }: KeyRequest<GcpKeyReference>): ServiceKey {
  const parts = keyName.exec(name ?? '')
  if (!parts) throw new UsageError('name is the resource name of the key version')
  if (use !== 'versions' && parts[2] === undefined)
    throw new UsageError('name ends with /cryptoKeyVersions/ and a number: a key has no primary version to sign with')
  // A little longer than this library's own deadline, which says what a call was given up for.
  const timeout = Math.ceil(deadlineSeconds * 1000) + 250
  const key: GcpKey = {
    client,
    name,
    algorithm,
    pattern: serviceAlgorithm(algorithm),
    options: ({ signal }) => ({ timeout, retry: null, signal }),
  }
  const isMac = algorithm.family === 'HMAC'
  return {
    pinned: true,
    input: isMac || algorithm.family === 'EdDSA' ? 'message' : 'digest',
    signatureEncoding: algorithm.family === 'ECDSA' ? 'der' : 'raw',
    capabilities: use === 'sign' ? ['sign'] : isMac ? ['verify'] : [],
    snapshot: isMac ? () => macSnapshot(key) : (call) => signingSnapshot(key, call),
    ...(!isMac && { versions: (call: RemoteCall) => listVersions(key, call) }),
  }
}

/** CryptoKeyVersionAlgorithm of the keys that serve it. RS384, PS384, ES512 and Ed448 have none. */
function serviceAlgorithm(algorithm: Algorithm): RegExp {
  const { family, curves, name } = algorithm
  const hash = algorithm.hash?.replace('-', '')
  const isSparse = family === 'RSASSA-PKCS1-v1_5' || family === 'RSA-PSS'
  if (family === 'HMAC') return new RegExp(`^HMAC_${hash}$`)
  if (isSparse && hash !== 'SHA384') return new RegExp(`^RSA_SIGN_${family === 'RSA-PSS' ? 'PSS' : 'PKCS1'}_\\d+_${hash}$`)
  if (name === 'ES256') return /^EC_SIGN_P256_SHA256$/
  if (name === 'ES384') return /^EC_SIGN_P384_SHA384$/
  if (name === 'ES256K') return /^EC_SIGN_SECP256K1_SHA256$/
  if (family === 'EdDSA' && curves?.includes('Ed25519')) return /^EC_SIGN_ED25519$/
  throw unsupported(backendName, algorithm)
}

/** "key/3": it keeps project, location and key ring out of tokens. */
function kidOf(name: string): string {
  const [, key, version] = keyName.exec(name)!
  return `${key}/${version}`
}

async function signingSnapshot(key: GcpKey, call: RemoteCall): Promise<RemoteSnapshot> {
  const publicKey = await publicKeyOf(key, key.name, call)
  return { kid: kidOf(key.name), publicKey, sign: (input, signing) => sign(key, input, signing) }
}

async function publicKeyOf(
  { client, algorithm, pattern, options }: GcpKey,
  name: string,
  call: RemoteCall,
): Promise<NonNullable<RemoteSnapshot['publicKey']>> {
  const [answer]: readonly [GcpPublicKey, ...unknown[]] = await asking(() => client.getPublicKey({ name }, options(call)))
  if (typeof answer?.pem !== 'string') throw badAnswer(backendName, 'GetPublicKey gave no PEM')
  checkName(answer.name, name)
  checkSum(utf8(answer.pem), answer.pemCrc32c)
  if (!pattern.test(String(answer.algorithm))) throw wrongKey(backendName, algorithm)
  return readPublicKey(answer.pem)
}

async function sign({ client, name, algorithm, options }: GcpKey, input: Uint8Array, call: RemoteCall): Promise<Uint8Array> {
  const sum = checksum(input)
  if (algorithm.hash === undefined) {
    const [answer] = await asking(() => client.asymmetricSign({ name, data: input, dataCrc32c: sum }, options(call)))
    checkName(answer.name, name)
    checkReceived(answer.verifiedDataCrc32c)
    return received(answer.signature, answer.signatureCrc32c)
  }
  const digest = { [algorithm.hash.toLowerCase().replace('-', '')]: input }
  const [answer] = await asking(() => client.asymmetricSign({ name, digest, digestCrc32c: sum }, options(call)))
  checkName(answer.name, name)
  checkReceived(answer.verifiedDigestCrc32c)
  return received(answer.signature, answer.signatureCrc32c)
}

/** The name pins the version and there is no public key, so nothing needs to be asked. */
function macSnapshot({ client, name, options }: GcpKey): RemoteSnapshot {
  return {
    kid: kidOf(name),
    sign: async (data, call) => {
      const [answer] = await asking(() => client.macSign({ name, data, dataCrc32c: checksum(data) }, options(call)))
      checkName(answer.name, name)
      checkReceived(answer.verifiedDataCrc32c)
      return received(answer.mac, answer.macCrc32c)
    },
    verify: async (data, mac, call) => {
      const request = { name, data, dataCrc32c: checksum(data), mac, macCrc32c: checksum(mac) }
      const [answer] = await asking(() => client.macVerify(request, options(call)))
      checkName(answer.name, name)
      checkReceived(answer.verifiedDataCrc32c, answer.verifiedMacCrc32c)
      // The service says by this whether `success` itself arrived as it was sent.
      if (answer.verifiedSuccessIntegrity !== answer.success) throw damaged(backendName)
      return answer.success === true
    },
  }
}

async function listVersions(key: GcpKey, call: RemoteCall): Promise<readonly RemoteVersion[]> {
  const parent = key.name.replace(/\/cryptoKeyVersions\/.*$/, '')
  const [versions] = await asking(() => key.client.listCryptoKeyVersions({ parent }, key.options(call)))
  const usable = versions.filter(
    ({ name, state, algorithm }) => keyName.test(name ?? '') && state === 'ENABLED' && key.pattern.test(String(algorithm)),
  )
  return Promise.all(usable.map(async ({ name }) => ({ kid: kidOf(name!), publicKey: await publicKeyOf(key, name!, call) })))
}
