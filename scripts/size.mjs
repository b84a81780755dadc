// Bundles small programs, and every entry point, as a user's bundler would and holds each to its budget: `npm run size` (after a build).
import { readFileSync } from 'node:fs'
import { gzipSync } from 'node:zlib'
import { build } from 'esbuild'

const claims = `{ issuer: 'a', audience: 'b' }`
const small = `import { createSmallDecoder } from 'signet-jwt/core'\n`
const core = `import { createDecoder, importSecret } from 'signet-jwt/core'\n`

/** What a program imports, its budget in gzipped bytes, and what must not be in it. */
const programs = [
  {
    name: 'verify HS256, noble, small decoder',
    budget: 6_000,
    without: /curves|rsa/,
    code: `${small}import { hs256Verifier } from 'signet-jwt/noble'
      export const { decode } = createSmallDecoder(hs256Verifier(globalThis.secret), ${claims})`,
  },
  {
    name: 'verify HS256, noble, every option',
    budget: 9_500,
    without: /curves|rsa/,
    code: `${core}import { hs256 } from 'signet-jwt/noble'
      export const { decode } = createDecoder(hs256.verifier(importSecret(globalThis.secret)), ${claims})`,
  },
  {
    name: 'sign and verify HS256, noble, every option',
    budget: 12_500,
    without: /curves|rsa/,
    code: `import { createDecoder, createEncoder, importSecret } from 'signet-jwt/core'
      import { hs256 } from 'signet-jwt/noble'
      const secret = importSecret(globalThis.secret)
      export const { encode } = createEncoder(hs256.signer(secret), ${claims})
      export const { decode } = createDecoder(hs256.verifier(secret), ${claims})`,
  },
  {
    name: 'verify, node, every algorithm',
    budget: 8_000,
    without: /noble/,
    code: `${small}import { nodeVerifier } from 'signet-jwt/node'
      export const decoderFor = (algorithm, key) => createSmallDecoder(nodeVerifier(algorithm, key), ${claims})`,
  },
  {
    name: 'verify, webcrypto, every algorithm',
    budget: 5_000,
    without: /noble/,
    code: `${small}import { cryptoKeyVerifier } from 'signet-jwt/webcrypto'
      export const decoderFor = (algorithm, key) => createSmallDecoder(cryptoKeyVerifier(algorithm, key), ${claims})`,
  },
  {
    name: 'verify anything, node, small decoder',
    budget: 10_700,
    without: /noble/,
    code: `${small}import { node } from 'signet-jwt/node'
      export const { decode } = createSmallDecoder(node.verifier('ES256', globalThis.key), ${claims})`,
  },
  {
    name: 'verify anything, webcrypto, small decoder',
    budget: 8_700,
    without: /noble/,
    code: `${small}import { webcrypto } from 'signet-jwt/webcrypto'
      export const { decode } = createSmallDecoder(webcrypto.verifier('ES256', globalThis.key), ${claims})`,
  },
]

/** Gzipped bytes of an entry point with everything it exports. Entries without a row are listed and not judged. */
const entryBudgets = { '.': 36_000, './core': 12_000, './noble': 67_000, './node': 44_500, './webcrypto': 40_500, './unverified': 3_000 }

const { exports } = JSON.parse(readFileSync('package.json', 'utf8'))
const entries = Object.keys(exports)
  .filter((path) => path !== './package.json')
  .map((path) => ({
    name: `signet-jwt${path.slice(1)}`,
    budget: entryBudgets[path] ?? Infinity,
    // On Node the main entry is node:crypto's, and no curve is evaluated with it.
    without: path === '.' || path === './node' ? /@noble/ : /^$/,
    conditions: path === '.' ? ['node'] : [],
    code: `export * from 'signet-jwt${path.slice(1)}'`,
  }))

let over = 0
for (const { name, budget, without, code, conditions = [] } of [...programs, ...entries]) {
  const result = await build({
    stdin: { contents: code, resolveDir: process.cwd() },
    bundle: true,
    minify: true,
    format: 'esm',
    // Node's own modules stay outside, and one that nothing uses is left out.
    platform: 'node',
    mainFields: ['module', 'main'],
    conditions,
    metafile: true,
    write: false,
    logLevel: 'error',
  })
  const bytes = gzipSync(result.outputFiles[0].contents, { level: 9 }).length
  const [output] = Object.values(result.metafile.outputs)
  const stray = Object.entries(output.inputs).filter(([file, { bytesInOutput }]) => bytesInOutput > 0 && without.test(file))
  const ok = bytes <= budget && stray.length === 0
  if (!ok) over++
  const limit = budget === Infinity ? '' : ` of ${budget}`
  console.log(`${ok ? 'ok  ' : 'OVER'} ${name}: ${bytes}${limit} bytes gzipped${stray.map(([file]) => `; holds ${file}`).join('')}`)
}
process.exitCode = over === 0 ? 0 : 1
