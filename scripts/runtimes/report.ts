/** One thing that was tried. `refused` is a typed refusal of something that the runtime, asked directly, lacks too. */
export interface Outcome {
  readonly check: string
  readonly status: 'passed' | 'refused' | 'failed'
  readonly note?: string
}

export type CellStatus = 'ok' | 'verifies' | 'refused' | 'FAIL'

/** One algorithm on one backend. */
export interface Cell {
  readonly algorithm: string
  readonly backend: string
  readonly outcomes: readonly Outcome[]
}

export interface JudgedCell extends Cell {
  readonly status: CellStatus
}

export interface Report {
  /** The backend that the main entry of this bundle works with. */
  readonly main: string
  readonly backends: readonly string[]
  readonly cells: readonly JudgedCell[]
  /** What belongs to no algorithm: the main entry, keys in its log, encrypted PEM. */
  readonly others: readonly Outcome[]
  readonly passed: number
  readonly failed: number
  readonly refused: number
}

export type PrintedReport = Report & { readonly text: string }

function cellStatus({ outcomes }: Cell): CellStatus {
  const of = (check: string): string | undefined => outcomes.find((outcome) => outcome.check === check)?.status
  if (outcomes.some(({ status }) => status === 'failed') || of('verify') === undefined) return 'FAIL'
  if (of('verify') === 'refused') return 'refused'
  return of('sign') === 'refused' ? 'verifies' : 'ok'
}

export function makeReport(main: string, backends: readonly string[], cells: readonly Cell[], others: readonly Outcome[]): PrintedReport {
  const all = [...cells.flatMap(({ outcomes }) => outcomes), ...others]
  const count = (wanted: Outcome['status']): number => all.filter(({ status }) => status === wanted).length
  const judged = cells.map((cell) => ({ ...cell, status: cellStatus(cell) }))
  const report = { main, backends, cells: judged, others, passed: count('passed'), failed: count('failed'), refused: count('refused') }
  return { ...report, text: reportText(report) }
}

/** The report as text: the table, what was refused or failed and why, the counts. */
function reportText({ main, backends, cells, others, passed, failed, refused }: Report): string {
  const algorithms = [...new Set(cells.map(({ algorithm }) => algorithm))]
  const cellOf = (algorithm: string, backend: string): string => {
    return cells.find((cell) => cell.algorithm === algorithm && cell.backend === backend)?.status ?? '-'
  }
  const rows = algorithms.map((algorithm) => [algorithm, ...backends.map((backend) => cellOf(algorithm, backend))])
  const groups = [
    ...cells.map(({ algorithm, backend, outcomes }) => ({ title: `${algorithm} on ${backend}`, outcomes })),
    { title: 'elsewhere', outcomes: others },
  ]
  const notes = groups.flatMap(({ title, outcomes }) => {
    const faults = outcomes.filter(({ status }) => status === 'failed')
    return faults.map(({ check, note = '' }) => `FAIL ${title}, ${check}: ${note}`)
  })
  return [
    ...textTable(['algorithm', ...backends], rows),
    `main entry: ${main}`,
    ...notes,
    `${passed} passed, ${failed} failed, ${refused} refused`,
  ].join('\n')
}

function textTable(head: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const widths = head.map((title, at) => Math.max(title.length, ...rows.map((row) => row[at]!.length)))
  return [head, ...rows].map((row) =>
    row
      .map((text, at) => text.padEnd(widths[at]!))
      .join('  ')
      .trimEnd(),
  )
}
