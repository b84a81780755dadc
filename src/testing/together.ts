import type { Signer, Verifier } from '../keys/backend.ts'
import type { Bench } from './bench.ts'
import { type Check, needSigner } from './check.ts'
import { inputNumber } from './messages.ts'
import { CheckFailure, demand, messageOf } from './report.ts'
import { signatureBy } from './rounds.ts'
import { snapshotOf } from './snapshot.ts'

const times = 4
const queued = 4

/** Two signers and a verifier of one key at work at once, as in a server: what they share, such as a connection, must bear it. */
export const together: Check = async (bench) => {
  const first = needSigner(bench)
  const second = await bench.another()
  const known = inputNumber(400)
  const signature = await signatureBy(bench, await snapshotOf(bench, first), known)
  const signs = async (by: Signer, number: number): Promise<void> => {
    const input = inputNumber(number)
    const now = await snapshotOf(bench, by, queued)
    const good = await bench.judge(input, await signatureBy(bench, now, input, queued), now)
    demand(good !== false, 'a signature does not verify')
  }
  const verifies = async (verifier: Verifier): Promise<void> => {
    const outcome = await bench.call(verifier.mode, 'verify', () => verifier.verify(known, signature), queued)
    if ('error' in outcome) throw outcome.error
    demand(outcome.value === true, 'a good signature was refused')
  }
  for (let i = 0; i < times; i++) {
    const calls = [
      signs(first, 401 + i),
      signs(second, 421 + i),
      ...(bench.verifier ? [verifies(bench.verifier)] : []),
      signs(second, 441 + i),
    ]
    const results = await Promise.allSettled(calls)
    const failed = results.find((result) => result.status === 'rejected')
    if (failed) throw collision(bench, failed.reason)
  }
}

function collision({ remote }: Bench, error: unknown): CheckFailure {
  const advice = remote ? ': give all keys of one connection the same session, remoteSession({ concurrency: 1 })' : ''
  return new CheckFailure(`with two signers and a verifier at work at once, ${messageOf(error)}${advice}`)
}
