import type { BackendError, BackendFailureKind } from '../../core/errors.ts'
import { isJwtError } from '../../core/errors.ts'
import { backendFailure } from '../../keys/remote-failure.ts'

export const backendName = 'pkcs11'

/** Return values this backend tells apart (OASIS PKCS #11 v3.1 §5.1). */
export const rv = {
  attributeSensitive: 0x11,
  attributeTypeInvalid: 0x12,
  signatureInvalid: 0xc0,
  signatureLengthRange: 0xc1,
  pinIncorrect: 0xa0,
  userAlreadyLoggedIn: 0x100,
  cryptokiAlreadyInitialized: 0x191,
} as const

// Functions failed, device trouble, sessions and handles that are gone, a login or library that somebody else ended: a
// new session, a new login and a new search heal them all.
const retryable = [0x02, 0x03, 0x05, 0x06, 0x30, 0x31, 0x32, 0x50, 0x60, 0x82, 0x90, 0x91, 0xb0, 0xb3, 0xe0, 0xe1, 0x101, 0x190]
// Of the PIN: incorrect, invalid, of a wrong length, expired, locked, not set. Then: action prohibited, function not
// permitted for the key, another user logged in, no such user.
const unauthorised = [0xa0, 0xa1, 0xa2, 0xa3, 0xa4, 0x102, 0x1b, 0x68, 0x104, 0x103]
// Too many sessions, or users.
const throttled = [0xb1, 0x105]

/** The return value in an error of the module, or undefined. Some of its functions give it in `code`, others in the text only. */
export function returnValue(error: unknown): number | undefined {
  const { code, message } = (typeof error === 'object' && error !== null ? error : {}) as { code?: unknown; message?: unknown }
  if (typeof message !== 'string' || !message.includes('CKR_')) return undefined
  if (typeof code === 'number') return code
  const written = /CKR_\w+:(\d+)/.exec(message)?.[1]
  return written === undefined ? undefined : Number(written)
}

export function failureKind(error: unknown): BackendFailureKind {
  const value = returnValue(error)
  if (value === undefined) return 'permanent'
  if (retryable.includes(value)) return 'retryable'
  if (unauthorised.includes(value)) return 'unauthorised'
  return throttled.includes(value) ? 'throttled' : 'permanent'
}

const messages = {
  retryable: 'The token or its session is gone or in disorder; the next call opens a new session and logs in again',
  throttled: 'The token has no session left for this program; see the sessions option',
  unauthorised: 'The token refuses the PIN, or the key does not permit the operation; detail.rv says which',
  permanent: 'The token or its module failed; detail.rv is its return value, see cause',
  aborted: 'The call was given up',
} as const

/** What the module threw, typed. `detail.rv` is the name of the return value. */
export function tokenFailure(error: unknown): Error {
  if (isJwtError(error)) return error
  const kind = failureKind(error)
  const name = /CKR_\w+/.exec(String((error as Error | undefined)?.message))?.[0]
  return backendFailure(kind, messages[kind], { backend: backendName, ...(name !== undefined && { rv: name }) }, error)
}

/** A fault found here, not by the module. */
export function fault(kind: BackendFailureKind, message: string, detail: Readonly<Record<string, string | number>> = {}): BackendError {
  return backendFailure(kind, message, { backend: backendName, ...detail })
}
