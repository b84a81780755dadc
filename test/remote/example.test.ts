import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'

const text = readFileSync(new URL('../../docs/BACKENDS.md', import.meta.url), 'utf8')

// That it runs and passes the kit is seen by the test of all snippets of the documents.
it('the worked example is a backend in under forty lines', () => {
  const [, example = ''] = /```ts\n([\s\S]*?)```/.exec(text) ?? []
  const lines = example.trim().split('\n')
  expect(example).toContain('remoteSigner(')
  expect(lines.length).toBeLessThan(40)
  expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(140)
})
