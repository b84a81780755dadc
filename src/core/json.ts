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
  return prototype === null || (Object.getPrototypeOf(prototype) === null && Object.hasOwn(prototype as object, 'isPrototypeOf'))
}

/**
 * Parses the JSON object in UTF-8 bytes or text as I-JSON asks (RFC 7493, RFC 7519 §4): well-formed UTF-8 without a byte
 * order mark, one object, no member name twice at any depth, no `__proto__`, no number beyond a double. Returns the
 * object, or the name of the fault.
 */
export function parseJsonObject(input: Uint8Array | string): JsonObject | JsonFault {
  const text = isBytes(input) ? textOf(input) : input
  if (text === undefined) return 'utf8'
  let fault: JsonFault | undefined
  // The whole value comes to the reviver as a member too.
  let members = -1
  try {
    const { plain, colons, escaped } = scanJson(text)
    if (colons < 0) return 'depth'
    const value: unknown = JSON.parse(plain, function (this: unknown, name: string, member: unknown) {
      if (!Array.isArray(this)) members++
      if (name === '__proto__') fault = 'reserved_member'
      // One that V8 took for another holds a backslash, and is one more than the text has.
      if (name.includes('\\') && !escaped[name]!--) fault = 'json'
      if (typeof member === 'number' && !Number.isFinite(member)) fault = 'number_range'
      return member
    })
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return 'not_an_object'
    // JSON.parse keeps the last of two equal names, so fewer members than colons means that a name came twice.
    return fault ?? (members === colons ? (value as JsonObject) : 'duplicate_member')
  } catch {
    return 'json'
  }
}

/** A string, with the colon that makes it a name, or a bracket. What opens a string may lack its end. */
const tokens = /("[^"\\]*(?:\\[\s\S][^"\\]*)*"?)([ \t\n\r]*:)?|[[\]{}]/g

/**
 * How many names text holds, below zero where it nests too deep; how many of each that is written with an escape; and the text with names written
 * without needless escapes. V8 compares a name that holds an escape in its raw form with names that came before, in whatever
 * text of whatever sender, and takes it for another (nodejs/node#63785). The text need not be JSON. @throws SyntaxError or
 * RangeError where it is not, or holds too many escapes
 */
export function scanJson(text: string): { readonly plain: string; readonly colons: number; readonly escaped: Record<string, number> } {
  let colons = 0
  let depth = 0
  const escaped: Record<string, number> = {}
  const plain = text.replace(tokens, (all, string?: string, colon?: string) => {
    if (colon) colons++
    if (!string) depth += '[{'.includes(all) ? 1 : -1
    if (depth > maxJsonDepth) colons = -Infinity
    if (!colon || !all.includes('\\')) return all
    const name: string = JSON.parse(string!)
    escaped[name] = (escaped[name] ?? 0) + 1
    return `${JSON.stringify(name)}:`
  })
  return { plain, colons, escaped }
}

/**
 * The JSON text of an object, or the fault that keeps it from being a faithful one: a value or number that JSON cannot
 * carry, or a shape that `parseJsonObject` would refuse. What is returned parses there.
 */
export function writeJson(value: JsonObject): { text: string } | { fault: JsonFault } {
  let text: unknown
  let finite = true
  try {
    text = JSON.stringify(value)
    // NaN and Infinity are written as null, so only a text with a null can hide one. It is written anew while it is
    // judged, since a getter may answer otherwise the second time.
    if (typeof text === 'string' && text.includes('null')) {
      text = JSON.stringify(value, (_name, member: unknown) => {
        if ((typeof member === 'number' || member instanceof Number) && !Number.isFinite(Number(member))) finite = false
        return member
      })
    }
  } catch {
    return { fault: 'json' }
  }
  if (typeof text !== 'string' || text[0] !== '{') return { fault: 'not_an_object' }
  if (!finite) return { fault: 'number_range' }
  // Raw JSON may be what no reader takes: a number beyond a double, half of a character.
  if (holdsRawJson(value)) return { fault: 'json' }
  // Looked for first by what no text has so often as quotes.
  if (text.includes('__proto__') && /[{,]"__proto__":/.test(text)) return { fault: 'reserved_member' }
  if (mayNestTooDeep(text) && scanJson(text).colons < 0) return { fault: 'depth' }
  return { text }
}

/** Whether there are enough opening brackets, those in strings included. */
function mayNestTooDeep(text: string): boolean {
  if (text.length <= 2 * maxJsonDepth) return false
  let opened = 0
  for (const bracket of '[{') {
    for (let i = text.indexOf(bracket); i >= 0 && opened <= maxJsonDepth; i = text.indexOf(bracket, i + 1)) opened++
  }
  return opened > maxJsonDepth
}

function holdsRawJson(value: unknown): boolean {
  const { isRawJSON } = JSON as { isRawJSON?: (value: unknown) => boolean }
  if (!isRawJSON || typeof value !== 'object' || value === null) return false
  return isRawJSON(value) || Object.values(value).some(holdsRawJson)
}
