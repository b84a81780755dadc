// Runs the self-check of scripts/runtimes in every runtime, from the built package.
// Needs `npm run build` first. Runtimes are installed by npm into node_modules/.cache, which git ignores; browsers are those
// of the system.
//   node scripts/runtimes.mjs [names...] [--allow-missing] [--write docs/RUNTIMES.md]
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { installPackage } from './runtimes/bundle.mjs'
import { runtimes } from './runtimes/list.mjs'
import { failuresOf, markdown, summary } from './runtimes/matrix.mjs'

const root = fileURLToPath(new URL('..', import.meta.url))

function stop(message) {
  console.error(message)
  process.exit(2)
}

function readArguments() {
  try {
    return parseArgs({ allowPositionals: true, options: { 'allow-missing': { type: 'boolean' }, write: { type: 'string' } } })
  } catch (error) {
    return stop(error.message)
  }
}

const { positionals, values } = readArguments()
const names = Object.keys(runtimes)
const strangers = positionals.filter((name) => !names.includes(name))
if (strangers.length > 0) stop(`Unknown runtime: ${strangers.join(', ')}. There are: ${names.join(', ')}`)
const wanted = positionals.length > 0 ? positionals : names.filter((name) => !runtimes[name].optional)
if (!existsSync(join(root, 'dist', 'index.js'))) stop('There is no dist: run npm run build first')

const cache = join(root, 'node_modules', '.cache', 'signet-runtimes')
mkdirSync(cache, { recursive: true })
const scratch = mkdtempSync(join(tmpdir(), 'signet-runtimes-'))
process.once('exit', () => rmSync(scratch, { recursive: true, force: true, maxRetries: 3 }))
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => process.exit(130))

const results = []
const consumer = installPackage(root, scratch)
for (const name of wanted) {
  console.log(`\n== ${name}`)
  const result = { name, ...(await runtimes[name].run({ name, cache, scratch, consumer }).catch(asFailure)) }
  results.push(result)
  console.log(describe(result))
}

function describe({ missing, version, report, error, imports = {} }) {
  if (missing) return `missing: ${missing}`
  if (!report) return `FAIL ${error}`
  const loaded = Object.entries(imports).map(([how, { backend, faults }]) => `${how} of the package: ${[backend, ...faults].join('; ')}`)
  return [`version ${version}`, report.text, ...loaded].join('\n')
}

function asFailure(error) {
  return error.missing ? { missing: error.message } : { error: error.message }
}

console.log(`\n${summary(results)}`)
const missing = results.filter((result) => result.missing)
const failed = results.filter((result) => failuresOf(result).length > 0)
if (missing.length > 0) console.log(`missing: ${missing.map(({ name }) => name).join(', ')}${values['allow-missing'] ? ' (allowed)' : ''}`)
if (failed.length > 0) console.log(`failed: ${failed.map(({ name }) => name).join(', ')}`)
const ok = failed.length === 0 && (missing.length === 0 || values['allow-missing'] === true)

if (values.write) {
  const standard = names.filter((name) => !runtimes[name].optional)
  const complete = standard.every((name) => results.some((result) => result.name === name && result.report))
  if (!complete) stop('Not written: the page needs a report of every runtime')
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
  writeFileSync(values.write, markdown(results, version, new Date().toISOString().slice(0, 10)))
  console.log(`written: ${values.write}`)
}
process.exitCode = ok ? 0 : 1
