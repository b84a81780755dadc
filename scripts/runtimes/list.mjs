import { join } from 'node:path'
import { runChromium, runFirefox } from './browsers.mjs'
import { bundle } from './bundle.mjs'
import { install, versions } from './install.mjs'
import { lastJson, run } from './process.mjs'
import { runWorkerd } from './workerd.mjs'

const current = `node${process.versions.node.split('.')[0]}`

/**
 * How each runtime is run. The optional ones only when they are named. Each gives the report of the bundled self-check and
 * what the runtime makes of the package's exports by itself.
 */
export const runtimes = {
  node20: { run: node },
  node24: { run: node },
  bun: { run: bun },
  deno: { run: deno },
  workerd: { run: runWorkerd },
  chromium: { run: runChromium },
  node22: { run: node, optional: true },
  node26: { run: node, optional: true },
  'workerd-nodejs': { run: (context) => runWorkerd(context, 'nodejs_compat'), optional: true },
  firefox: { run: runFirefox, optional: true },
}

const minimum = '20.20.2'

async function node(context) {
  const { name, cache } = context
  const binary = name === current ? process.execPath : await install(cache, 'node', versions[name] ?? minimum)
  const program = (file) => [file]
  return command(context, binary, program)
}

async function bun(context) {
  const program = (file) => ['run', '--bun', file]
  return command(context, await install(context.cache, 'bun', versions.bun), program)
}

/** Without any permission but to read the installed package, which require() needs. */
async function deno(context) {
  const program = (file) => [
    'run',
    '--no-prompt',
    '--no-remote',
    ...(file.endsWith('.cjs') ? [`--allow-read=${context.consumer}`] : []),
    file,
  ]
  return command(context, await install(context.cache, 'deno', versions.deno), program)
}

async function command({ consumer, scratch }, binary, program) {
  const selfCheck = await bundle('command', scratch)
  const options = { cwd: consumer, home: join(scratch, 'home') }
  const said = await run(binary, ['--version'], options)
  const report = lastJson(await run(binary, [...program(selfCheck), '--json'], options))
  const imports = {}
  for (const [how, file] of [
    ['import', 'entries.mjs'],
    ['require', 'entries.cjs'],
  ]) {
    imports[how] = await run(binary, program(join(consumer, file)), options)
      .then(lastJson)
      .catch((error) => ({ faults: [error.message] }))
  }
  return { version: /\d[\d.]+/.exec(said.out)?.[0], report, imports, expected: 'node' }
}
