import type { Algorithm } from '../../../algorithms/algorithm.ts'
import { decodeBase64url } from '../../../core/base64url.ts'
import { UsageError } from '../../../core/errors.ts'
import { run } from '../../../core/mode.ts'
import { badOption, readCount } from '../../../core/options.ts'
import type { KeyBackend } from '../../../keys/backend.ts'
import { decodeBase64, encodeBase64 } from '../../../keys/base64.ts'
import type { RemoteCall, RemoteSnapshot } from '../../../keys/remote.ts'
import { bindService, type KeyRequest, type ServiceKey, type VersionedKms } from '../factory.ts'
import { badAnswer, unsupported } from '../failures.ts'
import { type AskVault, backendName, vaultCalls } from './http.ts'
import { readVaultOptions, type VaultOptions } from './settings.ts'
import { noVersion, readTransitKey, type TransitKey, transitType } from './transit-key.ts'

/** How Vault's transit engine names a key. */
export interface VaultKeyReference {
  readonly name: string
  /** A version's number. Without it, the latest version signs, whichever it is. */
  readonly version?: number
}

/** `vaultTransit` for a given local backend, which verifies with Vault's public keys. */
export function bindVaultTransit(verifyWith: KeyBackend): (options: VaultOptions) => VersionedKms<VaultKeyReference> {
  return (options) =>
    run('sync', () => {
      const ask = vaultCalls(readVaultOptions(options))
      const reference = { name: readName, version: readCount }
      return bindService<VaultKeyReference>({ backend: backendName, reference, key: (request) => vaultKey(ask, request) }, verifyWith)
    })
}

function readName(value: unknown, option: string): string {
  if (typeof value === 'string' && /^\w(?:[\w.-]*\w)?$/.test(value)) return value
  throw badOption(option, 'the name of a transit key: letters, digits, "_", "-" and "."')
}

function vaultKey(ask: AskVault, { reference, algorithm, use, allowWeakKey }: KeyRequest<VaultKeyReference>): ServiceKey {
  const { name, version } = reference
  if (name === undefined) throw new UsageError('name is the name of the transit key')
  if (!transitType(algorithm)) throw unsupported(backendName, algorithm)
  const isMac = algorithm.family === 'HMAC'
  const read = async (call: RemoteCall): Promise<TransitKey> => readTransitKey(await ask(`keys/${name}`, call), algorithm, allowWeakKey)
  return {
    pinned: version !== undefined,
    input: 'message',
    signatureEncoding: 'raw',
    capabilities: use === 'sign' ? ['sign'] : isMac ? ['verify'] : [],
    snapshot: async (call) => {
      const key = await read(call)
      return isMac ? macSnapshot(ask, reference, algorithm, key) : signingSnapshot(ask, reference, algorithm, key)
    },
    ...(!isMac && {
      versions: async (call: RemoteCall) => {
        const key = await read(call)
        return key.versions.map((number) => ({ kid: `${name}/${number}`, publicKey: key.publicKey(number) }))
      },
    }),
  }
}

function signingSnapshot(
  ask: AskVault,
  { name, version: pinned }: VaultKeyReference,
  algorithm: Algorithm,
  key: TransitKey,
): RemoteSnapshot {
  const version = pinned ?? key.latest
  const { family } = algorithm
  const path = algorithm.hash === undefined ? `sign/${name}` : `sign/${name}/${hashName(algorithm)}`
  const how = {
    // The version by its number: the latest may be another one by now.
    key_version: version,
    ...(family === 'ECDSA' && { marshaling_algorithm: 'jws' }),
    ...(family === 'RSASSA-PKCS1-v1_5' && { signature_algorithm: 'pkcs1v15' }),
    // Without salt_length, Vault takes the longest salt there is room for (RFC 7518 §3.5 asks for the hash's length).
    ...(family === 'RSA-PSS' && { signature_algorithm: 'pss', salt_length: 'hash' }),
  }
  return {
    kid: `${name}/${version}`,
    publicKey: key.publicKey(version),
    sign: async (input, call) => {
      const { signature } = await ask(path, call, { input: encodeBase64(input), ...how })
      return bytesIn(signature, version, family === 'ECDSA' ? decodeBase64url : decodeBase64)
    },
  }
}

function macSnapshot(ask: AskVault, { name, version: pinned }: VaultKeyReference, algorithm: Algorithm, key: TransitKey): RemoteSnapshot {
  const version = pinned ?? key.latest
  const versions = pinned === undefined ? key.versions : [pinned]
  if (!key.versions.includes(version)) throw noVersion()
  const verify = async (input: string, mac: string, by: number, call: RemoteCall): Promise<boolean> => {
    const { valid } = await ask(`verify/${name}/${hashName(algorithm)}`, call, { input, hmac: `vault:v${by}:${mac}` })
    return valid === true
  }
  return {
    kid: `${name}/${version}`,
    sign: async (input, call) => {
      const { hmac } = await ask(`hmac/${name}/${hashName(algorithm)}`, call, { input: encodeBase64(input), key_version: version })
      return bytesIn(hmac, version, decodeBase64)
    },
    verify: async (input, mac, call) => {
      const [message, tag] = [encodeBase64(input), encodeBase64(mac)]
      for (const by of versions) {
        if (await verify(message, tag, by, call)) return true
      }
      return false
    },
  }
}

function hashName({ hash }: Algorithm): string {
  return hash!.replace('SHA-', 'sha2-')
}

/** The bytes of "vault:v3:…", which must come from the version that was asked. */
function bytesIn(text: unknown, version: number, decode: (text: string) => Uint8Array | undefined): Uint8Array {
  const prefix = `vault:v${version}:`
  if (typeof text !== 'string' || !text.startsWith(prefix)) {
    throw badAnswer(backendName, 'Vault signed with another version than it was asked for, or sent something else')
  }
  const bytes = decode(text.slice(prefix.length))
  if (!bytes) throw badAnswer(backendName, 'Vault sent a signature that is not the base64 that was asked for')
  return bytes
}
