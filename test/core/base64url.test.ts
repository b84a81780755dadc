import { describe, expect, it } from 'vitest'
import { decodeBase64url, encodeBase64url } from '../../src/core/base64url.ts'

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'

describe('decodeBase64url', () => {
  it('accepts exactly the 64 characters of the alphabet, at every place of a group', () => {
    for (let place = 0; place < 4; place++) {
      for (let code = 0; code < 0x180; code++) {
        const character = String.fromCharCode(code)
        const text = `${'AAAA'.slice(0, place)}${character}${'AAAA'.slice(place + 1)}`
        const expected = alphabet.includes(character) ? new Uint8Array(Buffer.from(text, 'base64url')) : undefined
        expect(decodeBase64url(text), `U+${code.toString(16)} at ${place}`).toEqual(expected)
      }
    }
  })

  it.each([
    ['padding', 'QQ=='],
    ['one padding character', 'QUE='],
    ['padding alone', '===='],
    ['a length of 4n+1', 'QUFBQ'],
    ['one character', 'Q'],
    ['unused bits after one byte', 'QR'],
    ['the lowest unused bit after one byte', 'QB'],
    ['the highest unused bit after one byte', 'QI'],
    ['unused bits after two bytes', 'QUF'],
    ['the highest unused bit after two bytes', 'QUC'],
    ['a space before', ' QUFB'],
    ['a space after', 'QUE '],
    ['a line break', 'QUFB\nQUFB'],
    ['a tab', 'QU\tB'],
    ['a NUL', 'QUF\0'],
    ['the characters of base64', '+/+/'],
    ['a byte order mark', '\ufeffQUF'],
    ['a letter that only looks Latin', 'QU\u0410B'],
    ['a fullwidth letter', 'QU\uff21B'],
    ['an astral character', 'QU\u{1d400}'],
    ['half a surrogate pair', 'QUF\ud800'],
    ['a percent escape', 'QU%41'],
  ])('refuses %s', (_name, text) => {
    expect(decodeBase64url(text)).toBeUndefined()
  })

  it('has one text for each value of the last byte or two', () => {
    for (const length of [1, 2]) {
      const accepted = new Map<string, string>()
      for (const a of alphabet) {
        for (const b of alphabet) {
          const text = length === 1 ? a + b : `A${a}${b}`
          const bytes = decodeBase64url(text)
          if (!bytes) continue
          const hex = Buffer.from(bytes).toString('hex')
          expect(accepted.has(hex)).toBe(false)
          accepted.set(hex, text)
        }
      }
      expect(accepted.size).toBe(length === 1 ? 256 : 1024)
    }
  })
})

describe('encodeBase64url', () => {
  it('writes what Buffer writes and reads it back, for every length and byte', () => {
    for (let length = 0; length < 100; length++) {
      const bytes = Uint8Array.from({ length }, (_, i) => (i * 167 + length * 31) & 255)
      const text = encodeBase64url(bytes)
      expect(text).toBe(Buffer.from(bytes).toString('base64url'))
      expect(decodeBase64url(text)).toEqual(bytes)
    }
    for (let byte = 0; byte < 256; byte++) {
      const bytes = Uint8Array.of(byte, 255 - byte, byte)
      expect(encodeBase64url(bytes)).toBe(Buffer.from(bytes).toString('base64url'))
    }
  })

  it('respects the bounds of a view', () => {
    const whole = Uint8Array.from({ length: 32 }, (_, i) => i)
    expect(encodeBase64url(whole.subarray(5, 9))).toBe(Buffer.from([5, 6, 7, 8]).toString('base64url'))
  })
})
