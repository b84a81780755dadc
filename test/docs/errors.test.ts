import { describe, expect, it } from 'vitest'
import * as exported from '../../src/core/errors.ts'
import { tableOf } from './snippets.ts'

type ErrorClass = typeof exported.JwtError

const classes = Object.values(exported).filter((value) => typeof value === 'function' && value.prototype instanceof Error) as ErrorClass[]
const rows = tableOf('docs/ERRORS.md', 'class')
const bare = (cell: string | undefined): string => (cell ?? '').replaceAll('`', '')

function advice(error: ErrorClass): readonly string[] {
  if (error === exported.InvalidTokenError || error.prototype instanceof exported.InvalidTokenError) return ['sender', '401']
  return error === exported.BackendError || error === exported.JwksError ? ['operator', '503'] : ['program', '500']
}

describe('the table of docs/ERRORS.md', () => {
  it('has every class once, and nothing else', () => {
    expect(rows.map(([name]) => bare(name)).sort()).toEqual(classes.map(({ title }) => title).sort())
    expect(classes.length).toBeGreaterThan(15)
  })

  it.each(classes.filter((error) => error !== exported.JwtError))('$title has its code, base, actor and status', (error) => {
    const [, code, base, ...rest] = rows.find(([name]) => bare(name) === error.title) ?? []
    const parent = Object.getPrototypeOf(error) as ErrorClass
    expect([bare(code), bare(base), ...rest.slice(0, 2)]).toEqual([error.code, parent.title, ...advice(error)])
  })

  it('has a different code for each class', () => {
    const codes = rows.map(([, code]) => bare(code))
    expect(new Set(codes).size).toBe(codes.length)
  })
})
