import type { Algorithm } from '../algorithms/algorithm.ts'
import { registry } from '../algorithms/registry.ts'
import { durationSeconds, type Duration } from '../core/duration.ts'
import { isJwtError, UsageError } from '../core/errors.ts'
import { readCount, readOptions, readTextList } from '../core/options.ts'
import type { KeyBackend, Signer, Verifier } from '../keys/backend.ts'
import { type Bench, independentVerdicts, inputNumber, type SignerFactory, snapshotOf } from './bench.ts'
import { backendCalls, type CallBackend, isThenable, valueOf, watchRejections } from './calls.ts'
import { carriesKid, generates, type KeyBench, refusesKeys } from './keys.ts'
import { livingChecks } from './living.ts'
import { keyStore, misusesBy, publicHalf, type Reference, singleReference } from './reference.ts'
import { CertificationError, type CertificationReport, CheckFailure, type CheckResult, CheckSkipped, demand } from './report.ts'
import { signingChecks } from './signing.ts'
import { verifyingChecks } from './verifying.ts'

export interface CertifyOptions {
  /** Those to try. Default: all that a factory declares, and all there are for a KeyBackend, which says itself what it lacks. */
  readonly algorithms?: readonly string[]
  /** An independent backend that makes keys, signs and verifies. Default: WebCrypto and pure TypeScript. */
  readonly reference?: KeyBackend
  /** How long one call may take. Default "3s". */
  readonly patience?: Duration
  /** The most signatures by one key. Default 1500, since rare faults show rarely; fewer where each costs money. */
  readonly rounds?: number
  /** How long to repeat, for each algorithm. Default "3s". */
  readonly budget?: Duration
  /** Checks to leave out, by name. They are listed as skipped. */
  readonly skip?: readonly string[]
}

const readers = {
  algorithms: readTextList,
  reference: (value: unknown) => value as KeyBackend,
  patience: durationSeconds,
  rounds: readCount,
  budget: durationSeconds,
  skip: readTextList,
}

type Plan = readonly (readonly [string, () => Promise<void>])[]

/** `certifyBackend` with the backends that judge where the caller names none. */
export function bindCertifyBackend(fallback: (onTrial: string) => Reference) {
  return async (subject: KeyBackend | SignerFactory, options?: CertifyOptions): Promise<CertificationReport> => {
    const { algorithms, reference, patience = 3, rounds = 1500, budget = 3, skip = [] } = readOptions(options, readers)
    if (typeof subject !== 'object' || subject === null || typeof subject.signer !== 'function') {
      throw new UsageError('certifyBackend takes a KeyBackend, or { name, algorithms, signer }; docs/BACKENDS.md describes both')
    }
    const judges = reference ? singleReference(reference) : fallback(subject.name)
    const call = backendCalls(patience * 1000)
    const common: Common = { call, rounds, budgetMilliseconds: budget * 1000, reference: judges, keys: keyStore(judges) }
    const checks: CheckResult[] = []
    const rejections = watchRejections()
    await runPlan([['backend', async () => checkWhole(subject)]], undefined, skip, checks)
    const names = algorithms ?? ('algorithms' in subject ? subject.algorithms : registry.names)
    for (const name of names) {
      const algorithm = registry.get(name)
      if (!algorithm) throw new UsageError('Unknown algorithm; detail.known lists those there are', { known: registry.names })
      let steps: Plan = []
      const prepare = async (): Promise<void> => {
        steps = 'algorithms' in subject ? await factoryPlan(subject, algorithm, common) : await backendPlan(subject, algorithm, common)
      }
      await runPlan([['signer', prepare]], name, skip, checks)
      await runPlan(steps, name, skip, checks)
    }
    const late = async (): Promise<void> => {
      const count = await rejections()
      demand(count === 0, `${count} promises were rejected with nobody listening`)
    }
    await runPlan([['rejections', late]], undefined, skip, checks)
    const report = Object.freeze({ name: subject.name, passed: checks.every(({ status }) => status !== 'failed'), checks: Object.freeze(checks) })
    if (report.passed) return report
    throw new CertificationError(report)
  }
}

interface Common extends Pick<Bench, 'rounds' | 'budgetMilliseconds' | 'call'> {
  readonly reference: Reference
  readonly keys: ReturnType<typeof keyStore>
}

function checkWhole(subject: KeyBackend | SignerFactory): void {
  demand(typeof subject.name === 'string' && subject.name !== '', 'name is a non-empty string')
  if ('algorithms' in subject) {
    demand(Array.isArray(subject.algorithms) && subject.algorithms.length > 0, 'algorithms lists what the backend declares')
    return
  }
  demand(subject.mode === 'sync' || subject.mode === 'async', 'mode is "sync" or "async"')
  demand(typeof subject.verifier === 'function' && typeof subject.generate === 'function', 'a KeyBackend has signer, verifier and generate')
}

/** Runs check after check. After a call that never answered, the rest would only wait. */
async function runPlan(plan: Plan, algorithm: string | undefined, skip: readonly string[], checks: CheckResult[]): Promise<void> {
  const whose = algorithm === undefined ? {} : { algorithm }
  let hung = false
  for (const [check, body] of plan) {
    if (hung || skip.includes(check)) {
      checks.push({ check, ...whose, status: 'skipped', message: hung ? 'a call before did not answer' : 'left out by the skip option' })
      continue
    }
    try {
      await body()
      checks.push({ check, ...whose, status: 'passed' })
    } catch (error) {
      if (error instanceof CheckSkipped) checks.push({ check, ...whose, status: 'skipped', message: error.message })
      else checks.push({ check: (error instanceof CheckFailure && error.check) || check, ...whose, status: 'failed', message: messageOf(error) })
      hung = error instanceof CheckFailure && error.check === 'answers'
    }
  }
}

function messageOf(error: unknown): string {
  if (error instanceof CheckFailure) return error.message
  if (isJwtError(error)) return `${error.name}: ${error.message}`
  return `a foreign error: ${error instanceof Error ? `${error.constructor.name}: ${error.message}` : typeof error}`
}

async function factoryPlan(factory: SignerFactory, algorithm: Algorithm, { reference, keys, ...common }: Common): Promise<Plan> {
  const { name } = algorithm
  const signer = (await handedOut(common.call, 'signer', () => factory.signer(name))) as Signer
  const isGood = independentVerdicts(await reference.verifying(algorithm), algorithm)
  const stranger = (await reference.signing(algorithm)).signer(algorithm, await keys(algorithm, 'strange'))
  const current = await snapshotOf({ ...common, algorithm } as Bench, signer)
  const verifier = factory.verifier && ((await handedOut(common.call, 'verifier', () => factory.verifier!(name, current.publicKey))) as Verifier)
  const bench: Bench = {
    ...common,
    algorithm,
    remote: true,
    signer,
    ...(verifier && { verifier }),
    factory,
    stranger: async (input) => stranger.sign(input),
    judge: async (input, signature, { kid, publicKey }) => {
      const published = await factory.key?.(name, kid)
      const verdicts: boolean[] = []
      for (const key of [publicKey, published]) {
        if (key) verdicts.push(await isGood(key, input, signature))
      }
      if (verdicts.length > 0) return verdicts.every(Boolean)
      return algorithm.family === 'HMAC' && verifier ? (await verifier.verify(input, signature)) === true : undefined
    },
  }
  return planOf(bench)
}

/** What a factory's function gives, at once or later. */
async function handedOut(call: CallBackend, what: string, make: () => unknown): Promise<unknown> {
  return valueOf(await call('async', what, async () => make()), what)
}

async function backendPlan(backend: KeyBackend, algorithm: Algorithm, { reference, keys, ...common }: Common): Promise<Plan> {
  const signing = await reference.signing(algorithm)
  const isGood = independentVerdicts(await reference.verifying(algorithm), algorithm)
  const key = await keys(algorithm, 'own')
  const trusted = signing.signer(algorithm, key)
  const stranger = signing.signer(algorithm, await keys(algorithm, 'strange'))
  const half = publicHalf(key)
  const signer = await supported(
    () => backend.signer(algorithm.name, key),
    (bound) => bound.sign(inputNumber(0)),
  )
  const verifier = await supported(
    () => backend.verifier(algorithm.name, half),
    (bound) => bound.verify(inputNumber(0), new Uint8Array(algorithm.signatureLength ?? 256)),
  )
  const bench: Bench = {
    ...common,
    algorithm,
    remote: false,
    ...(signer && { signer }),
    ...(verifier && { verifier }),
    trusted: async (input) => trusted.sign(input),
    misuses: (input) => misusesBy(key, algorithm, input),
    stranger: async (input) => stranger.sign(input),
    judge: async (input, signature, { publicKey }) => {
      const verdicts = [half, publicKey].map((by) => by === undefined || isGood(by, input, signature))
      return (await Promise.all(verdicts)).every(Boolean)
    },
  }
  const keyBench: KeyBench = { backend, algorithm, reference, key, call: common.call, signs: signer !== undefined, verifies: verifier !== undefined }
  return [
    ['mode', async () => demandModes(backend, signer, verifier)],
    ...planOf(bench),
    ['keys', () => refusesKeys(keyBench)],
    ['kid', () => carriesKid(keyBench)],
    ['generate', () => generates(keyBench)],
  ]
}

/** The bound key, or undefined where the backend says that it lacks the algorithm: at once, or at the first call. */
async function supported<T extends Signer | Verifier>(bind: () => T, first: (bound: T) => unknown): Promise<T | undefined> {
  try {
    const bound = bind()
    const tried = first(bound)
    // A call that hangs is for the checks to find.
    if (isThenable(tried)) await Promise.race([tried, new Promise((resolve) => setTimeout(resolve, 1000))])
    return bound
  } catch (error) {
    if (isJwtError(error) && error.detail['supported'] === false) return undefined
    return bindAgain(bind)
  }
}

function bindAgain<T>(bind: () => T): T {
  try {
    return bind()
  } catch (error) {
    throw new CheckFailure(messageOf(error), isJwtError(error) ? 'shape' : 'errors')
  }
}

function demandModes(backend: KeyBackend, signer: Signer | undefined, verifier: Verifier | undefined): void {
  for (const bound of [signer, verifier]) demand(!bound || bound.mode === backend.mode, 'the backend and what it binds have different modes')
}

function planOf(bench: Bench): Plan {
  return [...signingChecks, ...verifyingChecks, ...(bench.remote ? livingChecks : [])].map(([name, check]) => [name, () => check(bench)] as const)
}
