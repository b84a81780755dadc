import type { SignCall, Signer } from '../keys/backend.ts'
import type { Bench } from './bench.ts'
import { expectValue, type Outcome } from './calls.ts'
import type { Check } from './check.ts'
import { inputNumber } from './messages.ts'
import { CheckFailure, CheckSkipped, demand, tell } from './report.ts'
import { snapshotOf } from './snapshot.ts'

export function remoteSignerOf({ remote, signer }: Bench): Signer {
  if (remote && signer?.mode === 'async') return signer
  throw new CheckSkipped('for keys that live elsewhere')
}

export function demandAborted(outcome: Outcome, what: string): void {
  demand('error' in outcome, `${what} ignored a signal that had fired`)
  demand(
    outcome.error.detail['kind'] === 'aborted',
    `${what} gave up with an error whose detail.kind is not "aborted": ${tell(outcome.error)}`,
  )
}

interface Abortable {
  readonly what: string
  readonly call: (given?: SignCall) => unknown
}

export const abort: Check = async (bench) => {
  const signer = remoteSignerOf(bench)
  const now = await snapshotOf(bench, signer)
  const calls: readonly Abortable[] = [
    { what: 'sign', call: (given) => signer.sign(inputNumber(7), given) },
    ...(signer.snapshot
      ? [
          { what: 'snapshot', call: (given?: SignCall) => signer.snapshot!(given) },
          { what: 'sign of a snapshot', call: (given?: SignCall) => now.sign(inputNumber(7), given) },
        ]
      : []),
  ]
  const gone = { signal: AbortSignal.abort() }
  for (const { what, call } of calls) demandAborted(await bench.call('async', what, () => call(gone)), what)
  for (const one of calls) await underWay(bench, one)
}

// A call that is quicker may well be done before its signal is looked at.
const slow = 10
// Of three, the middle one: a loaded machine may be late once.
const trials = 3

/** Fires right after the call has returned, and midway: the caller is free long before the call would have ended. */
async function underWay(bench: Bench, one: Abortable): Promise<void> {
  let usual = Number.POSITIVE_INFINITY
  for (let i = 0; i < trials && usual >= slow; i++) {
    const began = performance.now()
    expectValue(await bench.call('async', one.what, () => one.call()), one.what)
    usual = Math.min(usual, performance.now() - began)
  }
  if (usual < slow) return
  for (const share of [0, 0.5]) {
    let late = 0
    let prompt = 0
    // One that was done at about the time its signal fired tells nothing.
    for (let i = 0; i < 2 * trials && Math.max(late, prompt) * 2 <= trials; i++) {
      const end = await endOf(bench, one, usual * share)
      if (end.delay > (usual * (1 - share)) / 2) late++
      else if (end.isAborted) prompt++
    }
    demand(
      late * 2 <= trials,
      `${one.what}, which takes ${Math.ceil(usual)} ms, went on for its caller after its signal had fired ${share === 0 ? 'at once' : 'midway'}`,
    )
  }
}

/** How a call ended whose signal fires after so many milliseconds: `delay` is how much later, and negative where it never fired. */
async function endOf(bench: Bench, { what, call }: Abortable, milliseconds: number): Promise<{ delay: number; isAborted: boolean }> {
  const controller = new AbortController()
  let fired = Number.POSITIVE_INFINITY
  const fire = (): void => {
    fired = performance.now()
    controller.abort()
  }
  const timer = milliseconds > 0 ? setTimeout(fire, milliseconds) : undefined
  const pending = bench.call('async', what, () => call({ signal: controller.signal }))
  if (timer === undefined) fire()
  try {
    const outcome = await pending
    const delay = performance.now() - fired
    const isAborted = 'error' in outcome
    if (isAborted) demandAborted(outcome, `${what} under way`)
    return { delay, isAborted }
  } catch (error) {
    if (error instanceof CheckFailure && error.check === 'answers') throw new CheckFailure(`${error.message} after its signal had fired`)
    throw error
  } finally {
    clearTimeout(timer)
  }
}
