import { verify as nodeVerify } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { setTimeout as delay } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { isJwtError } from '../../src/core/errors.ts'
import * as noble from '../../src/noble.ts'
import * as node from '../../src/node.ts'
import * as webcrypto from '../../src/webcrypto.ts'
import { type Api, type AttackCase, decoderOptions, keyOf, pooledApi, special, tokenOf, Unsupported } from './adapter.ts'
import { attempt, cache, type Outcome, runner } from './ways.ts'

const cases = JSON.parse(readFileSync(new URL('../../vectors/attacks/cases.json', import.meta.url), 'utf8')) as AttackCase[]
const backends: Record<string, Api> = { noble, node, nodeAsync: pooledApi, webcrypto: webcrypto as unknown as Api }

/** Level `should` cases that this library answers otherwise on purpose. */
const deviations: Readonly<Record<string, string>> = {
  'sign/exp-date': 'A Date in exp, nbf or iat is documented to become whole seconds, as in PyJWT.',
}
/** What a backend cannot do is a typed refusal, which is no verdict on the token. */
const beyond: Readonly<Record<string, RegExp>> = { noble: /^sign\/ok-(rs|ps)/, webcrypto: /es256k/, node: /^$/, nodeAsync: /^$/ }

type Run = ReturnType<typeof runner>

async function runCase(api: Api, run: Run, one: AttackCase): Promise<string | undefined> {
  if (one.op === 'sign') return runSign(api, one)
  if (one.op === 'sequence') {
    const faults = await Promise.all([{}, { cache }].map((more) => runSequence(api, one, more)))
    return faults.find((fault) => fault !== undefined)
  }
  const started = performance.now()
  const outcomes = await run(one)
  const elapsed = (performance.now() - started) / outcomes.length
  if (one.maxMs !== undefined && elapsed > one.maxMs) return `took ${elapsed} ms`
  for (const [way, outcome] of outcomes) {
    const fault = judge(one, outcome)
    if (fault !== undefined) return `${way}: ${fault}`
  }
  // A case may leave the verdict open, but not to the way.
  const verdicts = new Set(outcomes.map(([, { claims, error }]) => JSON.stringify(claims ?? (error as { code: unknown }).code)))
  return verdicts.size === 1 ? undefined : `the verdict depends on the way: ${[...verdicts].join(' or ')}`
}

function judge(one: Pick<AttackCase, 'expect' | 'expectPayload' | 'post'>, { accepted, claims, error }: Outcome): string | undefined {
  if (!accepted && !isJwtError(error)) return `foreign error: ${String(error)}`
  if (!accepted && /eyJ|-----BEGIN|[A-Za-z0-9_-]{40}/.test((error as Error).message)) return 'the message holds token or key text'
  if (one.expect !== 'either' && accepted !== (one.expect === 'accept')) return accepted ? 'was accepted' : `was refused: ${String(error)}`
  if (accepted && one.expectPayload) {
    for (const [name, value] of Object.entries(one.expectPayload)) {
      if (JSON.stringify(claims![name]) !== JSON.stringify(value)) return `claim ${name} came back changed`
    }
  }
  for (const name of (one.post?.['absent'] as string[] | undefined) ?? []) if (claims && name in claims) return `claim ${name} is visible`
  if ('polluted' in {} || 'admin' in {}) return 'Object.prototype was polluted'
  return undefined
}

async function runSign(api: Api, one: AttackCase): Promise<string | undefined> {
  const { alg, header, payload } = one.sign!
  const key = keyOf(api, one.key, one.algorithms)
  const options = { algorithm: alg, ...(header && { header: special(header) as never }) }
  const outcome = await attempt(() => api.encode(special(payload) as never, key as never, options))
  const fault = judge({ expect: one.expect }, outcome)
  if (fault || !outcome.accepted) return fault
  const token = outcome.claims as unknown as string
  const { spki } = (one.post?.['verifySigned'] as { spki?: string } | undefined) ?? {}
  if (!spki) return undefined
  const [head, body, signature] = token.split('.') as [string, string, string]
  const pss = { padding: 6, saltLength: 32 }
  const verifyKey = alg.startsWith('PS') ? { key: spki, ...pss } : { key: spki, dsaEncoding: 'ieee-p1363' as const }
  const good = nodeVerify(`sha${alg.slice(2)}`, Buffer.from(`${head}.${body}`), verifyKey, Buffer.from(signature, 'base64url'))
  return good ? undefined : 'the signature does not verify elsewhere'
}

async function runSequence(api: Api, one: AttackCase, more: object): Promise<string | undefined> {
  const decoder = api.createDecoder(keyOf(api, one.key, one.algorithms) as never, { ...decoderOptions(one), ...more } as never)
  let token: unknown
  for (const [index, step] of one.steps!.entries()) {
    if (step.waitMs !== undefined) await delay(step.waitMs)
    if (!step.repeatPrevious) token = tokenOf(step)
    const outcome = await attempt(() => decoder.decode(token as string))
    const fault = judge({ ...step, ...(step.absent && { post: { absent: step.absent } }) }, outcome)
    if (fault) return `step ${index} ${fault}`
    // What a cache hands out is frozen.
    if (outcome.claims && step.mutate) for (const [name, value] of Object.entries(step.mutate)) Reflect.set(outcome.claims, name, value)
  }
  return undefined
}

describe.each(Object.entries(backends))('attack and acceptance cases on %s', (name, api) => {
  const run = runner(api, cases)
  const groups = [...new Set(cases.map((one) => one.group))]
  it.each(groups)(
    '%s',
    async (group) => {
      const wrong: string[] = []
      const skipped: string[] = []
      for (const one of cases.filter((each) => each.group === group)) {
        try {
          const fault = await runCase(api, run, one)
          const excused = beyond[name]!.test(one.id) || one.id in deviations
          if (fault !== undefined && !excused) wrong.push(`${one.level} ${one.id}: ${fault}`)
          if (fault === undefined && one.id in deviations) wrong.push(`${one.id} is listed as a deviation and is none`)
        } catch (error) {
          if (!(error instanceof Unsupported)) throw error
          skipped.push(`${one.id}: ${error.message}`)
        }
      }
      if (skipped.length > 0) console.log(`skipped ${skipped.length} of ${group}: ${skipped.join('; ')}`)
      expect(wrong).toEqual([])
    },
    30_000,
  )
})
