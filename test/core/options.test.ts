import { describe, expect, it } from 'vitest'
import {
  readBoolean,
  readCount,
  readFunction,
  readOptions,
  readText,
  readTextList,
  readTextOrList,
  readTextOrNull,
} from '../../src/core/options.ts'
import { polluted } from '../polluted.ts'

const readers = { one: readText, two: readBoolean }
const usage = expect.objectContaining({ name: 'UsageError', code: 'invalid_usage' })
const inheriting = (prototype: object): object => Object.assign(Object.create(prototype), { two: true })

describe('readOptions', () => {
  it.each([
    ['no options', undefined, {}],
    ['none given', {}, {}],
    ['all', { one: 'x', two: false }, { one: 'x', two: false }],
    ['an object without prototype', Object.assign(Object.create(null), { one: 'x' }), { one: 'x' }],
    [
      'a getter',
      {
        get one() {
          return 'x'
        },
      },
      { one: 'x' },
    ],
  ])('reads %s', (_name, given, expected) => {
    expect({ ...readOptions(given, readers) }).toEqual(expected)
  })

  it.each([
    ['null', null],
    ['text', 'one'],
    ['a number', 1],
    ['a function', () => undefined],
    ['an array', [['one', 'x']]],
    ['a Map', new Map([['one', 'x']])],
    [
      'an instance',
      new (class {
        one = 'x'
      })(),
    ],
    ['an unknown name', { three: 1 }],
    ['a name in another case', { One: 'x' }],
    ['a name from Object.prototype', { toString: 'x' }],
    ['an own __proto__', JSON.parse('{"__proto__":"x"}')],
    ['the empty name', { '': 1 }],
    ['undefined', { one: undefined }],
    [
      'a getter that gives undefined',
      {
        get one() {
          return undefined
        },
      },
    ],
    ['a wrong type', { one: 1 }],
    ['an inherited option', inheriting({ one: 'x' })],
    ['an option inherited from an object without prototype', inheriting(Object.assign(Object.create(null), { one: 'x' }))],
    ['a symbol', { [Symbol('one')]: 'x' }],
  ])('refuses %s', (_name, given) => {
    expect(() => readOptions(given, readers)).toThrow(usage)
  })

  it('does not leave out an option that is not enumerable', () => {
    const given = Object.defineProperty({}, 'one', { value: 'x' })
    let read: unknown
    try {
      read = readOptions(given, readers).one
    } catch (error) {
      expect(error).toEqual(usage)
      return
    }
    expect(read).toBe('x')
  })

  it('reads each option once', () => {
    let reads = 0
    const given = {
      get one() {
        reads++
        return 'x'
      },
    }
    readOptions(given, readers)
    expect(reads).toBe(1)
  })

  it('is not changed by what pollutes Object.prototype', () => {
    expect(polluted({ one: 'polluted' }, () => readOptions({ two: true }, readers).one)).toBeUndefined()
  })
})

describe('readers', () => {
  const list = (length: number): string[] => Array.from({ length }, (_, i) => `v${i}`)
  it.each([
    ['readText', readText, ['', 1, null, undefined, [], {}, true, new String('x'), Symbol('x')], ['x', ' ', '\0']],
    [
      'readTextList',
      readTextList,
      ['x', [], [''], [undefined], [null], [1], ['a', 'a'], new Array(2), { length: 1, 0: 'a' }, new Set(['a']), list(1000)],
      [['a'], ['a', 'b'], list(999)],
    ],
    ['readTextOrList', readTextOrList, ['', [], [undefined], 5, null, undefined, {}, ['a', 'a'], [['a']]], ['a', ['a']]],
    ['readBoolean', readBoolean, [0, 1, 'true', '', null, undefined, new Boolean(true)], [true, false]],
    ['readFunction', readFunction, ['x', null, undefined, {}, []], [() => undefined, class {}]],
    ['readCount', readCount, [0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 53, '1', null, undefined, 1n, [1]], [1, 2 ** 53 - 1]],
    ['readTextOrNull', readTextOrNull, ['', 1, undefined, false], [null, 'x']],
  ])('%s', (_name, reader, wrong: readonly unknown[], right: readonly unknown[]) => {
    for (const value of wrong) expect(() => reader(value, 'o'), String(value?.toString)).toThrow(usage)
    for (const value of right) expect(() => reader(value, 'o')).not.toThrow()
  })

  it('a list is copied and frozen', () => {
    const given = ['a']
    const read = readTextList(given, 'o')
    given.push('b')
    expect(read).toEqual(['a'])
    expect(Object.isFrozen(read)).toBe(true)
  })
})
