import { calling, type Fault, statusFault } from '../failures.ts'

export const backendName = 'gcp-kms'

// google.rpc.Code.
const byCode: Readonly<Record<number, Omit<Fault, 'vendorCode'>>> = {
  1: { kind: 'aborted' },
  4: { kind: 'retryable' },
  5: { kind: 'permanent', reason: 'key_not_found' },
  7: { kind: 'unauthorised' },
  8: { kind: 'throttled' },
  // FAILED_PRECONDITION is what a version that is disabled, destroyed or still being made answers.
  9: { kind: 'permanent', reason: 'key_disabled' },
  10: { kind: 'retryable' },
  13: { kind: 'retryable' },
  14: { kind: 'retryable' },
  16: { kind: 'unauthorised' },
}
const largestRpcCode = 16
// INVALID_ARGUMENT, by its number in gRPC or in HTTP, is also what a request that arrives damaged gets.
const invalidArgument = [3, 400]
const damagedRequest = /\bchecksum in field \w+ did not match\b/

function gcpFault(error: unknown): Fault {
  const { code, status, message } = error as { readonly code?: unknown; readonly status?: unknown; readonly message?: unknown }
  // The REST transport and the credential library put HTTP's numbers where gRPC's are.
  const number = [code, status].map(Number).find(Number.isInteger)
  if (number === undefined) return isCredentialError(error) ? { kind: 'unauthorised' } : { kind: 'permanent' }
  if (invalidArgument.includes(number) && damagedRequest.test(String(message)))
    return { kind: 'retryable', reason: 'checksum', vendorCode: String(number) }
  if (number > largestRpcCode) return statusFault(number)
  return { ...(byCode[number] ?? { kind: 'permanent' }), vendorCode: String(number) }
}

/** google-auth-library throws plain errors where it finds no credentials. */
function isCredentialError(error: unknown): boolean {
  return error instanceof Error && /default credentials|invalid_grant|metadata server/i.test(error.message)
}

export function asking<T>(call: () => Promise<T>): Promise<T> {
  return calling(backendName, gcpFault, call)
}
