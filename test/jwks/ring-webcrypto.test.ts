import { describe, expect, it } from 'vitest'
import { createKeyRing as createNodeRing, memoryStore } from '../../src/jwks.node.ts'
import * as node from '../../src/node.ts'
import * as webcrypto from '../../src/webcrypto.ts'
import { kidOf, makeClock, undecided } from './ring-kit.ts'

const { createKeyRing, createEncoder, createDecoder, generateKey, importJwks } = webcrypto

describe('a ring of WebCrypto', () => {
  it.each([false, true])('signs, verifies, rotates and publishes, from a generated ES256 key on (stored: %s)', async (stored) => {
    const clock = makeClock()
    const times = { publishFor: '1m', tokenLifetime: '5m', refresh: '0s', now: clock.now } as const
    const key = await generateKey('ES256')
    const store = memoryStore()
    const ring = stored ? createKeyRing({ keys: [key], store, ...times }) : createKeyRing({ keys: [key], ...times })
    expect(ring.mode).toBe('async')
    const first = await ring.rotate()
    expect(first).toMatchObject({ rotated: false, active: await webcrypto.jwkThumbprint(key) })
    const encoder = createEncoder(ring, undecided)
    const decoder = createDecoder(ring, undecided)
    const old = await encoder.encode({ sub: 'alice' })
    expect(kidOf(old)).toBe(first.active)
    clock.to(60)
    const second = await ring.rotate()
    expect(second).toMatchObject({ rotated: true, active: first.pending })
    const fresh = await encoder.encode({ sub: 'bob' })
    expect(kidOf(fresh)).toBe(first.pending)

    const published = await ring.jwks()
    expect(published.keys.map(({ kid }) => kid)).toEqual([second.active, second.pending, first.active])
    const set = JSON.parse(JSON.stringify(published))
    const outside = { ...undecided, algorithms: ['ES256'] }
    const judges = [decoder, createDecoder(importJwks(set), outside), node.createDecoder(node.importJwks(set), outside)]
    for (const judge of judges) {
      expect(await judge.decode(old)).toEqual({ sub: 'alice' })
      expect(await judge.decode(fresh)).toEqual({ sub: 'bob' })
    }
    await ring.revoke(second.active!)
    await expect(decoder.decode(fresh)).rejects.toMatchObject({ code: 'key_not_found' })
    if (!stored) return
    // A process on another backend reads the same state.
    const other = createNodeRing({ algorithm: 'ES256', store, ...times })
    expect(kidOf(await node.createEncoder(other, undecided).encode({}))).toBe(second.pending)
  })

  it.each(['RS256', 'EdDSA', 'HS256'] as const)('makes its own keys: %s', async (algorithm) => {
    const ring = createKeyRing({ algorithm })
    await ring.rotate()
    await ring.rotate({ force: true })
    const token = await createEncoder(ring, undecided).encode({ sub: 'alice' })
    expect(await createDecoder(ring, undecided).decode(token)).toEqual({ sub: 'alice' })
  })

  it('signs what it was given, whatever becomes of the bytes', async () => {
    const key = await generateKey('ES256')
    const ring = createKeyRing({ keys: [key] })
    const message = new TextEncoder().encode('header.payload')
    const whole = new Uint8Array(message)
    const signing = ring.sign(message)
    message.fill(0)
    expect(await webcrypto.webcrypto.verifier('ES256', key.publicKey).verify(whole, await signing)).toBe(true)
  })
})
