import { CheckFailure, type CheckResult, CheckSkipped, messageOf } from './report.ts'

/** One check, by name. */
export interface Step {
  readonly name: string
  readonly run: () => Promise<void>
  /** Checks without whose success this one would blame the wrong part. */
  readonly needs?: readonly string[]
}

/** Checks in the order they run. */
export type Plan = readonly Step[]

const reasons: Readonly<Record<string, string>> = {
  verifies: 'signatures do not verify',
  accepts: 'good signatures are refused',
  hanging: 'the signer of `hanging` is not given up',
}

// Found on the way to signatures that verify.
const besideTheSignature: readonly (string | undefined)[] = ['nonce', 'kid', 'buffers', 'snapshot']

/** Runs check after check. After a call that never answered, the rest would only wait. */
export async function runPlan(plan: Plan, algorithm: string | undefined, skip: readonly string[], checks: CheckResult[]): Promise<void> {
  const whose = algorithm === undefined ? {} : { algorithm }
  const broken = new Set<string>()
  let hung = false
  const whyNot = ({ name, needs = [] }: Step): string | undefined => {
    if (hung) return 'a call before did not answer'
    if (skip.includes(name)) return 'left out by the skip option'
    const missing = needs.find((other) => broken.has(other))
    return missing && `not tried: ${reasons[missing] ?? missing}`
  }
  for (const step of plan) {
    const why = whyNot(step)
    checks.push({ ...whose, ...(why === undefined ? await outcomeOf(step) : { check: step.name, status: 'skipped', message: why }) })
    const { check, status } = checks.at(-1)!
    if (status === 'failed' && !besideTheSignature.includes(check)) broken.add(step.name)
    hung ||= status === 'failed' && check === 'answers'
  }
}

async function outcomeOf({ name, run }: Step): Promise<CheckResult> {
  try {
    await run()
    return { check: name, status: 'passed' }
  } catch (error) {
    const message = error instanceof CheckSkipped ? error.message : messageOf(error)
    if (error instanceof CheckSkipped) return { check: name, status: 'skipped', message }
    return { check: (error instanceof CheckFailure && error.check) || name, status: 'failed', message }
  }
}
