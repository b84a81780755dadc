import { expect, it } from 'vitest'
import { once } from '../../src/core/once.ts'

it('makes its value at the first call, and gives the same to all', () => {
  let calls = 0
  const get = once(() => ({ call: ++calls }))
  expect(calls).toBe(0)
  const first = get()
  expect(get()).toBe(first)
  expect(calls).toBe(1)
})

it('keeps a value of undefined too', () => {
  let calls = 0
  const get = once(() => void calls++)
  expect([get(), get(), calls]).toEqual([undefined, undefined, 1])
})

it('tries again after an error', () => {
  let calls = 0
  const get = once(() => {
    if (++calls === 1) throw new Error('not yet')
    return calls
  })
  expect(get).toThrow('not yet')
  expect(get()).toBe(2)
})
