// Packs the project, installs the package in an empty folder and runs the README's first snippet there in both module
// systems: `npm run test:install` (after a build).
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const folder = mkdtempSync(join(tmpdir(), 'signet-install-'))
const run = (command, args, cwd) => execFileSync(command, args, { cwd, stdio: ['ignore', 'pipe', 'inherit'], encoding: 'utf8' })

try {
  run('npm', ['pack', '--ignore-scripts', '--silent', '--pack-destination', folder], process.cwd())
  const tarball = readdirSync(folder).find((name) => name.endsWith('.tgz'))
  writeFileSync(join(folder, 'package.json'), '{ "private": true }')
  run('npm', ['install', '--silent', '--no-audit', '--no-fund', join(folder, tarball)], folder)

  const [, snippet] = /```ts\n([\s\S]*?)```/.exec(readFileSync('README.md', 'utf8'))
  const required = snippet.replace(/^import (\{[\s\S]*?\}) from ('[^']+')$/gm, 'const $1 = require($2)')
  writeFileSync(join(folder, 'snippet.mjs'), snippet)
  writeFileSync(join(folder, 'snippet.cjs'), required)
  for (const file of ['snippet.mjs', 'snippet.cjs']) {
    run('node', [file], folder)
    console.log(`${file}: the README's first snippet runs from the installed package, Node ${process.versions.node}`)
  }
} finally {
  rmSync(folder, { recursive: true, force: true })
}
