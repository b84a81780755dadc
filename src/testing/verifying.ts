import { equalBytes } from '../core/bytes.ts'
import type { Bench } from './bench.ts'
import { expectValue } from './calls.ts'
import { type Check, type CheckRow, needSigner } from './check.ts'
import { otherS } from './forgeries.ts'
import { inputNumber } from './messages.ts'
import { atOnce, long, rejects, shortened } from './refusing.ts'
import { CheckFailure, demand, show } from './report.ts'
import { signatureBy } from './rounds.ts'
import { snapshotOf } from './snapshot.ts'
import { verifyText } from './texts.ts'
import { demandGood, goodSignature, needVerifier, verdict } from './verdicts.ts'

const shape: Check = async (bench) => {
  const verifier = needVerifier(bench)
  demand(verifier.algorithm === bench.algorithm.name, `the verifier is bound to ${show(verifier.algorithm)}`)
  demand(verifier.mode === 'sync' || verifier.mode === 'async', 'mode is "sync" or "async"')
  demand(typeof verifier.verify === 'function', 'the verifier has no verify function')
  const { kid, symmetric } = verifier
  const isMac = bench.algorithm.family === 'HMAC'
  demand(symmetric === undefined || symmetric === isMac, `symmetric of a verifier of ${bench.algorithm.name} is ${isMac}`)
  demand(kid === undefined || (typeof kid === 'string' && kid !== ''), 'kid is a non-empty string, or absent')
  const signerKid = bench.signer && (await snapshotOf(bench, bench.signer)).kid
  demand(kid === undefined || signerKid === undefined || kid === signerKid, 'signer and verifier have different kids', 'kid')
}

const lengths = [40, 20, 57, 64, 131, 300, 600, 1100]

const accepts: Check = async (bench) => {
  const verifier = needVerifier(bench)
  for (const [i, length] of lengths.entries()) {
    const input = inputNumber(100 + i, Math.min(length, bench.found.longest))
    await demandGood(bench, verifier, input, await goodSignature(bench, input), 'a good signature')
  }
  const input = inputNumber(108)
  const good = await goodSignature(bench, input)
  if (bench.algorithm.family === 'ECDSA') {
    const both = [
      await verdict([bench, verifier, input, good, 'one s'], true),
      await verdict([bench, verifier, input, otherS(bench.algorithm, good), 'the other s'], true),
    ]
    demand(both.every(Boolean), 'verify refused a signature for its high s, which is valid in JOSE')
  }
}

/** Both may be wrong in one way, and a stranger would not agree with either. */
const acceptsOwn: Check = async (bench) => {
  const verifier = needVerifier(bench)
  const input = inputNumber(109)
  const own = await signatureBy(bench, await snapshotOf(bench, needSigner(bench)), input)
  await demandGood(bench, verifier, input, own, "the backend's own signature")
}

const input: Check = async (bench) => {
  const verifier = needVerifier(bench)
  const message = inputNumber(300)
  const good = await goodSignature(bench, message)
  const [given, claimed] = [new Uint8Array(message), new Uint8Array(good)]
  expectValue(await bench.call(verifier.mode, 'verify', () => verifier.verify(given, claimed)), 'verify')
  demand(equalBytes(given, message) && equalBytes(claimed, good), 'verify changed its input')
  if (verifier.mode === 'sync') return
  const pending = bench.call('async', 'verify', () => verifier.verify(given, claimed))
  given.fill(0)
  claimed.fill(0)
  demand(expectValue(await pending, 'verify') === true, 'verify read its input after it had returned')
}

/** What verify does with what it does not take. A Verifier by hand may throw as it likes, but not say yes. */
const misuse: Check = async (bench) => {
  const verifier = needVerifier(bench)
  const message = inputNumber(302)
  const good = await goodSignature(bench, message)
  for (const wrong of [undefined, null, 'text', [1, 2, 3], { length: good.length }]) {
    for (const body of [() => verifier.verify(wrong as never, good), () => verifier.verify(message, wrong as never)]) {
      const what = `verify of ${JSON.stringify(wrong) ?? 'undefined'}`
      const outcome = await bench.call(verifier.mode, what, body).catch(byHand(bench))
      demand(outcome === undefined || 'error' in outcome || outcome.value === false, 'verify accepted something that is no Uint8Array')
    }
  }
}

function byHand({ remote }: Bench): (error: unknown) => undefined {
  return (error) => {
    if (remote && error instanceof CheckFailure && error.check !== 'answers') return undefined
    throw error
  }
}

export const verifyingChecks: readonly CheckRow[] = [
  ['verifier shape', shape],
  ['accepts', accepts],
  ['accepts own', acceptsOwn, 'verifies', 'accepts'],
  ['rejects', rejects],
  ['shortened', shortened],
  ['verifier input', input, 'accepts'],
  ['verifier text', verifyText, 'accepts'],
  ['verifier long', long, 'accepts'],
  ['verifier at once', atOnce, 'accepts', 'rejects'],
  ['verifier errors', misuse],
]
