import { type Fault, statusFault } from '../failures.ts'

export const backendName = 'aws-kms'

// Names of the KMS API reference ("Errors" of each action, and "Common Errors"), and of the SDK's credential providers.
// The protocols write some with "Exception" at the end and some without.
const throttled = ['Throttling', 'Throttled', 'TooManyRequests', 'RequestLimitExceeded']
const unusable = ['Disabled', 'KMSInvalidState']
const unauthorised = [
  'AccessDenied',
  'UnrecognizedClient',
  'InvalidClientTokenId',
  'InvalidSignature',
  'SignatureDoesNotMatch',
  'IncompleteSignature',
  'MissingAuthenticationToken',
  'ExpiredToken',
  'NotAuthorized',
  'OptInRequired',
  'InvalidGrantToken',
  'CredentialsProviderError',
  'TokenProviderError',
]
const retryable = [
  'DependencyTimeout',
  'KMSInternal',
  'KeyUnavailable',
  'InternalFailure',
  'InternalServerError',
  'ServiceUnavailable',
  'RequestTimeout',
  'RequestExpired',
]

function byName(name: string): Fault | undefined {
  if (name === 'NotFound') return { kind: 'permanent', reason: 'key_not_found' }
  if (unusable.includes(name)) return { kind: 'permanent', reason: 'key_disabled' }
  if (throttled.includes(name)) return { kind: 'throttled' }
  if (unauthorised.includes(name)) return { kind: 'unauthorised' }
  return retryable.includes(name) ? { kind: 'retryable' } : undefined
}

export function awsFault(error: unknown): Fault {
  const { name, $metadata } = error as { readonly name?: unknown; readonly $metadata?: { readonly httpStatusCode?: unknown } }
  const vendorCode = typeof name === 'string' ? name : 'unknown'
  const known = byName(vendorCode.replace(/Exception$/, ''))
  const status = $metadata?.httpStatusCode
  return { ...(known ?? statusFault(typeof status === 'number' ? status : undefined)), vendorCode }
}
