import { calling, type Fault, statusFault } from '../failures.ts'

export const backendName = 'azure-key-vault'

interface AzureError {
  readonly name?: unknown
  readonly code?: unknown
  readonly message?: unknown
  readonly statusCode?: unknown
  readonly details?: { readonly error?: { readonly code?: unknown; readonly innerError?: InnerError; readonly innererror?: InnerError } }
}

// "innererror" on the wire; the SDK writes it with a capital.
interface InnerError {
  readonly code?: unknown
}

// Of @azure/identity: no credential, or none that the tenant takes.
const credentialErrors = /^(?:Aggregate)?(?:Authentication(?:Required)?|CredentialUnavailable)Error$/
// Key Vault answers 403 for these as it does for a missing permission; the inner code tells them apart. Of the first and the
// last there are published answers; the two between are named after them.
const unusable = /^(?:KeyDisabled|KeyExpired|KeyNotYetValid|KeyOperationForbidden)$/
// The SDK looks at the dates and operations of a key itself before it asks, and throws plain errors.
const refusedBySdk = /^Key \S+ (?:expired at|can't be used before) |^Operation \w+ is not supported on key /

function azureFault(error: unknown): Fault {
  const { name, code, message, statusCode, details } = error as AzureError
  if (credentialErrors.test(String(name))) return { kind: 'unauthorised', vendorCode: String(name) }
  // An answer that was cut short or is no JSON.
  if (code === 'PARSE_ERROR') return { kind: 'retryable', vendorCode: 'PARSE_ERROR' }
  if (statusCode === undefined && refusedBySdk.test(String(message))) return { kind: 'permanent', reason: 'key_disabled' }
  const inner = (details?.error?.innerError ?? details?.error?.innererror)?.code
  if (unusable.test(String(inner))) return { kind: 'permanent', reason: 'key_disabled', vendorCode: String(inner) }
  const vendorCode = [inner, details?.error?.code, code].find((value) => typeof value === 'string')
  const fault = statusFault(typeof statusCode === 'number' ? statusCode : undefined)
  return vendorCode === undefined ? fault : { ...fault, vendorCode: vendorCode as string }
}

export function asking<T>(call: () => Promise<T>): Promise<T> {
  return calling(backendName, azureFault, call)
}
