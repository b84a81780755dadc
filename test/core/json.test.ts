import { describe, expect, it } from 'vitest'
import { isPlainObject, type JsonFault, maxJsonDepth, parseJsonObject, writeJson } from '../../src/core/json.ts'

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text)
const nested = (depth: number): string => `{"a":${'['.repeat(depth - 1)}${']'.repeat(depth - 1)}}`
const nestedObjects = (depth: number): string => `${'{"a":'.repeat(depth)}1${'}'.repeat(depth)}`

const refused: readonly (readonly [string, string | Uint8Array, JsonFault])[] = [
  ['a name twice', '{"a":1,"a":1}', 'duplicate_member'],
  ['a name twice, far apart', `{"a":1,${Array.from({ length: 50 }, (_, i) => `"k${i}":0`).join()},"a":2}`, 'duplicate_member'],
  ['a name twice, once escaped', '{"a":1,"\\u0061":2}', 'duplicate_member'],
  ['a name twice, both escaped', '{"\\u0061":1,"\\u0061":2}', 'duplicate_member'],
  ['an escaped solidus beside a plain one', '{"/":1,"\\/":2}', 'duplicate_member'],
  ['an astral name, once as escaped halves', '{"\u{1f600}":1,"\\ud83d\\ude00":2}', 'duplicate_member'],
  ['the empty name twice', '{"":1,"":2}', 'duplicate_member'],
  ['a name twice one level down', '{"o":{"a":1,"a":2}}', 'duplicate_member'],
  ['a name twice in an array', '{"l":[0,[{"a":1,"a":2}]]}', 'duplicate_member'],
  ['a name twice whose first value is an object', '{"a":{"b":1,"c":2},"a":0}', 'duplicate_member'],
  ['a name twice, with colons in strings', '{"a":":::","a":"::"}', 'duplicate_member'],
  ['a name twice at a depth of 500', `{"x":${'['.repeat(498)}{"a":1,"a":2}${']'.repeat(498)}}`, 'duplicate_member'],
  ['a number name twice', '{"1":1,"1":2}', 'duplicate_member'],
  ['__proto__', '{"__proto__":{"admin":true}}', 'reserved_member'],
  ['__proto__ escaped', '{"__pr\\u006fto__":1}', 'reserved_member'],
  ['__proto__ below', '{"a":[{"__proto__":null}]}', 'reserved_member'],
  ['a depth of 513 in arrays', nested(maxJsonDepth + 1), 'depth'],
  ['a depth of 513 in objects', nestedObjects(maxJsonDepth + 1), 'depth'],
  ['a million brackets', '['.repeat(1_000_000), 'depth'],
  ['brackets that close first', `${']'.repeat(600)}${'['.repeat(1200)}`, 'depth'],
  ['a byte order mark in bytes', bytes('\ufeff{}'), 'json'],
  ['a byte order mark in text', '\ufeff{}', 'json'],
  ['a lone continuation byte', Uint8Array.of(0x7b, 0x22, 0x80, 0x22, 0x3a, 0x31, 0x7d), 'utf8'],
  ['an overlong encoding', Uint8Array.of(0x7b, 0x22, 0xc0, 0xaf, 0x22, 0x3a, 0x31, 0x7d), 'utf8'],
  ['a surrogate in UTF-8', Uint8Array.of(0x7b, 0x22, 0xed, 0xa0, 0x80, 0x22, 0x3a, 0x31, 0x7d), 'utf8'],
  ['a cut sequence at the end', Uint8Array.of(0x7b, 0x7d, 0xe2, 0x82), 'utf8'],
  ['a byte that UTF-8 never has', Uint8Array.of(0x7b, 0xff, 0x7d), 'utf8'],
  ['beyond U+10FFFF', Uint8Array.of(0x7b, 0x22, 0xf4, 0x90, 0x80, 0x80, 0x22, 0x3a, 0x31, 0x7d), 'utf8'],
  ['UTF-16', new Uint8Array(Buffer.from('{"a":1}', 'utf16le')), 'json'],
  ['a number beyond a double', '{"a":1e400}', 'number_range'],
  ['a negative one, below', '{"a":[{"b":-1e999}]}', 'number_range'],
  ['a number of 400 digits', `{"a":${'9'.repeat(400)}}`, 'number_range'],
  ['NaN', '{"a":NaN}', 'json'],
  ['Infinity', '{"a":-Infinity}', 'json'],
  ['a hexadecimal number', '{"a":0x10}', 'json'],
  ['a leading zero', '{"a":01}', 'json'],
  ['a plus sign', '{"a":+1}', 'json'],
  ['a bare point', '{"a":1.}', 'json'],
  ['a comment', '{/* */}', 'json'],
  ['a trailing comma', '{"a":1,}', 'json'],
  ['single quotes', "{'a':1}", 'json'],
  ['a bare name', '{a:1}', 'json'],
  ['a raw control character in a string', '{"a":"\u0001"}', 'json'],
  ['a raw line break in a string', '{"a":"\n"}', 'json'],
  ['a bad escape', '{"a":"\\x41"}', 'json'],
  ['an open string', '{"a":"', 'json'],
  ['a string that ends in a backslash', '{"a":"\\"', 'json'],
  ['text after the object', '{} {}', 'json'],
  ['a NUL after the object', '{}\0', 'json'],
  ['a no-break space around it', '\u00a0{}', 'json'],
  ['nothing', '', 'json'],
  ['white space', ' \n', 'json'],
  ['an array', '[]', 'not_an_object'],
  ['an array of an object', '[{"a":1}]', 'not_an_object'],
  ['null', 'null', 'not_an_object'],
  ['a string', '"{}"', 'not_an_object'],
  ['a number', '1', 'not_an_object'],
  ['true', 'true', 'not_an_object'],
]

const accepted: readonly (readonly [string, string, unknown])[] = [
  ['nothing in it', '{}', {}],
  ['white space of JSON', ' \t\r\n{ "a" : 1 }\n', { a: 1 }],
  ['colons and brackets inside strings', '{":[{":"}:]\\":[{","x":["::"]}', { ':[{': '}:]":[{', x: ['::'] }],
  ['backslashes before a quote', '{"a":"\\\\","b":"\\\\\\""}', { a: '\\', b: '\\"' }],
  ['one name at several depths', '{"a":{"a":{"a":[{"a":1},{"a":2}]}}}', { a: { a: { a: [{ a: 1 }, { a: 2 }] } } }],
  [
    'names of prototype members',
    '{"constructor":1,"toString":2,"hasOwnProperty":3,"prototype":4}',
    { constructor: 1, toString: 2, hasOwnProperty: 3, prototype: 4 },
  ],
  ['names that differ in case or form', '{"a":1,"A":2,"\u00e9":3,"e\u0301":4}', { a: 1, A: 2, '\u00e9': 3, 'e\u0301': 4 }],
  ['the largest double', '{"a":1.7976931348623157e308}', { a: Number.MAX_VALUE }],
  ['a number that is nearly zero', '{"a":1e-999}', { a: 0 }],
  ['escaped control characters and NUL', '{"\\u0000":"\\u001f"}', { '\0': '\u001f' }],
  ['an escaped lone surrogate', '{"a":"\\ud800"}', { a: '\ud800' }],
  ['a byte order mark inside a string', '{"a":"\ufeff"}', { a: '\ufeff' }],
  ['an astral character', '{"a":"\u{1f600}"}', { a: '\u{1f600}' }],
]

describe('parseJsonObject', () => {
  it.each(refused)('refuses %s', (_name, input, fault) => {
    expect(parseJsonObject(input)).toBe(fault)
    if (typeof input === 'string') expect(parseJsonObject(bytes(input))).toBe(fault)
  })

  it.each(accepted)('accepts %s', (_name, text, value) => {
    expect(parseJsonObject(text)).toEqual(value)
    expect(parseJsonObject(bytes(text))).toEqual(value)
  })

  it('accepts a depth of 512, in arrays and in objects', () => {
    expect(parseJsonObject(nested(maxJsonDepth))).toBeTypeOf('object')
    expect(parseJsonObject(nestedObjects(maxJsonDepth))).toBeTypeOf('object')
  })

  it('finds a single duplicate among many members', () => {
    const members = Array.from({ length: 5000 }, (_, i) => `"k${i}":{"v":"${i}:"}`)
    expect(parseJsonObject(`{${members.join()}}`)).toBeTypeOf('object')
    expect(parseJsonObject(`{${members.join()},"k2500":0}`)).toBe('duplicate_member')
  })

  it.each([
    ['quotes behind backslashes', `{"a":"${'\\"'.repeat(200_000)}"}`],
    ['backslashes', `{"a":"${'\\\\'.repeat(200_000)}"}`],
    ['open quotes', `{${'"'.repeat(400_001)}`],
    ['colons', ':'.repeat(400_000)],
    ['empty strings', `{"a":[${'"",'.repeat(100_000)}""]}`],
  ])('takes linear time over %s', (_name, text) => {
    const start = process.cpuUsage()
    parseJsonObject(text)
    expect(process.cpuUsage(start).user / 1000).toBeLessThan(300)
  })
})

describe('writeJson', () => {
  const cyclic: Record<string, unknown> = {}
  cyclic['self'] = cyclic
  const deep = (depth: number): Record<string, unknown> => JSON.parse(nestedObjects(depth)) as Record<string, unknown>

  it.each([
    ['NaN', { a: Number.NaN }, 'number_range'],
    ['Infinity below', { a: [{ b: Number.POSITIVE_INFINITY }] }, 'number_range'],
    ['NaN from a toJSON', { a: { toJSON: () => Number.NaN } }, 'number_range'],
    ['a cycle', cyclic, 'json'],
    ['a BigInt', { a: 1n }, 'json'],
    ['an own __proto__', JSON.parse('{"__proto__":1}'), 'reserved_member'],
    ['an own __proto__ below, not the first', { a: [JSON.parse('{"b":1,"__proto__":1}')] }, 'reserved_member'],
    ['a depth of 513', deep(513), 'depth'],
    ['a depth that overflows the stack', Array.from({ length: 100_000 }).reduce<object>((inner) => ({ inner }), {}), 'json'],
    ['a toJSON that gives no object', { toJSON: () => 'text' }, 'not_an_object'],
    ['a toJSON that gives nothing', { toJSON: () => undefined }, 'not_an_object'],
  ] as [string, Record<string, unknown>, JsonFault][])('refuses %s', (_name, value, fault) => {
    expect(writeJson(value)).toEqual({ fault })
  })

  it.each([
    ['null', { a: null }],
    ['the text "null"', { null: 'null' }],
    ['a string that holds __proto__ as JSON', { a: '{"__proto__":1,"__proto__":' }],
    ['a depth of 512', deep(512)],
    ['lone surrogates', { '\ud800': '\udfff' }],
    ['line separators', { a: '\u2028\u2029' }],
  ])('writes %s so that the parser reads it back', (_name, value) => {
    const written = writeJson(value)
    expect('text' in written && parseJsonObject(bytes(written.text))).toEqual(value)
  })

  it('judges the very text it returns: a getter cannot answer NaN to the writing and 1 to the check', () => {
    let reads = 0
    const value = {
      o: {
        get x() {
          return reads++ === 0 ? Number.NaN : 1
        },
      },
    }
    expect(writeJson(value)).not.toEqual({ text: '{"o":{"x":null}}' })
  })
})

describe('isPlainObject', () => {
  class Sub {}
  it.each([
    ['a literal', {}, true],
    ['no prototype', Object.create(null), true],
    ['an instance', new Sub(), false],
    ['an array', [], false],
    ['a Map', new Map(), false],
    ['a Date', new Date(0), false],
    ['a function', () => undefined, false],
    ['null', null, false],
    ['an error', new Error('x'), false],
    ['one that inherits from a literal', Object.create({ a: 1 }), false],
    ['one that inherits members from an object without prototype', Object.create(Object.assign(Object.create(null), { a: 1 })), false],
  ])('%s', (_name, value, expected) => {
    expect(isPlainObject(value)).toBe(expected)
  })
})
