import { describe, expect, it } from 'vitest'
import { noble } from '../../src/backends/noble/index.ts'
import { node } from '../../src/backends/node/index.ts'
import { webcrypto } from '../../src/backends/webcrypto/index.ts'
import { remoteSigner, remoteVerifier } from '../../src/backend.ts'
import { registry } from '../../src/algorithms/registry.ts'
import type { KeyBackend } from '../../src/keys/backend.ts'
import { certifyBackend, type CheckResult } from '../../src/testing.ts'
import { keyFor, memoryDevice } from '../remote/device.ts'

const quick = { budget: '0.1s' } as const
const rsa = registry.names.filter((name) => registry.get(name)!.kty === 'RSA')
const skipped = (checks: readonly CheckResult[], check: string): readonly (string | undefined)[] =>
  checks.filter((result) => result.status === 'skipped' && result.check === check).map(({ algorithm }) => algorithm)

describe('our own backends', () => {
  // What each one says itself that it lacks: nothing else may be left out.
  const rows: readonly [KeyBackend, readonly string[], readonly string[]][] = [
    [noble, rsa, []],
    [node, [], []],
    [webcrypto, ['ES256K'], ['ES256K']],
  ]
  it.each(rows)('$name is certified', { timeout: 60_000 }, async (backend, signsNot, verifiesNot) => {
    const { passed, checks } = await certifyBackend(backend, quick)
    expect([passed, skipped(checks, 'verifies'), skipped(checks, 'rejects')]).toEqual([true, signsNot, verifiesNot])
  })
  it('one of them may judge another', { timeout: 60_000 }, async () => {
    expect((await certifyBackend(noble, { ...quick, reference: node, algorithms: ['ES256', 'HS256', 'EdDSA', 'PS256'] })).passed).toBe(true)
  })
  it('hidden keys behind the contract are certified', { timeout: 60_000 }, async () => {
    const never = (): Promise<never> => new Promise(() => {})
    const { passed, checks } = await certifyBackend(
      {
        name: 'memory',
        algorithms: registry.names,
        signer: (algorithm: string) => remoteSigner(memoryDevice(algorithm)),
        verifier: (algorithm: string) => remoteVerifier(memoryDevice(algorithm)),
        key: (algorithm: string) => {
          const key = keyFor(algorithm)
          return key.type === 'secret' ? key : key.publicKey
        },
        failing: (algorithm: string) => remoteSigner(memoryDevice(algorithm, { snapshot: () => Promise.reject(new Error('gone')) })),
        hanging: (algorithm: string) => remoteSigner(memoryDevice(algorithm, { snapshotOf: { sign: never } }), { deadline: { seconds: 0.05 } }),
      },
      quick,
    )
    expect([passed, skipped(checks, 'abort'), skipped(checks, 'hanging'), skipped(checks, 'rejects')]).toEqual([true, [], [], []])
  })
})

describe('the kit', () => {
  it('leaves out what it is told to, and says so', async () => {
    const { checks } = await certifyBackend(node, { ...quick, algorithms: ['HS256'], skip: ['generate', 'keys'] })
    expect([skipped(checks, 'generate'), skipped(checks, 'keys')]).toEqual([['HS256'], ['HS256']])
  })
  it.each([
    ['nothing', [undefined]],
    ['no signer', [{ name: 'x', algorithms: ['ES256'] }]],
    ['an unknown option', [node, { rigour: 11 }]],
    ['an unknown algorithm', [node, { algorithms: ['none'] }]],
  ])('refuses %s', async (_what, given) => {
    await expect((certifyBackend as (...args: unknown[]) => Promise<unknown>)(...given)).rejects.toMatchObject({ code: 'invalid_usage' })
  })
})
