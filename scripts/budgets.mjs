// Budgets that no clock decides: what an HS256 program loads when it runs, and how many bytes a call allocates.
// `npm run budgets` (after a build); scripts/size.mjs does the same for what is shipped.
import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { loadedBy } from './budgets/loaded.mjs'

const root = fileURLToPath(new URL('..', import.meta.url))
if (!existsSync(`${root}dist/index.node.js`)) {
  console.error('There is no dist: run npm run build first')
  process.exit(1)
}

/** The file for tools that cannot require an ES module; by its name, since Node itself takes the module. */
function commonjsOf(name) {
  const { exports } = JSON.parse(readFileSync(`${root}package.json`, 'utf8'))
  const entry = exports[name.replace('signet-jwt', '.')]
  return (entry.node ?? entry).require.default
}

const use = `const key = 'k'.repeat(32)
decode(encode({ sub: 'alice' }, key, { algorithm: 'HS256' }), key, { algorithms: ['HS256'] })`
const bare = `createDecoder({ algorithm: 'HS256', mode: 'sync', verify: () => true }, { issuer: null, audience: null })`
const onNode = ['node:crypto']
// Key rings come with a store in a file.
const withRings = [...onNode, 'node:fs/promises', 'node:path', 'node:timers/promises']

/**
 * HS256 programs: the built-in modules they may load, and what must not be among the rest. A module is loaded whole, and so
 * signet-jwt/noble brings its curves; a bundler leaves them out, as scripts/size.mjs checks.
 */
const programs = [
  // node:crypto comes with the first key.
  { name: 'signet-jwt', imports: 'encode, decode', code: '', builtins: [], without: /noble|ring/ },
  { name: 'signet-jwt', imports: 'encode, decode', code: use, builtins: onNode, without: /noble|ring/ },
  { name: 'signet-jwt/node', imports: 'encode, decode', code: use, builtins: withRings, without: /noble/ },
  {
    name: 'signet-jwt/noble',
    imports: 'encode, decode',
    code: use,
    builtins: [],
    without: /backends\/(node|kms|pkcs11)/,
  },
  { name: 'signet-jwt/core', imports: 'createDecoder', code: bare, builtins: [], without: /noble|backends/ },
  { name: 'signet-jwt/unverified', imports: 'decodeUnverified', code: '', builtins: [], without: /noble|backends|keys/ },
]

/** Bytes on the heap a call, about twice what Node 20 to 26 were seen to need. */
const allocation = { 'HS256 encode': 4000, 'HS256 decode': 1600, 'ES256 decode': 3500, 'ES256 decode, cache hit': 700 }

let over = 0
function report(ok, text) {
  if (!ok) over++
  console.log(`${ok ? 'ok  ' : 'OVER'} ${text}`)
}

for (const { name, imports, code, builtins, without } of programs) {
  for (const how of ['import', 'require']) {
    const head = how === 'import' ? `import { ${imports} } from '${name}'` : `const { ${imports} } = require('./${commonjsOf(name)}')`
    const loaded = loadedBy(`${head}\n${code}`, how)
    const found = loaded.filter((one) => one.startsWith('node:'))
    const stray = [...found.filter((one) => !builtins.includes(one)), ...loaded.filter((one) => without.test(one))]
    // Sources of the package must be among them, or nothing was seen.
    const seen = loaded.some((one) => one.startsWith('src/'))
    const extra = stray.length > 0 ? `; not meant: ${stray.join(', ')}` : seen ? '' : '; no module of the package was seen'
    const title = code ? name : `${name} alone`
    report(stray.length === 0 && seen, `${how} of ${title}: ${found.length} built-in modules${extra}`)
  }
}

// Room enough that no collection falls into a sample.
const flags = ['--expose-gc', '--min-semi-space-size=128', '--max-semi-space-size=128']
const out = execFileSync(process.execPath, [...flags, `${root}scripts/budgets/allocation.mjs`], { cwd: root, encoding: 'utf8' })
for (const [name, bytes] of Object.entries(JSON.parse(out))) {
  report(bytes > 0 && bytes <= allocation[name], `${name}: ${bytes} of ${allocation[name]} bytes a call`)
}
process.exitCode = over === 0 ? 0 : 1
