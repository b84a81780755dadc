import { describe, expect, it } from 'vitest'
import { InvalidTokenError } from '../../src/core/errors.ts'
import { andThen, given, type In, type Mode, run, settle } from '../../src/core/mode.ts'

const canary = 'canary-text-of-the-caller'
const own = new InvalidTokenError('own')
const raise = (error: unknown) => (): never => {
  throw error
}

const revoked = (): object => {
  const { proxy, revoke } = Proxy.revocable({}, {})
  revoke()
  return proxy
}
const hostile = new Proxy({}, new Proxy({}, { get: () => raise(new RangeError(canary)) }))

const thrown: readonly (readonly [string, unknown])[] = [
  ['an Error', new TypeError(canary)],
  ['text', canary],
  ['undefined', undefined],
  ['null', null],
  ['a symbol', Symbol(canary)],
  ['an object that poses as an error', { name: 'UsageError', code: 'invalid_usage', message: canary }],
  ['an error whose constructor throws', Object.defineProperty(new Error(canary), 'constructor', { get: raise(new Error(canary)) })],
  ['an error without constructor', Object.assign(new Error(canary), { constructor: undefined })],
  ['a revoked proxy', revoked()],
  ['a proxy whose every trap throws', hostile],
  ['an error from a null prototype', Object.setPrototypeOf(new Error(canary), null)],
]

describe.each(['sync', 'async'] as const)('run, %s', (mode: Mode) => {
  const call = async (body: () => unknown): Promise<unknown> => {
    const result = run<Mode, unknown>(mode, body as () => never)
    expect(result instanceof Promise).toBe(mode === 'async')
    return result
  }

  it('gives the value', async () => {
    expect(await call(() => 5)).toBe(5)
  })

  it('passes own errors as they are', async () => {
    await expect(call(raise(own))).rejects.toBe(own)
  })

  it.each(thrown)('replaces %s without its text', async (_name, error) => {
    const seen: unknown = await call(raise(error)).catch((caught: unknown) => caught)
    expect(seen).toMatchObject({ name: 'UsageError', code: 'invalid_usage' })
    expect(`${String(seen)} ${JSON.stringify(seen)} ${String((seen as Error).cause)}`).not.toContain(canary)
  })
})

describe('andThen, given and settle', () => {
  it('sync: answer at once', () => {
    expect(andThen('sync', 1, (n: number) => n + 1)).toBe(2)
    expect(given('sync', 1)).toBe(1)
    expect(
      settle(
        'sync',
        () => 1,
        (n) => n + 1,
        () => 0,
      ),
    ).toBe(2)
    expect(
      settle(
        'sync',
        raise(own) as () => number,
        () => 'good',
        (error) => error,
      ),
    ).toBe(own)
  })

  it('async: answer later', async () => {
    const one = given('async', 1)
    expect(one).toBeInstanceOf(Promise)
    expect(await andThen('async', one, (n: number) => n + 1)).toBe(2)
    expect(await andThen('async', one, async (n: number) => n + 1)).toBe(2)
    expect(
      await settle(
        'async',
        () => one,
        (n) => n + 1,
        () => 0,
      ),
    ).toBe(2)
    expect(
      await settle(
        'async',
        () => Promise.reject(own),
        () => 'good',
        (error) => error,
      ),
    ).toBe(own)
    expect(
      await settle(
        'async',
        raise(own) as () => Promise<number>,
        () => 'good',
        (error) => error,
      ),
    ).toBe(own)
  })

  it('sync: a promise is a value like any other', () => {
    const promise = Promise.resolve(true)
    expect(andThen('sync', promise as In<'sync', unknown>, (value) => value)).toBe(promise)
  })

  it('a throw after the good end is not taken for a bad one', async () => {
    const bad = (): string => 'bad'
    expect(() => settle('sync', () => 1, raise(own), bad)).toThrow(own)
    await expect(settle('async', async () => 1, raise(own), bad)).rejects.toBe(own)
  })
})
