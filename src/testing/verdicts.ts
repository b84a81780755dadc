import type { Verifier } from '../keys/backend.ts'
import type { Bench } from './bench.ts'
import { handed } from './messages.ts'
import { CheckFailure, CheckSkipped, demand, show, tell } from './report.ts'
import { signatureBy } from './rounds.ts'
import { snapshotOf } from './snapshot.ts'

/** @throws CheckSkipped where there is none */
export function needVerifier(bench: Bench): Verifier {
  if (bench.verifier) return bench.verifier
  throw new CheckSkipped('the backend gives no verifier')
}

/** A good signature by the key of the verifier: by another backend where the key can be seen. */
export async function goodSignature(bench: Bench, input: Uint8Array): Promise<Uint8Array> {
  // Copies: slices of a Buffer are no copies, and forgeries are made of them.
  if (bench.trusted) return new Uint8Array(await bench.trusted(input))
  if (!bench.signer) throw new CheckSkipped('there is no signature to verify')
  return new Uint8Array(await signatureBy(bench, await snapshotOf(bench, bench.signer), input))
}

type Question = readonly [bench: Bench, verifier: Verifier, input: Uint8Array, signature: Uint8Array, what: string, queued?: number]

/** What the verifier says, where it must not throw. `owes` is what it should say. */
export async function verdict([bench, verifier, input, signature, what, queued = 1]: Question, owes: boolean): Promise<boolean> {
  const turn = bench.found.turn++
  const given = [handed(input, turn), handed(signature, turn >> 1)] as const
  const outcome = await bench.call(verifier.mode, `verify of ${what}`, () => verifier.verify(...given), queued)
  if ('error' in outcome) throw new CheckFailure(`verify of ${what} threw where it owes ${owes}: ${tell(outcome.error)}`, 'throws')
  const { value } = outcome
  demand(typeof value === 'boolean', `verify of ${what} answered ${show(value)} and not true or false`, 'boolean')
  return value
}

/** @throws CheckFailure with the complaint, where a good signature is refused */
export async function demandGood(...question: Question): Promise<void> {
  const [, , , , what] = question
  demand(await verdict(question, true), `verify refused ${what} (true alone is a yes: 1, "true" and a promise count as a no)`)
}

/** @throws CheckFailure where a bad signature is accepted */
export async function demandBad(...question: Question): Promise<void> {
  const [, , , , what] = question
  demand(!(await verdict(question, false)), `verify accepted ${what}`)
}
