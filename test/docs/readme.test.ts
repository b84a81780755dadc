import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { registry } from '../../src/algorithms/registry.ts'
import { readDocument, root } from './snippets.ts'

const readJson = (path: string): unknown => JSON.parse(readFileSync(join(root, path), 'utf8'))
const manifest = readJson('package.json') as {
  readonly exports: object
  readonly scripts: object
  readonly engines: { readonly node: string }
}
const text = readDocument('README.md').replace(/<!--[\s\S]*?-->/g, '')

describe('README.md', () => {
  it('names every algorithm', () => {
    const [, list = ''] = /Algorithms: (.*)\. There is/.exec(text) ?? []
    const names = list.replace(/ \(.*?\)/, '').split(', ')
    expect(names.sort()).toEqual([...registry.names].sort())
  })

  it.each(Object.keys(manifest.exports).filter((name) => name !== './package.json'))('names the entry point %s', (name) => {
    expect(text).toContain(`\`signet-jwt${name.slice(1)}\``)
  })

  it('names scripts that exist', () => {
    const named = [...text.matchAll(/npm run ([\w:]+)/g)].map(([, name]) => name!)
    expect(named.length).toBeGreaterThan(2)
    expect(Object.keys(manifest.scripts)).toEqual(expect.arrayContaining(named))
  })

  it('says how many cases of PyJWT there are, and of which version', () => {
    const count = (file: string): number => (readJson(`vectors/pyjwt/${file}.json`) as { cases: unknown[] }).cases.length
    const { meta } = readJson('vectors/pyjwt/decode.json') as { meta: { pyjwt: string } }
    const version = meta.pyjwt.split('.').slice(0, 2).join('.')
    expect(text).toContain(`${count('encode')} tokens and ${count('decode')} verdicts of PyJWT ${version}`)
  })

  it('names the oldest Node', () => {
    expect(text).toContain(`Node ${manifest.engines.node.replace(/^>=|\.0$/g, '')} or newer`)
  })

  it('has its quick start in the first screen', () => {
    const [before = ''] = readDocument('README.md').split(/^## /m)
    expect(before.split('\n').indexOf('```ts')).toBeLessThan(8)
    expect(before.split('\n').length).toBeLessThan(40)
  })
})
