import type { AlgorithmRegistry } from '../algorithms/registry.ts'
import { type Duration, durationSeconds } from '../core/duration.ts'
import {
  badOption,
  readAsIs,
  readBoolean,
  readCount,
  readFunction,
  readOptions,
  readText,
  readTextList,
  readTextOrList,
} from '../core/options.ts'
import { defaultMaxTokenLength } from './compact.ts'
import { isRegisteredName } from './header.ts'
import { type ClaimsPolicy, createPolicy } from './policy.ts'
import type { ClaimsSchema } from './schema.ts'

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
  /**
   * For prepared decoders: remembers good tokens, at most so many and for so long, and spares their signature. Claims are
   * judged anew each time. Results are then frozen, since callers share them.
   */
  readonly cache?: { readonly maxEntries: number; readonly maxAge: Duration }
}

/** Options read once and checked: nothing the caller does to their object afterwards matters. */
export interface DecodeSettings {
  /** As given: who binds the keys judges it. */
  readonly algorithms: unknown
  readonly policy: ClaimsPolicy
  /** Names that `crit` may hold. */
  readonly understood: ReadonlySet<string> | undefined
  readonly maxTokenLength: number
  /** As given. */
  readonly schema: unknown
  readonly allowWeakKey: boolean
  /** As given. */
  readonly registry: unknown
  /** As given. */
  readonly cacheOption: unknown
}

function readLeeway(value: unknown, option: string): number {
  return durationSeconds(typeof value === 'number' ? { seconds: value } : value, option, 'seconds, or "30s"')
}

function readCrit(value: unknown, option: string): ReadonlySet<string> {
  const names = readTextList(value, option)
  if (names.some(isRegisteredName)) throw badOption(option, 'names of extensions')
  return new Set(names)
}

function readTextsOrNull(value: unknown, option: string): readonly string[] | null {
  return value === null ? null : readTextOrList(value, option)
}

const readers = {
  algorithms: readAsIs,
  issuer: readTextsOrNull,
  audience: readTextsOrNull,
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
  schema: readAsIs,
  registry: readAsIs,
  cache: readAsIs,
}

/** Reads the options of a decoder, all but `algorithms`, `registry` and `schema`. `prepared`: issuer and audience must be there. @throws UsageError */
export function readDecodeOptions(given: unknown, prepared: boolean): DecodeSettings {
  const options = readOptions(given, readers)
  if (prepared && (options.issuer === undefined || options.audience === undefined)) throw badOption('issuer, audience', 'both, or null')
  const { algorithms, crit, maxTokenLength = defaultMaxTokenLength, schema, allowWeakKey = false, registry, cache } = options
  return { algorithms, policy: createPolicy(options), understood: crit, maxTokenLength, schema, allowWeakKey, registry, cacheOption: cache }
}
