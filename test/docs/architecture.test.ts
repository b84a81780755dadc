import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { readDocument, root } from './snippets.ts'

it('ARCHITECTURE.md names files and folders that exist', () => {
  const names = [...readDocument('docs/ARCHITECTURE.md').matchAll(/`([\w.-]+\/(?:[\w./-]*[\w/])?)`/g)].map(([, name]) => name!)
  // A name with "/" is a path from src or from the root; those of packages and calls have another form.
  const paths = names.filter((name) => !name.startsWith('signet-jwt/') && !name.startsWith('node:'))
  expect(paths.length).toBeGreaterThan(30)
  expect(paths.filter((path) => !['src', '.'].some((base) => existsSync(join(root, base, path))))).toEqual([])
})
