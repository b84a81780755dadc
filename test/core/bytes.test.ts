import { describe, expect, it } from 'vitest'
import { equalBytes, equalText } from '../../src/core/bytes.ts'

const texts: readonly [string, string, string, boolean][] = [
  ['equal', 'abc', 'abc', true],
  ['nothing', '', '', true],
  ['the first differs', 'abc', 'xbc', false],
  ['the last differs', 'abc', 'abx', false],
  ['more is given', 'abc', 'abcd', false],
  ['more is given, zeros', 'abc', 'abc\0\0\0', false],
  ['less is given', 'abc', 'ab', false],
  ['less is given, and the rest would be zeros', 'abc\0\0', 'abc', false],
  ['nothing is given', 'abc', '', false],
  ['nothing is expected', '', 'abc', false],
]

describe.each(texts)('%s', (_what, expected, given, equal) => {
  it('as bytes', () => {
    expect(equalBytes(Buffer.from(expected), Buffer.from(given))).toBe(equal)
  })

  it('as text', () => {
    expect(equalText(expected, given)).toBe(equal)
  })
})

it('units of text that differ in their high byte only are different', () => {
  expect(equalText('a', '\u0161')).toBe(false)
})

it('a length is compared whole, and not modulo 2^32', () => {
  // Bytes of such a length take as much memory.
  const long = { length: 2 ** 32 } as Uint8Array
  expect(equalBytes(new Uint8Array(0), long)).toBe(false)
  expect(equalText('', long as never)).toBe(false)
})
