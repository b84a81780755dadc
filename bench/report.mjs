// Figures as text: for the terminal and for RESULTS.md.
const threeDigits = (value) => (value >= 100 ? value.toFixed(0) : value >= 10 ? value.toFixed(1) : value.toFixed(2))
export const micros = (nanoseconds) => `${threeDigits(nanoseconds / 1000)} µs`

export function cellTitle({ group, algorithm, operation, bytes, use, flight }) {
  const backend = group === 'node' ? '' : `${group}: `
  const how = [bytes >= 1024 ? `${bytes / 1024} KB` : `${bytes} B`, use, flight > 1 ? `${flight} in flight` : 'one at a time']
  return `${backend}${algorithm} ${operation}, ${how.join(', ')}`
}

/** A cell for the terminal: medians with quartiles, and how many times the first contestant is faster. */
export function cellText(cell) {
  const rows = cell.results.map(({ name, nanoseconds: { median, lower, upper }, ratio }) =>
    [
      `  ${name.padEnd(17)}`,
      micros(median).padStart(9),
      `(${micros(lower)} – ${micros(upper)})`.padEnd(24),
      `× ${threeDigits(ratio.median)} (${threeDigits(ratio.lower)} – ${threeDigits(ratio.upper)})`,
    ].join(' '),
  )
  const refusals = Object.entries(cell.refused).map(([name, fault]) => `  ${name.padEnd(17)} refused: ${fault}`)
  const absent = rows.length === 0 ? [`  not measured: this build has no ${cell.contestants[0]}, or it was refused`] : []
  return [cellTitle(cell), ...rows, ...refusals, ...absent].join('\n')
}

const tableRow = (items) => `| ${items.join(' | ')} |`
const tableOf = (heads, rows) => [tableRow(heads), tableRow(heads.map(() => '---')), ...rows.map(tableRow)].join('\n')

const measuredText = (values) =>
  values.map(({ name, measured }) => `${name} ${measured === undefined ? '–' : measured.toFixed(measured >= 100 ? 0 : 2)}`).join(', ')

export function gatesTable(judged) {
  const rows = judged.map(({ title, gate, goal, values, verdict }) => [title, gate, goal, measuredText(values), verdict])
  return tableOf(['cell', 'gate', 'goal', 'measured', 'verdict'], rows)
}

/** Cells of one group as a table: a row a cell, a column a contestant. */
function groupTable(cells) {
  const names = [...new Set(cells.flatMap(({ contestants }) => contestants))]
  const rows = cells.map((cell) => [cellTitle(cell), ...names.map((name) => figureOf(cell, name))])
  return tableOf(['', ...names], rows)
}

function figureOf(cell, name) {
  if (cell.refused[name]) return 'refused'
  const result = cell.results.find((one) => one.name === name)
  if (!result) return '–'
  const { median, lower, upper } = result.nanoseconds
  const spread = `${threeDigits(lower / 1000)}–${threeDigits(upper / 1000)}`
  const ratio = name !== cell.contestants[0] ? ` × ${threeDigits(result.ratio.median)}` : ''
  return `${threeDigits(median / 1000)} (${spread})${ratio}`
}

export function memoryTable(memory) {
  const names = [...new Set(memory.flatMap(({ results }) => results.map(({ name }) => name)))]
  const rows = memory.flatMap(({ algorithm, operation, results }) => {
    const figures = (pick) => names.map((name) => pick(results.find((one) => one.name === name)))
    return [
      [`${algorithm} ${operation}: bytes a call`, ...figures((one) => (one?.bytes === undefined ? '–' : one.bytes.toFixed(0)))],
      [
        `${algorithm} ${operation}: collection, ns a call`,
        ...figures((one) => (one?.gcNanoseconds === undefined ? '–' : one.gcNanoseconds.toFixed(0))),
      ],
    ]
  })
  return tableOf(['', ...names], rows)
}

export const bundlesTable = (bundles) =>
  tableOf(
    ['verify-only program', 'minified, bytes', 'gzipped, bytes'],
    bundles.map(({ name, minified, gzipped }) => [name, minified, gzipped]),
  )

export const importsTable = (imports) =>
  tableOf(
    ['import, ms: median (quartiles)', 'by a program in a file', 'as the first file of the process'],
    imports.map(({ name, program, first }) => [name, milliseconds(program), milliseconds(first)]),
  )

const milliseconds = ({ median, lower, upper }) => `${median.toFixed(1)} (${lower.toFixed(1)}–${upper.toFixed(1)})`

const refusalLines = (cells) =>
  cells.flatMap((cell) => Object.entries(cell.refused).map(([name, fault]) => `- ${name}, ${cellTitle(cell)}: ${fault}`))

const section = (title, body) => (body ? `## ${title}\n\n${body}\n` : undefined)

/** RESULTS.md. */
export function resultsPage({ about, judged, cells, memory, bundles, imports }) {
  const groups = [...new Set(cells.map(({ group }) => group))]
  const refusals = refusalLines(cells)
  return [
    `# Measured speed\n\nWritten by \`${about.command}\`; how it is measured: [README.md](README.md).\n`,
    Object.entries(about)
      .map(([name, value]) => `- ${name}: ${value}`)
      .join('\n')
      .concat('\n'),
    '![Share of the limit that each library reaches](chart.svg)\n',
    section('Gates and goals', `Ratios: how many times this library is faster, medians of rounds.\n\n${gatesTable(judged)}`),
    section('Memory', memory.length > 0 && `One at a time, 144 B, prepared.\n\n${memoryTable(memory)}`),
    section('Bundles', bundles.length > 0 && bundlesTable(bundles)),
    section('Import', imports.length > 0 && importsTable(imports)),
    section('Refused', refusals.length > 0 && `Not measured, because they do not do the work:\n\n${refusals.join('\n')}`),
    ...groups.map((group) =>
      section(
        `Cells: ${group}`,
        `Microseconds a call: median (quartiles) × how many times the first column is faster.\n\n${groupTable(cells.filter((cell) => cell.group === group))}`,
      ),
    ),
  ]
    .filter((part) => part !== undefined)
    .join('\n')
}
