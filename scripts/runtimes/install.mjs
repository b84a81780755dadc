import { existsSync, mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { run } from './process.mjs'

export const versions = { node22: '22.23.3', node24: '24.21.0', node26: '26.10.0', bun: '1.4.5', deno: '2.9.6', workerd: '1.20261117.1' }

const { platform, arch } = process
const windows = platform === 'win32'
const exe = windows ? '.exe' : ''

/** Which npm package holds a runtime's binary for this machine, and where in it. */
const packages = {
  node: () => [`node-${platform === 'darwin' ? 'bin-darwin' : windows ? 'win' : platform}-${arch}`, join('bin', `node${exe}`)],
  bun: () => [`@oven/bun-${windows ? 'windows' : platform}-${arch === 'arm64' ? 'aarch64' : arch}`, join('bin', `bun${exe}`)],
  deno: () => [`@deno/${platform}-${arch}${platform === 'linux' ? '-glibc' : ''}`, `deno${exe}`],
  workerd: () => [`@cloudflare/workerd-${windows ? 'windows' : platform}-${arch === 'x64' ? '64' : arch}`, join('bin', `workerd${exe}`)],
}

/** Why a runtime cannot be tried here. */
export function missing(reason) {
  return Object.assign(new Error(reason), { missing: true })
}

/** The path of a runtime's binary, installed by npm the first time. No install script is run. */
export async function install(cache, kind, version) {
  const [name, binary] = packages[kind]()
  const folder = join(cache, kind, version)
  const path = join(folder, 'node_modules', name, binary)
  if (existsSync(path)) return path
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(folder, { recursive: true })
  const options = ['--no-save', '--no-package-lock', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error']
  const { code, err } = await npm(['install', '--prefix', folder, ...options, `${name}@${version}`], folder)
  if (code === 0 && existsSync(path)) return path
  throw missing(`npm cannot install ${name}@${version}: ${err.trim().slice(0, 500)}`)
}

/** npm, as whoever started this script has it configured. */
function npm(args, cwd) {
  const script = process.env.npm_execpath
  const [command, all] = script?.endsWith('.js') ? [process.execPath, [script, ...args]] : [windows ? 'npm.cmd' : 'npm', args]
  return run(command, all, { cwd, seconds: 300 })
}
