import { cpSync, mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'

const here = fileURLToPath(new URL('.', import.meta.url))

// The package is imported by its name, so its `exports` and the conditions of each target decide what is bundled.
const targets = {
  command: { platform: 'node' },
  worker: { platform: 'browser', conditions: ['workerd', 'worker'] },
  'worker-node': { platform: 'browser', conditions: ['workerd', 'worker'], external: ['node:*'] },
  page: { platform: 'browser' },
}

/** Bundles the self-check for one kind of runtime and gives the path. */
export async function bundle(name, folder) {
  const outfile = join(folder, `${name}.mjs`)
  const entryPoints = [join(here, 'entries', `${name}.ts`)]
  await build({ ...targets[name], entryPoints, outfile, bundle: true, format: 'esm', target: 'es2022', logLevel: 'silent' })
  return outfile
}

/** A folder in which the package is installed, with the programs that import it. Built of what `npm pack` would publish. */
export function installPackage(root, folder) {
  const consumer = join(folder, 'consumer')
  const modules = join(consumer, 'node_modules')
  mkdirSync(modules, { recursive: true })
  for (const name of ['package.json', 'dist']) cpSync(join(root, name), join(modules, 'signet-jwt', name), { recursive: true })
  for (const name of ['@noble/curves', '@noble/hashes']) {
    mkdirSync(dirname(join(modules, name)), { recursive: true })
    cpSync(join(root, 'node_modules', name), join(modules, name), { recursive: true, dereference: true })
  }
  cpSync(join(here, 'consumer'), consumer, { recursive: true })
  writeFileSync(join(consumer, 'package.json'), JSON.stringify({ private: true, dependencies: { 'signet-jwt': '*' } }))
  return consumer
}
