import { type Fault, statusFault } from '../failures.ts'

export const backendName = 'aws-kms'

// Names of the KMS API reference ("Errors" of each action, and "Common Errors"), and of the SDK's credential providers.
const byName: readonly (readonly [RegExp, Omit<Fault, 'vendorCode'>])[] = [
  [/^(?:Throttling|ThrottlingException|ThrottledException|TooManyRequestsException|RequestLimitExceeded|LimitExceededException)$/, { kind: 'throttled' }],
  [/^NotFoundException$/, { kind: 'permanent', reason: 'key_not_found' }],
  [/^(?:DisabledException|KMSInvalidStateException)$/, { kind: 'permanent', reason: 'key_disabled' }],
  [
    /^(?:AccessDenied(?:Exception)?|UnrecognizedClientException|InvalidClientTokenId|InvalidSignatureException|SignatureDoesNotMatch|IncompleteSignature(?:Exception)?|MissingAuthenticationToken(?:Exception)?|ExpiredToken(?:Exception)?|NotAuthorized|OptInRequired|InvalidGrantTokenException|CredentialsProviderError)$/,
    { kind: 'unauthorised' },
  ],
  [
    /^(?:DependencyTimeoutException|KMSInternalException|KeyUnavailableException|InternalFailure|InternalServerError|ServiceUnavailable(?:Exception)?|RequestTimeout(?:Exception)?|RequestExpired|CloudHsmClusterNotActiveException|XksProxyUriUnreachableException)$/,
    { kind: 'retryable' },
  ],
]

export function awsFault(error: unknown): Fault {
  const { name, $metadata } = error as { readonly name?: unknown; readonly $metadata?: { readonly httpStatusCode?: unknown } }
  const vendorCode = typeof name === 'string' ? name : 'unknown'
  const known = byName.find(([pattern]) => pattern.test(vendorCode))
  if (known) return { ...known[1], vendorCode }
  const status = $metadata?.httpStatusCode
  return { ...statusFault(typeof status === 'number' ? status : undefined), vendorCode }
}
