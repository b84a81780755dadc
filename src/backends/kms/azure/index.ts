import type { Algorithm } from '../../../algorithms/algorithm.ts'
import { encodeBase64url } from '../../../core/base64url.ts'
import { UsageError } from '../../../core/errors.ts'
import { run } from '../../../core/mode.ts'
import { badOption } from '../../../core/options.ts'
import type { KeyBackend } from '../../../keys/backend.ts'
import type { PublicJwk } from '../../../keys/jwk-types.ts'
import type { RemoteCall, RemoteSnapshot, RemoteVersion } from '../../../keys/remote.ts'
import { readPublicKey } from '../../../keys/remote-public-key.ts'
import { bindService, type KeyRequest, type ServiceKey, type VersionedKms } from '../factory.ts'
import { badAnswer, unsupported, wrongKey } from '../failures.ts'
import type { AzureKey, AzureKeyClient } from './client.ts'
import { asking, backendName } from './failures.ts'

/** How Azure Key Vault names a key. */
export interface AzureKeyReference {
  /** The key's name in the vault of the client. */
  readonly name: string
  /** A version's identifier. Without it, the current version signs, whichever it is. */
  readonly version?: string
}

/** `azureKeyVault` for a given local backend, which verifies with the vault's public keys. */
export function bindAzureKeyVault(verifyWith: KeyBackend): (client: AzureKeyClient) => VersionedKms<AzureKeyReference> {
  return (client) =>
    run('sync', () => {
      if (typeof client?.getKey !== 'function' || typeof client.getCryptographyClient !== 'function') {
        throw new UsageError('azureKeyVault takes a KeyClient of @azure/keyvault-keys, which makes the CryptographyClient itself')
      }
      const reference = { name: readName, version: readName }
      return bindService<AzureKeyReference>({ backend: backendName, reference, key: (request) => azureKey(client, request) }, verifyWith)
    })
}

function readName(value: unknown, option: string): string {
  if (typeof value === 'string' && /^[\da-zA-Z-]{1,127}$/.test(value)) return value
  throw badOption(option, 'letters, digits and hyphens: the name of the key or the identifier of its version, no URL')
}

const supported = /^(?:[RP]S(?:256|384|512)|ES(?:256|384|512|256K))$/

function azureKey(client: AzureKeyClient, { reference, algorithm, use }: KeyRequest<AzureKeyReference>): ServiceKey {
  const { name, version } = reference
  if (name === undefined) throw new UsageError('name is the name of the key in its vault')
  if (!supported.test(algorithm.name)) throw unsupported(backendName, algorithm)
  return {
    pinned: version !== undefined,
    input: 'digest',
    signatureEncoding: 'raw',
    capabilities: use === 'sign' ? ['sign'] : [],
    snapshot: (call) => snapshotOf(client, reference, algorithm, call),
    versions: (call) => listVersions(client, name, algorithm, call),
  }
}

async function snapshotOf(
  client: AzureKeyClient,
  reference: AzureKeyReference,
  algorithm: Algorithm,
  { signal }: RemoteCall,
): Promise<RemoteSnapshot> {
  const { name, version: wanted } = reference
  const answer = await asking(() => client.getKey(name, { ...(wanted !== undefined && { version: wanted }), abortSignal: signal }))
  const version = answer?.properties?.version
  if (!version || (wanted !== undefined && version !== wanted))
    throw badAnswer(backendName, 'The vault answered for another version than it was asked for, or named none')
  const cryptography = client.getCryptographyClient(name, { keyVersion: version })
  return {
    kid: `${name}/${version}`,
    publicKey: publicKeyOf(answer, algorithm),
    sign: async (digest, call) => {
      const { result, keyID } = await asking(() => cryptography.sign(algorithm.name, digest, { abortSignal: call.signal }))
      if (keyID !== undefined && !keyID.endsWith(`/keys/${name}/${version}`))
        throw badAnswer(backendName, 'The vault signed with another version than it was asked for')
      return result
    },
  }
}

/** A vault's own names: "RSA-HSM" and "EC-HSM" for keys in its HSM, "P-256K" for secp256k1. */
function publicKeyOf({ key }: AzureKey, algorithm: Algorithm): NonNullable<RemoteSnapshot['publicKey']> {
  const kty = key?.kty?.replace(/-HSM$/, '')
  if (!key || kty !== algorithm.kty) throw wrongKey(backendName, algorithm)
  const crv = key.crv === 'P-256K' ? 'secp256k1' : key.crv
  const numbers = Object.entries({ n: key.n, e: key.e, x: key.x, y: key.y }).filter(
    (entry): entry is [string, Uint8Array] => entry[1] !== undefined,
  )
  const members = Object.fromEntries(numbers.map(([member, bytes]) => [member, encodeBase64url(new Uint8Array(bytes))]))
  return readPublicKey({ kty, ...(crv !== undefined && { crv }), ...members } as unknown as PublicJwk)
}

async function listVersions(
  client: AzureKeyClient,
  name: string,
  algorithm: Algorithm,
  { signal }: RemoteCall,
): Promise<readonly RemoteVersion[]> {
  const usable = await asking(async () => {
    const found: string[] = []
    for await (const { version, enabled } of client.listPropertiesOfKeyVersions(name, { abortSignal: signal })) {
      if (version && enabled !== false) found.push(version)
    }
    return found
  })
  return Promise.all(
    usable.map(async (version) => {
      const key = await asking(() => client.getKey(name, { version, abortSignal: signal }))
      return { kid: `${name}/${version}`, publicKey: publicKeyOf(key, algorithm) }
    }),
  )
}
