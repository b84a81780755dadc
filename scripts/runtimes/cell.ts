import { attempt, changed, describe } from './attempt.ts'
import { type Jwk, publicJwk, signingInput } from './natively.ts'
import type { Outcome } from './report.ts'
import type { Entry, Library, Reference } from './self-check.ts'

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

/** Whether nothing beneath the backend can sign, or verify. The pure backend needs nothing, and does not sign with RSA. */
async function lacking({ natively }: Library, { algorithm, token }: Reference, jwk: Jwk) {
  const native = natively ? await natively(algorithm, jwk, token) : {}
  const signing = natively ? !native.signing : isRsa(algorithm)
  return { native, signing, verifying: natively !== undefined && !native.verifying }
}

export async function checkCell(library: Library, reference: Reference, jwk: Jwk, claims: Claims): Promise<Signed> {
  const { entry, backend } = library
  const { algorithm } = reference
  const lacks = await lacking(library, reference, jwk)
  const verify = (token: string, key: unknown): Promise<string | undefined> => verified(entry, token, key, algorithm, claims)
  const made: { token?: string } = {}
  const outcomes: Outcome[] = []
  const check = async (name: string, mayRefuse: boolean, run: () => Promise<string | undefined>): Promise<boolean> => {
    const outcome = await attempt(name, mayRefuse, entry, run)
    outcomes.push(outcome)
    return outcome.status === 'passed'
  }

  const signs = await check('sign', lacks.signing, async () => {
    const token = entry.encode(claims, entry.importKey(jwk), { algorithm })
    if ((typeof token === 'string') !== (backend.mode === 'sync')) return 'encode answers in the other mode than its backend'
    made.token = await token
    return undefined
  })
  const verifies = await check('verify', lacks.verifying, () => verify(reference.token, entry.importKey(publicJwk(jwk))))
  if (isGenerated(algorithm)) await check('generate', lacks.signing, () => generated(entry, algorithm, jwk['crv'], claims))
  if (signs && isDeterministic(algorithm)) {
    await check('the same signature as elsewhere', false, () => sameSignature(library, reference, entry.importKey(jwk)))
  }
  if (signs && verifies) {
    await check('its own token', false, () => verify(made.token!, entry.importKey(jwk).publicKey ?? entry.importKey(jwk)))
    const { signing, verifying } = lacks.native
    if (signing && verifying)
      await check("the runtime's own key objects", false, () => withObjects(entry, algorithm, signing, verifying, claims))
  }
  if (verifies) {
    for (const { name, token, code } of changed(reference.token)) {
      await check(name, false, () =>
        refusedAs(code, () => entry.decode(token, entry.importKey(publicJwk(jwk)), { algorithms: [algorithm] })),
      )
    }
    if (signs) await check('options on Object.prototype', false, () => underPollution(library, reference, jwk, claims))
    if (jwk['kty'] !== 'oct') await check('key as PEM', false, () => verify(reference.token, throughPem(entry, jwk)))
  }
  return { outcomes, verifies, ...(signs && made.token !== undefined && { token: made.token }) }
}

/** A token of another backend. */
export function verifyForeign(
  { entry }: Library,
  algorithm: string,
  jwk: Jwk,
  claims: Claims,
  by: string,
  token: string,
): Promise<Outcome> {
  return attempt(`a token of ${by}`, false, entry, () => verified(entry, token, entry.importKey(publicJwk(jwk)), algorithm, claims))
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

/** Each half alone, so that a fault names the half. */
async function withObjects(
  entry: Entry,
  algorithm: string,
  signing: object,
  verifying: object,
  claims: Claims,
): Promise<string | undefined> {
  const token: string = await entry.encode(claims, signing, { algorithm })
  return verified(entry, token, verifying, algorithm, claims)
}

function throughPem(entry: Entry, jwk: Jwk): unknown {
  return entry.importKey(entry.exportPem(entry.importKey(publicJwk(jwk))), { type: 'public' })
}

async function sameSignature({ backend }: Library, { algorithm, token }: Reference, key: any): Promise<string | undefined> {
  const signature = await backend.signer(algorithm, key).sign(signingInput(token))
  const text = btoa(String.fromCharCode(...signature))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replaceAll('=', '')
  return text === token.slice(token.lastIndexOf('.') + 1) ? undefined : 'another signature than the reference'
}

/** What runtimes look for in the options of a call, each value one that would change the signature. */
const strayOptions: readonly [string, unknown][] = [
  ['padding', 6],
  ['saltLength', 0],
  ['dsaEncoding', 'ieee-p1363'],
  ['context', new Uint8Array(1)],
]

async function underPollution({ entry }: Library, { algorithm, token }: Reference, jwk: Jwk, claims: Claims): Promise<string | undefined> {
  const key = entry.importKey(jwk)
  for (const [name, value] of strayOptions) {
    Object.defineProperty(Object.prototype, name, { value, configurable: true, writable: true, enumerable: false })
    let [made, fault]: [string?, string?] = []
    try {
      made = await entry.encode(claims, key, { algorithm })
      fault = await verified(entry, token, entry.importKey(publicJwk(jwk)), algorithm, claims)
    } finally {
      Reflect.deleteProperty(Object.prototype, name)
    }
    fault ??= await verified(entry, made!, key.publicKey ?? key, algorithm, claims)
    if (fault !== undefined) return `with ${name}: ${fault}`
  }
  return undefined
}

async function refusedAs(code: string, run: () => unknown): Promise<string | undefined> {
  try {
    await run()
  } catch (error) {
    return (error as { code?: unknown }).code === code ? undefined : `expected ${code}: ${describe(error)}`
  }
  return 'a changed token was accepted'
}
