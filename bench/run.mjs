// `npm run bench`: see README.md, or `--help`.

import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { cpus, loadavg, totalmem } from 'node:os'
import { parseArgs } from 'node:util'
import { measureCell, runInProcess } from './cell-process.mjs'
import { algorithms, allCells, both, chosen, quickCells } from './cells.mjs'
import { chart } from './chart.mjs'
import { judge, tableCells } from './gates.mjs'
import { bundlesTable, cellText, cellTitle, gatesTable, importsTable, memoryTable, resultsPage } from './report.mjs'

const help = `npm run bench [-- options]
  --quick          the most telling cells, in less than two minutes
  --table          the table of gates and goals alone, and only what it needs
  --cells a,b      only these: algorithms (HS256,ES256) or beginnings of cell names (node/RS256/verify)
  --memory         only bytes and garbage-collection time a call
  --import         only import times and bundle sizes
  --node24 <file>  a Node 24 binary, for the rows of the table that ask for it
  --rounds <n>     rounds a cell
  --clock cpu      processor time instead of the wall clock, for a busy machine (calls in flight keep the wall clock)
  --dist <folder>  another build of the library than ../dist
  --json <file>    all figures as JSON
  --write          writes RESULTS.md and chart.svg`

const { values: flags } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    table: { type: 'boolean', default: false },
    memory: { type: 'boolean', default: false },
    import: { type: 'boolean', default: false },
    write: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
    cells: { type: 'string' },
    json: { type: 'string' },
    node24: { type: 'string' },
    rounds: { type: 'string' },
    dist: { type: 'string' },
    clock: { type: 'string', default: 'wall' },
  },
})

const here = (name) => new URL(name, import.meta.url)
const brief = flags.quick || flags.table
const clock = flags.clock === 'cpu' ? 'cpu' : 'wall'

/** Cells that the table rests on are measured longest, and calls in flight in longer batches: their first and last wave have less company. */
function settingsFor({ bytes, use, flight }) {
  const longer = flight > 1 ? 5 : 1
  if (brief) {
    return { rounds: Number(flags.rounds ?? 15), batchMs: 4 * longer, warmMs: 70, clock, limitMs: flags.quick ? 1900 : 6000 }
  }
  const central = bytes === 144 && use === 'prepared'
  return {
    rounds: Number(flags.rounds ?? (central ? 41 : 21)),
    batchMs: central && flight === 1 ? 8 : 5 * longer,
    warmMs: central ? 250 : 120,
    clock,
    limitMs: 30_000,
  }
}
// What was asked for by name excludes the rest.
const parts = {
  cells: !flags.memory && !flags.import,
  memory: flags.memory || (!flags.import && !brief && flags.cells === undefined),
  import: flags.import || (!flags.memory && flags.cells === undefined),
}
const say = (text) => (flags.table ? undefined : console.log(text))

function readyOrExit() {
  if (flags.help) {
    console.log(help)
    process.exit(0)
  }
  if (!existsSync(here('node_modules/fast-jwt'))) {
    console.error('The contestants are not installed. Run: npm install --prefix bench')
    process.exit(1)
  }
  if (!existsSync(flags.dist ? `${flags.dist}/index.node.js` : here('../dist/index.node.js'))) {
    console.error('The library is not built. Run: npm run build')
    process.exit(1)
  }
}

function wantedCells() {
  const cells = flags.table ? tableCells() : flags.quick ? quickCells() : allCells()
  return flags.cells === undefined ? cells : chosen(cells, flags.cells)
}

async function measureCells(cells, options) {
  const measured = []
  for (const [index, one] of cells.entries()) {
    const result = await measureCell(one, settingsFor(one), options)
    measured.push(result)
    say(`${cellText(result)}\n`)
    if (flags.table && process.stderr.isTTY) process.stderr.write(`\r${index + 1} of ${cells.length} cells `)
  }
  return measured
}

async function measureMemories() {
  const { memoryFlags } = await import('./memory.mjs')
  const figures = []
  for (const one of algorithms
    .flatMap((algorithm) => both('node', algorithm))
    .filter((each) => !flags.cells || chosen([each], flags.cells).length)) {
    const run = (memory) => runInProcess(one, { memory, warmMs: 150, runMs: 1000 }, { flags: memoryFlags[memory] })
    const [bytes, gc] = [await run('bytes'), await run('gc')]
    const results = bytes.measured.map((entry) => ({ ...gc.measured.find(({ name }) => name === entry.name), ...entry }))
    figures.push({ id: one.id, algorithm: one.algorithm, operation: one.operation, results })
    say(`memory: ${cellTitle(one)}`)
  }
  return figures
}

function about(startLoad) {
  const { dependencies } = JSON.parse(readFileSync(here('package.json'), 'utf8'))
  const { version } = JSON.parse(readFileSync(here('../package.json'), 'utf8'))
  const [{ model }] = cpus()
  return {
    command: ['npm run bench', ...(process.argv.length > 2 ? ['--', ...commandWords()] : [])].join(' '),
    date: new Date().toISOString().slice(0, 10),
    machine: `${model.trim()}, ${cpus().length} cores, ${Math.round(totalmem() / 2 ** 30)} GB, ${process.platform} ${process.arch}`,
    load: `${startLoad.toFixed(1)} processes waiting a minute before, ${loadavg()[0].toFixed(1)} at the end`,
    node: `${process.versions.node}, OpenSSL ${process.versions.openssl}`,
    library: `signet-jwt ${version}`,
    contestants: Object.entries(dependencies)
      .map(([name, peer]) => `${name} ${peer}`)
      .join(', '),
  }
}

/** The command without paths of this machine. */
function commandWords() {
  const withFile = ['--dist', '--json', '--node24']
  return process.argv.slice(2).map((word, index, words) => (withFile.includes(words[index - 1]) ? '<path>' : word))
}

async function main() {
  readyOrExit()
  if (flags.dist) process.env.SIGNET_DIST = flags.dist
  const [startLoad] = loadavg()
  const cells = parts.cells ? await measureCells(wantedCells()) : []
  const node24 = parts.cells && flags.node24 ? await measureNode24() : []
  const memory = parts.memory ? await measureMemories() : []
  const bundles = parts.import ? await (await import('./bundles.mjs')).measureBundles() : []
  const imports = parts.import ? await (await import('./imports.mjs')).measureImports({ clock, runs: flags.quick ? 7 : 15 }) : []
  const figures = { about: about(startLoad), judged: judge({ cells, node24, bundles, imports }), cells, node24, memory, bundles, imports }
  if (memory.length > 0) say(`${memoryTable(memory)}\n`)
  if (bundles.length > 0) say(`${bundlesTable(bundles)}\n\n${importsTable(imports)}\n`)
  if (parts.cells) console.log(gatesTable(figures.judged))
  save(figures)
}

async function measureNode24() {
  const version = execFileSync(flags.node24, ['--version'], { encoding: 'utf8' }).trim()
  say(`Node ${version}:`)
  return measureCells(tableCells(true), { node: flags.node24 })
}

function save(figures) {
  if (flags.json) writeFileSync(flags.json, `${JSON.stringify(figures, null, 1)}\n`)
  if (!flags.write) return
  const { machine, node, date } = figures.about
  const drawing = chart(figures.cells, `${machine}; Node ${node}; ${date}`)
  if (drawing) writeFileSync(here('chart.svg'), drawing)
  writeFileSync(here('RESULTS.md'), resultsPage(figures))
}

await main()
