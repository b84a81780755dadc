import type { AlgorithmRegistry } from '../algorithms/registry.ts'
import { type Duration, durationSeconds } from '../core/duration.ts'
import { once } from '../core/once.ts'
import { badOption, readAsIs, readBoolean, readFunction, readOptions, readText, readTextList, readTextOrNull } from '../core/options.ts'
import type { HeaderToSign } from './header.ts'
import { clock } from './policy.ts'

/** What `encode` adds to claims and header. Nothing is added unless asked for. */
export interface EncodeOptions extends TokenOptions {
  /** The algorithm, by exact name. A Signer has its own. */
  readonly algorithm: string
  readonly issuer?: string | null
  readonly audience?: string | readonly string[] | null
  /** Accept an HMAC secret shorter than the hash and an RSA key below 2048 bits. */
  readonly allowWeakKey?: boolean
  /** Accept times beyond the year 9999, which otherwise can only be milliseconds. */
  readonly allowDistantTimes?: boolean
  /** The time in seconds since the epoch. */
  readonly now?: () => number
  /** Algorithms beyond those shipped. */
  readonly registry?: AlgorithmRegistry
}

/** What may differ from token to token. */
export interface TokenOptions {
  /** Header parameters: `kid`, `typ` (default "JWT", `null` for none) and others. */
  readonly header?: HeaderToSign
  /** Sets `exp` this long after now. */
  readonly expiresIn?: Duration
  /** Sets `nbf` this long after now. */
  readonly notBefore?: Duration
  /** `true` sets `iat` to now. */
  readonly issuedAt?: boolean
  /** Sets `jti`: a text, a function that gives one, or `true` for a random UUID. */
  readonly jwtId?: string | true | (() => string)
  readonly subject?: string
  /** Gives up waiting for a key that lives elsewhere. */
  readonly signal?: AbortSignal
}

export type TokenSettings = ReturnType<typeof readTokenOptions>
export type EncodeSettings = ReturnType<typeof readEncodeOptions>

function readJwtId(value: unknown, option: string): () => unknown {
  if (typeof value === 'function') return value as () => unknown
  if (value === true) return () => globalThis.crypto.randomUUID()
  const text = readText(value, option)
  return () => text
}

function readSignal(value: unknown, option: string): AbortSignal {
  if (typeof value === 'object' && value !== null && typeof (value as Partial<AbortSignal>).aborted === 'boolean')
    return value as AbortSignal
  throw badOption(option, 'an AbortSignal')
}

function readAudience(value: unknown, option: string): string | readonly string[] | null {
  return Array.isArray(value) ? readTextList(value, option) : readTextOrNull(value, option)
}

const tokenReaders = {
  header: readAsIs,
  expiresIn: durationSeconds,
  notBefore: durationSeconds,
  issuedAt: readBoolean,
  jwtId: readJwtId,
  subject: readText,
  signal: readSignal,
}

// By a pure call, so that a bundler can drop it from a program that does not sign.
const readers = /* @__PURE__ */ once(() => ({
  ...tokenReaders,
  algorithm: readAsIs,
  issuer: readTextOrNull,
  audience: readAudience,
  allowWeakKey: readBoolean,
  allowDistantTimes: readBoolean,
  now: readFunction,
  registry: readAsIs,
}))

/** The options of one call of a prepared encoder. @throws UsageError */
export function readTokenOptions(given: unknown) {
  return readOptions(given, tokenReaders)
}

/** Reads the options of an encoder. `prepared`: issuer and audience must be there. @throws UsageError */
export function readEncodeOptions(given: unknown, prepared: boolean) {
  const options = readOptions(given, readers())
  if (prepared && (options.issuer === undefined || options.audience === undefined)) {
    throw badOption('issuer, audience', 'both: what every token says, or null for nothing')
  }
  // Without a prototype, so that what pollutes Object.prototype is no option.
  return Object.assign(Object.create(null) as typeof options, options, {
    allowWeakKey: options.allowWeakKey ?? false,
    allowDistantTimes: options.allowDistantTimes ?? false,
    clock: clock(options.now),
  })
}
