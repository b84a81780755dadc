/** WebCrypto's HMACs start together when many are under way, and each gives its own answer. */
import { afterEach, describe, expect, it, vi } from 'vitest'
import { createWebCrypto, type SubtleLike } from '../../src/backends/webcrypto/index.ts'
import { generateKey, importKey } from '../../src/index.node.ts'

const { subtle } = globalThis.crypto as unknown as { subtle: SubtleLike }
const key = importKey('s'.repeat(32), { type: 'secret' })
const count = 20
const numbers = Array.from({ length: count }, (_, i) => i)
const message = (i: number): Uint8Array => new TextEncoder().encode(`message ${i}`)
const nextTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

/** The runtime's own, as an object that may be copied. */
const plain = {
  sign: (...given: Parameters<SubtleLike['sign']>) => subtle.sign(...given),
  verify: (...given: Parameters<SubtleLike['verify']>) => subtle.verify(...given),
  importKey: (...given: Parameters<SubtleLike['importKey']>) => subtle.importKey(...given),
}

/** The runtime's own, which notes each signature that starts, and may be told to fail at one. */
function watched(failAt = -1, how: 'throws' | 'rejects' = 'rejects') {
  const started: string[] = []
  const sign = (...given: Parameters<SubtleLike['sign']>): Promise<ArrayBuffer> => {
    started.push(new TextDecoder().decode(given[2]))
    if (started.length - 1 !== failAt) return subtle.sign(...given)
    if (how === 'throws') throw new Error('broken')
    return Promise.reject(new Error('broken'))
  }
  const backend = createWebCrypto({ subtle: { ...plain, sign } as unknown as SubtleLike })
  return { started, signer: backend.signer('HS256', key), verifier: backend.verifier('HS256', key) }
}

/** A signer whose key is loaded, so that the next call starts at once. */
async function ready(...how: Parameters<typeof watched>) {
  const all = watched(...how)
  await all.signer.sign(message(0))
  all.started.length = 0
  return all
}

afterEach(() => {
  vi.useRealTimers()
})

it('eight start at the call, the others together at the end of the turn', async () => {
  const { signer, started } = await ready()
  const signatures = numbers.map((i) => signer.sign(message(i)))
  expect(started).toHaveLength(8)
  await nextTurn()
  expect(started).toEqual(numbers.map((i) => `message ${i}`))
  await Promise.all(signatures)
  // None is under way any more.
  const again = signer.sign(message(0))
  expect(started).toHaveLength(count + 1)
  await again
})

it('what follows a wave is a wave', async () => {
  const answers: ((signature: ArrayBuffer) => void)[] = []
  const sign = (): Promise<ArrayBuffer> => new Promise((resolve) => answers.push(resolve))
  const backend = createWebCrypto({ subtle: { ...plain, sign } as unknown as SubtleLike })
  const signer = backend.signer('HS256', key)
  // One after the other, as a runtime does: what waits for an answer runs before the next.
  const answerAll = async (): Promise<void> => {
    for (const answer of answers.splice(0)) {
      answer(new ArrayBuffer(32))
      for (let i = 0; i < 30; i++) await undefined
    }
  }
  const loading = signer.sign(message(0))
  while (answers.length === 0) await nextTurn()
  await answerAll()
  await loading
  const first = numbers.map((i) => signer.sign(message(i)))
  const second = first.map((signature, i) => signature.then(() => signer.sign(message(i))))
  await nextTurn()
  expect(answers).toHaveLength(count)
  await answerAll()
  await Promise.all(first)
  // Only the one that goes on when none is under way.
  expect(answers).toHaveLength(1)
  await nextTurn()
  expect(answers).toHaveLength(count)
  await answerAll()
  await Promise.all(second)
})

it('gives each call its own answer, about the bytes it was given', async () => {
  const { signer, verifier } = await ready()
  const signatures = await Promise.all(
    numbers.map((i) => {
      const bytes = message(i)
      const signature = signer.sign(bytes)
      bytes.fill(0)
      return signature
    }),
  )
  const next = (i: number): Uint8Array => signatures[(i + 1) % count]!
  expect(await Promise.all(numbers.map((i) => verifier.verify(message(i), signatures[i]!)))).toEqual(numbers.map(() => true))
  expect(await Promise.all(numbers.map((i) => verifier.verify(message(i), next(i))))).toEqual(numbers.map(() => false))
})

describe.each(['throws', 'rejects'] as const)('a runtime that %s', (how) => {
  it.each([3, 15])('at call %i fails that call alone, and is asked again at once', async (failAt) => {
    const { signer, started } = await ready(failAt, how)
    const outcomes = await Promise.allSettled(numbers.map((i) => signer.sign(message(i))))
    expect(outcomes.map(({ status }) => status)).toEqual(numbers.map((i) => (i === failAt ? 'rejected' : 'fulfilled')))
    expect(outcomes[failAt]).toMatchObject({ reason: { code: 'backend_failure' } })
    const before = started.length
    const again = signer.sign(message(0))
    expect(started).toHaveLength(before + 1)
    await again
  })
})

it.each(['before the backend is made', 'afterwards'])('does not hang where a test replaces the timers %s', async (when) => {
  if (when !== 'afterwards') vi.useFakeTimers()
  const { signer } = await ready()
  vi.useFakeTimers()
  for (let round = 0; round < 2; round++) expect(await Promise.all(numbers.map((i) => signer.sign(message(i))))).toHaveLength(count)
})

it('verifications start together too, and what takes longer than an HMAC at once', async () => {
  let started = 0
  const verify = (...given: Parameters<SubtleLike['verify']>): Promise<boolean> => {
    started++
    return subtle.verify(...given)
  }
  const backend = createWebCrypto({ subtle: { ...plain, verify } as unknown as SubtleLike })
  const { publicKey } = generateKey('ES256')
  for (const [verifier, length, atOnce] of [
    [backend.verifier('HS256', key), 32, 8],
    [backend.verifier('ES256', publicKey), 64, count],
  ] as const) {
    const ask = (i: number): Promise<boolean> => verifier.verify(message(i), new Uint8Array(length))
    await ask(0)
    started = 0
    const verdicts = numbers.map(ask)
    expect(started).toBe(atOnce)
    expect(await Promise.all(verdicts)).toEqual(numbers.map(() => false))
  }
})

it('starts each at once where there is no setImmediate', async () => {
  const { setImmediate: kept } = globalThis
  Reflect.deleteProperty(globalThis, 'setImmediate')
  try {
    const { signer, started } = watched()
    await signer.sign(message(0))
    started.length = 0
    const signatures = numbers.map((i) => signer.sign(message(i)))
    expect(started).toHaveLength(count)
    await Promise.all(signatures)
  } finally {
    globalThis.setImmediate = kept
  }
})
