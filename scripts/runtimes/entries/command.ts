/** As a program, for Node, Bun and Deno: prints the table, or the report as one line of JSON with --json. */
import process from 'node:process'
import { run } from './node.ts'

const report = await run('node')
console.log(process.argv.includes('--json') ? JSON.stringify(report) : report.text)
if (report.failed > 0) process.exitCode = 1
