import { isBytes, textOf } from './bytes.ts'

/** A JSON object as it came out of a parser: own members only, values of any JSON type. */
export type JsonObject = { [name: string]: unknown }

/** Nesting that no honest token has, and that no later recursive code can fail on. */
export const maxJsonDepth = 512

export type JsonFault = 'utf8' | 'json' | 'depth' | 'not_an_object' | 'duplicate_member' | 'reserved_member' | 'number_range'

/** An object with no prototype but Object's (of any realm), or none. */
export function isPlainObject(value: unknown): value is JsonObject {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype === null || Object.getPrototypeOf(prototype) === null
}

/**
 * Parses the JSON object in UTF-8 bytes or text as I-JSON asks (RFC 7493, RFC 7519 §4): well-formed UTF-8 without a byte
 * order mark, one object, no member name twice at any depth, no `__proto__`, no number beyond a double. Returns the
 * object, or the name of the fault.
 */
export function parseJsonObject(input: Uint8Array | string): JsonObject | JsonFault {
  const text = isBytes(input) ? textOf(input) : input
  if (text === undefined) return 'utf8'
  const shape = scan(text)
  if (shape.depth > maxJsonDepth) return 'depth'
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    return 'json'
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return 'not_an_object'
  const census: Census = { members: 0, fault: undefined }
  count(value, census)
  // JSON.parse keeps the last of two equal names, so fewer members than colons means that a name came twice.
  return census.fault ?? (census.members === shape.colons ? (value as JsonObject) : 'duplicate_member')
}

interface Census {
  members: number
  fault: JsonFault | undefined
}

function count(value: unknown, census: Census): void {
  if (typeof value === 'number') {
    if (!Number.isFinite(value)) census.fault = 'number_range'
  } else if (Array.isArray(value)) {
    for (const item of value) count(item, census)
  } else if (typeof value === 'object' && value !== null) {
    for (const name of Object.keys(value)) {
      census.members++
      if (name === '__proto__') census.fault = 'reserved_member'
      count((value as JsonObject)[name], census)
    }
  }
}

/** Colons outside strings, and the deepest nesting, of text that need not be JSON. */
function scan(text: string): { colons: number; depth: number } {
  let colons = 0
  let depth = 0
  let deepest = 0
  for (let i = 0; i < text.length; i++) {
    switch (text.charCodeAt(i)) {
      case 0x22:
        i = endOfString(text, i)
        break
      case 0x3a:
        colons++
        break
      case 0x5b:
      case 0x7b:
        if (++depth > deepest) deepest = depth
        break
      case 0x5d:
      case 0x7d:
        depth--
    }
  }
  return { colons, depth: deepest }
}

function endOfString(text: string, open: number): number {
  let close = text.indexOf('"', open + 1)
  while (close > 0 && isEscaped(text, close)) close = text.indexOf('"', close + 1)
  return close < 0 ? text.length : close
}

function isEscaped(text: string, at: number): boolean {
  let slash = at
  while (text.charCodeAt(slash - 1) === 0x5c) slash--
  return (at - slash) % 2 === 1
}

/**
 * The JSON text of an object, or the fault that keeps it from being a faithful one: a value or number that JSON cannot
 * carry, or a shape that `parseJsonObject` would refuse. What is returned parses there.
 */
export function writeJson(value: JsonObject): { text: string } | { fault: JsonFault } {
  let text: unknown
  try {
    text = JSON.stringify(value)
  } catch {
    return { fault: 'json' }
  }
  if (typeof text !== 'string' || text[0] !== '{') return { fault: 'not_an_object' }
  // NaN and Infinity are written as null, so only a text with a null can hide one.
  if (text.includes('null') && hidesNonFinite(value)) return { fault: 'number_range' }
  if (text.includes('{"__proto__":') || text.includes(',"__proto__":')) return { fault: 'reserved_member' }
  if (text.length > 2 * maxJsonDepth && scan(text).depth > maxJsonDepth) return { fault: 'depth' }
  return { text }
}

function hidesNonFinite(value: JsonObject): boolean {
  let found = false
  JSON.stringify(value, (_name, member: unknown) => {
    if (typeof member === 'number' && !Number.isFinite(member)) found = true
    return member
  })
  return found
}
