// Bundles small programs as a user's bundler would and holds each to its budget: `npm run size` (after a build).
import { gzipSync } from 'node:zlib'
import { build } from 'esbuild'

/** What a program imports, its budget in gzipped bytes, and what must not be in it. */
const programs = [
  {
    name: 'verify HS256, noble',
    budget: 12_000,
    without: /curves|rsa/,
    code: `import { createDecoder, importSecret } from 'signet-jwt/core'
      import { hs256 } from 'signet-jwt/noble'
      export const { decode } = createDecoder(hs256.verifier(importSecret(globalThis.secret)), { issuer: 'a', audience: 'b' })`,
  },
]

let over = 0
for (const { name, budget, without, code } of programs) {
  const result = await build({
    stdin: { contents: code, resolveDir: process.cwd() },
    bundle: true,
    minify: true,
    format: 'esm',
    platform: 'neutral',
    mainFields: ['module', 'main'],
    metafile: true,
    write: false,
  })
  const bytes = gzipSync(result.outputFiles[0].contents, { level: 9 }).length
  const [output] = Object.values(result.metafile.outputs)
  const stray = Object.entries(output.inputs).filter(([file, { bytesInOutput }]) => bytesInOutput > 0 && without.test(file))
  const ok = bytes <= budget && stray.length === 0
  if (!ok) over++
  console.log(`${ok ? 'ok  ' : 'OVER'} ${name}: ${bytes} of ${budget} bytes gzipped${stray.map(([file]) => `; holds ${file}`).join('')}`)
}
process.exitCode = over === 0 ? 0 : 1
