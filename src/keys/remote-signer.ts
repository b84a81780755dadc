import { isBytes } from '../core/bytes.ts'
import { type BackendError, UsageError } from '../core/errors.ts'
import { run } from '../core/mode.ts'
import type { SignCall, Signer, Verifier } from './backend.ts'
import type { RemoteKey, RemoteOptions, RemoteSigner, RemoteSnapshot } from './remote.ts'
import { wrongAnswer } from './remote-answer.ts'
import { unlessAborted } from './remote-call.ts'
import { type CheckedKey, checkRemoteKey } from './remote-definition.ts'
import { backendFailure, failureOf } from './remote-failure.ts'
import { type RemoteSettings, readRemoteOptions } from './remote-options.ts'
import { type Device, makeDevice, signWith } from './remote-snapshot.ts'

/**
 * An ordinary asynchronous Signer for a key that lives elsewhere. Nothing is asked of the device until the first token.
 * @throws UsageError for a definition or options that cannot work; each call rejects with BackendError, or InvalidKeyError
 * where the device's key does not fit the algorithm
 */
export function remoteSigner<A extends string>(definition: RemoteKey<A>, options: RemoteOptions): RemoteSigner<A> {
  return run('sync', () => {
    const key = checkRemoteKey(definition)
    const settings = readRemoteOptions(options)
    if (!key.capabilities.includes('sign'))
      throw new UsageError('This backend does not sign with this key: its capabilities do not include "sign"')
    const device = makeDevice(key, settings)
    const take = async (call: SignCall | undefined): Promise<Signer<A, 'async'>> => {
      const snapshot = await device.snapshot([settings.signal, call?.signal])
      return boundSigner<A>(device, key, settings, snapshot)
    }
    return Object.freeze({
      algorithm: key.algorithm.name as A,
      mode: 'async',
      ...(settings.kid !== undefined && { kid: settings.kid }),
      snapshot: (call?: SignCall) => run('async', () => take(call)),
      sign: (input: Uint8Array, call?: SignCall) =>
        run('async', async () => {
          const message = copyOf(input)
          return (await take(call)).sign(message, call)
        }),
    })
  })
}

/** The signer of one snapshot: its kid and public key are those of the function that signs. */
function boundSigner<A extends string>(
  device: Device,
  key: CheckedKey,
  settings: RemoteSettings,
  snapshot: RemoteSnapshot,
): Signer<A, 'async'> {
  const { kid, publicKey } = snapshot
  if (!publicKey && settings.verifyAfterSign && key.algorithm.family !== 'HMAC') throw noPublicKey(key)
  const verifier =
    publicKey && settings.verifyAfterSign
      ? settings.verifyWith.verifier(key.algorithm, publicKey, { allowWeakKey: settings.allowWeakKey })
      : undefined
  const sign = async (message: Uint8Array, call: SignCall | undefined): Promise<Uint8Array> => {
    const signals = [settings.signal, call?.signal]
    const signature = await signWith(device, key, snapshot, message, signals)
    // Whoever gives up while it is verified here gets no signature either.
    const isGood = await unlessAborted(key.backend, verifies(verifier, message, signature), signals)
    if (!isGood) throw doesNotVerify(key)
    return signature
  }
  return Object.freeze({
    algorithm: key.algorithm.name as A,
    mode: 'async',
    ...(kid !== undefined && { kid }),
    ...(publicKey && { publicKey }),
    sign: (input: Uint8Array, call?: SignCall) =>
      run('async', async () => {
        try {
          return await sign(copyOf(input), call)
        } catch (error) {
          device.forget()
          throw failureOf(key, error)
        }
      }),
  })
}

async function verifies(verifier: Verifier | undefined, message: Uint8Array, signature: Uint8Array): Promise<boolean> {
  return !verifier || (await verifier.verify(message, signature)) === true
}

function doesNotVerify({ backend, algorithm }: CheckedKey): BackendError {
  return backendFailure('permanent', "The backend's signature does not verify with its public key: no token was made", {
    backend,
    algorithm: algorithm.name,
    reason: 'signature',
  })
}

function noPublicKey({ backend, algorithm }: CheckedKey): BackendError {
  return wrongAnswer('The key shows no public key to verify its signatures with: nothing is signed, unless verifyAfterSign is false', {
    backend,
    algorithm: algorithm.name,
  })
}

/** The caller may change its bytes while the device thinks. */
export function copyOf(input: Uint8Array): Uint8Array {
  if (isBytes(input)) return new Uint8Array(input)
  throw new UsageError('Messages and signatures are Uint8Arrays')
}
