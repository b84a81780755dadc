import { type AlgorithmRegistry, registry as shipped } from '../algorithms/registry.ts'
import { type Duration, durationSeconds } from '../core/duration.ts'
import { UsageError } from '../core/errors.ts'
import { badOption, orNull, readBoolean, readCount, readFunction, readOptions, readText, readTextList, readTextOrList } from '../core/options.ts'
import { defaultMaxTokenLength } from './compact.ts'
import { isRegisteredName } from './header.ts'
import { type ClaimsPolicy, createPolicy } from './policy.ts'
import { type ClaimsSchema, isSchema } from './schema.ts'

/** What a decoder checks. Everything that is left out is either not checked, or judged as the option's comment says. */
export interface DecodeOptions {
  /** The only algorithms that will be run, by exact name (RFC 8725 §3.1). */
  readonly algorithms: readonly string[]
  /** Expected `iss`, or several; `null` waives the check. */
  readonly issuer?: string | readonly string[] | null
  /** Expected audience, or several of which `aud` must name one; `null` waives the check. Left out: a token with `aud` is refused. */
  readonly audience?: string | readonly string[] | null
  /** Expected `sub`. */
  readonly subject?: string
  /** Expected header type, such as "at+jwt" (RFC 8725 §3.11). */
  readonly typ?: string
  /** Expected `nonce` (OpenID Connect). */
  readonly nonce?: string
  /** Expected `jti`. */
  readonly jwtId?: string
  /** Names of claims that must be present and not null. */
  readonly require?: readonly string[]
  /** Greatest age by `iat`. */
  readonly maxAge?: Duration
  /** Clock difference granted on exp, nbf, iat and maxAge: seconds or a duration. */
  readonly leeway?: number | Duration
  /** Extensions in `crit` that the caller understands and handles (RFC 7515 §4.1.11). */
  readonly crit?: readonly string[]
  /** The time in seconds since the epoch. */
  readonly now?: () => number
  /** Characters, default 65536. */
  readonly maxTokenLength?: number
  /** Accept HMAC secrets shorter than the hash and RSA keys below 2048 bits. */
  readonly allowWeakKey?: boolean
  /** Accept times beyond the year 9999, which otherwise can only be milliseconds. */
  readonly allowDistantTimes?: boolean
  /** A Standard Schema for the claims; its output is the result. */
  readonly schema?: ClaimsSchema
  /** Algorithms beyond those shipped. */
  readonly registry?: AlgorithmRegistry
}

/** Options read once and checked: nothing the caller does to their object afterwards matters. */
export interface DecodeSettings {
  readonly algorithms: readonly string[] | undefined
  readonly policy: ClaimsPolicy
  readonly understood: ReadonlySet<string>
  readonly maxTokenLength: number
  readonly schema: ClaimsSchema | undefined
  readonly allowWeakKey: boolean
  readonly registry: AlgorithmRegistry
}

function readLeeway(value: unknown, option: string): number {
  if (typeof value !== 'number') return durationSeconds(value, option)
  if (value >= 0 && Number.isFinite(value)) return value
  throw badOption(option, 'seconds, 0 or more')
}

function readSchema(value: unknown, option: string): ClaimsSchema {
  if (isSchema(value)) return value
  throw badOption(option, 'a Standard Schema of version 1')
}

function readRegistry(value: unknown, option: string): AlgorithmRegistry {
  const { names, has, get } = Object(value) as Partial<AlgorithmRegistry>
  if (Array.isArray(names) && typeof has === 'function' && typeof get === 'function') return value as AlgorithmRegistry
  throw badOption(option, 'an AlgorithmRegistry')
}

function readCrit(value: unknown, option: string): ReadonlySet<string> {
  const names = readTextList(value, option)
  if (names.some(isRegisteredName)) throw badOption(option, 'names of extensions, none of them a registered header parameter')
  return new Set(names)
}

const readers = {
  algorithms: (value: unknown) => value,
  issuer: orNull(readTextOrList),
  audience: orNull(readTextOrList),
  subject: readText,
  typ: readText,
  nonce: readText,
  jwtId: readText,
  require: readTextList,
  maxAge: durationSeconds,
  leeway: readLeeway,
  crit: readCrit,
  now: readFunction,
  maxTokenLength: readCount,
  allowWeakKey: readBoolean,
  allowDistantTimes: readBoolean,
  schema: readSchema,
  registry: readRegistry,
}

/** Reads the options of a decoder. `prepared`: issuer and audience must be there. @throws UsageError */
export function readDecodeOptions(given: unknown, prepared: boolean): DecodeSettings {
  const options = readOptions(given, readers)
  if (prepared && (options.issuer === undefined || options.audience === undefined)) {
    throw new UsageError('A decoder takes issuer and audience: give what is expected, or null to waive the check')
  }
  const { registry = shipped } = options
  return {
    algorithms: 'algorithms' in options ? readAllowList(options.algorithms, registry) : undefined,
    policy: createPolicy(options as Omit<typeof options, 'algorithms' | 'schema' | 'registry' | 'crit'>),
    understood: options.crit ?? new Set(),
    maxTokenLength: options.maxTokenLength ?? defaultMaxTokenLength,
    schema: options.schema,
    allowWeakKey: options.allowWeakKey ?? false,
    registry,
  }
}

/** The allow-list (RFC 8725 §3.1): registered names, and not HMAC beside public-key algorithms. @throws UsageError */
export function readAllowList(value: unknown, registry: AlgorithmRegistry): readonly string[] {
  if (!Array.isArray(value) || value.length === 0) {
    throw new UsageError('algorithms is a non-empty array of names, such as ["ES256"]', { option: 'algorithms' })
  }
  const names = new Set<string>(Array.from(value, (name: unknown) => readText(name, 'algorithms')))
  for (const name of names) {
    if (!registry.has(name)) {
      throw new UsageError('algorithms names one that is not registered; names are exact, and "none" is none; detail.known lists them', {
        option: 'algorithms',
        known: registry.names,
      })
    }
  }
  const symmetric = [...names].filter((name) => registry.get(name)!.family === 'HMAC').length
  if (symmetric > 0 && symmetric < names.size) {
    throw new UsageError('algorithms mixes HMAC with public-key algorithms, which lets a public key pass for a secret: use two decoders')
  }
  return Object.freeze([...names])
}
