import { type JsonObject, maxJsonDepth, scanJson } from './json.ts'

/**
 * The object that `parseJsonObject` gives for text, or undefined where that finds a fault (or might): it then says which.
 * It counts members by walking the value once, while the specification has the parser call a function for each.
 */
export function parseJsonFast(text: string): JsonObject | undefined {
  try {
    if (text.includes('\\')) return parseEscaped(text)
    const value: unknown = JSON.parse(text)
    const members = countMembers(value)
    return members === mostColons(text) || members === scanJson(text).colons ? (value as JsonObject) : undefined
  } catch {
    return undefined
  }
}

function parseEscaped(text: string): JsonObject | undefined {
  const { plain, colons } = scanJson(text)
  if (!plain) return undefined
  const value: unknown = JSON.parse(plain)
  return countMembers(value) === colons && !hasEscapedName(value) ? (value as JsonObject) : undefined
}

/** Such a name may be one that the engine took for another. */
function hasEscapedName(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false
  return Object.entries(value).some(([name, member]) => name.includes('\\') || hasEscapedName(member))
}

const shortText = 512
const colonsOfNames = /[" \t\n\r]:/g

/**
 * At least as many as the colons outside strings, of text that parsed: before such a colon stands the quote that ends a
 * name, or white space. Never fewer than there are members, so a count that equals theirs is the true one.
 */
function mostColons(text: string): number {
  let colons = 0
  if (text.length > shortText) {
    // Costs more for each name than the other way, and less for each colon elsewhere.
    colonsOfNames.lastIndex = 0
    while (colonsOfNames.test(text)) colons++
    return colons
  }
  for (let i = text.indexOf(':'); i >= 0; i = text.indexOf(':', i + 1)) {
    const before = text.charCodeAt(i - 1)
    if (before === 0x22 || before <= 0x20) colons++
  }
  return colons
}

/** Members at all depths; NaN, which equals no count, for what must be refused. */
function countMembers(value: unknown): number {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? inObject(value, 1) : Number.NaN
}

function inObject(value: object, depth: number): number {
  let members = 0
  // An inherited member would be counted too, and lead to the plain path.
  for (const name in value) {
    if (name === '__proto__' || !Object.hasOwn(value, name)) return Number.NaN
    members += 1 + inside((value as JsonObject)[name], depth)
  }
  return members
}

function inside(value: unknown, depth: number): number {
  if (typeof value === 'number') return Number.isFinite(value) ? 0 : Number.NaN
  if (typeof value !== 'object' || value === null) return 0
  if (depth >= maxJsonDepth) return Number.NaN
  if (!Array.isArray(value)) return inObject(value, depth + 1)
  let members = 0
  for (const item of value) members += inside(item, depth + 1)
  return members
}
