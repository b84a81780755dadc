import { UsageError } from '../core/errors.ts'
import { run } from '../core/mode.ts'
import { type Algorithm, hashLength } from './algorithm.ts'
import { algorithms } from './table.ts'

/** An immutable set of algorithms by name. `with` gives a larger one; there is no process-wide registration. */
export interface AlgorithmRegistry<N extends string = string> {
  readonly names: readonly N[]
  has(name: string): name is N
  /** The algorithm of exactly this name, compared case-sensitively, or undefined. */
  get(name: string): Algorithm<N> | undefined
  /** A registry that has one more. Throws UsageError for a name already taken, a malformed row, and `none` in any spelling. */
  with<A extends string>(algorithm: Algorithm<A>): AlgorithmRegistry<N | A>
}

/** Of rows that are well-formed and frozen, and of one name each. */
function registryOf<N extends string>(rows: readonly Algorithm<N>[]): AlgorithmRegistry<N> {
  const get = (name: string): Algorithm<N> | undefined => rows.find((row) => row.name === name)
  return Object.freeze({
    names: Object.freeze(rows.map(({ name }) => name)),
    has: (name: string): name is N => get(name) !== undefined,
    get,
    with: <A extends string>(algorithm: Algorithm<A>) => run('sync', () => registryOf<N | A>([...rows, newRow(rows, algorithm)])),
  })
}

function newRow<N extends string>(rows: readonly Algorithm[], algorithm: Algorithm<N>): Algorithm<N> {
  const row = checkRow(algorithm)
  if (rows.some(({ name }) => name === row.name)) throw new UsageError('An algorithm of this name is registered already')
  return row
}

const families: Readonly<Record<string, string>> = { HMAC: 'oct', 'RSASSA-PKCS1-v1_5': 'RSA', 'RSA-PSS': 'RSA', ECDSA: 'EC', EdDSA: 'OKP' }

export function checkRow<N extends string>(given: Algorithm<N>): Algorithm<N> {
  const row = { ...given, ...(Array.isArray(given?.curves) && { curves: Object.freeze([...given.curves]) }) }
  const { name, family, kty, hash, curves } = row
  const needsCurves = kty === 'EC' || kty === 'OKP'
  const wellFormed =
    typeof name === 'string' &&
    /^[\w/+.-]{1,64}$/.test(name) &&
    typeof family === 'string' &&
    Object.hasOwn(families, family) &&
    isSize(row.signatureLength) &&
    isSize(row.minKeyBits) &&
    families[family] === kty &&
    (family === 'EdDSA' || hash === 'SHA-256' || hash === 'SHA-384' || hash === 'SHA-512') &&
    needsCurves === (Array.isArray(curves) && curves.length > 0 && curves.every((crv) => typeof crv === 'string'))
  if (!wellFormed) throw new UsageError('Not an algorithm row: name, family, kty, hash and curves must agree')
  if (name.toLowerCase() === 'none') throw new UsageError('"none" is not an algorithm here: an unsigned token proves nothing')
  return Object.freeze({ ...row, ...sizes(row) })
}

/** The sizes that RFC 7518 §3.2, §3.3 and §3.5 ask for, where the row does not say. */
function sizes({ kty, hash, signatureLength, minKeyBits }: Algorithm): Pick<Algorithm, 'signatureLength' | 'minKeyBits'> {
  if (kty === 'RSA') return { minKeyBits: minKeyBits ?? 2048 }
  if (kty !== 'oct') return {}
  const length = hashLength(hash!)
  return { signatureLength: signatureLength ?? length, minKeyBits: minKeyBits ?? length * 8 }
}

function isSize(value: unknown): boolean {
  return value === undefined || (Number.isSafeInteger(value) && (value as number) > 0)
}

/** The names of the algorithms this library ships. */
export type AlgorithmName = (typeof algorithms)[number]['name']

/** Every algorithm this library ships. */
export const registry: AlgorithmRegistry<AlgorithmName> = /* @__PURE__ */ registryOf<AlgorithmName>(algorithms)
