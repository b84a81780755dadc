import { spawn } from 'node:child_process'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'

/** A variable set that keeps a runtime from asking the network and from writing outside of `home`. */
export function cleanEnvironment(home) {
  mkdirSync(home, { recursive: true })
  const quiet = { NO_COLOR: '1', DO_NOT_TRACK: '1', DENO_NO_UPDATE_CHECK: '1', DENO_DIR: join(home, 'deno'), WORKERD_LOG_LEVEL: 'error' }
  const { PATH, SystemRoot, TEMP, TMPDIR } = process.env
  const kept = Object.fromEntries(Object.entries({ PATH, SystemRoot, TEMP, TMPDIR }).filter(([, value]) => value !== undefined))
  return { ...kept, HOME: home, USERPROFILE: home, XDG_CONFIG_HOME: home, XDG_CACHE_HOME: home, ...quiet }
}

/** Starts a program in a process group of its own, so that `stop` ends its children too. Without `home`, in this environment. */
export function start(command, args, { cwd, home, stdio = ['ignore', 'pipe', 'pipe'] }) {
  const grouped = process.platform !== 'win32'
  const child = spawn(command, args, { cwd, env: home === undefined ? process.env : cleanEnvironment(home), stdio, detached: grouped })
  const output = { out: '', err: '' }
  child.stdout?.on('data', (data) => (output.out += data))
  child.stderr?.on('data', (data) => (output.err += data))
  const ended = new Promise((resolve) => {
    child.once('error', (error) => resolve({ code: null, error }))
    child.once('close', (code) => resolve({ code }))
  })
  const kill = () => {
    if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return
    try {
      if (grouped) process.kill(-child.pid, 'SIGKILL')
      else child.kill('SIGKILL')
    } catch {
      // It ended in between.
    }
  }
  // A group of its own does not hear of an interrupt.
  process.once('exit', kill)
  ended.then(() => process.off('exit', kill))
  const stop = async () => {
    kill()
    await ended
  }
  return { child, output, ended, stop }
}

/** Waits for a promise, at most so many seconds. */
export async function within(seconds, promise, what) {
  let timer
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(`${what} took more than ${seconds} s`)), seconds * 1000)
  })
  try {
    return await Promise.race([promise, late])
  } finally {
    clearTimeout(timer)
  }
}

/** Runs a program to its end. Throws when it cannot be started or takes too long. */
export async function run(command, args, options) {
  const running = start(command, args, options)
  try {
    const { code, error } = await within(options.seconds ?? 120, running.ended, command)
    if (error) throw error
    return { code, ...running.output }
  } finally {
    await running.stop()
  }
}

/** The last line of what a program printed, as JSON. What it wrote to stderr says why there is none. */
export function lastJson({ code, out, err }) {
  try {
    return JSON.parse(out.trim().split('\n').at(-1))
  } catch {
    throw new Error(`no report (exit code ${code}): ${(err || out).trim().slice(0, 2000)}`)
  }
}
