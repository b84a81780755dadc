import { concat, equalBytes } from '../core/bytes.ts'
import type { Bench } from './bench.ts'
import { all } from './calls.ts'
import type { Check } from './check.ts'
import { forgeriesOf } from './forgeries.ts'
import { inputNumber } from './messages.ts'
import { CheckSkipped } from './report.ts'
import { demandBad, demandGood, goodSignature, needVerifier, verdict } from './verdicts.ts'

/** A good signature comes first, in between and last: what a verifier remembers of it must not change what it says. */
export const rejects: Check = async (bench) => {
  const verifier = needVerifier(bench)
  const input = inputNumber(200)
  const good = await goodSignature(bench, input)
  const strange = [
    { what: 'the signature of another key', signature: await bench.stranger(input) },
    { what: 'the signature of another message', signature: await goodSignature(bench, inputNumber(201)) },
    ...((await bench.misuses?.(input, good)) ?? []),
  ]
  // Where good ones are refused, that is for other checks to say.
  const isGood = await verdict([bench, verifier, input, good, 'a good signature'], true)
  const stillGood = async (after: string): Promise<void> => {
    if (isGood) await demandGood(bench, verifier, input, good, `a good signature after ${after}`)
  }
  for (const { what, signature } of [...forgeriesOf(bench.algorithm, good), ...strange]) {
    if (!equalBytes(signature, good)) await demandBad(bench, verifier, input, signature, what)
  }
  await stillGood('bad ones')
  const others = [concat(input, Uint8Array.of(0)), input.slice(1), input.slice(0, -1), new Uint8Array(), inputNumber(202)]
  for (const other of others) await demandBad(bench, verifier, other, good, 'a changed message')
  await stillGood('a changed message')
}

/** Platforms accept an RSA signature whose leading zero octets were removed (RFC 8017 §8.1.2 step 1 does not). */
export const shortened: Check = async (bench) => {
  const verifier = needVerifier(bench)
  if (bench.algorithm.kty !== 'RSA') throw new CheckSkipped('for RSA')
  const found = bench.found.short ?? (await findShort(bench))
  if (!found) throw new CheckSkipped('no signature with a leading zero octet came in time')
  await demandBad(bench, verifier, found.input, found.signature.slice(1), 'a signature without its leading zero octet')
}

async function findShort({ trusted, budgetMilliseconds }: Bench): Promise<Bench['found']['short']> {
  const end = performance.now() + budgetMilliseconds
  for (let i = 0; trusted && i < 2000 && performance.now() < end; i++) {
    const input = inputNumber(1000 + i)
    const signature = await trusted(input)
    if (signature[0] === 0) return { input, signature }
  }
  return undefined
}

/** Of a long token every byte counts. */
export const long: Check = async (bench) => {
  const verifier = needVerifier(bench)
  const message = inputNumber(310, 60_000)
  const good = await goodSignature(bench, message).catch((error: unknown) => {
    if (bench.trusted) throw error
    throw new CheckSkipped('the backend signs no message of 60,000 bytes')
  })
  await demandGood(bench, verifier, message, good, 'a good signature of a long message')
  for (const at of [1500, 5000, message.length - 1]) {
    const changed = new Uint8Array(message)
    changed[at] = changed[at]! ^ 1
    await demandBad(bench, verifier, changed, good, `the signature of a long message whose byte ${at} was changed`)
  }
}

/** Good and bad ones under way together: each has its own answer. */
export const atOnce: Check = async (bench) => {
  const verifier = needVerifier(bench)
  if (verifier.mode === 'sync') throw new CheckSkipped('for verifiers that answer later')
  const began = performance.now()
  const pairs: (readonly [Uint8Array, Uint8Array])[] = []
  for (let i = 0; i < 4; i++) {
    const message = inputNumber(320 + i)
    pairs.push([message, await goodSignature(bench, message)])
  }
  await demandGood(bench, verifier, ...pairs[0]!, 'a good signature')
  const pace = (performance.now() - began) / 5
  // A serial device must be through with them before their deadlines.
  const times = Math.max(1, Math.min(3, Math.floor(bench.patienceMilliseconds / 8 / pace)))
  const queued = 2 * times * pairs.length
  const isOne = `, as one of ${queued} at once`
  const calls = Array.from({ length: times * pairs.length }, (_, i) => {
    const [message, good] = pairs[i % pairs.length]!
    const [, another] = pairs[(i + 1) % pairs.length]!
    return [
      demandGood(bench, verifier, message, good, `a good signature${isOne}`, queued),
      demandBad(bench, verifier, message, another, `the signature of another message${isOne}`, queued),
    ]
  })
  await all(calls.flat())
}
