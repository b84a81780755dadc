import { InvalidClaimError, UsageError } from '../core/errors.ts'
import { andThen, type In, type Mode } from '../core/mode.ts'
import { badOption } from '../core/options.ts'
import type { Claims } from './claims.ts'

/** What this library calls of a Standard Schema (version 1): zod, valibot, arktype and others provide it. */
export interface ClaimsSchema<Output = unknown> {
  readonly '~standard': {
    readonly version: 1
    readonly vendor: string
    readonly validate: (value: unknown) => SchemaResult<Output> | Promise<SchemaResult<Output>>
    readonly types?: { readonly input: unknown; readonly output: Output } | undefined
  }
}

export type SchemaResult<Output> =
  | { readonly value: Output; readonly issues?: undefined }
  | { readonly issues: readonly { readonly message: string; readonly path?: readonly unknown[] | undefined }[] }

function isSchema(value: unknown): value is ClaimsSchema {
  // Some libraries' schemas are functions.
  if ((typeof value !== 'object' || value === null) && typeof value !== 'function') return false
  const standard = (value as Partial<ClaimsSchema>)['~standard']
  return typeof standard === 'object' && standard !== null && standard.version === 1 && typeof standard.validate === 'function'
}

/** The schema option as a function of the claims, or undefined where there is none. @throws UsageError */
export function shapeOf<M extends Mode>(mode: M, schema: unknown): ((claims: Claims) => In<M, unknown>) | undefined {
  if (schema === undefined) return undefined
  if (!isSchema(schema)) throw badOption('schema', 'a Standard Schema')
  const standard = schema['~standard']
  const { validate } = standard
  return (claims) => applySchema(mode, (value) => validate.call(standard, value), claims)
}

/** The schema's output for verified claims. @throws InvalidClaimError; UsageError for an async schema in a sync decoder */
function applySchema<M extends Mode>(mode: M, validate: ClaimsSchema['~standard']['validate'], claims: Claims): In<M, unknown> {
  const result = validate(claims)
  if (mode === 'async') return andThen(mode, result as In<M, SchemaResult<unknown>>, outputOf)
  if (isThenable(result)) {
    // Nobody will wait for it, so its failure must not become an unhandled rejection.
    result.then(undefined, () => undefined)
    throw new UsageError('The schema validates asynchronously, and this decoder answers at once: use an async key, or a sync schema')
  }
  return outputOf(result) as In<M, unknown>
}

function outputOf(result: SchemaResult<unknown>): unknown {
  if (typeof result !== 'object' || result === null) throw new UsageError('The schema returned no result')
  if (result.issues === undefined && 'value' in result) return result.value
  if (!Array.isArray(result.issues)) throw new UsageError('The schema returned no result')
  throw new InvalidClaimError('The claims do not match the schema; detail.paths names the members', {
    claim: 'schema',
    paths: Array.from(result.issues, (issue) => pathText(issue.path)).slice(0, 32),
  })
}

function pathText(path: readonly unknown[] | undefined): string {
  const keys = (path ?? []).map((segment) =>
    typeof segment === 'object' && segment !== null ? (segment as { key?: unknown }).key : segment,
  )
  return keys.map(String).join('.').slice(0, 128)
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof value === 'object' && value !== null && typeof (value as { then?: unknown }).then === 'function'
}
