import { copyFileSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { bundle } from './bundle.mjs'
import { install, versions } from './install.mjs'
import { run, start, within } from './process.mjs'

const compatibilityDate = '2026-11-01'

function configuration(flag) {
  const flags = flag ? `, compatibilityFlags = ["${flag}"]` : ''
  return `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [(name = "main", worker = .worker)],
  sockets = [(name = "http", address = "127.0.0.1:0", http = (), service = "main")],
);
const worker :Workerd.Worker = (
  modules = [(name = "worker.mjs", esModule = embed "worker.mjs")],
  compatibilityDate = "${compatibilityDate}"${flags},
);
`
}

/** workerd as it is, without miniflare: one module, asked once over loopback. */
export async function runWorkerd({ name, cache, scratch }, flag) {
  const binary = await install(cache, 'workerd', versions.workerd)
  const folder = join(scratch, name)
  mkdirSync(folder)
  copyFileSync(await bundle(flag ? 'worker-node' : 'worker', scratch), join(folder, 'worker.mjs'))
  writeFileSync(join(folder, 'config.capnp'), configuration(flag))
  const options = { cwd: folder, home: join(scratch, 'home') }
  const { out } = await run(binary, ['--version'], options)
  const server = start(binary, ['serve', 'config.capnp', '--control-fd=3'], { ...options, stdio: ['ignore', 'pipe', 'pipe', 'pipe'] })
  try {
    const port = await within(30, Promise.race([listening(server), exited(server)]), 'the start of workerd')
    const answer = await fetch(`http://127.0.0.1:${port}/`, { signal: AbortSignal.timeout(120_000) })
    const text = await answer.text()
    if (answer.status !== 200) throw new Error(`the worker failed: ${(server.output.err || text).slice(0, 2000)}`)
    return { version: out.trim().replace(/^workerd\s+/, ''), report: JSON.parse(text), expected: 'noble' }
  } finally {
    await server.stop()
  }
}

/** workerd writes the port it chose to the control descriptor. */
function listening({ child }) {
  return new Promise((resolve) => {
    createInterface({ input: child.stdio[3] }).on('line', (line) => {
      const { event, port } = JSON.parse(line)
      if (event === 'listen') resolve(port)
    })
  })
}

async function exited({ ended, output }) {
  const { error } = await ended
  throw error ?? new Error(`workerd ended: ${output.err.slice(0, 2000)}`)
}
