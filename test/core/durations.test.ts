import { describe, expect, it } from 'vitest'
import { durationSeconds } from '../../src/core/duration.ts'

describe('durationSeconds', () => {
  it.each([
    ['90s', 90],
    ['15m', 900],
    ['12h', 43_200],
    ['7d', 604_800],
    ['2w', 1_209_600],
    ['0s', 0],
    ['1.5h', 5400],
    ['0.000001s', 0.000001],
    ['007s', 7],
    [{ seconds: 900 }, 900],
    [{ seconds: 0 }, 0],
    [{ seconds: 0.5 }, 0.5],
    [Object.assign(Object.create(null), { seconds: 3 }), 3],
  ])('%j is %d seconds', (value, seconds) => {
    expect(durationSeconds(value, 'maxAge')).toBe(seconds)
  })

  it.each(
    [
      '', ' ', '15', 'm', '15 m', ' 15m', '15m ', '15m\n', '+15m', '-15m', '15M', '15min', '15ms', '1h30m', '1e3s', '1_000s', '.5h', '5.h',
      '١٥m', 'Infinitys', 'NaNs', '0x10s', '1,5h', '9999999999999s', '1.0000001s', `${'1'.repeat(400)}s`, 'P15M', 'PT15M', 'y', '1y',
      900, 0, -1, Number.NaN, Number.POSITIVE_INFINITY, 900n, true, false, null, undefined, Symbol('15m'), () => '15m',
      [], ['15m'], {}, new Date(0), new String('15m'), new Map([['seconds', 5]]),
      { seconds: -1 }, { seconds: -0.001 }, { seconds: Number.NaN }, { seconds: Number.POSITIVE_INFINITY }, { seconds: '900' },
      { seconds: undefined }, { seconds: null }, { seconds: 1n }, { seconds: [1] }, { minutes: 15 }, { seconds: 1, minutes: 1 },
      Object.create({ seconds: 5 }), Object.assign([], { seconds: 5 }),
    ].map((value) => [value]),
  )('%s is refused with UsageError', (value) => {
    expect(() => durationSeconds(value, 'maxAge')).toThrow(
      expect.objectContaining({ name: 'UsageError', code: 'invalid_usage', detail: expect.objectContaining({ option: 'maxAge' }) }),
    )
  })
})
