import { describe, expect, it } from 'vitest'
import { remoteSigner } from '../../src/backend.ts'
import { node } from '../../src/backends/node/index.ts'
import { createKeyRing, memoryStore } from '../../src/jwks.node.ts'
import type { Signer } from '../../src/keys/backend.ts'
import { generateKey } from '../../src/node.ts'
import { certifyBackend } from '../../src/testing.ts'
import { memoryDevice } from '../remote/device.ts'

const key = generateKey('ES256')
const real = node.signer('ES256', key)
const judge = node.verifier('ES256', key.publicKey)
const wait = (milliseconds = 2) => new Promise((resolve) => setTimeout(resolve, milliseconds))
const elsewhere = (sign: Signer['sign'], mode: 'sync' | 'async' = 'async') =>
  ({ algorithm: 'ES256', mode, kid: 'k', publicKey: key.publicKey, sign }) as Signer<'ES256', 'async'>
const late = elsewhere(async (input) => {
  const copy = new Uint8Array(input)
  await wait()
  return real.sign(copy)
})

describe('what a ring signs is what it was given then', () => {
  const rows: readonly [string, () => { readonly ring: Signer; readonly first?: () => unknown }][] = [
    ['a ring of a signer elsewhere', () => ({ ring: createKeyRing({ keys: [late] }) })],
    ['a ring of a remote signer', () => ({ ring: createKeyRing({ keys: [remoteSigner(memoryDevice('ES256'))] }) })],
    [
      'a stored ring of keys in memory',
      () => {
        const ring = createKeyRing({ algorithm: 'ES256', store: memoryStore(), keys: [key] })
        return { ring, first: () => ring.rotate() }
      },
    ],
  ]
  const forms: readonly [string, (ring: Signer) => Promise<Signer>][] = [
    ['sign', async (ring) => ring],
    ['sign of a snapshot', async (ring) => await ring.snapshot!()],
  ]
  it.each(rows.flatMap(([name, make]) => forms.map(([form, take]) => [name, form, make, take] as const)))(
    '%s, %s',
    async (_name, _form, make, take) => {
      const { ring, first } = make()
      await first?.()
      const { publicKey } = await ring.snapshot!()
      const signer = await take(ring)
      const message = new TextEncoder().encode('header.payload')
      const whole = new Uint8Array(message)
      const signing = signer.sign(message)
      message.fill(0)
      const verifier = publicKey ? node.verifier('ES256', publicKey) : judge
      expect(verifier.verify(whole, await signing)).toBe(true)
    },
  )

  it.each(['sync', 'async'] as const)('a %s signer cannot change what is verified', async (mode) => {
    const changing = elsewhere((input) => {
      input[0]! ^= 1
      return real.sign(input) as never
    }, mode)
    const ring = createKeyRing({ keys: [changing] })
    await expect((async () => ring.sign(new TextEncoder().encode('header.payload')))()).rejects.toMatchObject({ code: 'backend_failure' })
  })

  it('a device with one buffer for all its signatures hands out none that is wrong', async () => {
    const shared = new Uint8Array(64)
    const device = elsewhere(async (input) => {
      const copy = new Uint8Array(input)
      await wait(Math.random() * 3)
      shared.set(real.sign(copy))
      return shared
    })
    const ring = createKeyRing({ keys: [device] })
    const inputs = Array.from({ length: 300 }, (_, index) => new TextEncoder().encode(`header.${index}`))
    const results = await Promise.allSettled(inputs.map((input) => ring.sign(input)))
    const signed = results.flatMap((result, index) => (result.status === 'fulfilled' ? [{ input: inputs[index]!, by: result.value }] : []))
    expect(signed.length).toBeGreaterThan(0)
    expect(signed.filter(({ input, by }) => !judge.verify(input, by))).toEqual([])
  })
})

describe('a ring over a remote signer keeps the contract of one', () => {
  it.each(['ES256', 'RS256', 'EdDSA'])('%s', { timeout: 60_000 }, async (algorithm) => {
    const { passed } = await certifyBackend(
      {
        name: 'ring',
        algorithms: [algorithm],
        signer: () => createKeyRing({ keys: [remoteSigner(memoryDevice(algorithm))] }),
      },
      { budget: '0.2s', rounds: 64, patience: '20s' },
    )
    expect(passed).toBe(true)
  })
})
