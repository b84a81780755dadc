import { describe, expect, it } from 'vitest'
import { createKeyRing, memoryStore } from '../../src/jwks.node.ts'
import { generateKey, generateSecret } from '../../src/node.ts'
import { codeOf, issue, kidOf, makeClock, times, verdict } from './ring-kit.ts'

describe('rotate', () => {
  it('does what is due, over a moving clock', async () => {
    const clock = makeClock()
    const ring = createKeyRing({ algorithm: 'ES256', ...times, now: clock.now })
    const step = (after: number) => {
      clock.to(after)
      const { created, ...rest } = ring.rotate()
      return { ...rest, created: created.length }
    }
    const begun = step(0)
    const [a, b] = [begun.active, begun.pending]
    expect(begun).toEqual({ rotated: false, active: a, pending: b, created: 2, nextAt: clock.start + 1000 })
    const first = issue(ring)
    expect(kidOf(first)).toBe(a)
    expect(step(1)).toMatchObject({ rotated: false, active: a, pending: b, created: 0 })
    expect(step(999.9)).toMatchObject({ rotated: false, active: a, created: 0 })
    const turned = step(1000)
    expect(turned).toMatchObject({ rotated: true, active: b, created: 1, nextAt: clock.start + 2000 })
    expect(ring.jwks().keys.map(({ kid }) => kid)).toEqual([b, turned.pending, a])
    expect(kidOf(issue(ring))).toBe(b)
    clock.to(1299)
    expect(await verdict(ring, first)).toBe('ok')
    clock.to(1300)
    expect(await verdict(ring, first)).toBe('key_not_found')
    expect(ring.keys()).toHaveLength(2)
    expect(step(2000)).toMatchObject({ rotated: true, active: turned.pending, created: 1 })
  })

  it('never lets a key sign that has not been published long enough, but by force', () => {
    const clock = makeClock()
    const ring = createKeyRing({ algorithm: 'ES256', publishFor: '1m', now: clock.now })
    const { active, pending } = ring.rotate()
    clock.to(59)
    expect(ring.rotate()).toMatchObject({ rotated: false, active })
    expect(ring.rotate({ force: true })).toMatchObject({ rotated: true, active: pending })
    clock.to(118)
    expect(ring.rotate()).toMatchObject({ rotated: false, active: pending })
    clock.to(119)
    expect(ring.rotate()).toMatchObject({ rotated: true })
  })

  it('with a store, waits for the processes that look at it only now and then', async () => {
    const clock = makeClock()
    const ring = createKeyRing({ algorithm: 'ES256', store: memoryStore(), publishFor: '1m', refresh: '10s', now: clock.now })
    await ring.rotate()
    clock.to(69)
    expect(await ring.rotate()).toMatchObject({ rotated: false })
    clock.to(70)
    expect(await ring.rotate()).toMatchObject({ rotated: true })
  })

  it('goes on with a clock that went back', async () => {
    const clock = makeClock()
    const ring = createKeyRing({ algorithm: 'ES256', ...times, now: clock.now })
    const { active } = ring.rotate()
    clock.to(1000)
    const next = ring.rotate().active
    const token = issue(ring)
    clock.to(-5000)
    // Both keys are as they were before the rotation, and the ring still signs and verifies.
    expect(kidOf(issue(ring))).toBe(active)
    expect(await verdict(ring, token)).toBe('ok')
    expect(ring.rotate()).toMatchObject({ rotated: false })
    const forced = ring.rotate({ force: true })
    expect(forced.rotated).toBe(true)
    expect(kidOf(issue(ring))).toBe(forced.active)
    clock.to(1001)
    expect(await verdict(ring, token)).toBe('ok')
    expect(kidOf(issue(ring))).toBe(next)
  })

  it.each(['HS256', 'ES256', 'EdDSA'] as const)('makes %s keys and takes over the given first key', async (algorithm) => {
    const key = algorithm === 'HS256' ? generateSecret(algorithm) : generateKey(algorithm)
    const ring = createKeyRing({ algorithm, keys: [{ key, kid: 'mine' }], publishFor: '0s', now: makeClock().now })
    const token = issue(ring)
    expect(ring.rotate()).toMatchObject({ rotated: false, active: 'mine' })
    expect(ring.rotate()).toMatchObject({ rotated: true })
    expect(kidOf(issue(ring))).not.toBe('mine')
    expect(await verdict(ring, token)).toBe('ok')
  })

  it('names secrets at random, never by a hash of theirs', () => {
    const ring = createKeyRing({ algorithm: 'HS256' })
    const { active, pending } = ring.rotate()
    expect(active).toMatch(/^[\w-]{22}$/)
    expect(pending).not.toBe(active)
  })

  it('refuses unknown options', async () => {
    expect(await codeOf(() => createKeyRing({ algorithm: 'ES256' }).rotate({ forced: true } as never))).toBe('invalid_usage')
  })
})

describe('revoke and retire', () => {
  it('a revoked key is refused at once, and the next one signs', async () => {
    const ring = createKeyRing({ algorithm: 'ES256', now: makeClock().now })
    const { active, pending } = ring.rotate()
    const token = issue(ring)
    ring.revoke(active!)
    expect(await verdict(ring, token)).toBe('key_not_found')
    expect(kidOf(issue(ring))).toBe(pending)
    const keys = ring.keys()
    expect(keys.map(({ state }) => state)).toEqual(['revoked', 'active', 'pending'])
    expect(ring.jwks().keys).toHaveLength(2)
    ring.revoke(active!)
    expect(ring.keys()).toEqual(keys)
  })

  it('a ring whose every key was revoked makes a new one that signs at once, also for a clock that lags', async () => {
    const clock = makeClock()
    const ring = createKeyRing({ algorithm: 'ES256', now: clock.now })
    const { active, pending } = ring.rotate()
    ring.revoke(pending!)
    ring.revoke(active!)
    clock.to(-100)
    const kid = kidOf(issue(ring))
    expect([active, pending]).not.toContain(kid)
  })

  it('a retired key verifies for the lifetime of its tokens', async () => {
    const clock = makeClock()
    const ring = createKeyRing({ algorithm: 'ES256', tokenLifetime: '5m', now: clock.now })
    const { active, pending } = ring.rotate()
    const token = issue(ring)
    ring.retire(active!)
    expect(kidOf(issue(ring))).toBe(pending)
    clock.to(299)
    ring.retire(active!)
    expect(await verdict(ring, token)).toBe('ok')
    clock.to(300)
    expect(await verdict(ring, token)).toBe('key_not_found')
  })
})
