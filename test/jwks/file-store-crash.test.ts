import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs'
import * as fs from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { fileStore } from '../../src/backends/node/file-store.ts'
import type { KeyRingState } from '../../src/jwks.node.ts'

// Each hook runs once, just before the call that it names: what another process does at that moment.
const before = vi.hoisted(() => ({ hooks: [] as { call: 'rename' | 'open'; when: RegExp; act: () => unknown }[] }))
vi.mock('node:fs/promises', async (original) => {
  const real = await original<typeof fs>()
  const reach = async (call: string, path: unknown): Promise<void> => {
    const index = before.hooks.findIndex((hook) => hook.call === call && hook.when.test(String(path)))
    if (index >= 0) await before.hooks.splice(index, 1)[0]!.act()
  }
  return {
    ...real,
    rename: async (from: string, to: string) => {
      await reach('rename', from)
      return real.rename(from, to)
    },
    open: async (path: string, flags: string, mode?: number) => {
      await reach('open', path)
      return real.open(path, flags, mode)
    },
  }
})

const state = (rotations: number): KeyRingState => ({ format: 1, rotations, keys: [] })
const written = () => JSON.parse(readFileSync(path, 'utf8')) as KeyRingState
const age = (file: string): void => {
  const old = new Date(Date.now() - 60_000)
  utimesSync(file, old, old)
}

let folder = ''
let path = ''
beforeEach(() => {
  folder = mkdtempSync(join(import.meta.dirname, '../../node_modules/.cache/signet-crash-'))
  path = join(folder, 'ring.json')
})
afterEach(() => {
  before.hooks.length = 0
  rmSync(folder, { recursive: true, force: true })
})

describe('what killed processes leave beside the file', () => {
  const hex = '0123456789abcdef01234567'
  const rows: readonly [string, string, boolean, boolean][] = [
    ['a state with its private keys, however new', `ring.json.${hex.slice(0, 12)}.new`, false, false],
    ['the file of one that waited for the lock', `ring.json.lock.${hex}`, true, false],
    ['the file of one that waits for it now', `ring.json.lock.${hex}`, false, true],
    ['a lock that was moved aside', `ring.json.lock.${hex.slice(0, 12)}.stale`, true, false],
    ['a file of the owner', 'ring.json.backup.new', true, true],
    ['what another ring left', `other.json.${hex.slice(0, 12)}.new`, true, true],
  ]
  it.each(rows)('%s', async (_what, name, isOld, stays) => {
    const file = join(folder, name)
    writeFileSync(file, '{"privateJwk":{"d":"…"}}')
    if (isOld) age(file)
    expect(await fileStore(path).save(state(0), undefined)).toBe(true)
    expect(readdirSync(folder).sort()).toEqual(stays ? [name, 'ring.json'].sort() : ['ring.json'])
  })

  it('a save that fails leaves nothing', async () => {
    rmSync(folder, { recursive: true })
    before.hooks.push({ call: 'rename', when: /\.new$/, act: () => Promise.reject(new Error('disk')) })
    await fs.mkdir(folder)
    await expect(fileStore(path).save(state(0), undefined)).rejects.toMatchObject({ code: 'backend_failure' })
    expect(readdirSync(folder)).toEqual([])
  })
})

describe('a lock that changes hands', () => {
  it('while it is found stale is not taken from its new owner, even where it has the same inode', async () => {
    const lock = `${path}.lock`
    writeFileSync(lock, 'dead')
    age(lock)
    const { ino } = statSync(lock)
    let isHeld = false
    const live = () => {
      writeFileSync(lock, 'alive')
      expect(statSync(lock).ino).toBe(ino)
      setTimeout(() => {
        isHeld = readFileSync(lock, 'utf8') === 'alive'
        rmSync(lock)
      }, 100)
    }
    before.hooks.push({ call: 'rename', when: /\.lock$/, act: live })
    expect(await fileStore(path).save(state(0), undefined)).toBe(true)
    expect(isHeld).toBe(true)
    expect(readdirSync(folder)).toEqual(['ring.json'])
  })

  const moments: readonly ['open' | 'rename', string][] = [
    ['open', 'writes its new state'],
    ['rename', 'puts it in place'],
  ]
  it.each(moments)('before %s: one that was held up loses, and replaces nothing (it %s)', async (call) => {
    const overtaken = async () => {
      rmSync(`${path}.lock`)
      expect(await fileStore(path).save(state(2), undefined)).toBe(true)
    }
    before.hooks.push({ call, when: /\.new$/, act: overtaken })
    expect(await fileStore(path).save(state(1), undefined)).toBe(false)
    expect(written()).toEqual(state(2))
    expect(readdirSync(folder)).toEqual(['ring.json'])
  })
})
