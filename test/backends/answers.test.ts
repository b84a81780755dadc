import { describe, expect, it } from 'vitest'
import { defineBackend } from '../../src/backend.ts'
import { node } from '../../src/backends/node/index.ts'
import type { Mode } from '../../src/core/mode.ts'
import type { PrivateKey, SecretKey } from '../../src/keys/key.ts'

const keys = new Map<string, PrivateKey | SecretKey>()
const keyFor = (algorithm: string): PrivateKey => {
  const kind = algorithm.replace('PS', 'RS')
  const key = keys.get(kind) ?? (node.generate(kind, algorithm === 'EdDSA' ? { crv: 'Ed448' } : {}) as PrivateKey)
  keys.set(kind, key)
  return key as PrivateKey
}
const bound = (mode: Mode, algorithm: string, answer: () => unknown) =>
  defineBackend({
    name: 'mine',
    mode,
    signing: () => ({ sign: (mode === 'sync' ? answer : async () => answer()) as never }),
    verifying: () => ({ verify: (() => false) as never }),
  }).signer(algorithm, keyFor(algorithm))
const outcome = async (sign: () => unknown): Promise<unknown> => {
  try {
    return await sign()
  } catch (error) {
    return error
  }
}

const lengths: readonly (readonly [string, number])[] = [
  ['HS256', 32],
  ['ES256', 64],
  ['ES512', 132],
  ['RS256', 256],
  ['PS256', 256],
  ['EdDSA', 114],
]
describe.each(['sync', 'async'] as const)('what a %s primitive answers', (mode) => {
  it.each(lengths)('is a signature by %s when it has %i bytes', async (algorithm, length) => {
    for (const wanted of [length - 1, length, length + 1]) {
      const answer = await outcome(() => bound(mode, algorithm, () => new Uint8Array(wanted)).sign(new Uint8Array(3)))
      if (wanted === length) expect(answer).toHaveLength(length)
      else expect(answer).toMatchObject({ code: 'backend_failure', detail: { backend: 'mine', wanted: length, got: wanted } })
    }
  })
  it.each([
    ['nothing', undefined, 'undefined'],
    ['null', null, 'object'],
    ['text of the right length', 'x'.repeat(64), 'string'],
    ['an array', Array(64).fill(0), 'object'],
  ])('is no signature when it is %s', async (_what, answer, got) => {
    expect(await outcome(() => bound(mode, 'ES256', () => answer).sign(new Uint8Array(3)))).toMatchObject({
      code: 'backend_failure',
      detail: { got },
    })
  })
  it('is an error with its cause when binding throws', () => {
    const cause = new Error('cannot')
    const backend = defineBackend({
      name: 'mine',
      mode,
      signing: () => {
        throw cause
      },
      verifying: () => {
        throw cause
      },
    })
    const key = keyFor('ES256')
    for (const bind of [() => backend.signer('ES256', key), () => backend.verifier('ES256', key.publicKey)])
      expect(bind).toThrow(expect.objectContaining({ code: 'backend_failure', cause }))
  })
})

it('a promise from a sync primitive is no signature, and its rejection is nobody’s', async () => {
  const unhandled: unknown[] = []
  const note = (error: unknown): void => void unhandled.push(error)
  process.on('unhandledRejection', note)
  const error = await outcome(() => bound('sync', 'ES256', () => Promise.reject(new Error('late'))).sign(new Uint8Array(3)))
  await new Promise((resolve) => setTimeout(resolve, 10))
  process.off('unhandledRejection', note)
  expect([error, unhandled]).toEqual([expect.objectContaining({ detail: expect.objectContaining({ got: 'promise' }) }), []])
})
