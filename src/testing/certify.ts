import { registry } from '../algorithms/registry.ts'
import { type Duration, durationSeconds } from '../core/duration.ts'
import { UsageError } from '../core/errors.ts'
import { readCount, readOptions, readTextList } from '../core/options.ts'
import type { KeyBackend } from '../keys/backend.ts'
import type { SignerFactory } from './bench.ts'
import { backendCalls, hookCalls, watchRejections } from './calls.ts'
import { backendPlan, type Common, factoryPlan, planNames } from './plans.ts'
import { keyStore, type Reference, singleReference } from './reference.ts'
import { CertificationError, type CertificationReport, type CheckResult, demand } from './report.ts'
import { type Plan, runPlan } from './run.ts'
import { algorithmsOf, checkWhole, isFactory, subjectOf } from './subject.ts'

export interface CertifyOptions {
  /** Those to try. Default: those that the subject declares in `algorithms`, and all there are for a KeyBackend without, which says itself what it lacks. */
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
  skip: readSkip,
}

/** Every check there is. */
export const checkNames: readonly string[] = /* @__PURE__ */ ['backend', 'signer', ...planNames, 'rejections', 'tried']

function readSkip(value: unknown, option: string): readonly string[] {
  const names = readTextList(value, option)
  const unknown = names.filter((name) => !checkNames.includes(name))
  if (unknown.length > 0) throw new UsageError('There is no such check to skip; see detail', { unknown, known: checkNames })
  return names
}

/** `certifyBackend` with the backends that judge where the caller names none. */
export function bindCertifyBackend(fallback: (onTrial: string) => Reference) {
  return async (given: KeyBackend | SignerFactory | SignerFactory['signer'], options?: CertifyOptions): Promise<CertificationReport> => {
    const { algorithms, reference, patience = 3, rounds = 1500, budget = 3, skip = [] } = readOptions(options, readers)
    const subject = subjectOf(given, algorithms)
    const judges = reference ? singleReference(reference) : fallback(subject.name)
    const [budgetMilliseconds, patienceMilliseconds] = [budget * 1000, patience * 1000]
    const calls = { call: backendCalls(patienceMilliseconds), hook: hookCalls(patienceMilliseconds) }
    const common: Common = { ...calls, rounds, budgetMilliseconds, patienceMilliseconds, reference: judges, keys: keyStore(judges) }
    const checks: CheckResult[] = []
    const rejections = watchRejections()
    await runPlan([{ name: 'backend', run: async () => checkWhole(subject) }], undefined, skip, checks)
    const names = algorithms ?? algorithmsOf(subject) ?? registry.names
    for (const name of names) {
      const algorithm = registry.get(name)
      if (!algorithm) throw new UsageError('Unknown algorithm; detail.known lists those there are', { known: registry.names })
      let steps: Plan = []
      const prepare = async (): Promise<void> => {
        steps = isFactory(subject) ? await factoryPlan(subject, algorithm, common) : await backendPlan(subject, algorithm, common)
      }
      await runPlan([{ name: 'signer', run: prepare }], name, skip, checks)
      await runPlan(steps, name, skip, checks)
    }
    const late = async (): Promise<void> => {
      const count = await rejections()
      demand(count === 0, `${count} promises were rejected with nobody listening`)
    }
    await runPlan(
      [
        { name: 'rejections', run: late },
        { name: 'tried', run: async () => demandTried(checks) },
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

/** A backend that says it lacks everything has kept no promise. */
function demandTried(checks: readonly CheckResult[]): void {
  const tried = checks.some(({ check, status }) => status !== 'skipped' && (check === 'verifies' || check === 'accepts'))
  const failed = checks.some(({ status }) => status === 'failed')
  demand(tried || failed, 'the backend neither signed nor verified with any algorithm')
}
