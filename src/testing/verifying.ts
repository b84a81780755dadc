import { encodeBase64url } from '../core/base64url.ts'
import { concat, equalBytes } from '../core/bytes.ts'
import type { Verifier } from '../keys/backend.ts'
import { type Bench, inputNumber, snapshotOf } from './bench.ts'
import { expectValue } from './calls.ts'
import { type Check, type CheckRow, needSigner } from './check.ts'
import { forgeriesOf, otherS } from './forgeries.ts'
import { CheckFailure, CheckSkipped, demand, tell } from './report.ts'
import { signatureBy } from './signing.ts'

function need(bench: Bench): Verifier {
  if (bench.verifier) return bench.verifier
  throw new CheckSkipped('the backend gives no verifier')
}

/** A good signature by the key of the verifier: by another backend where the key can be seen. */
async function goodSignature(bench: Bench, input: Uint8Array): Promise<Uint8Array> {
  if (bench.trusted) return bench.trusted(input)
  if (!bench.signer) throw new CheckSkipped('there is no signature to verify')
  return new Uint8Array(await signatureBy(bench, await snapshotOf(bench, bench.signer), input))
}

/** What the verifier says, where it must not throw. `owes` is what it should say. */
async function verdict(
  bench: Bench,
  verifier: Verifier,
  input: Uint8Array,
  signature: Uint8Array,
  what: string,
  owes = false,
): Promise<boolean> {
  const outcome = await bench.call(verifier.mode, `verify of ${what}`, () => verifier.verify(input, signature))
  if ('error' in outcome) throw new CheckFailure(`verify of ${what} threw where it owes ${owes}: ${tell(outcome.error)}`, 'throws')
  const { value } = outcome
  demand(typeof value === 'boolean', `verify of ${what} answered ${String(JSON.stringify(value))} and not true or false`, 'boolean')
  return value
}

/** @throws CheckFailure with the complaint, where a good signature is refused */
async function demandGood(bench: Bench, verifier: Verifier, input: Uint8Array, signature: Uint8Array, what: string): Promise<void> {
  const good = await verdict(bench, verifier, input, signature, what, true)
  demand(good, `verify refused ${what} (true alone is a yes: 1, "true" and a promise count as a no)`)
}

const shape: Check = async (bench) => {
  const verifier = need(bench)
  demand(verifier.algorithm === bench.algorithm.name, `the verifier is bound to ${String(verifier.algorithm)}`)
  demand(verifier.mode === 'sync' || verifier.mode === 'async', 'mode is "sync" or "async"')
  demand(typeof verifier.verify === 'function', 'the verifier has no verify function')
  const { kid } = verifier
  demand(kid === undefined || (typeof kid === 'string' && kid !== ''), 'kid is a non-empty string, or absent')
  const signerKid = bench.signer && (await snapshotOf(bench, bench.signer)).kid
  demand(kid === undefined || signerKid === undefined || kid === signerKid, 'signer and verifier have different kids', 'kid')
}

const accepts: Check = async (bench) => {
  const verifier = need(bench)
  for (let i = 0; i < 8; i++) {
    const input = inputNumber(100 + i, 20 + 37 * i)
    await demandGood(bench, verifier, input, await goodSignature(bench, input), 'a good signature')
  }
  const input = inputNumber(108)
  const good = await goodSignature(bench, input)
  if (bench.algorithm.family === 'ECDSA') {
    const both = [
      await verdict(bench, verifier, input, good, 'one s', true),
      await verdict(bench, verifier, input, otherS(bench.algorithm, good), 'the other s', true),
    ]
    demand(both.every(Boolean), 'verify refused a signature for its high s, which is valid in JOSE')
  }
}

/** Both may be wrong in one way, and a stranger would not agree with either. */
const acceptsOwn: Check = async (bench) => {
  const verifier = need(bench)
  const input = inputNumber(109)
  const own = await signatureBy(bench, await snapshotOf(bench, needSigner(bench)), input)
  await demandGood(bench, verifier, input, own, "the backend's own signature")
}

const rejects: Check = async (bench) => {
  const verifier = need(bench)
  const input = inputNumber(200)
  const good = await goodSignature(bench, input)
  const strange = [
    { what: 'the signature of another key', signature: await bench.stranger(input) },
    { what: 'the signature of another message', signature: await goodSignature(bench, inputNumber(201)) },
    ...((await bench.misuses?.(input)) ?? []),
  ]
  for (const { what, signature } of [...forgeriesOf(bench.algorithm, good), ...strange]) {
    if (equalBytes(signature, good)) continue
    demand(!(await verdict(bench, verifier, input, signature, what)), `verify accepted ${what}`)
  }
  const others = [concat(input, Uint8Array.of(0)), input.slice(1), input.slice(0, -1), new Uint8Array(), inputNumber(202)]
  for (const other of others)
    demand(!(await verdict(bench, verifier, other, good, 'a changed message')), 'verify accepted a changed message')
}

/** Platforms accept an RSA signature whose leading zero octets were removed (RFC 8017 §8.1.2 step 1 does not). */
const shortened: Check = async (bench) => {
  const verifier = need(bench)
  if (bench.algorithm.kty !== 'RSA') throw new CheckSkipped('for RSA')
  const end = performance.now() + bench.budgetMilliseconds
  for (let i = 0; i < 2000 && performance.now() < end; i++) {
    const input = inputNumber(1000 + i)
    const good = await goodSignature(bench, input)
    if (good[0] !== 0) continue
    demand(
      !(await verdict(bench, verifier, input, good.slice(1), 'a signature without its leading zero')),
      'verify accepted a signature without its leading zero octet',
    )
    return
  }
  throw new CheckSkipped('no signature with a leading zero octet came in time')
}

const input: Check = async (bench) => {
  const verifier = need(bench)
  const message = inputNumber(300)
  const good = await goodSignature(bench, message)
  const [given, claimed] = [new Uint8Array(message), new Uint8Array(good)]
  await verdict(bench, verifier, given, claimed, 'a good signature', true)
  demand(equalBytes(given, message) && equalBytes(claimed, good), 'verify changed its input')
  if (verifier.mode === 'sync') return
  const pending = bench.call('async', 'verify', () => verifier.verify(given, claimed))
  given.fill(0)
  claimed.fill(0)
  demand(expectValue(await pending, 'verify') === true, 'verify read its input after it had returned')
}

const text: Check = async (bench) => {
  const verifier = need(bench)
  if (!verifier.verifyText) throw new CheckSkipped('there is no text form')
  const message = inputNumber(301)
  const good = await goodSignature(bench, message)
  const ascii = new TextDecoder().decode(message)
  for (const { what, signature } of [{ what: 'a good signature', signature: good }, ...forgeriesOf(bench.algorithm, good)]) {
    const outcome = await bench.call(verifier.mode, `verifyText of ${what}`, () => verifier.verifyText!(ascii, encodeBase64url(signature)))
    const expected = equalBytes(signature, good)
    demand('value' in outcome && outcome.value === expected, `verifyText of ${what} did not answer ${expected}`)
  }
}

const misuse: Check = async (bench) => {
  const verifier = need(bench)
  const message = inputNumber(302)
  const good = await goodSignature(bench, message)
  for (const wrong of [undefined, null, 'text', [1, 2, 3], { length: good.length }]) {
    for (const body of [() => verifier.verify(wrong as never, good), () => verifier.verify(message, wrong as never)]) {
      const outcome = await bench.call(verifier.mode, `verify of ${JSON.stringify(wrong) ?? 'undefined'}`, body)
      demand('error' in outcome || outcome.value === false, 'verify accepted something that is no Uint8Array')
    }
  }
}

export const verifyingChecks: readonly CheckRow[] = [
  ['verifier shape', shape],
  ['accepts', accepts],
  ['accepts own', acceptsOwn, 'verifies', 'accepts'],
  ['rejects', rejects],
  ['shortened', shortened],
  ['verifier input', input, 'accepts'],
  ['verifier text', text, 'accepts'],
  ['verifier errors', misuse],
]
