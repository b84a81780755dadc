import { readFileSync } from 'node:fs'
import { isDeepStrictEqual } from 'node:util'
import * as nobleEntry from '../../src/noble.ts'
import * as nodeEntry from '../../src/node.ts'
import * as webcryptoEntry from '../../src/webcrypto.ts'

/** A key as the vector files write it: text, bytes in base64, or a JWK. */
export type KeyForm = { readonly text: string } | { readonly b64: string } | { readonly jwk: Record<string, unknown> }

interface KeyFile {
  readonly keys: Readonly<Record<string, { readonly kty: string } & Readonly<Record<string, KeyForm>>>>
}

export interface EncodeCase {
  readonly id: string
  readonly alg: string
  readonly key: string
  readonly payload: string
  /** The headers argument that PyJWT was given. */
  readonly give?: Record<string, unknown>
  readonly header: Record<string, unknown>
  readonly token: string
  /** Why another writer's JSON text is not the same. */
  readonly differs?: readonly string[]
  /** The key is shorter than RFC 7518 asks for, which PyJWT only warns about. */
  readonly weak?: boolean
}

interface EncodeFile {
  readonly meta: { readonly now: number; readonly pyjwt: string }
  readonly payloads: Readonly<Record<string, { claims: Record<string, unknown>; dates?: Record<string, string>; double?: boolean }>>
  readonly cases: readonly EncodeCase[]
}

export type Verdict = { readonly ok: unknown } | { readonly error: string }

export interface DecodeCase {
  readonly id: string
  readonly token: unknown
  readonly key: string
  readonly algorithms: unknown
  readonly options?: Readonly<Record<string, unknown>>
  readonly verdict: Verdict
}

interface DecodeFile {
  readonly meta: { readonly now: number }
  readonly keys: Readonly<Record<string, KeyForm>>
  readonly cases: readonly DecodeCase[]
}

/** Cases where this library means to answer otherwise than PyJWT. `ours`: an error's name, or "ok". */
export interface Difference {
  readonly rule: string
  readonly reason: string
  readonly ours: string
  readonly ids: readonly string[]
}

function read<T>(name: string): T {
  return JSON.parse(readFileSync(new URL(`../../vectors/pyjwt/${name}.json`, import.meta.url), 'utf8')) as T
}

export const keys = read<KeyFile>('keys').keys
export const encodeFile = read<EncodeFile>('encode')
export const decodeFile = read<DecodeFile>('decode')
const differences = read<{ readonly encode: readonly Difference[]; readonly decode: readonly Difference[] }>('differences')

/** The listed differences by case id. Throws for an id that is listed twice or that no case has. */
export function differencesOf(part: 'encode' | 'decode'): ReadonlyMap<string, Difference> {
  const known = new Set((part === 'encode' ? encodeFile : decodeFile).cases.map(({ id }) => id))
  const byId = new Map<string, Difference>()
  for (const difference of differences[part]) {
    for (const id of difference.ids) {
      if (!known.has(id)) throw new Error(`differences.json lists ${id}, which is no case`)
      if (byId.has(id)) throw new Error(`differences.json lists ${id} twice`)
      byId.set(id, difference)
    }
  }
  return byId
}

/** "name:form", as the argument that encode and decode take. */
export function keyArgument(reference: string, own: Readonly<Record<string, KeyForm>> = {}): unknown {
  const [name = '', form = 'secret'] = reference.split(':')
  const found = own[name] ?? keys[name]?.[form]
  if (found === undefined || typeof found === 'string') throw new Error(`no key ${reference}`)
  if ('text' in found) return found.text
  return 'jwk' in found ? found.jwk : new Uint8Array(Buffer.from(found.b64, 'base64'))
}

export function isSecret(name: string): boolean {
  return keys[name]?.kty === 'oct'
}

/** What the tests call, alike for every backend: async ones answer with promises, so callers await everything. */
export interface Subject {
  readonly name: string
  readonly encode: (claims: unknown, key: unknown, options: unknown) => unknown
  readonly decode: (token: unknown, key: unknown, options: unknown) => unknown
  readonly decodeComplete: (token: unknown, key: unknown, options: unknown) => unknown
  readonly importKey: (input: unknown, options?: unknown) => unknown
  readonly signer: (algorithm: string, key: unknown, options?: unknown) => { sign: (input: Uint8Array) => unknown }
  /** Whether the backend refuses the algorithm, with an InvalidKeyError. */
  readonly lacks: (algorithm: string, operation: 'sign' | 'verify') => boolean
}

type Entry = Record<'encode' | 'decode' | 'decodeComplete' | 'importKey', unknown>

function subject(name: string, entry: Entry, backend: { signer: unknown }, lacks: Subject['lacks']): Subject {
  const { encode, decode, decodeComplete, importKey } = entry
  return { name, encode, decode, decodeComplete, importKey, signer: backend.signer, lacks } as Subject
}

/** Every backend, with what it cannot do: noble does not sign with RSA, WebCrypto has no secp256k1. */
export const subjects: readonly Subject[] = [
  subject('node', nodeEntry, nodeEntry.node, () => false),
  subject('noble', nobleEntry, nobleEntry.noble, (algorithm, operation) => operation === 'sign' && /^[RP]S/.test(algorithm)),
  subject('webcrypto', webcryptoEntry, webcryptoEntry.webcrypto, (algorithm) => algorithm === 'ES256K'),
]

/** What a call came to: a value, or the name of the error. */
export async function outcome(call: () => unknown): Promise<Verdict> {
  try {
    return { ok: await call() }
  } catch (error) {
    return { error: error instanceof Error ? error.name : String(error) }
  }
}

export function sameVerdict(a: Verdict, b: Verdict): boolean {
  return 'ok' in a && 'ok' in b ? sameValue(a.ok, b.ok) : 'error' in a && 'error' in b && a.error === b.error
}

/** Equal JSON values. -0 and 0 are one number: Python reads -0 as the integer 0, and JSON.stringify writes it so. */
export function sameValue(a: unknown, b: unknown): boolean {
  return isDeepStrictEqual(withoutSignOfZero(a), withoutSignOfZero(b))
}

function withoutSignOfZero(value: unknown): unknown {
  if (value === 0) return 0
  if (Array.isArray(value)) return value.map(withoutSignOfZero)
  if (typeof value !== 'object' || value === null || Object.getPrototypeOf(value) !== Object.prototype) return value
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, withoutSignOfZero(member)]))
}

export function shown(verdict: Verdict): string {
  return 'error' in verdict ? verdict.error : `ok ${(JSON.stringify(verdict.ok) ?? 'undefined').slice(0, 120)}`
}

/** Milliseconds for one piece: pure TypeScript on a busy machine takes its time over P-521 and Ed448. */
export const patience = 60_000

/** The members of a group of ids "group/…", in pieces small enough for one test each. */
export function pieces<T extends { readonly id: string }>(cases: readonly T[], size = 50): { name: string; rows: readonly T[] }[] {
  const groups = new Map<string, T[]>()
  for (const row of cases) {
    const name = row.id.split('/', 1)[0] ?? ''
    const group = groups.get(name)
    if (group) group.push(row)
    else groups.set(name, [row])
  }
  return [...groups].flatMap(([name, rows]) =>
    Array.from({ length: Math.ceil(rows.length / size) }, (_, i) => ({
      name: rows.length > size ? `${name} ${i + 1}` : name,
      rows: rows.slice(i * size, (i + 1) * size),
    })),
  )
}

/** Asks every row for its complaint and returns those there are, one line each. */
export async function complaints<T extends { readonly id: string }>(
  rows: readonly T[],
  judge: (row: T) => Promise<string | undefined>,
): Promise<string[]> {
  const found: string[] = []
  for (const row of rows) {
    const complaint = await judge(row)
    if (complaint !== undefined) found.push(`${row.id}: ${complaint}`)
  }
  return found
}
