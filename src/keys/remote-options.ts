import type { Algorithm } from '../algorithms/algorithm.ts'
import { registry } from '../algorithms/registry.ts'
import { durationSeconds } from '../core/duration.ts'
import { UsageError } from '../core/errors.ts'
import { badOption, readBoolean, readOptions, readText } from '../core/options.ts'
import type { KeyBackend } from './backend.ts'
import type { RemoteCapability, RemoteKey } from './remote.ts'

function readSignal(value: unknown, option: string): AbortSignal {
  const signal = value as AbortSignal | null
  if (typeof signal?.aborted === 'boolean' && typeof signal.addEventListener === 'function') return signal
  throw badOption(option, 'an AbortSignal')
}

function readDeadline(value: unknown, option: string): number {
  const seconds = durationSeconds(value, option)
  if (seconds > 0) return seconds
  throw badOption(option, 'a duration above zero')
}

function readBackend(value: unknown, option: string): KeyBackend {
  if (typeof (value as KeyBackend | null)?.verifier === 'function') return value as KeyBackend
  throw badOption(option, 'a KeyBackend')
}

const readers = {
  deadline: readDeadline,
  verifyAfterSign: readBoolean,
  kid: readText,
  signal: readSignal,
  allowWeakKey: readBoolean,
  verifyWith: readBackend,
}

export type RemoteSettings = ReturnType<typeof readRemoteOptions>

/** @throws UsageError */
export function readRemoteOptions(given: unknown) {
  const { verifyWith, deadline = 10, verifyAfterSign = true, allowWeakKey = false, ...rest } = readOptions(given, readers)
  if (!verifyWith) throw badOption('verifyWith', 'a KeyBackend')
  return { verifyWith, deadline, verifyAfterSign, allowWeakKey, ...rest }
}

/** A definition whose members were read once and agree, with its algorithm as a row. */
export interface CheckedKey extends RemoteKey {
  readonly algorithm: Algorithm
  readonly capabilities: readonly RemoteCapability[]
}

/** @throws UsageError for a definition that contradicts itself */
export function checkRemoteKey(given: RemoteKey): CheckedKey {
  if (typeof given !== 'object' || given === null) throw new UsageError('A remote key is an object; docs/BACKENDS.md describes it')
  const { backend, input, signatureEncoding, maxMessageBytes, concurrency, snapshotLifetime, capabilities = ['sign'] } = given
  const algorithm = typeof given.algorithm === 'string' ? registry.get(given.algorithm) : given.algorithm
  if (typeof algorithm?.name !== 'string')
    throw new UsageError('Unknown algorithm; detail.known lists those there are', { known: registry.names })
  const isCount = (value: number | undefined): boolean => value === undefined || (Number.isSafeInteger(value) && value > 0)
  const rules: readonly (readonly [boolean, string])[] = [
    [typeof backend === 'string' && backend !== '', 'backend is the name of the backend'],
    [input === 'message' || input === 'digest', 'input is "message" or "digest"'],
    [input === 'message' || algorithm.family !== 'HMAC', 'HMAC takes the message: input is "message"'],
    [input === 'message' || algorithm.family !== 'EdDSA', 'EdDSA takes the message (RFC 8032 §5.1): input is "message"'],
    [signatureEncoding === 'raw' || signatureEncoding === 'der', 'signatureEncoding is "raw" or "der"'],
    [signatureEncoding !== 'der' || algorithm.family === 'ECDSA', 'Only ECDSA signatures come as DER: signatureEncoding is "raw"'],
    [isCount(maxMessageBytes), 'maxMessageBytes is a positive whole number'],
    [isCount(concurrency), 'concurrency is a positive whole number'],
    [typeof given.snapshot === 'function', 'snapshot is a function'],
    [
      Array.isArray(capabilities) && capabilities.every((name) => name === 'sign' || name === 'verify'),
      'capabilities are "sign" and "verify"',
    ],
    [
      !capabilities.includes('verify') || algorithm.family === 'HMAC',
      'Only an HMAC key is verified by its device: a public key is verified here',
    ],
    ...(['versions', 'close', 'failure'] as const).map(
      (name) =>
        [
          given[name] === undefined || typeof given[name] === 'function',
          'versions, close and failure are functions where they are there',
        ] as const,
    ),
  ]
  const fault = rules.find(([holds]) => !holds)?.[1]
  if (fault !== undefined) throw new UsageError(fault)
  const { versions, close, failure } = given
  return {
    backend,
    algorithm,
    input,
    signatureEncoding,
    capabilities: Object.freeze([...capabilities]),
    ...(maxMessageBytes !== undefined && { maxMessageBytes }),
    ...(concurrency !== undefined && { concurrency }),
    ...(snapshotLifetime !== undefined && { snapshotLifetime }),
    snapshot: (call) => given.snapshot(call),
    ...(versions && { versions: (call) => versions.call(given, call) }),
    ...(close && { close: () => close.call(given) }),
    ...(failure && { failure: (error) => failure.call(given, error) }),
  }
}
