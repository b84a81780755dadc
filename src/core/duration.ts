import { isPlainObject } from './json.ts'
import { badOption } from './options.ts'

/** A length of time: `"90s"`, `"15m"`, `"12h"`, `"7d"`, `"2w"`, or `{ seconds: 900 }`. Never a bare number, whose unit nobody can see. */
export type Duration = DurationText | { readonly seconds: number }
export type DurationText = `${number}${'s' | 'm' | 'h' | 'd' | 'w'}`

const unitSeconds: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400, w: 604_800 }

/** Seconds of a duration. Throws UsageError for anything that is not one, and for a negative one. */
export function durationSeconds(value: unknown, option: string, wanted = '"15m" (s, m, h, d, w) or { seconds: 900 }'): number {
  const seconds = typeof value === 'string' ? textSeconds(value) : objectSeconds(value)
  if (typeof seconds === 'number' && seconds >= 0 && seconds < Infinity) return seconds
  throw badOption(option, wanted)
}

function textSeconds(text: string): number | undefined {
  const match = /^(\d{1,12}(?:\.\d{1,6})?)([smhdw])$/.exec(text)
  return match ? Number(match[1]) * unitSeconds[match[2]!]! : undefined
}

function objectSeconds(value: unknown): unknown {
  return isPlainObject(value) && Object.keys(value).join() === 'seconds' ? value['seconds'] : undefined
}
