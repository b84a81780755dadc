// The stand-ins are TypeScript, shared with the default tests; Node 20 does not run that, so they are compiled here.
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { build } from 'esbuild'

const root = fileURLToPath(new URL('../..', import.meta.url))

export async function loadStandIns() {
  const folder = join(root, 'node_modules/.cache/signet-kms-stand-ins')
  mkdirSync(folder, { recursive: true })
  const outfile = join(folder, 'stand-ins.mjs')
  await build({
    entryPoints: [join(root, 'test/kms/stand-ins/index.ts')],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    logLevel: 'error',
  })
  return import(pathToFileURL(outfile).href)
}
