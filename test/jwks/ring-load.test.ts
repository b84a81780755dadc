import { describe, expect, it } from 'vitest'
import { node } from '../../src/backends/node/index.ts'
import { createKeyRing, type KeyRing, memoryStore } from '../../src/jwks.node.ts'
import type { PrivateKey } from '../../src/keys/key.ts'
import { remoteSigner } from '../../src/keys/remote-signer.ts'
import { createDecoder, createEncoder, generateKey, importJwks } from '../../src/node.ts'
import { kidOf, undecided } from './ring-kit.ts'

// RING_TOKENS=10000 for a longer look.
const wanted = Number(process.env['RING_TOKENS'] ?? 2000)
const batchSize = 40
const everyMilliseconds = 3
const times = { publishFor: '0s', tokenLifetime: '1m', refresh: { seconds: 0.002 } } as const

/** Keys of a service that makes them, shows their public halves and signs a moment later. */
function elsewhere() {
  const keys = new Map<string, PrivateKey>()
  const open = ({ name }: { name: string }) =>
    remoteSigner(
      {
        backend: 'service',
        algorithm: 'ES256',
        input: 'message',
        signatureEncoding: 'raw',
        snapshot: async () => ({
          kid: name,
          publicKey: keys.get(name)!.publicKey,
          sign: async (input) => {
            await new Promise((resolve) => setImmediate(resolve))
            return node.signer('ES256', keys.get(name)!).sign(input)
          },
        }),
      },
      { verifyWith: node },
    )
  const create = async () => {
    const name = `key-${keys.size + 1}`
    keys.set(name, generateKey('ES256'))
    return { reference: { name } }
  }
  return { create, open }
}

interface Rings {
  readonly signing: KeyRing
  /** Another process, where there is a store. */
  readonly rotating: KeyRing
}
const stored = (options: object): Rings => {
  const store = memoryStore()
  const open = () => createKeyRing({ algorithm: 'ES256', ...times, ...options, store })
  return { signing: open(), rotating: open() }
}
const held = (options: object): Rings => {
  const ring = createKeyRing({ algorithm: 'ES256', ...times, refresh: '0s', ...options } as { algorithm: 'ES256' })
  return { signing: ring, rotating: ring }
}

const rows: readonly [string, () => Rings][] = [
  ['local keys in memory', () => held({})],
  ['local keys in a store', () => stored({})],
  ['keys elsewhere, in memory', () => held(elsewhere())],
  ['keys elsewhere, in a store', () => stored(elsewhere())],
]

describe('tokens signed while the key rotates every few milliseconds', () => {
  it.each(rows)('%s: each verifies with the sets published before and after it', { timeout: 300_000 }, async (name, make) => {
    const { signing, rotating } = make()
    await rotating.rotate()
    const encoder = createEncoder(signing, undecided)
    const published = async () => {
      const set = importJwks(JSON.parse(JSON.stringify(await rotating.jwks())))
      expect(set.skipped).toEqual([])
      return createDecoder(set, { ...undecided, algorithms: ['ES256'] })
    }
    const kids = new Set<string>()
    let rotations = 0
    let tokens = 0
    let splitBatches = 0
    const began = performance.now()
    let turnedAt = began
    let outside = await published()
    while (tokens < wanted) {
      // Awaited among the tokens, so that no busy loop keeps it from happening.
      const turns = performance.now() - turnedAt >= everyMilliseconds
      if (turns) turnedAt = performance.now()
      const sign = (count: number) => Array.from({ length: count }, async () => encoder.encode({ sub: 'alice' }))
      const first = sign(batchSize / 2)
      const turning = turns ? rotating.rotate() : undefined
      await new Promise((resolve) => setImmediate(resolve))
      const batch = await Promise.all([...first, ...sign(batchSize / 2)])
      if ((await turning)?.rotated) rotations++
      const after = await published()
      for (const token of batch) {
        outside.decode(token)
        after.decode(token)
      }
      outside = after
      tokens += batch.length
      const used = new Set(batch.map(kidOf))
      if (used.size > 1) splitBatches++
      for (const kid of used) kids.add(kid)
    }
    const seconds = (performance.now() - began) / 1000
    if (process.env['RING_TOKENS']) console.log({ name, tokens, rotations, kids: kids.size, splitBatches, seconds })
    expect(rotations).toBeGreaterThan(20)
    expect(kids.size).toBeGreaterThan(20)
    expect(splitBatches).toBeGreaterThan(0)
  })
})
