// How long an import takes in a fresh process, measured inside it: bundled into one file, and as installed.
import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { bundle } from './bundles.mjs'
import { quartiles } from './measure.mjs'

const here = fileURLToPath(new URL('.', import.meta.url))
const dist = process.env.SIGNET_DIST ? resolve(process.env.SIGNET_DIST) : fileURLToPath(new URL('../dist', import.meta.url))

const clocks = {
  wall: '() => performance.now()',
  cpu: '() => { const { user, system } = process.cpuUsage(); return (user + system) / 1000 }',
}

const timer = (specifier, clock) => `const now = ${clocks[clock]}
const start = now()
await import(${JSON.stringify(specifier)})
process.stdout.write(String(now() - start))`

/** @returns for each subject the milliseconds over `runs` processes, the subjects taking turns */
export async function measureImports({ clock = 'wall', runs = 15 } = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'signet-bench-'))
  try {
    const subjects = await makeSubjects(folder)
    for (let run = 0; run < runs; run++) {
      for (const subject of subjects) subject.times.push(timeOf(subject.specifier, clock))
    }
    return subjects.map(({ name, times }) => ({ name, milliseconds: quartiles(times) }))
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

function timeOf(specifier, clock) {
  return Number(execFileSync(process.execPath, ['--input-type=module', '--eval', timer(specifier, clock)], { cwd: here, encoding: 'utf8' }))
}

async function makeSubjects(folder) {
  const bundled = async (name, code, format = 'esm') => {
    const file = join(folder, `${name}.${format === 'esm' ? 'mjs' : 'cjs'}`)
    writeFileSync(file, await bundle(code, { format }))
    return pathToFileURL(file).href
  }
  const empty = join(folder, 'empty.mjs')
  writeFileSync(empty, 'export {}')
  const subjects = [
    // What Node itself takes for the first file, whatever is in it.
    ['an empty file', pathToFileURL(empty).href],
    ['node:crypto alone', 'node:crypto'],
    ['signet, bundled', await bundled('signet', "export * from 'signet-jwt'")],
    ['signet', pathToFileURL(join(dist, 'index.node.js')).href],
    ['jose, bundled', await bundled('jose', "export * from 'jose'")],
    ['jose', 'jose'],
    // CommonJS packages call `require` on Node's own modules, which an ESM bundle cannot.
    ['jsonwebtoken, bundled', await bundled('jsonwebtoken', "module.exports = require('jsonwebtoken')", 'cjs')],
    ['jsonwebtoken', 'jsonwebtoken'],
    ['fast-jwt, bundled', await bundled('fast-jwt', "module.exports = require('fast-jwt')", 'cjs')],
    ['fast-jwt', 'fast-jwt'],
  ]
  return subjects.map(([name, specifier]) => ({ name, specifier, times: [] }))
}
