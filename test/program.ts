import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { build } from 'esbuild'

const root = join(import.meta.dirname, '..')

/** A program in TypeScript, with imports from the project's root, as one file for `runProgram`. Returns its path. */
export async function compileProgram(contents: string, outfile: string): Promise<string> {
  const stdin = { contents, resolveDir: root, loader: 'ts' } as const
  await build({ stdin, outfile, bundle: true, format: 'esm', platform: 'node', target: 'node20', logLevel: 'error' })
  return outfile
}

/** What the program prints, in a Node process of its own, which is killed after `timeout` milliseconds. Rejects when it fails. */
export async function runProgram(args: readonly string[], timeout: number): Promise<string> {
  const { stdout } = await promisify(execFile)(process.execPath, args, { timeout, killSignal: 'SIGKILL' })
  return stdout
}
