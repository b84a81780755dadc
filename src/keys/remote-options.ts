import { durationSeconds } from '../core/duration.ts'
import { isPlainObject } from '../core/json.ts'
import { badOption, readBoolean, readOptions, readText } from '../core/options.ts'
import type { KeyBackend } from './backend.ts'

function readSignal(value: unknown, option: string): AbortSignal {
  const signal = value as AbortSignal | null
  if (typeof signal?.aborted === 'boolean' && typeof signal.addEventListener === 'function') return signal
  throw badOption(option, 'an AbortSignal')
}

function readDeadline(value: unknown, option: string): number {
  const seconds = durationSeconds(value, option)
  if (seconds > 0) return seconds
  throw badOption(option, 'a duration above zero')
}

function readBackend(value: unknown, option: string): KeyBackend {
  if (typeof (value as KeyBackend | null)?.verifier === 'function') return value as KeyBackend
  throw badOption(option, 'a KeyBackend')
}

const readers = {
  deadline: readDeadline,
  verifyAfterSign: readBoolean,
  kid: readText,
  signal: readSignal,
  allowWeakKey: readBoolean,
  verifyWith: readBackend,
}

export type RemoteSettings = ReturnType<typeof readRemoteOptions>

/** Without what is undefined: backends pass on options of their own users, who may have left one out so. */
export function givenOptions(options: unknown): unknown {
  if (!isPlainObject(options)) return options
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined))
}

/** @throws UsageError */
export function readRemoteOptions(given: unknown) {
  const { verifyWith, deadline = 10, verifyAfterSign = true, allowWeakKey = false, ...rest } = readOptions(givenOptions(given), readers)
  if (!verifyWith) throw badOption('verifyWith', 'a KeyBackend')
  return { verifyWith, deadline, verifyAfterSign, allowWeakKey, ...rest }
}
