/** Backends that answer later work on what they were given, whatever becomes of it meanwhile. */
import { describe, expect, it } from 'vitest'
import { node, nodeAsync } from '../../src/backends/node/index.ts'
import { createWebCrypto, type SubtleLike, webcrypto } from '../../src/backends/webcrypto/index.ts'
import type { PrivateKey } from '../../src/keys/key.ts'

const message = (): Uint8Array => new TextEncoder().encode('header.payload')

describe.each([
  ['webcrypto', webcrypto],
  ['nodeAsync', nodeAsync],
] as const)('%s', (_name, backend) => {
  it.each(['ES256', 'RS256', 'EdDSA'])('%s: bytes may be changed as soon as the call has returned', async (algorithm) => {
    const key = node.generate(algorithm) as PrivateKey<'sync'>
    const local = node.verifier(algorithm, key.publicKey)
    const signer = backend.signer(algorithm, key)
    const verifier = backend.verifier(algorithm, key.publicKey)
    // The first call waits for the key, the second does not.
    for (let i = 0; i < 2; i++) {
      const input = message()
      const signing = signer.sign(input)
      input.fill(0)
      const signature = await signing
      expect(local.verify(message(), signature), 'signed').toBe(true)
      const given = [message(), new Uint8Array(signature)] as const
      const verifying = verifier.verify(...given)
      for (const bytes of given) bytes.fill(0)
      expect(await verifying, 'verified').toBe(true)
    }
  })
})

it('nodeAsync leaves public-key work to the thread pool', async () => {
  const key = node.generate('ES256') as PrivateKey<'sync'>
  const [signer, verifier] = [nodeAsync.signer('ES256', key), nodeAsync.verifier('ES256', key.publicKey)]
  // What answers at once has answered before the event loop turns.
  const isDoneAtOnce = async (answer: Promise<unknown>): Promise<boolean> => {
    let done = false
    answer.then(() => (done = true))
    for (let i = 0; i < 50; i++) await undefined
    return done
  }
  const signature = signer.sign(message())
  expect(await isDoneAtOnce(signature)).toBe(false)
  const verdict = verifier.verify(message(), await signature)
  expect(await isDoneAtOnce(verdict)).toBe(false)
  expect(await verdict).toBe(true)
})

it('webcrypto: a key that could not be loaded is loaded again by the next call', async () => {
  const { subtle } = globalThis.crypto as unknown as { subtle: SubtleLike }
  let broken = true
  const importKey = async (...given: Parameters<SubtleLike['importKey']>): Promise<object> => {
    if (broken) throw new Error('not now')
    return subtle.importKey(...given)
  }
  const failing = new Proxy(subtle, {
    get: (target, name) =>
      name === 'importKey' ? importKey : (Reflect.get(target, name) as (...given: unknown[]) => unknown).bind(target),
  })
  const key = node.generate('ES256') as PrivateKey<'sync'>
  const signer = createWebCrypto({ subtle: failing }).signer('ES256', key)
  await expect(signer.sign(message())).rejects.toThrow()
  broken = false
  expect(await signer.sign(message())).toHaveLength(64)
})
