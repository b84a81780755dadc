import type { Outcome } from './report.ts'
import type { Entry, Library, Reference } from './self-check.ts'

type Jwk = Readonly<Record<string, string>>
type Claims = Readonly<Record<string, unknown>>

/** What came of one algorithm on one backend. */
export interface Signed {
  readonly outcomes: readonly Outcome[]
  /** A token made here, for the other backends. */
  readonly token?: string
  readonly verifies: boolean
}

const isRsa = (algorithm: string): boolean => /^[RP]S/.test(algorithm)
const isDeterministic = (algorithm: string): boolean => /^(HS|RS|Ed)/.test(algorithm)
/** Making an RSA key takes a while; one for each padding is enough. */
const isGenerated = (algorithm: string): boolean => !isRsa(algorithm) || algorithm.endsWith('256')

/** Runs one check. `mayRefuse` says that nothing beneath the backend can do it, so that a typed refusal is the right answer, and the only one. */
async function attempt(check: string, mayRefuse: boolean, entry: Entry, run: () => Promise<string | undefined>): Promise<Outcome> {
  try {
    const fault = await run()
    if (fault !== undefined) return { check, status: 'failed', note: fault }
    return mayRefuse ? { check, status: 'failed', note: 'works, though the runtime is said to lack it' } : { check, status: 'passed' }
  } catch (error) {
    const note = describe(error)
    if (!isRefusal(entry, error)) return { check, status: 'failed', note }
    return mayRefuse ? { check, status: 'refused', note } : { check, status: 'failed', note: `refused, though the runtime has it: ${note}` }
  }
}

function isRefusal(entry: Entry, error: unknown): boolean {
  const { name, code, detail } = error as { name?: unknown; code?: unknown; detail?: { supported?: unknown } }
  return entry.isJwtError(error) && name === 'InvalidKeyError' && code === 'invalid_key' && detail?.supported === false
}

export function describe(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  const { code, detail, cause } = error as Error & { code?: unknown; detail?: unknown }
  return `${error.name} [${code}] ${error.message} ${JSON.stringify(detail ?? {})}${cause === undefined ? '' : ` <- ${describe(cause)}`}`
}

export async function checkCell(library: Library, reference: Reference, jwk: Jwk, claims: Claims): Promise<Signed> {
  const { entry, backend, natively } = library
  const { algorithm } = reference
  const native = await natively?.(algorithm, jwk)
  const lacking = natively !== undefined && native === undefined
  const signingLacks = natively === undefined ? isRsa(algorithm) : lacking
  const key = entry.importKey(jwk)
  const publicKey = key.publicKey ?? key
  const verify = (token: string, verificationKey: unknown = publicKey): Promise<string | undefined> => verified(entry, token, verificationKey, algorithm, claims)
  const made: { token?: string } = {}

  const outcomes = [
    await attempt('sign', signingLacks, entry, async () => {
      const token = entry.encode(claims, key, { algorithm })
      if ((typeof token === 'string') !== (backend.mode === 'sync')) return 'encode answers in the other mode than its backend'
      made.token = await token
      return verify(made.token!)
    }),
    await attempt('verify', lacking, entry, () => verify(reference.token)),
  ]
  if (outcomes[1]!.status !== 'passed') return { outcomes, verifies: false }

  for (const { name, token, code } of changed(reference.token)) {
    outcomes.push(await attempt(name, false, entry, () => refusedAs(code, () => entry.decode(token, publicKey, { algorithms: [algorithm] }))))
  }
  if (!algorithm.startsWith('HS')) {
    outcomes.push(await attempt('key as PEM', false, entry, () => verify(reference.token, entry.importKey(entry.exportPem(publicKey), { type: 'public' }))))
  }
  if (native) {
    outcomes.push(
      await attempt("the runtime's own key object", false, entry, async () => {
        const token: string = await entry.encode(claims, native.signing, { algorithm })
        return (await verify(token)) ?? (await verify(token, native.verifying))
      }),
    )
  }
  if (made.token !== undefined && isDeterministic(algorithm)) {
    outcomes.push(await attempt('the same signature as elsewhere', false, entry, () => sameSignature(library, reference, key)))
  }
  if (isGenerated(algorithm)) {
    outcomes.push(await attempt('generate', signingLacks, entry, () => generated(entry, algorithm, jwk['crv'], claims)))
  }
  return { outcomes, verifies: true, ...(made.token !== undefined && { token: made.token }) }
}

/** Tokens of the other backends. */
export async function verifyForeign(
  { entry }: Library,
  algorithm: string,
  jwk: Jwk,
  claims: Claims,
  tokens: readonly { readonly by: string; readonly token: string | undefined }[],
): Promise<Outcome[]> {
  const key = entry.importKey(jwk)
  const outcomes: Outcome[] = []
  for (const { by, token } of tokens) {
    if (token === undefined) continue
    outcomes.push(await attempt(`a token of ${by}`, false, entry, () => verified(entry, token, key.publicKey ?? key, algorithm, claims)))
  }
  return outcomes
}

async function verified(entry: Entry, token: string, key: unknown, algorithm: string, claims: Claims): Promise<string | undefined> {
  const read: unknown = await entry.decode(token, key, { algorithms: [algorithm] })
  return JSON.stringify(read) === JSON.stringify(claims) ? undefined : 'verified, but the claims are not those that were signed'
}

async function generated(entry: Entry, algorithm: string, crv: string | undefined, claims: Claims): Promise<string | undefined> {
  const options = algorithm === 'EdDSA' ? { crv } : {}
  const key = algorithm.startsWith('HS') ? await entry.generateSecret(algorithm) : await entry.generateKey(algorithm, options)
  const token: string = await entry.encode(claims, key, { algorithm })
  return verified(entry, token, key.publicKey ?? key, algorithm, claims)
}

async function sameSignature({ backend }: Library, { algorithm, token }: Reference, key: any): Promise<string | undefined> {
  const at = token.lastIndexOf('.')
  const signature = await backend.signer(algorithm, key).sign(new TextEncoder().encode(token.slice(0, at)))
  const text = btoa(String.fromCharCode(...signature)).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '')
  return text === token.slice(at + 1) ? undefined : 'another signature than the reference'
}

async function refusedAs(code: string, run: () => unknown): Promise<string | undefined> {
  try {
    await run()
  } catch (error) {
    return (error as { code?: unknown }).code === code ? undefined : `expected ${code}: ${describe(error)}`
  }
  return 'a changed token was accepted'
}

/** The token with one part changed, and the code that refuses it. */
function changed(token: string): readonly { readonly name: string; readonly token: string; readonly code: string }[] {
  const [header, payload, signature] = token.split('.') as [string, string, string]
  const none = btoa('{"alg":"none"}').replaceAll('=', '')
  const claims = btoa('{"admin":true}').replaceAll('=', '')
  const middle = signature.length >> 1
  const swap = (text: string, at: number): string => text.slice(0, at) + (text[at] === 'A' ? 'B' : 'A') + text.slice(at + 1)
  return [
    { name: 'changed signature, first byte', token: `${header}.${payload}.${swap(signature, 0)}`, code: 'invalid_signature' },
    { name: 'changed signature, middle', token: `${header}.${payload}.${swap(signature, middle)}`, code: 'invalid_signature' },
    { name: 'cut signature', token: `${header}.${payload}.${signature.slice(0, signature.length - (signature.length % 4) - 4)}`, code: 'invalid_signature' },
    { name: 'no signature', token: `${header}.${payload}.`, code: 'invalid_signature' },
    { name: 'zeros for a signature', token: `${header}.${payload}.${signature.replaceAll(/./g, 'A')}`, code: 'invalid_signature' },
    { name: 'changed payload', token: `${header}.${claims}.${signature}`, code: 'invalid_signature' },
    { name: 'alg none', token: `${none}.${payload}.`, code: 'algorithm_not_allowed' },
  ]
}
