import { inspect } from 'node:util'
import { describe, expect, it } from 'vitest'
import { createKeyRing, memoryStore } from '../../src/jwks.node.ts'
import { createKeyRing as createPureRing } from '../../src/jwks.ts'
import type { PrivateKey, SecretKey } from '../../src/keys/key.ts'
import { generateKey, generateSecret, importJwks } from '../../src/node.ts'
import { issue, makeClock, verdict } from './ring-kit.ts'

const hidden = ['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth', 'k', 'key_ops', 'privateJwk', 'reference']

function namesIn(value: unknown): readonly string[] {
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([name, member]) => [name, ...namesIn(member)])
}

const algorithms = ['RS256', 'PS384', 'ES256', 'ES384', 'ES512', 'ES256K', 'EdDSA', 'Ed25519', 'Ed448', 'HS256', 'HS384', 'HS512'] as const
const make = (algorithm: (typeof algorithms)[number]): PrivateKey | SecretKey =>
  algorithm.startsWith('HS') ? generateSecret(algorithm as 'HS256') : generateKey(algorithm as 'ES256')

describe('what a ring publishes', () => {
  it.each(algorithms)('%s: nothing private, in any state, given or stored', async (algorithm) => {
    const clock = makeClock()
    const key = make(algorithm)
    const keys = (['active', 'pending', 'retiring', 'revoked'] as const).map((state) => ({
      key: state === 'active' ? key : make(algorithm),
      kid: state,
      state,
    }))
    const rings = [
      createKeyRing({ algorithm, keys, now: clock.now }),
      createKeyRing({ algorithm, keys, store: memoryStore(), now: clock.now }),
    ]
    await rings[1]!.rotate()
    for (const ring of rings) {
      const set = await ring.jwks()
      expect(namesIn(set).filter((name) => hidden.includes(name))).toEqual([])
      expect(namesIn(await ring.keys()).filter((name) => hidden.includes(name))).toEqual([])
      expect(inspect(ring, { depth: 9, showHidden: true })).not.toMatch(/privateJwk|\bd:/)
      expect(set.keys.map(({ kid }) => kid)).toEqual(algorithm.startsWith('HS') ? [] : ['active', 'pending', 'retiring'])
      for (const jwk of set.keys) expect(jwk).toMatchObject({ alg: algorithm, use: 'sig' })
      // The set is one that others take whole.
      expect(importJwks(JSON.parse(JSON.stringify(set))).skipped).toEqual([])
      expect(await verdict(ring, await issue(ring))).toBe('ok')
    }
  })

  it('numbers only, whatever a store says is public', async () => {
    const store = memoryStore()
    const ring = createKeyRing({ algorithm: 'ES256', store, refresh: '0s' })
    await ring.rotate()
    const { state, version } = (await store.load())!
    const edited = JSON.parse(JSON.stringify(state)) as { keys: { publicJwk: object }[] }
    Object.assign(edited.keys[0]!.publicJwk, { x5c: ['…'], secret: 'text', k: 'AAAA' })
    await store.save(edited as never, version)
    const { keys } = await ring.jwks()
    expect(Object.keys(keys[0]!).sort()).toEqual(['alg', 'crv', 'kid', 'kty', 'use', 'x', 'y'])
  })

  it('in pure TypeScript alike', async () => {
    const ring = createPureRing({ algorithm: 'ES256' })
    ring.rotate()
    expect(await verdict(ring, issue(ring))).toBe('ok')
    const judge = createKeyRing({ keys: [...importJwks(ring.jwks()).keys.map((key) => key as never)] })
    expect(await verdict(judge, issue(ring))).toBe('ok')
  })
})
