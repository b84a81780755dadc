import { type JsonObject, maxJsonDepth, scanJson } from './json.ts'

/**
 * The object that `parseJsonObject` gives for text, or undefined where that finds a fault (or might): it then says which.
 * It walks the value once, while the specification has the parser call a function for each member.
 */
export function parseJsonFast(text: string): JsonObject | undefined {
  try {
    return (text.includes('\\') ? undefined : parseShortest(text)) ?? parseScanned(text)
  } catch {
    return undefined
  }
}

/**
 * For text without escapes whose length is the least that its value can have: then nothing else is in it, and so no
 * second member of a name. Most issuers write such text.
 */
function parseShortest(text: string): JsonObject | undefined {
  const value: unknown = JSON.parse(text)
  return isObject(value) && leastLength(value, 1) === text.length && !hasInherited() ? value : undefined
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** Whether somebody has put an enumerable member on Object.prototype, which a walk would take for one of the text. */
function hasInherited(): boolean {
  for (const _name in {}) return true
  return false
}

/** At most the length of any JSON text, without escapes, of a value; NaN, which equals no length, for what must be refused. */
function leastLength(value: unknown, depth: number): number {
  if (typeof value === 'string') return value.length + 2
  if (typeof value === 'number') return leastDigits(value)
  if (typeof value !== 'object' || value === null) return value === false ? 5 : 4
  if (depth > maxJsonDepth) return Number.NaN
  // A bracket; with each member comes a comma, or the other bracket.
  let length = 1
  if (Array.isArray(value)) {
    for (let i = 0; i < value.length; i++) length += 1 + leastLength(value[i], depth + 1)
  } else {
    for (const name in value) {
      if (name === '__proto__') return Number.NaN
      length += name.length + 4 + leastLength((value as JsonObject)[name], depth + 1)
    }
  }
  return length === 1 ? 2 : length
}

/** Of a number that no exponent makes shorter. */
function leastDigits(value: number): number {
  if (value > 999_999_999 && value <= 9_999_999_999 && value % 1000 > 0 && value % 1 === 0) return 10
  const size = Math.abs(value)
  if (size < 1) return size === 0 ? 1 : Number.NaN
  return size <= Number.MAX_SAFE_INTEGER && size % 1000 !== 0 ? String(value).length : Number.NaN
}

/** For any text: names are counted in it and in the value. */
function parseScanned(text: string): JsonObject | undefined {
  const { plain, colons } = scanJson(text)
  const value: unknown = JSON.parse(plain)
  return isObject(value) && countMembers(value) === colons ? value : undefined
}

/** Members at all depths; NaN, which equals no count, for what must be refused or may be something else. */
function countMembers(value: unknown): number {
  if (typeof value === 'number') return Number.isFinite(value) ? 0 : Number.NaN
  if (typeof value !== 'object' || value === null) return 0
  let members = 0
  for (const [name, member] of Object.entries(value)) {
    // The engine may have taken a name with a backslash for another.
    if (name === '__proto__' || name.includes('\\')) return Number.NaN
    members += countMembers(member) + (Array.isArray(value) ? 0 : 1)
  }
  return members
}
