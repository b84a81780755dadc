import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { compileProgram, runProgram } from '../program.ts'

const program = `
  import { generateKey } from './src/node.ts'
  for (let i = 0; i < 6_000; i++) generateKey('ES256')
  console.log('made')
`

// Without the reason given in src/backends/node/generate.ts, Node 20 locks up within about 3,000 keys.
it('keys are made while garbage is collected', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'signet-generate-'))
  try {
    const file = await compileProgram(program, join(folder, 'program.mjs'))
    expect(await runProgram(['--stress-compaction', file], 50_000)).toBe('made\n')
  } finally {
    rmSync(folder, { recursive: true })
  }
}, 60_000)
