import { equalBytes } from '../core/bytes.ts'
import { changingKeys } from '../core/changing-keys.ts'
import { UsageError } from '../core/errors.ts'
import { run } from '../core/mode.ts'
import type { KeyHint, VerifierSource } from './backend.ts'
import { isKey, type PublicKey } from './key.ts'
import type { RemoteKey, RemoteOptions, RemoteSnapshot, RemoteVerifier, RemoteVersion } from './remote.ts'
import { wrongAnswer } from './remote-answer.ts'
import { deviceCalls } from './remote-call.ts'
import { type CheckedKey, checkRemoteKey } from './remote-definition.ts'
import { failureOf } from './remote-failure.ts'
import { type RemoteSettings, readRemoteOptions } from './remote-options.ts'
import { copyOf } from './remote-signer.ts'
import { type Device, deviceInput, keepFor, makeDevice, type Signals, signWith } from './remote-snapshot.ts'

/**
 * An ordinary asynchronous Verifier. With a public key the device is asked for that key only and verification is local. An
 * HMAC key is verified by its device, or by generating the MAC again where the device only generates.
 * @throws UsageError for a definition or options that cannot work; each call rejects with BackendError or InvalidKeyError
 */
export function remoteVerifier<A extends string>(definition: RemoteKey<A>, options: RemoteOptions): RemoteVerifier<A> {
  return run('sync', () => {
    const key = checkRemoteKey(definition)
    const settings = readRemoteOptions(options)
    if (key.capabilities.length === 0 && key.algorithm.family === 'HMAC') {
      throw new UsageError('This backend neither verifies nor generates MACs with this key')
    }
    const device = makeDevice(key, settings)
    const verify = async (message: Uint8Array, signature: Uint8Array): Promise<boolean> => {
      const { signatureLength } = key.algorithm
      if (signatureLength !== undefined && signature.length !== signatureLength) return false
      const snapshot = await device.snapshot([settings.signal])
      return key.algorithm.family === 'HMAC'
        ? verifyMac(device, key, snapshot, message, signature, [settings.signal])
        : verifyHere(key, settings, snapshot, message, signature)
    }
    const verifier: RemoteVerifier<A> = Object.freeze({
      algorithm: key.algorithm.name as A,
      mode: 'async',
      ...(settings.kid !== undefined && { kid: settings.kid }),
      symmetric: key.algorithm.family === 'HMAC',
      verify: (input: Uint8Array, signature: Uint8Array) => run('async', async () => verify(copyOf(input), copyOf(signature))),
    })
    changingKeys.add(verifier)
    return verifier
  })
}

/**
 * A source of Verifiers over all versions of a key, by their kid, for backends that list versions. The list is asked for
 * as often as a snapshot would be. @throws UsageError where the backend does not list versions
 */
export function remoteVersions<A extends string>(definition: RemoteKey<A>, options: RemoteOptions): VerifierSource<'async'> {
  return run('sync', () => {
    const key = checkRemoteKey(definition)
    const settings = readRemoteOptions(options)
    const { versions } = key
    if (!versions) throw new UsageError('This backend does not list the versions of this key')
    const call = deviceCalls(key, settings.deadline)
    const list = keepFor(key, (signals) => call(async (remote) => verifiersOf(key, settings, await versions(remote)), signals))
    return Object.freeze({
      mode: 'async',
      algorithms: Object.freeze([key.algorithm.name]),
      candidates: ({ alg, kid }: KeyHint) =>
        run('async', async () => {
          if (alg !== key.algorithm.name) return []
          const verifiers = await list.get([settings.signal])
          return verifiers.filter((verifier) => kid === undefined || verifier.kid === undefined || verifier.kid === kid)
        }),
    })
  })
}

/** A version that does not fit is left out, and keeps no other from verifying. @throws the first fault where none fits */
function verifiersOf(key: CheckedKey, settings: RemoteSettings, list: unknown): readonly RemoteVerifier[] {
  if (!Array.isArray(list)) throw wrongAnswer('The backend gave no list of versions with their public keys', { backend: key.backend })
  const verifiers: RemoteVerifier[] = []
  const faults: unknown[] = []
  for (let i = 0; i < list.length; i++) {
    try {
      verifiers.push(versionVerifier(key, settings, list[i]))
    } catch (error) {
      faults.push(error)
    }
  }
  if (verifiers.length === 0 && faults.length > 0) throw faults[0]
  return verifiers
}

function versionVerifier(key: CheckedKey, settings: RemoteSettings, version: RemoteVersion | null | undefined): RemoteVerifier {
  const { kid, publicKey } = version ?? {}
  const { algorithm, backend } = key
  if (!isKey(publicKey)) throw wrongAnswer('A version of the key shows no PublicKey: readPublicKey makes one', { backend })
  if (kid !== undefined && (typeof kid !== 'string' || kid === ''))
    throw wrongAnswer('The kid of a version is a non-empty string', { backend })
  const verifier = settings.verifyWith.verifier(algorithm, publicKey as PublicKey, { allowWeakKey: settings.allowWeakKey })
  return Object.freeze({
    algorithm: algorithm.name,
    mode: 'async',
    ...(kid !== undefined && { kid }),
    symmetric: false,
    verify: (input: Uint8Array, signature: Uint8Array) =>
      run('async', async () => {
        try {
          return (await verifier.verify(input, signature)) === true
        } catch (error) {
          throw failureOf(key, error)
        }
      }),
  })
}

async function verifyHere(
  key: CheckedKey,
  settings: RemoteSettings,
  { publicKey }: RemoteSnapshot,
  message: Uint8Array,
  signature: Uint8Array,
): Promise<boolean> {
  if (!publicKey) throw wrongAnswer('The backend gives no public key, so nothing can be verified here', { backend: key.backend })
  try {
    const verifier = settings.verifyWith.verifier(key.algorithm, publicKey, { allowWeakKey: settings.allowWeakKey })
    return (await verifier.verify(message, signature)) === true
  } catch (error) {
    throw failureOf(key, error)
  }
}

async function verifyMac(
  device: Device,
  key: CheckedKey,
  snapshot: RemoteSnapshot,
  message: Uint8Array,
  mac: Uint8Array,
  signals: Signals,
): Promise<boolean> {
  const input = await deviceInput(key, message)
  // A message that the device cannot take was not signed by it. Devices take no empty one, and no token has one.
  if (!input || input.length === 0) return false
  try {
    if (snapshot.verify) return (await device.call((call) => snapshot.verify!(input, new Uint8Array(mac), call), signals)) === true
    return equalBytes(await signWith(device, key, snapshot, message, signals), mac)
  } catch (error) {
    device.forget()
    throw error
  }
}
