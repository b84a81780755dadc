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
    super(['The backend does not keep its contract:', ...linesOf(failed)].join('\n'), {
      name: report.name,
      failed: distinct(failed.map(({ check }) => check)),
    })
    this.report = report
  }
}

/** One line for each fault: what differs in numbers only is one. */
function linesOf(failed: readonly CheckResult[]): readonly string[] {
  const groups = new Map<string, CheckResult[]>()
  for (const result of failed) {
    const likeness = (result.message ?? '').replace(/\d+/g, '0')
    groups.set(likeness, [...(groups.get(likeness) ?? []), result])
  }
  return [...groups.values()].map((alike) => {
    const where = distinct(alike.map(({ algorithm }) => algorithm ?? 'backend')).join(', ')
    const checks = distinct(alike.map(({ check }) => check)).join(', ')
    const first = alike[0]!.message
    return alike.length === 1 ? `  ${where}: ${checks}: ${first}` : `  ${alike.length} checks failed alike: ${where}: ${checks}: ${first}`
  })
}

function distinct(names: readonly string[]): readonly string[] {
  return [...new Set(names)]
}

/** Names that a failure may have beside that of the check that ran into it. */
export const failureNames = [
  'answers',
  'boolean',
  'errors',
  'kid',
  'length',
  'mode',
  'nonce',
  'shape',
  'signature',
  'snapshot',
  'throws',
  'verifiable',
] as const
type FailureName = (typeof failureNames)[number] | 'buffers'

/** Ends a check. What it names may be another check than the one that was running: a foreign error shows up anywhere. */
export class CheckFailure extends Error {
  readonly check: FailureName | undefined
  constructor(message: string, check?: FailureName) {
    super(message)
    this.check = check
  }
}

/** Leaves a check out. */
export class CheckSkipped extends Error {}

/** Fails the running check unless `holds`. */
export function demand(holds: boolean, message: string, check?: FailureName): asserts holds {
  if (!holds) throw new CheckFailure(message, check)
}

/** Why a check failed, in one line. */
export function messageOf(error: unknown): string {
  if (error instanceof CheckFailure) return error.message
  return isJwtError(error) ? tell(error) : `a function of the subject threw ${tell(error)}`
}

const longest = 200

/** Foreign text, on one line and no longer than helps. */
function brief(text: unknown): string {
  const line = String(text).replace(/\s+/g, ' ')
  return line.length > longest ? `${line.slice(0, longest)}…` : line
}

/** A value that is not what it should be. */
export function show(value: unknown): string {
  try {
    return brief(typeof value === 'object' ? JSON.stringify(value) : String(value))
  } catch {
    return `a ${typeof value}`
  }
}

/** An error with what the library keeps out of its texts, and the errors behind it: here the author alone reads them. */
export function tell(error: unknown, depth = 0): string {
  if (!(error instanceof Error) && !isJwtError(error)) return `a thrown ${error === null ? 'null' : typeof error}`
  const { name, message } = error
  const text = `${brief(isJwtError(error) ? name : error.constructor?.name)}: ${brief(message)}`
  const detail = isJwtError(error) && Object.keys(error.detail ?? {}).length > 0 ? ` ${show(error.detail)}` : ''
  const cause = error.cause === undefined || depth > 2 ? '' : ` (cause: ${tell(error.cause, depth + 1)})`
  return text + detail + cause
}
