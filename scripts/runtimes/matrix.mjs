const all = 'all'
const backends = ['noble', 'node', 'webcrypto']

/** Everything that is wrong with one runtime's result. */
export function failuresOf({ error, report, imports = {}, expected }) {
  if (error) return [error]
  if (!report) return []
  const failed = (title, outcomes) =>
    outcomes.filter(({ status }) => status === 'failed').map(({ check, note }) => `${title}, ${check}: ${note}`)
  const cells = report.cells.flatMap(({ algorithm, backend, outcomes }) => failed(`${algorithm} on ${backend}`, outcomes))
  const loaded = Object.entries(imports).flatMap(([how, { backend, faults }]) => [
    ...faults.map((fault) => `${how} of the package: ${fault}`),
    ...(faults.length === 0 && backend !== expected ? [`${how} of the package gives the backend ${backend}, expected ${expected}`] : []),
  ])
  const main = report.main === expected ? [] : [`the bundle has the backend ${report.main}, expected ${expected}`]
  return [...cells, ...failed('elsewhere', report.others), ...loaded, ...main]
}

/** The algorithms of one backend in few words: "all", "all but …", "RSA verify only". */
function extent(report, backend) {
  const cells = report.cells.filter((cell) => cell.backend === backend)
  if (cells.length === 0) return '-'
  const named = (status) => cells.filter((cell) => cell.status === status).map(({ algorithm }) => algorithm)
  const [refused, verifies, failed] = ['refused', 'verifies', 'FAIL'].map(named)
  const short = (names) => (names.join() === 'RS256,RS384,RS512,PS256,PS384,PS512' ? 'RSA' : names.join(', '))
  return [
    refused.length > 0 ? `all but ${short(refused)}` : all,
    ...(verifies.length > 0 ? [`${short(verifies)} verify only`] : []),
    ...(failed.length > 0 ? [`FAIL ${short(failed)}`] : []),
  ].join('; ')
}

function loadedBy({ report, imports }) {
  if (!imports) return `${report.main} (bundled)`
  return Object.entries(imports)
    .map(([how, { backend }]) => `${backend ?? 'FAIL'} (${how})`)
    .join(', ')
}

const head = ['runtime', 'version', 'main entry', ...backends, 'passed', 'failed', 'refused']

function rowOf(result) {
  const { name, version = '', report, missing } = result
  if (!report) return [name, version, missing ? 'missing' : 'FAIL', ...head.slice(3).map(() => '-')]
  const { passed, refused } = report
  const failed = failuresOf(result).length
  return [name, version, loadedBy(result), ...backends.map((backend) => extent(report, backend)), passed, failed, refused].map(String)
}

/** One line for each runtime. */
export function summary(results) {
  const rows = [head, ...results.map(rowOf)]
  const widths = head.map((_, at) => Math.max(...rows.map((row) => row[at].length)))
  return rows
    .map((row) =>
      row
        .map((text, at) => text.padEnd(widths[at]))
        .join('  ')
        .trimEnd(),
    )
    .join('\n')
}

const titles = {
  node20: 'Node 20',
  node22: 'Node 22',
  node24: 'Node 24',
  node26: 'Node 26',
  bun: 'Bun',
  deno: 'Deno',
  workerd: 'workerd',
  'workerd-nodejs': 'workerd with `nodejs_compat`',
  chromium: 'Chromium',
  firefox: 'Firefox',
}

const table = (rows) =>
  rows.map((row, at) => `| ${row.join(' | ')} |${at === 0 ? `\n|${row.map(() => ' --- |').join('')}` : ''}`).join('\n')

/** The page docs/RUNTIMES.md. */
export function markdown(results, version, date) {
  const reports = results.filter(({ report }) => report)
  const overview = reports.map((result) => {
    const [, ran, main, ...rest] = rowOf(result)
    return [titles[result.name], ran, main, ...rest]
  })
  const cells = reports[0].report.cells
  const algorithms = [...new Set(cells.map(({ algorithm }) => algorithm))]
  const grid = algorithms.map((algorithm) => [algorithm, ...reports.map(({ report }) => served(report, algorithm))])
  return `# Runtimes

What signet-jwt ${version} does in each runtime, as \`npm run test:runtimes\` found it on ${date}. This page is written by
\`npm run test:runtimes -- --write docs/RUNTIMES.md\`; do not edit it.

${table([head, ...overview])}

The self-check imports the built package by its name, with the conditions of the runtime: bundled everywhere, and as an
installed package by \`import\` and by \`require\` where the runtime has them. Every algorithm, on every backend the
runtime can have, signs; verifies its own tokens, those of the other backends, and a reference token made by PyJWT or
\`node:crypto\`; gives the reference's signature where the algorithm is deterministic; makes a key; takes a key through PEM
and as the runtime's own key object; and refuses seven kinds of changed tokens with the right error.

A number under "refused" counts the refusals with a typed error (\`InvalidKeyError\` whose \`detail.supported\` is \`false\`). A
refusal only counts as one where the runtime's own \`crypto\`, asked without this library, cannot do it either; otherwise it is
a failure. \`noble\` never signs with RSA. Where the main entry is \`noble\`, one more is the encrypted PEM key, which only
\`node\` decrypts.

## Algorithms

Backends that sign and verify: n is \`noble\`, N is \`node\`, W is \`webcrypto\`; in parentheses, those that only verify. \`nodeAsync\`
is checked wherever \`node\` is, and has no letter of its own.

${table([['algorithm', ...reports.map(({ name }) => titles[name])], ...grid])}
`
}

function served({ cells }, algorithm) {
  const letters = { noble: 'n', node: 'N', webcrypto: 'W' }
  const these = cells.filter((cell) => cell.algorithm === algorithm)
  const of = (status) =>
    these
      .filter((cell) => cell.status === status && cell.backend in letters)
      .map(({ backend }) => letters[backend])
      .join(' ')
  const [full, part, failed] = ['ok', 'verifies', 'FAIL'].map(of)
  return [full, part && `(${part})`, failed && `FAIL ${failed}`].filter(Boolean).join(' ')
}
