import { registry } from '../algorithms/registry.ts'
import { type Duration, durationSeconds } from '../core/duration.ts'
import { UsageError } from '../core/errors.ts'
import { readCount, readOptions, readTextList } from '../core/options.ts'
import type { KeyBackend } from '../keys/backend.ts'
import type { SignerFactory } from './bench.ts'
import { backendCalls, watchRejections } from './calls.ts'
import { backendPlan, type Common, factoryPlan, type Plan } from './plans.ts'
import { keyStore, type Reference, singleReference } from './reference.ts'
import { CertificationError, type CertificationReport, CheckFailure, type CheckResult, CheckSkipped, demand, messageOf } from './report.ts'

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

/** `certifyBackend` with the backends that judge where the caller names none. */
export function bindCertifyBackend(fallback: (onTrial: string) => Reference) {
  return async (given: KeyBackend | SignerFactory | SignerFactory['signer'], options?: CertifyOptions): Promise<CertificationReport> => {
    const { algorithms, reference, patience = 3, rounds = 1500, budget = 3, skip = [] } = readOptions(options, readers)
    const subject = subjectOf(given, algorithms)
    const judges = reference ? singleReference(reference) : fallback(subject.name)
    const call = backendCalls(patience * 1000)
    const common: Common = { call, rounds, budgetMilliseconds: budget * 1000, reference: judges, keys: keyStore(judges) }
    const checks: CheckResult[] = []
    const rejections = watchRejections()
    await runPlan([['backend', async () => checkWhole(subject)]], undefined, skip, checks)
    const names = algorithms ?? (isFactory(subject) ? subject.algorithms : registry.names)
    for (const name of names) {
      const algorithm = registry.get(name)
      if (!algorithm) throw new UsageError('Unknown algorithm; detail.known lists those there are', { known: registry.names })
      let steps: Plan = []
      const prepare = async (): Promise<void> => {
        steps = isFactory(subject) ? await factoryPlan(subject, algorithm, common) : await backendPlan(subject, algorithm, common)
      }
      await runPlan([['signer', prepare]], name, skip, checks)
      await runPlan(steps, name, skip, checks)
    }
    const late = async (): Promise<void> => {
      const count = await rejections()
      demand(count === 0, `${count} promises were rejected with nobody listening`)
    }
    await runPlan(
      [
        ['rejections', late],
        ['tried', async () => demandTried(checks)],
      ],
      undefined,
      skip,
      checks,
    )
    const report = Object.freeze({
      name: subject.name,
      passed: checks.every(({ status }) => status !== 'failed'),
      checks: Object.freeze(checks),
    })
    if (report.passed) return report
    throw new CertificationError(report)
  }
}

/** A KeyBackend, or a factory: one that is a function, or leaves its algorithms to the options, is completed. */
function subjectOf(
  given: KeyBackend | SignerFactory | SignerFactory['signer'],
  algorithms: readonly string[] | undefined,
): KeyBackend | SignerFactory {
  const subject =
    typeof given === 'function' ? { name: given.name || 'signer factory', algorithms: algorithms ?? [], signer: given } : given
  if (typeof subject !== 'object' || subject === null || typeof subject.signer !== 'function') {
    throw new UsageError('certifyBackend takes a KeyBackend, a function from algorithms to Signers, or { name, algorithms, signer }')
  }
  if (!isFactory(subject)) return subject
  if (Array.isArray(subject.algorithms) && subject.algorithms.length > 0) return subject
  // Inherits, since the functions of a factory may be methods of a class.
  if (algorithms) return Object.assign(Object.create(subject) as SignerFactory, { algorithms })
  throw new UsageError('Which algorithms to try: list them in algorithms, of the factory or of the options')
}

function isFactory(subject: KeyBackend | SignerFactory): subject is SignerFactory {
  return 'algorithms' in subject || !('mode' in subject)
}

function checkWhole(subject: KeyBackend | SignerFactory): void {
  demand(typeof subject.name === 'string' && subject.name !== '', 'name is a non-empty string')
  if (isFactory(subject)) return
  demand(subject.mode === 'sync' || subject.mode === 'async', 'mode is "sync" or "async"')
  demand(typeof subject.verifier === 'function' && typeof subject.generate === 'function', 'a KeyBackend has signer, verifier and generate')
}

/** A backend that says it lacks everything has kept no promise. */
function demandTried(checks: readonly CheckResult[]): void {
  const tried = checks.some(({ check, status }) => status !== 'skipped' && (check === 'verifies' || check === 'accepts'))
  const failed = checks.some(({ status }) => status === 'failed')
  demand(tried || failed, 'the backend neither signed nor verified with any algorithm')
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
      else
        checks.push({
          check: (error instanceof CheckFailure && error.check) || check,
          ...whose,
          status: 'failed',
          message: messageOf(error),
        })
      hung = error instanceof CheckFailure && error.check === 'answers'
    }
  }
}
