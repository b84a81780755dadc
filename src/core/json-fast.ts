import { type JsonObject, maxJsonDepth } from './json.ts'

/**
 * The object that `parseJsonObject` gives for text, or undefined where that finds a fault (or might): it then says which.
 * It counts members by walking the value once, while the specification has the parser call a function for each.
 */
export function parseJsonFast(text: string): JsonObject | undefined {
  const colons = countColons(text)
  if (colons < 0) return undefined
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    return undefined
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined
  return countMembers(value) === colons ? (value as JsonObject) : undefined
}

/** Members at all depths; NaN, which equals no count, for what must be refused. */
function countMembers(value: object): number {
  let members = 0
  if (Array.isArray(value)) {
    for (const item of value) members += inside(item)
    return members
  }
  // An inherited member would be counted too, and lead to the plain path.
  for (const name in value) {
    if (name === '__proto__') return Number.NaN
    if (!Object.hasOwn(value, name)) return Number.NaN
    members += 1 + inside((value as JsonObject)[name])
  }
  return members
}

function inside(value: unknown): number {
  if (typeof value === 'number') return Number.isFinite(value) ? 0 : Number.NaN
  return typeof value === 'object' && value !== null ? countMembers(value) : 0
}

/** Colons outside strings; -1 for text that nests too deep. */
function countColons(text: string): number {
  const escapes = text.includes('\\')
  let colons = 0
  let depth = 0
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i)
    if (code === 0x22) {
      i = text.indexOf('"', i + 1)
      while (escapes && i > 0 && isEscaped(text, i)) i = text.indexOf('"', i + 1)
      if (i < 0) return -1
    } else if (code === 0x3a) colons++
    else if (code === 0x5b || code === 0x7b) {
      if (++depth > maxJsonDepth) return -1
    } else if (code === 0x5d || code === 0x7d) depth--
  }
  return colons
}

function isEscaped(text: string, at: number): boolean {
  let slash = at
  while (text.charCodeAt(slash - 1) === 0x5c) slash--
  return (at - slash) % 2 === 1
}
