// How long an import takes in a fresh process, measured inside it: bundled into one file, and as installed.
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { bundle } from './bundles.mjs'
import { quartiles } from './measure.mjs'

const here = fileURLToPath(new URL('.', import.meta.url))
const dist = process.env.SIGNET_DIST ? resolve(process.env.SIGNET_DIST) : fileURLToPath(new URL('../dist', import.meta.url))

const timer = join(here, 'import-timer.mjs')
// A program is a file, so Node's module loader has begun before the program's imports. Told on the command line instead, the
// import also pays for that beginning: as much again as a small library.
const ways = {
  program: [timer],
  first: ['--input-type=module', '--eval', readFileSync(timer, 'utf8')],
}

/**
 * @returns for each subject the milliseconds over `runs` processes, the subjects taking turns: imported by a program in a file, and as
 *   the first file of the process
 */
export async function measureImports({ clock = 'wall', runs = 15 } = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'signet-bench-'))
  try {
    const subjects = await makeSubjects(folder)
    for (let run = 0; run < runs; run++) {
      for (const { specifier, program, first } of subjects) {
        program.push(timeOf(ways.program, specifier, clock))
        first.push(timeOf(ways.first, specifier, clock))
      }
    }
    return subjects.map(({ name, program, first }) => ({ name, program: quartiles(program), first: quartiles(first) }))
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

function timeOf(way, specifier, clock) {
  return Number(execFileSync(process.execPath, [...way, specifier, clock], { cwd: here, encoding: 'utf8' }))
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
    // What Node itself takes for a file, whatever is in it.
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
  return subjects.map(([name, specifier]) => ({ name, specifier, program: [], first: [] }))
}
