import { BackendError, type BackendFailureKind, type ErrorDetail, isJwtError, type JwtError, UsageError } from '../core/errors.ts'
import type { RemoteKey } from './remote.ts'

const messages: Readonly<Record<BackendFailureKind, string>> = {
  retryable: 'The backend cannot answer now; the same call may succeed later, and see cause',
  throttled: 'The backend asks for fewer calls; see cause',
  permanent: 'The backend failed, and would again; see cause',
  unauthorised: 'The backend refuses this caller: its credentials or permissions do not suffice; see cause',
  aborted: 'The call was given up; detail.reason says whether by its signal or its deadline',
}

function isKind(value: unknown): value is BackendFailureKind {
  return typeof value === 'string' && Object.hasOwn(messages, value)
}

/** For authors of backends: a typed failure. `detail` names what helps an operator and holds no secret. @throws UsageError for an unknown kind */
export function backendFailure(
  kind: BackendFailureKind,
  message: string = messages[kind],
  detail: ErrorDetail = {},
  cause?: unknown,
): BackendError {
  if (!isKind(kind)) throw new UsageError('There is no such kind of failure; see detail', { known: Object.keys(messages) })
  const retryable = kind === 'retryable' || kind === 'throttled'
  return new BackendError(message, { retryable, ...detail, kind }, cause === undefined ? undefined : { cause })
}

/** The call of `backend` took too long, or its signal fired. The device may still do what it was asked. */
export function abortedFailure(backend: string, reason: 'signal' | 'deadline', cause?: unknown): BackendError {
  return backendFailure('aborted', messages.aborted, { backend, reason, retryable: reason === 'deadline' }, cause)
}

/** The program has closed the session of the key. */
export function closedFailure(backend: string): BackendError {
  return backendFailure('permanent', 'The session of this key was closed by the program', { backend, reason: 'closed' })
}

const deviceCodes: readonly string[] = ['backend_failure', 'invalid_key', 'invalid_usage']

/** Whether a device's error leaves as it is. One that blames a token does not: no token was looked at, and 401 would be the wrong answer. */
export function isDeviceError(error: unknown): error is JwtError {
  return isJwtError(error) && deviceCodes.includes(error.code)
}

/** What a device threw, as this library's error: its own kind where the backend knows it, else `permanent`. */
export function failureOf(key: Pick<RemoteKey, 'backend' | 'failure'>, error: unknown): Error {
  if (isDeviceError(error)) return error
  return backendFailure(kindOf(key, error), undefined, { backend: key.backend }, error)
}

function kindOf(key: Pick<RemoteKey, 'failure'>, error: unknown): BackendFailureKind {
  try {
    const kind: unknown = key.failure?.(error)
    // An async function is no judge; what becomes of its promise is nobody's affair.
    if (kind instanceof Promise) kind.catch(() => {})
    return isKind(kind) ? kind : 'permanent'
  } catch {
    return 'permanent'
  }
}
