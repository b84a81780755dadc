import { existsSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { isJwtError } from '../../src/core/errors.ts'
import * as noble from '../../src/noble.ts'
import * as node from '../../src/node.ts'
import * as webcrypto from '../../src/webcrypto.ts'
import type { Api, AttackCase } from './adapter.ts'
import { type Outcome, runner } from './ways.ts'

// Public vectors of the project Wycheproof, read where they lie: see vectors/README.md.
const folder = process.env['WYCHEPROOF_DIR'] ?? new URL('../../../shared/wycheproof', import.meta.url).pathname
const file = `${folder}/70-wycheproof-jws.json`
const present = existsSync(file)
if (!present) console.log('skipped: the Wycheproof JWS vectors are not here; set WYCHEPROOF_DIR to their folder')
const cases = present ? (JSON.parse(readFileSync(file, 'utf8')) as AttackCase[]) : []

/** Level `should` answers that differ on purpose. */
const deviations: Readonly<Record<string, string>> = {
  'wycheproof-jws/json_web_key-4': 'Two keys of a set may share a kid: each is tried, and all are trusted alike.',
}

/** These are JWS, not JWT: the verdict on the signature is there once the payload is what is refused. */
function signatureHolds({ accepted, error }: Outcome): boolean {
  if (accepted) return true
  if (!isJwtError(error)) throw error
  return error.code === 'malformed_token' && error.detail['part'] === 'payload' && error.detail['reason'] !== 'base64url'
}

describe.skipIf(!present).each<[string, Api]>([
  ['noble', noble],
  ['node', node],
  ['webcrypto', webcrypto as unknown as Api],
])('Wycheproof JWS tokens on %s', (_backend, api) => {
  it('gives no wrong verdict', async () => {
    const run = runner(api, cases)
    const wrong: string[] = []
    for (const one of cases) {
      if (one.expect === 'either' || one.id in deviations) continue
      for (const [way, outcome] of await run(one)) {
        const holds = signatureHolds(outcome)
        if (holds !== (one.expect === 'accept')) wrong.push(`${one.level} ${one.id} ${way}: ${holds ? 'held' : 'refused'}`)
      }
    }
    expect(wrong).toEqual([])
  }, 60_000)
})
