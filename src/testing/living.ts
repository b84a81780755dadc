import type { BackendError } from '../core/errors.ts'
import type { Signer } from '../keys/backend.ts'
import { abort, demandAborted } from './aborting.ts'
import type { Bench } from './bench.ts'
import type { Outcome } from './calls.ts'
import type { Check, CheckRow } from './check.ts'
import { inputNumber } from './messages.ts'
import { CheckFailure, CheckSkipped, demand, tell } from './report.ts'

const failing: Check = async (bench) => {
  const signer = await given(bench, 'failing')
  const outcome = await throughSnapshot(bench, signer)
  demand('error' in outcome, 'a device that fails gave a signature')
  const { code, detail } = outcome.error
  demand(
    code === 'backend_failure' && typeof detail['retryable'] === 'boolean',
    `a device that fails is a BackendError with detail.retryable, and this was ${tell(outcome.error)}`,
  )
  const { kind } = outcome.error as BackendError
  demand(kinds.includes(kind), 'detail.kind of a failure is retryable, throttled, permanent, unauthorised or aborted')
  const owes = kind === 'retryable' || kind === 'throttled'
  demand(kind === 'aborted' || detail['retryable'] === owes, `detail.retryable of a failure of kind ${kind} is ${owes}`)
}

const kinds: readonly unknown[] = ['retryable', 'throttled', 'permanent', 'unauthorised', 'aborted']

const hanging: Check = async (bench) => {
  const signer = await given(bench, 'hanging')
  const outcome = await throughSnapshot(bench, signer).catch((error: unknown) => {
    if (!(error instanceof CheckFailure && error.check === 'answers')) throw error
    throw new CheckFailure(`the signer of \`hanging\` was not given up (${error.message}): give it a deadline below patience`)
  })
  demand('error' in outcome, 'the signer of `hanging` answered: its device must never do')
  demandAborted(outcome, 'a device that never answers')
}

/** @throws CheckSkipped where the factory does not make one */
async function given({ factory, algorithm, hook }: Bench, which: 'failing' | 'hanging'): Promise<Signer> {
  const signer = await hook(which, () => factory?.[which]?.(algorithm.name))
  if (signer) return signer
  throw new CheckSkipped(`the factory has no ${which} function`)
}

// A device learns of it a little after the caller does.
const newsMilliseconds = 1000

/** Only the device knows whether its author passes the signal on: the caller is freed in any case. */
const told: Check = async ({ factory, algorithm, hook }) => {
  if (!factory?.hanging || !factory.gaveUp) throw new CheckSkipped('the factory has no hanging and gaveUp functions')
  const end = performance.now() + newsMilliseconds
  while ((await hook('gaveUp', () => factory.gaveUp!(algorithm.name))) !== true) {
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
  ['abort', abort, 'verifies'],
  ['failing', failing],
  ['hanging', hanging],
  ['told', told, 'hanging'],
]
