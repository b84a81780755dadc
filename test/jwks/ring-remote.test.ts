import { describe, expect, it } from 'vitest'
import { node } from '../../src/backends/node/index.ts'
import { createKeyRing, memoryStore } from '../../src/jwks.node.ts'
import type { PrivateKey } from '../../src/keys/key.ts'
import type { RemoteKey } from '../../src/keys/remote.ts'
import { remoteSigner } from '../../src/keys/remote-signer.ts'
import { createEncoder, generateKey, jwkThumbprint } from '../../src/node.ts'
import { codeOf, issue, kidOf, undecided, verdict } from './ring-kit.ts'

/** A service with named keys, each of which can be replaced behind its name. */
function service() {
  const keys = new Map<string, PrivateKey>()
  let showsKey = true
  const deviceFor = (name: string): RemoteKey<'ES256'> => ({
    backend: 'service',
    algorithm: 'ES256',
    input: 'message',
    signatureEncoding: 'raw',
    snapshot: () => ({
      kid: `${name}/versions/1`,
      ...(showsKey && { publicKey: keys.get(name)!.publicKey }),
      sign: (input) => node.signer('ES256', keys.get(name)!).sign(input),
    }),
  })
  let count = 0
  return {
    keys,
    hideKeys: () => {
      showsKey = false
    },
    create: () => {
      const name = `key-${++count}`
      keys.set(name, generateKey('ES256'))
      return { reference: { name } }
    },
    open: ({ name }: { name: string }) => remoteSigner(deviceFor(name), { verifyWith: node, verifyAfterSign: showsKey }),
  }
}

describe('keys that live elsewhere', () => {
  it('are made, named, signed with and rotated; the store holds no secret', async () => {
    const { create, open, keys } = service()
    const store = memoryStore()
    const ring = createKeyRing({ algorithm: 'ES256', store, create, open, publishFor: '0s', refresh: '0s' })
    expect(await ring.rotate()).toMatchObject({ active: 'key-1/versions/1', pending: 'key-2/versions/1' })
    const first = await issue(ring)
    expect(kidOf(first)).toBe('key-1/versions/1')
    await ring.rotate()
    expect(kidOf(await issue(ring))).toBe('key-2/versions/1')
    expect(await verdict(ring, first)).toBe('ok')
    expect(keys.size).toBe(3)
    expect(JSON.stringify(await store.load())).not.toMatch(/privateJwk|"d"/)
    // A process that only verifies needs neither open nor the service.
    const judge = createKeyRing({ algorithm: 'ES256', store })
    expect(await verdict(judge, first)).toBe('ok')
    expect(await codeOf(() => issue(judge))).toBe('backend_failure')
  })

  it('a key that was replaced behind its name makes no token', async () => {
    const { create, open, keys } = service()
    const ring = createKeyRing({ algorithm: 'ES256', create, open })
    await ring.rotate()
    keys.set('key-1', generateKey('ES256'))
    expect(await codeOf(() => ring.snapshot())).toBe('backend_failure')
    const error = await createEncoder(ring, undecided)
      .encode({})
      .catch((thrown: unknown) => thrown)
    expect(error).toMatchObject({ code: 'backend_failure', message: expect.stringContaining('another key than the ring publishes') })
  })

  it.each([true, false])('nor does one that is replaced between snapshot and sign (its key shown: %s)', async (isShown) => {
    const { create, open, keys, hideKeys } = service()
    const ring = createKeyRing({ algorithm: 'ES256', create, open })
    await ring.rotate()
    if (!isShown) hideKeys()
    const snapshot = await ring.snapshot()
    expect(snapshot.kid).toBe('key-1/versions/1')
    keys.set('key-1', generateKey('ES256'))
    expect(await codeOf(() => snapshot.sign(new TextEncoder().encode('header.payload')))).toBe('backend_failure')
  })

  it('a rotation of the ring between snapshot and sign leaves header and signature with the same key', async () => {
    const { create, open } = service()
    const ring = createKeyRing({ algorithm: 'ES256', create, open })
    await ring.rotate()
    const slow = {
      ...ring,
      snapshot: async () => {
        const now = await ring.snapshot()
        await ring.rotate({ force: true })
        return now
      },
    }
    const token = await createEncoder(slow, undecided).encode({})
    expect(kidOf(token)).toBe('key-1/versions/1')
    expect(kidOf(await issue(ring))).toBe('key-2/versions/1')
    expect(await verdict(ring, token)).toBe('ok')
  })

  it('given as Signers: verified by what they show, followed by no key in memory', async () => {
    const { create, open } = service()
    const signers = [create(), create()].map(({ reference }) => open(reference))
    const [key, next] = signers as [(typeof signers)[0], (typeof signers)[0]]
    const ring = createKeyRing({ keys: [key, { key: next, state: 'pending', kid: 'mine' }], publishFor: '0s' })
    expect(ring.mode).toBe('async')
    const token = await issue(ring)
    expect(kidOf(token)).toBe('key-1/versions/1')
    expect(await ring.rotate()).toMatchObject({ rotated: true, active: 'mine', created: [] })
    expect(kidOf(await issue(ring))).toBe('mine')
    expect(await verdict(ring, token)).toBe('ok')
    expect(await ring.rotate({ force: true })).toMatchObject({ rotated: false, created: [] })
  })

  it('a local Signer keeps the ring at once', async () => {
    const key = generateKey('ES256')
    const ring = createKeyRing({ keys: [node.signer('ES256', key)] })
    const token: string = issue(ring)
    expect(kidOf(token)).toBe(jwkThumbprint(key))
    expect(await verdict(ring, token)).toBe('ok')
  })

  const good = service()
  const rows: readonly [string, object, string][] = [
    [
      'open throws',
      {
        open: () => {
          throw new TypeError('text')
        },
      },
      'backend_failure',
    ],
    ['open gives nothing', { open: () => undefined }, 'backend_failure'],
    ['open gives another algorithm', { open: () => node.signer('ES384', generateKey('ES384')) }, 'invalid_key'],
    ['create gives no reference', { create: () => ({}) }, 'backend_failure'],
    ['create rejects', { create: async () => Promise.reject(new Error('text')) }, 'backend_failure'],
    [
      'the signer shows no key',
      { open: () => ({ algorithm: 'ES256', mode: 'async', sign: async () => new Uint8Array(64) }) },
      'backend_failure',
    ],
  ]
  it.each(rows)('%s', async (_name, change, code) => {
    const ring = createKeyRing({ algorithm: 'ES256', create: good.create, open: good.open, ...change } as never) as ReturnType<
      typeof createKeyRing
    >
    expect(await codeOf(() => ring.rotate())).toBe(code)
  })

  it('a failing device is asked again at the next token', async () => {
    const { create, open } = service()
    let isDown = true
    const flaky = (reference: { name: string }) => (isDown ? Promise.reject(new Error('away')) : Promise.resolve(open(reference)))
    const ring = createKeyRing({ algorithm: 'ES256', create, open: flaky })
    isDown = false
    await ring.rotate()
    isDown = true
    const store = memoryStore()
    await createKeyRing({ algorithm: 'ES256', create, open, store }).rotate()
    const other = createKeyRing({ algorithm: 'ES256', open: flaky, store })
    expect(await codeOf(() => issue(other))).toBe('backend_failure')
    isDown = false
    expect(await verdict(other, await issue(other))).toBe('ok')
  })
})
