import type { Algorithm } from '../../algorithms/algorithm.ts'
import { type BackendError, type BackendFailureKind, type ErrorDetail, InvalidKeyError } from '../../core/errors.ts'
import { backendFailure, isDeviceError } from '../../keys/remote-failure.ts'

/** What a service's error means. */
export interface Fault {
  readonly kind: BackendFailureKind
  /** What an operator can act on, where the service tells. */
  readonly reason?: FaultReason
  /** The service's own name or number of the error. */
  readonly vendorCode?: string
}

export type FaultReason = 'key_not_found' | 'key_disabled' | 'checksum'

const messages: Readonly<Record<FaultReason, string>> = {
  key_not_found: 'The key service has no such key or version; check the reference, and see cause',
  key_disabled: 'The key, or this version of it, is disabled, destroyed, expired, not yet usable or not for this use; see cause',
  checksum: 'A checksum shows that request or answer were damaged on the way: no token was made',
}

/** Calls a service and types what it throws. */
export async function calling<T>(backend: string, faultOf: (error: unknown) => Fault, call: () => Promise<T>): Promise<T> {
  try {
    return await call()
  } catch (error) {
    if (isDeviceError(error)) throw error
    const { kind, reason, vendorCode } = networkFault(error) ?? faultOf(error)
    const detail: ErrorDetail = { backend, ...(reason && { reason }), ...(vendorCode !== undefined && { vendorCode }) }
    throw backendFailure(kind, reason && messages[reason], detail, error)
  }
}

/** A service's answer that it should not give. Asking again may give a good one, but nothing says so. */
export function badAnswer(backend: string, message: string): BackendError {
  return backendFailure('permanent', message, { backend })
}

/** Bytes were damaged on the way, by the word of a checksum: another try may well pass. */
export function damaged(backend: string): BackendError {
  return backendFailure('retryable', messages.checksum, { backend, reason: 'checksum' })
}

export function unsupported(backend: string, { name }: Algorithm): InvalidKeyError {
  return new InvalidKeyError('The key service does not have this algorithm: use another algorithm or service', {
    algorithm: name,
    backend,
    supported: false,
  })
}

/** The key cannot serve the algorithm, by the word of its service. */
export function wrongKey(backend: string, { name }: Algorithm): InvalidKeyError {
  return new InvalidKeyError('The key was made for another algorithm or use than the one asked for', { algorithm: name, backend })
}

const connectionCodes =
  /^(?:E(?:CONN\w+|PIPE|TIMEDOUT|AI_AGAIN|NOTFOUND|HOSTUNREACH|NETUNREACH|NETDOWN|ADDRNOTAVAIL)|UND_ERR_\w+|REQUEST_SEND_ERROR)$/

/** The connection failed, as Node's sockets, fetch and the SDKs over them say it: in `code`, here or in a cause. */
function networkFault(error: unknown): Fault | undefined {
  let at = error
  for (let depth = 0; depth < 4 && at instanceof Error; depth++) {
    const { code, name } = at as { readonly code?: unknown; readonly name: string }
    if (typeof code === 'string' && connectionCodes.test(code)) return { kind: 'retryable', vendorCode: code }
    if (name === 'TimeoutError') return { kind: 'retryable', vendorCode: name }
    at = at.cause
  }
  return undefined
}

/** By the HTTP status alone. */
export function statusFault(status: number | undefined): Fault {
  if (status === undefined) return { kind: 'permanent' }
  const vendorCode = String(status)
  if (status === 401 || status === 403) return { kind: 'unauthorised', vendorCode }
  if (status === 404) return { kind: 'permanent', reason: 'key_not_found', vendorCode }
  if (status === 429) return { kind: 'throttled', vendorCode }
  return { kind: status === 408 || status >= 500 ? 'retryable' : 'permanent', vendorCode }
}
