import type { Signer } from '../keys/backend.ts'
import { type Bench, inputNumber, snapshotOf } from './bench.ts'
import type { Outcome } from './calls.ts'
import type { Check, CheckRow } from './check.ts'
import { CheckFailure, CheckSkipped, demand, tell } from './report.ts'
import { signatureBy } from './signing.ts'

export function remoteSignerOf({ remote, signer }: Bench): Signer {
  if (remote && signer?.mode === 'async') return signer
  throw new CheckSkipped('for keys that live elsewhere')
}

const abort: Check = async (bench) => {
  const signer = remoteSignerOf(bench)
  const gone = { signal: AbortSignal.abort() }
  const calls: readonly (readonly [string, () => unknown])[] = [
    ...(signer.snapshot ? ([['snapshot', () => signer.snapshot!(gone)]] as const) : []),
    ['sign', () => signer.sign(inputNumber(7), gone)],
  ]
  for (const [what, body] of calls) demandAborted(await bench.call('async', what, body), what)
  const now = await snapshotOf(bench, signer)
  demandAborted(await bench.call('async', 'sign of a snapshot', () => now.sign(inputNumber(7), gone)), 'sign of a snapshot')
  await abortMidway(bench, now)
}

function demandAborted(outcome: Outcome, what: string): void {
  demand('error' in outcome, `${what} ignored a signal that had fired`)
  demand(
    outcome.error.detail['kind'] === 'aborted',
    `${what} gave up with an error whose detail.kind is not "aborted": ${tell(outcome.error)}`,
  )
}

// Below this, a signature may well be done before the signal fires.
const slow = 60

async function abortMidway(bench: Bench, signer: Signer): Promise<void> {
  const began = performance.now()
  await signatureBy(bench, signer, inputNumber(8))
  const usual = performance.now() - began
  if (usual < slow) return
  const controller = new AbortController()
  let fired = Number.POSITIVE_INFINITY
  setTimeout(() => {
    fired = performance.now()
    controller.abort()
  }, usual / 4)
  const outcome = await bench.call('async', 'sign', () => signer.sign(inputNumber(9), { signal: controller.signal }))
  // Seen from when it did fire: a device that computes on this thread keeps the timer waiting.
  if (performance.now() - fired > usual / 3) demandAborted(outcome, 'sign under way')
  demand(!('error' in outcome) || outcome.error.code === 'backend_failure', 'sign gave up with no BackendError')
}

const failing: Check = async (bench) => {
  const signer = await bench.factory?.failing?.(bench.algorithm.name)
  if (!signer) throw new CheckSkipped('the factory has no failing function')
  const outcome = await throughSnapshot(bench, signer)
  demand('error' in outcome, 'a device that fails gave a signature')
  const { code, detail } = outcome.error
  demand(
    code === 'backend_failure' && typeof detail['retryable'] === 'boolean',
    `a device that fails is a BackendError with detail.retryable, and this was ${tell(outcome.error)}`,
  )
  demand(kinds.includes(detail['kind']), 'detail.kind of a failure is retryable, throttled, permanent, unauthorised or aborted')
}

const kinds: readonly unknown[] = ['retryable', 'throttled', 'permanent', 'unauthorised', 'aborted']

const hanging: Check = async (bench) => {
  const signer = await bench.factory?.hanging?.(bench.algorithm.name)
  if (!signer) throw new CheckSkipped('the factory has no hanging function')
  const outcome = await throughSnapshot(bench, signer).catch((error: unknown) => {
    if (!(error instanceof CheckFailure && error.check === 'answers')) throw error
    throw new CheckFailure(`the signer of \`hanging\` was not given up (${error.message}): give it a deadline below patience`)
  })
  demand('error' in outcome, 'the signer of `hanging` answered: its device must never do')
  demandAborted(outcome, 'a device that never answers')
}

// A device learns of it a little after the caller does.
const newsMilliseconds = 1000

/** Only the device knows whether its author passes the signal on: the caller is freed in any case. */
const told: Check = async (bench) => {
  const { factory, algorithm } = bench
  if (!factory?.hanging || !factory.gaveUp) throw new CheckSkipped('the factory has no hanging and gaveUp functions')
  const end = performance.now() + newsMilliseconds
  while ((await factory.gaveUp(algorithm.name)) !== true) {
    demand(performance.now() < end, 'the device of `hanging` was not told that the call was given up: pass call.signal on')
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
}

async function throughSnapshot(bench: Bench, signer: Signer): Promise<Outcome> {
  if (!signer.snapshot) return bench.call(signer.mode, 'sign', () => signer.sign(inputNumber(1)))
  const taken = await bench.call(signer.mode, 'snapshot', () => signer.snapshot!())
  return 'error' in taken ? taken : bench.call(signer.mode, 'sign', () => (taken.value as Signer).sign(inputNumber(1)))
}

export const livingChecks: readonly CheckRow[] = [
  ['abort', abort],
  ['failing', failing],
  ['hanging', hanging],
  ['told', told, 'hanging'],
]
