import { expect, it } from 'vitest'
import { CertificationError, certifyBackend, type SignerFactory } from '../../src/testing.ts'
import { broken, service } from './broken.ts'
import { brokenOperations } from './broken-operations.ts'
import { brokenRemote, goodRemote } from './broken-remote.ts'
import { brokenSnapshots } from './broken-snapshots.ts'
import { honest } from './honest.ts'

const quick = { patience: '1.5s', budget: '0.2s' } as const
const all = [...broken, ...brokenRemote, ...brokenOperations, ...brokenSnapshots]

it.each(all)('$fault is caught by $caughtBy', { timeout: 60_000 }, async ({ subject, algorithms, caughtBy, isRare, isHanging }) => {
  const options = { budget: isRare ? '10s' : '0.2s', patience: isHanging ? '0.4s' : '1.5s', algorithms } as const
  const outcome = await certifyBackend(subject() as SignerFactory, options).catch((error: unknown) => error)
  expect(outcome).toBeInstanceOf(CertificationError)
  const { report, message, detail } = outcome as CertificationError
  const failed = report.checks.filter(({ status }) => status === 'failed').map(({ check }) => check)
  const by = [caughtBy].flat().find((name) => failed.includes(name))
  expect([by, failed]).toEqual([expect.any(String), failed])
  expect([report.passed, message.includes(by!), detail['failed']]).toEqual([false, true, expect.arrayContaining([by])])
})

it.each(goodRemote)('%s passes', { timeout: 20_000 }, async (_what, subject) => {
  const { checks } = await certifyBackend(subject(), quick)
  expect(checks.find(({ check }) => check === 'together')?.status).toBe('passed')
})

it.each(honest)('%s passes', { timeout: 20_000 }, async (_what, subject) => {
  expect((await certifyBackend(subject() as SignerFactory, quick)).passed).toBe(true)
})

it('the good ones they were made of pass', { timeout: 20_000 }, async () => {
  const report = await certifyBackend(service(), { ...quick, budget: '10s' })
  const left = report.checks.filter(({ status }) => status === 'skipped').map(({ check }) => check)
  expect([report.passed, left]).toEqual([true, expect.not.arrayContaining(['rotation', 'abort', 'verifies', 'short', 'own sign'])])
})

it('says that none came of what comes rarely', async () => {
  const { checks } = await certifyBackend(service(), { ...quick, rounds: 2 })
  expect(checks.find(({ check }) => check === 'short')).toMatchObject({
    status: 'skipped',
    message: expect.stringMatching(/^none of 2 signatures had a short (r|s)/),
  })
})
