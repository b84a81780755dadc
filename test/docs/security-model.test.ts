import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { readDocument, root, tableOf } from './snippets.ts'

const rules = Array.from({ length: 25 }, (_, i) => `R${i + 1}`)
const rows = tableOf('docs/SECURITY-MODEL.md', 'rule')
const attacks = JSON.parse(readFileSync(join(root, 'vectors/attacks/cases.json'), 'utf8')) as readonly { group: string }[]
const groups = new Set(attacks.map(({ group }) => group))

/** Tests that a cell names: `file` (name; name). */
function testsIn(cell: string): readonly { file: string; name: string }[] {
  const named = [...cell.matchAll(/`(test\/[^`]+)` \((.+?)\)(?=, `test|$)/g)]
  return named.flatMap(([, file, names]) => names!.split('; ').map((name) => ({ file: file!, name })))
}

/** Whether a test file has a test, or a row of a table, of this name. */
function hasTest(file: string, name: string): boolean {
  if (file === 'test/attacks/attacks.test.ts') return groups.has(name)
  const source = readFileSync(join(root, file), 'utf8')
  return ["'", '"', '`'].some((quote) => source.includes(`${quote}${name}${quote}`))
}

describe('the table of docs/SECURITY-MODEL.md', () => {
  it('has every rule once, in order', () => {
    expect(rows.map(([rule]) => rule)).toEqual(rules)
  })

  it.each(rows.map(([rule = '', , kept = '', guarded = '']) => ({ rule, kept, guarded })))(
    '$rule names code and a test',
    ({ kept, guarded }) => {
      expect(kept).toMatch(/`src\/[^`]+`/)
      expect(testsIn(guarded).length).toBeGreaterThan(0)
    },
  )

  it.each(rows.flatMap(([rule, , , guarded = '']) => testsIn(guarded).map((test) => ({ rule, ...test }))))(
    '$rule: $file has $name',
    ({ file, name }) => {
      expect(hasTest(file, name)).toBe(true)
    },
  )
})

describe('paths that documents name', () => {
  const documents = ['README.md', 'docs/SECURITY-MODEL.md', 'docs/ARCHITECTURE.md', 'docs/ERRORS.md', 'docs/KEYS.md']
  const named = documents.flatMap((document) =>
    [
      ...readDocument(document).matchAll(
        /`((?:src|test|vectors|scripts)\/[\w./-]+|(?:core|algorithms|keys|jwt|api|jwks|backends)\/[\w-]+\.ts)`/g,
      ),
    ].map(([, path]) => ({ document, path: path! })),
  )

  it.each(named)('$document: $path', ({ path }) => {
    const place = /^(?:src|test|vectors|scripts)\//.test(path) ? path : `src/${path}`
    expect(existsSync(join(root, place))).toBe(true)
  })
})
