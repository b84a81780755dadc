import { type ErrorCode, isJwtError, JwtError } from '../core/errors.ts'

/** One check of one algorithm. */
export interface CheckResult {
  /** What was checked; docs/BACKENDS.md lists the names. */
  readonly check: string
  /** Absent for checks of the backend as a whole. */
  readonly algorithm?: string
  readonly status: 'passed' | 'failed' | 'skipped'
  /** Why it failed or was skipped. */
  readonly message?: string
}

export interface CertificationReport {
  readonly name: string
  readonly passed: boolean
  readonly checks: readonly CheckResult[]
}

/** The backend broke its contract. The message lists every failed check, and `report` holds all of them. */
export class CertificationError extends JwtError {
  static override readonly title: string = 'CertificationError'
  static override readonly code: ErrorCode = 'backend_failure'
  readonly report: CertificationReport

  constructor(report: CertificationReport) {
    const failed = report.checks.filter(({ status }) => status === 'failed')
    const lines = failed.map(({ check, algorithm, message }) => `  ${algorithm ?? 'backend'}: ${check}: ${message}`)
    super(['The backend does not keep its contract:', ...lines].join('\n'), {
      name: report.name,
      failed: [...new Set(failed.map(({ check }) => check))],
    })
    this.report = report
  }
}

/** Ends a check. What it names may be another check than the one that was running: a foreign error shows up anywhere. */
export class CheckFailure extends Error {
  readonly check: string | undefined
  constructor(message: string, check?: string) {
    super(message)
    this.check = check
  }
}

/** Leaves a check out. */
export class CheckSkipped extends Error {}

/** Fails the running check unless `holds`. */
export function demand(holds: boolean, message: string, check?: string): asserts holds {
  if (!holds) throw new CheckFailure(message, check)
}

/** Why a check failed, in one line. */
export function messageOf(error: unknown): string {
  if (error instanceof CheckFailure) return error.message
  if (isJwtError(error)) return `${error.name}: ${error.message}`
  return `a foreign error: ${error instanceof Error ? `${error.constructor.name}: ${error.message}` : typeof error}`
}
