import type { Algorithm } from '../algorithms/algorithm.ts'
import { registry } from '../algorithms/registry.ts'
import { UsageError } from '../core/errors.ts'
import { isPlainObject } from '../core/json.ts'
import type { RemoteCapability, RemoteKey } from './remote.ts'
import { type OpenSession, readSession } from './remote-session.ts'

/** A definition whose members were read once and agree, with its algorithm as a row. */
export interface CheckedKey extends Omit<RemoteKey, 'session'> {
  readonly algorithm: Algorithm
  readonly capabilities: readonly RemoteCapability[]
  readonly session?: OpenSession
}

/** Every member there is, by the compiler's word. */
const members: Readonly<Record<keyof RemoteKey, true>> = {
  backend: true,
  algorithm: true,
  input: true,
  maxMessageBytes: true,
  signatureEncoding: true,
  session: true,
  snapshotLifetime: true,
  capabilities: true,
  snapshot: true,
  versions: true,
  failure: true,
}
export const remoteKeyMembers: readonly string[] = /* @__PURE__ */ Object.keys(members)

/** @throws UsageError for a definition that contradicts itself */
export function checkRemoteKey(given: RemoteKey): CheckedKey {
  if (typeof given !== 'object' || given === null) throw new UsageError('A remote key is an object; docs/BACKENDS.md describes it')
  const unknown = isPlainObject(given) ? Object.keys(given).filter((name) => !remoteKeyMembers.includes(name)) : []
  if (unknown.length > 0) throw new UsageError('A remote key has no such member; see detail', { unknown, known: remoteKeyMembers })
  const { backend, input, signatureEncoding, maxMessageBytes, session, snapshotLifetime, capabilities = ['sign'] } = given
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
    [typeof given.snapshot === 'function', 'snapshot is a function'],
    [
      Array.isArray(capabilities) && capabilities.every((name) => name === 'sign' || name === 'verify'),
      'capabilities are "sign" and "verify"',
    ],
    [
      !capabilities.includes('verify') || algorithm.family === 'HMAC',
      'Only an HMAC key is verified by its device: a public key is verified here',
    ],
    ...(['versions', 'failure'] as const).map(
      (name) =>
        [
          given[name] === undefined || typeof given[name] === 'function',
          'versions and failure are functions where they are there',
        ] as const,
    ),
  ]
  const fault = rules.find(([holds]) => !holds)?.[1]
  if (fault !== undefined) throw new UsageError(fault)
  const { versions, failure } = given
  return {
    backend,
    algorithm,
    input,
    signatureEncoding,
    capabilities: Object.freeze([...capabilities]),
    ...(maxMessageBytes !== undefined && { maxMessageBytes }),
    ...(session !== undefined && { session: readSession(session) }),
    ...(snapshotLifetime !== undefined && { snapshotLifetime }),
    snapshot: (call) => given.snapshot(call),
    ...(versions && { versions: (call) => versions.call(given, call) }),
    ...(failure && { failure: (error) => failure.call(given, error) }),
  }
}
