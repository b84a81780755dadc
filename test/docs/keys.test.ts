import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { registry } from '../../src/algorithms/registry.ts'
import { root, tableOf } from './snippets.ts'

const folders = ['src/keys', 'src/backends/node']
const files = folders.flatMap((folder) => readdirSync(join(root, folder), { encoding: 'utf8' }).map((name) => join(root, folder, name)))
const source = files.map((file) => readFileSync(file, 'utf8')).join('\n')

describe('docs/KEYS.md', () => {
  const messages = tableOf('docs/KEYS.md', 'message').map(([cell]) => cell!.replaceAll('`', '').replace(/ …$/, ''))

  it('has messages', () => expect(messages.length).toBeGreaterThan(20))

  it.each(messages)('quotes a message that exists: %s', (message) => {
    expect(source).toContain(message)
  })

  it('names the key of every algorithm', () => {
    const named = tableOf('docs/KEYS.md', 'algorithm').flatMap(([cell]) => cell!.split(', '))
    expect(named.sort()).toEqual([...registry.names].sort())
  })
})
