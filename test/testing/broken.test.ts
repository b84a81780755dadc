import { expect, it } from 'vitest'
import { CertificationError, certifyBackend, type SignerFactory } from '../../src/testing.ts'
import { broken, service } from './broken.ts'
import { brokenRemote, goodRemote } from './broken-remote.ts'

const quick = { patience: '1.5s', budget: '10s' } as const

it.each([...broken, ...brokenRemote])('$fault is caught by $caughtBy', { timeout: 60_000 }, async ({ subject, algorithms, caughtBy }) => {
  const outcome = await certifyBackend(subject() as SignerFactory, { ...quick, algorithms }).catch((error: unknown) => error)
  expect(outcome).toBeInstanceOf(CertificationError)
  const { report, message, detail } = outcome as CertificationError
  const failed = report.checks.filter(({ status }) => status === 'failed')
  expect(failed.map(({ check }) => check)).toContain(caughtBy)
  expect([report.passed, message.includes(caughtBy), detail['failed']]).toEqual([false, true, expect.arrayContaining([caughtBy])])
})

it.each(goodRemote)('%s passes', { timeout: 20_000 }, async (_what, subject) => {
  const { checks } = await certifyBackend(subject(), { ...quick, budget: '0.2s' })
  expect(checks.find(({ check }) => check === 'together')?.status).toBe('passed')
})

it('the good ones they were made of pass', { timeout: 20_000 }, async () => {
  const report = await certifyBackend(service(), quick)
  const left = report.checks.filter(({ status }) => status === 'skipped').map(({ check }) => check)
  expect([report.passed, left]).toEqual([true, expect.not.arrayContaining(['rotation', 'abort', 'verifies'])])
})
