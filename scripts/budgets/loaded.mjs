// What a program makes Node load while it runs: its own modules are left out, chunks of the package are named by their sources.
import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('../..', import.meta.url))

// For ES modules, by the hooks that the Node at hand has; those of Node 20 run on a thread of their own.
const hook = `load(url, context, next) {
  writeSync(1, url + '\\n')
  return next(url, context)
}`
const threaded = `import { writeSync } from 'node:fs'
export async function ${hook}`
// What is asked of the process passes by every hook.
const watchingProcess = `const { getBuiltinModule } = process
process.getBuiltinModule = (id) => {
  writeSync(1, id + '\\n')
  return getBuiltinModule(id)
}
`
const watchingImport = `import { writeSync } from 'node:fs'
import * as module from 'node:module'
${watchingProcess}if (module.registerHooks) module.registerHooks({ ${hook} })
else module.register('data:text/javascript,' + encodeURIComponent(${JSON.stringify(threaded)}))`
// For CommonJS.
const watchingRequire = `const { writeSync } = require('node:fs')
const Module = require('node:module')
${watchingProcess}const load = Module._load
Module._load = function (request, parent, isMain) {
  writeSync(1, (Module.isBuiltin(request) ? request : 'file://' + Module._resolveFilename(request, parent, isMain)) + '\\n')
  return load.call(this, request, parent, isMain)
}
`

/** @returns names of what was loaded: node:crypto, @noble/curves, src/jwt/decode.ts, … */
export function loadedBy(program, how) {
  const options = { cwd: root, encoding: 'utf8' }
  const out =
    how === 'require'
      ? execFileSync(process.execPath, ['--input-type=commonjs', '--eval', watchingRequire + program], options)
      : execFileSync(
          process.execPath,
          ['--import', `data:text/javascript,${encodeURIComponent(watchingImport)}`, '--input-type=module', '--eval', program],
          options,
        )
  return [...new Set(out.split('\n').flatMap(namesOf))].sort()
}

function namesOf(line) {
  if (line.startsWith('node:')) return [line]
  if (!line.startsWith('file:')) return []
  const map = `${fileURLToPath(line)}.map`
  return existsSync(map) ? JSON.parse(readFileSync(map, 'utf8')).sources.map(nameOfFile) : [nameOfFile(line)]
}

function nameOfFile(path) {
  return /node_modules\/(@[^/]+\/[^/]+|[^/]+)/.exec(path)?.[1] ?? path.slice(Math.max(0, path.lastIndexOf('src/')))
}
