import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { fileStore } from '../../src/backends/node/file-store.ts'
import { createKeyRing, type KeyRingState } from '../../src/jwks.node.ts'
import { compileProgram, runProgram } from '../program.ts'
import { codeOf, issue, verdict } from './ring-kit.ts'

const root = join(import.meta.dirname, '../..')
const state = (rotations: number): KeyRingState => ({ format: 1, rotations, keys: [] })

let folder = ''
let path = ''
beforeEach(() => {
  folder = mkdtempSync(join(root, 'node_modules/.cache/signet-file-'))
  path = join(folder, 'ring.json')
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

describe('the file store', () => {
  it('compares and swaps, and leaves nothing but its file', async () => {
    const store = fileStore(path)
    expect(await store.load()).toBeUndefined()
    expect(await store.save(state(0), 'some version')).toBe(false)
    expect(await store.save(state(0), undefined)).toBe(true)
    expect(await store.save(state(1), undefined)).toBe(false)
    const { version, state: read } = (await store.load())!
    expect(read).toEqual(state(0))
    expect(await store.save(state(1), version)).toBe(true)
    expect(await store.save(state(2), version)).toBe(false)
    expect((await store.load())!.state).toEqual(state(1))
    expect(readdirSync(folder)).toEqual(['ring.json'])
    if (process.platform !== 'win32') expect(statSync(path).mode & 0o777).toBe(0o600)
  })

  it('one of many writers wins', async () => {
    const results = await Promise.all(Array.from({ length: 20 }, (_, index) => fileStore(path).save(state(index), undefined)))
    expect(results.filter(Boolean)).toHaveLength(1)
  })

  it('serves a ring across restarts', async () => {
    const open = () => createKeyRing({ algorithm: 'ES256', store: fileStore(path) })
    await open().rotate()
    const token = await issue(open())
    expect(await verdict(open(), token)).toBe('ok')
  })

  it.each([
    ['empty', ''],
    ['half', '{"format":1,"rotations":0,"ke'],
    ['no object', '[]'],
    ['a member twice', '{"format":1,"format":1,"rotations":0,"keys":[]}'],
    ['another state', '{"format":3}'],
  ])('a file that is %s is a typed error, and stays as it is', async (_name, text) => {
    writeFileSync(path, text)
    const ring = createKeyRing({ algorithm: 'ES256', store: fileStore(path) })
    expect(await codeOf(() => ring.jwks())).toBe('backend_failure')
    expect(await codeOf(() => ring.rotate())).toBe('backend_failure')
    expect(readFileSync(path, 'utf8')).toBe(text)
  })

  it.each([
    ['no text', () => fileStore(undefined as never), 'invalid_usage'],
    ['a folder that is not there', () => fileStore('/nowhere/at/all/ring.json').save(state(0), undefined), 'backend_failure'],
    ['a folder as the file', () => fileStore(folder).load(), 'backend_failure'],
  ] as const)('%s', async (_name, call, code) => {
    expect(await codeOf(call)).toBe(code)
  })

  it('takes over the lock of a process that died, and waits for one that lives', async () => {
    const lock = `${path}.lock`
    writeFileSync(lock, 'dead')
    const old = new Date(Date.now() - 60_000)
    utimesSync(lock, old, old)
    expect(await fileStore(path).save(state(0), undefined)).toBe(true)
    writeFileSync(lock, 'alive')
    setTimeout(() => rmSync(lock), 100)
    const { version } = (await fileStore(path).load())!
    expect(await fileStore(path).save(state(1), version)).toBe(true)
    expect(readdirSync(folder)).toEqual(['ring.json'])
  })
})

const worker = `
import { createEncoder } from './src/node.ts'
import { fileStore } from './src/backends/node/file-store.ts'
import { createKeyRing } from './src/jwks.node.ts'
const ring = createKeyRing({ algorithm: 'ES256', store: fileStore(process.argv[2]), publishFor: '0s', refresh: '0s' })
const encoder = createEncoder(ring, { issuer: null, audience: null })
const found = { created: [], rotated: 0, tokens: [] }
for (let round = 0; round < 5; round++) {
  const { created, rotated } = await ring.rotate()
  found.created.push(...created)
  found.rotated += rotated ? 1 : 0
  for (let i = 0; i < 5; i++) found.tokens.push(await encoder.encode({ sub: 'worker' }))
}
process.stdout.write(JSON.stringify(found))
`

describe('several processes with one file', () => {
  it('make one key a rotation, and every token verifies', async () => {
    const file = await compileProgram(worker, join(folder, 'worker.mjs'))
    const outputs = await Promise.all(Array.from({ length: 4 }, () => runProgram([file, path], 50_000)))
    const found = outputs.map((output) => JSON.parse(output) as { created: string[]; rotated: number; tokens: string[] })
    const { keys, rotations } = (await fileStore(path).load())!.state as KeyRingState
    const created = found.flatMap((one) => one.created)
    expect(rotations).toBe(found.reduce((sum, { rotated }) => sum + rotated, 0))
    expect(rotations).toBeGreaterThan(0)
    expect(keys).toHaveLength(rotations + 2)
    expect([...created].sort()).toEqual(keys.map(({ kid }) => kid).sort())
    const ring = createKeyRing({ algorithm: 'ES256', store: fileStore(path) })
    for (const token of found.flatMap(({ tokens }) => tokens)) expect(await verdict(ring, token)).toBe('ok')
  }, 60_000)
})
