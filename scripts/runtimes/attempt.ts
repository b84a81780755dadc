import type { Outcome } from './report.ts'
import type { Entry } from './self-check.ts'

/**
 * Runs one check, which returns its fault or nothing. `mayRefuse` says that nothing beneath the backend can do it, so that a
 * typed refusal is the right answer and any other error is not.
 */
export async function attempt(check: string, mayRefuse: boolean, entry: Entry, run: () => Promise<string | undefined>): Promise<Outcome> {
  try {
    const note = await run()
    return note === undefined ? { check, status: 'passed' } : { check, status: 'failed', note }
  } catch (error) {
    const note = describe(error)
    if (!isRefusal(entry, error)) return { check, status: 'failed', note }
    return mayRefuse ? { check, status: 'refused', note } : { check, status: 'failed', note: `refused, though the runtime has it: ${note}` }
  }
}

/** InvalidKeyError that says of itself that what lacks is support, not a good key. */
function isRefusal(entry: Entry, error: unknown): boolean {
  if (!entry.isJwtError(error)) return false
  const { name, code, detail } = error as { name?: unknown; code?: unknown; detail?: { supported?: unknown } }
  return name === 'InvalidKeyError' && code === 'invalid_key' && detail?.supported === false
}

export function describe(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  const { code, detail, cause } = error as Error & { code?: unknown; detail?: unknown }
  return `${error.name} [${code}] ${error.message} ${JSON.stringify(detail ?? {})}${cause === undefined ? '' : ` <- ${describe(cause)}`}`
}

/** A token and the code that refuses it. */
export interface Forgery {
  readonly name: string
  readonly token: string
  readonly code: string
}

/** The token with one part changed. */
export function changed(token: string): readonly Forgery[] {
  const [header, payload, signature] = token.split('.') as [string, string, string]
  const none = btoa('{"alg":"none"}').replaceAll('=', '')
  const claims = btoa('{"admin":true}').replaceAll('=', '')
  const swap = (text: string, at: number): string => text.slice(0, at) + (text[at] === 'A' ? 'B' : 'A') + text.slice(at + 1)
  // Whole groups of four characters, so that what is left is still base64url.
  const cut = signature.slice(0, signature.length - (signature.length % 4) - 4)
  return [
    { name: 'changed signature, first byte', token: `${header}.${payload}.${swap(signature, 0)}`, code: 'invalid_signature' },
    {
      name: 'changed signature, middle',
      token: `${header}.${payload}.${swap(signature, signature.length >> 1)}`,
      code: 'invalid_signature',
    },
    { name: 'cut signature', token: `${header}.${payload}.${cut}`, code: 'invalid_signature' },
    { name: 'no signature', token: `${header}.${payload}.`, code: 'invalid_signature' },
    { name: 'zeros for a signature', token: `${header}.${payload}.${signature.replaceAll(/./g, 'A')}`, code: 'invalid_signature' },
    { name: 'changed payload', token: `${header}.${claims}.${signature}`, code: 'invalid_signature' },
    { name: 'alg none', token: `${none}.${payload}.`, code: 'algorithm_not_allowed' },
  ]
}
