import { equalBytes } from '../core/bytes.ts'
import { durationSeconds } from '../core/duration.ts'
import { bindKey } from './bind.ts'
import { isKey, makeKey, materialOf, type PublicKey } from './key.ts'
import type { RemoteCall, RemoteSnapshot } from './remote.ts'
import { signatureIn, wrongAnswer } from './remote-answer.ts'
import { type CallDevice, deviceCalls, unlessAborted } from './remote-call.ts'
import type { CheckedKey } from './remote-definition.ts'
import { closedFailure } from './remote-failure.ts'
import type { RemoteSettings } from './remote-options.ts'
import { writeSpki } from './spki.ts'

export type Signals = readonly (AbortSignal | undefined)[]

/** A key behind its deadline and queue, with its snapshots checked and, where they last, kept. */
export interface Device {
  readonly call: CallDevice
  /** @throws BackendError, InvalidKeyError for a key that does not fit the algorithm */
  snapshot(signals: Signals): Promise<RemoteSnapshot>
  /** Asks anew at the next snapshot. */
  forget(): void
}

export function makeDevice(key: CheckedKey, settings: RemoteSettings): Device {
  const call = deviceCalls(key, settings.deadline)
  const check = snapshotCheck(key, settings)
  // Read within the call: what its getters throw is the device's failure too.
  const kept = keepFor(key, (signals) => call(async (remote) => check(await key.snapshot(remote)), signals))
  return { call, snapshot: kept.get, forget: kept.forget }
}

/** A value that is asked for again once the lifetime of a snapshot is over, or each time where there is none. */
export function keepFor<T>(key: CheckedKey, load: (signals: Signals) => Promise<T>): { get(signals: Signals): Promise<T>; forget(): void } {
  const lifetime = key.snapshotLifetime === undefined ? 0 : durationSeconds(key.snapshotLifetime, 'snapshotLifetime') * 1000
  let kept: { until: number; readonly value: Promise<T> } | undefined
  const forget = (): void => {
    kept = undefined
  }
  if (lifetime === 0) return { get: load, forget }
  const get = (signals: Signals): Promise<T> => {
    if (key.session?.isClosed()) return Promise.reject(closedFailure(key.backend))
    if (kept && performance.now() < kept.until) return unlessAborted(key.backend, kept.value, signals)
    // Shared by all who ask meanwhile, so the signal of one of them does not end it; its deadline does.
    const fresh = { until: Number.POSITIVE_INFINITY, value: load([]) }
    kept = fresh
    fresh.value.then(
      () => {
        fresh.until = performance.now() + lifetime
      },
      () => {
        if (kept === fresh) kept = undefined
      },
    )
    return unlessAborted(key.backend, fresh.value, signals)
  }
  return { get, forget }
}

/** Reads a snapshot once and refuses what does not fit the definition, the algorithm or the caller's kid. */
function snapshotCheck(key: CheckedKey, { kid, allowWeakKey }: RemoteSettings): (given: RemoteSnapshot) => RemoteSnapshot {
  const { algorithm, backend, capabilities } = key
  const detail = { backend, algorithm: algorithm.name }
  let first: Uint8Array | undefined
  return (given) => {
    if (typeof given !== 'object' || given === null) throw wrongAnswer('The backend gave no snapshot of its key', detail)
    const { kid: own, publicKey, sign, verify } = given
    if (own !== undefined && (typeof own !== 'string' || own === ''))
      throw wrongAnswer('The kid of a snapshot is a non-empty string', detail)
    const lacking = capabilities.find((name) => typeof given[name] !== 'function')
    if (lacking) throw wrongAnswer('A snapshot lacks a function that the capabilities declare; see detail', { ...detail, lacking })
    if (publicKey !== undefined && algorithm.family === 'HMAC') throw wrongAnswer('A MAC key has no publicKey: its key is secret', detail)
    if (publicKey !== undefined) {
      if (!isKey(publicKey) || publicKey.mode !== 'sync')
        throw wrongAnswer('The publicKey of a snapshot is no PublicKey: readPublicKey makes one of PEM, DER or a JWK', detail)
      bindKey(algorithm, publicKey, 'verify', allowWeakKey)
      const spki = writeSpki(materialOf(publicKey) as Parameters<typeof writeSpki>[0])
      first ??= spki
      if (kid !== undefined && !equalBytes(first, spki)) {
        throw wrongAnswer('The key has changed under the kid given for it: leave kid out, or pin a version of the key', detail)
      }
    }
    const name = kid ?? own
    return Object.freeze({
      ...(name !== undefined && { kid: name }),
      ...(publicKey && { publicKey: named(publicKey, name) }),
      ...(sign && { sign: (input: Uint8Array, call: RemoteCall) => sign.call(given, input, call) }),
      ...(verify && { verify: (input: Uint8Array, mac: Uint8Array, call: RemoteCall) => verify.call(given, input, mac, call) }),
    })
  }
}

/** A key with a kid of its own would go by another name than the tokens it verifies. */
function named(key: PublicKey, kid: string | undefined): PublicKey {
  if (key.kid === undefined || kid === undefined || key.kid === kid) return key
  const { alg, use, keyOps } = key
  const metadata = { kid, ...(alg !== undefined && { alg }), ...(use !== undefined && { use }), ...(keyOps && { keyOps }) }
  return makeKey('public', materialOf(key), metadata)
}

/** What the device is asked for the message: the message itself, or its digest. Undefined where it is too long for the device. */
export async function deviceInput(key: CheckedKey, message: Uint8Array): Promise<Uint8Array | undefined> {
  if (key.input === 'message')
    return key.maxMessageBytes !== undefined && message.length > key.maxMessageBytes ? undefined : new Uint8Array(message)
  const { subtle } = globalThis.crypto ?? {}
  if (!subtle) throw wrongAnswer('No WebCrypto here to hash with: it needs a secure context (https)', { backend: key.backend })
  return new Uint8Array(await subtle.digest(key.algorithm.hash!, message as Uint8Array<ArrayBuffer>))
}

/** One checked signature, or MAC, by this snapshot. @throws BackendError */
export async function signWith(
  device: Device,
  key: CheckedKey,
  snapshot: RemoteSnapshot,
  message: Uint8Array,
  signals: Signals,
): Promise<Uint8Array> {
  const input = await deviceInput(key, message)
  if (!input) {
    throw wrongAnswer('The signing input is longer than the backend takes: make the token smaller; detail.maxBytes is the limit', {
      backend: key.backend,
      bytes: message.length,
      maxBytes: key.maxMessageBytes!,
    })
  }
  const answer = await device.call((call) => snapshot.sign!(input, call), signals)
  return signatureIn(answer, key, key.algorithm, snapshot.publicKey)
}
