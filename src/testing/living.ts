import type { BackendError } from '../core/errors.ts'
import type { Signer } from '../keys/backend.ts'
import { type Bench, fingerprint, inputNumber, snapshotOf } from './bench.ts'
import type { Outcome } from './calls.ts'
import { CheckSkipped, demand } from './report.ts'
import { type Check, signatureBy } from './signing.ts'

function remoteSignerOf({ remote, signer }: Bench): Signer {
  if (remote && signer?.mode === 'async') return signer
  throw new CheckSkipped('for keys that live elsewhere')
}

/** Header and signature of a token come from one snapshot, whatever happens in between. */
const rotation: Check = async (bench) => {
  const signer = remoteSignerOf(bench)
  const { factory, algorithm } = bench
  if (!factory?.rotate) throw new CheckSkipped('the factory has no rotate function')
  if (algorithm.family === 'HMAC' && !factory.key) throw new CheckSkipped('for MAC keys, the key function must tell old secrets')
  for (let i = 0; i < 3; i++) {
    const before = await snapshotOf(bench, signer)
    const { kid, publicKey } = before
    await factory.rotate(algorithm.name)
    await signsWithItsOwn(bench, before, i)
    demand(before.kid === kid && before.publicKey === publicKey, 'a snapshot changed its kid or public key after it was handed out')
    const after = await snapshotOf(bench, signer)
    await signsWithItsOwn(bench, after, i + 10)
    const changed = publicKey && after.publicKey ? fingerprint(publicKey) !== fingerprint(after.publicKey) : undefined
    demand(!changed || kid === undefined || kid !== after.kid, 'the key changed and its kid did not', 'kid')
    demand(changed !== false || kid === after.kid, 'the kid changed and the key did not', 'kid')
  }
}

/** A snapshot of a key that is gone may refuse. What it signs belongs to its public key. */
async function signsWithItsOwn(bench: Bench, snapshot: Signer, number: number): Promise<void> {
  const input = inputNumber(number)
  const outcome = await bench.call(snapshot.mode, 'sign after a rotation', () => snapshot.sign(input))
  if ('error' in outcome)
    return demand(outcome.error.code === 'backend_failure', `signing after a rotation failed with ${outcome.error.name}`)
  const good = await bench.judge(input, outcome.value as Uint8Array, snapshot)
  demand(good !== false, 'a snapshot signed with another key than its own: the kid in the header would not verify')
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
    (outcome.error as BackendError).detail['kind'] === 'aborted',
    `${what} gave up with ${outcome.error.name}, whose detail.kind is not "aborted"`,
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
    'a device that fails is a BackendError with detail.retryable',
  )
  demand(kinds.includes(detail['kind']), 'detail.kind of a failure is retryable, throttled, permanent, unauthorised or aborted')
}

const kinds: readonly unknown[] = ['retryable', 'throttled', 'permanent', 'unauthorised', 'aborted']

const hanging: Check = async (bench) => {
  const signer = await bench.factory?.hanging?.(bench.algorithm.name)
  if (!signer) throw new CheckSkipped('the factory has no hanging function')
  demandAborted(await throughSnapshot(bench, signer), 'a device that never answers')
}

async function throughSnapshot(bench: Bench, signer: Signer): Promise<Outcome> {
  if (!signer.snapshot) return bench.call(signer.mode, 'sign', () => signer.sign(inputNumber(1)))
  const taken = await bench.call(signer.mode, 'snapshot', () => signer.snapshot!())
  return 'error' in taken ? taken : bench.call(signer.mode, 'sign', () => (taken.value as Signer).sign(inputNumber(1)))
}

export const livingChecks: readonly (readonly [string, Check])[] = [
  ['rotation', rotation],
  ['abort', abort],
  ['failing', failing],
  ['hanging', hanging],
]
