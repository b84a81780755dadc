import { describe, expect, it } from 'vitest'
import { registry } from '../../src/algorithms/registry.ts'
import { remoteSigner, remoteVerifier } from '../../src/backend.ts'
import { noble } from '../../src/backends/noble/index.ts'
import { node, nodeAsync } from '../../src/backends/node/index.ts'
import { webcrypto } from '../../src/backends/webcrypto/index.ts'
import type { KeyBackend } from '../../src/keys/backend.ts'
import { type CheckResult, certifyBackend } from '../../src/testing.ts'
import { keyFor, memoryDevice } from '../remote/device.ts'

// What comes rarely is for the broken ones: these only have to run every check.
const quick = { budget: '0.1s', rounds: 16, patience: '20s' } as const
const rsa = registry.names.filter((name) => registry.get(name)!.kty === 'RSA')
const skipped = (checks: readonly CheckResult[], check: string): readonly (string | undefined)[] =>
  checks.filter((result) => result.status === 'skipped' && result.check === check).map(({ algorithm }) => algorithm)

describe('our own backends', () => {
  // What each one says itself that it lacks: nothing else may be left out.
  const rows: readonly [KeyBackend, readonly string[], readonly string[]][] = [
    [noble, rsa, []],
    [node, [], []],
    [nodeAsync, [], []],
    [webcrypto, ['ES256K'], ['ES256K']],
  ]
  it.each(rows)('$name, $mode, is certified', { timeout: 60_000 }, async (backend, signsNot, verifiesNot) => {
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
        signer: (algorithm) => remoteSigner(memoryDevice(algorithm)),
        verifier: (algorithm) => remoteVerifier(memoryDevice(algorithm)),
        key: (algorithm) => {
          const key = keyFor(algorithm)
          return key.type === 'secret' ? key : key.publicKey
        },
        failing: (algorithm) => remoteSigner(memoryDevice(algorithm, { snapshot: () => Promise.reject(new Error('gone')) })),
        hanging: (algorithm) => remoteSigner(memoryDevice(algorithm, { snapshotOf: { sign: never } }), { deadline: { seconds: 0.05 } }),
      },
      quick,
    )
    expect([passed, skipped(checks, 'abort'), skipped(checks, 'hanging'), skipped(checks, 'rejects')]).toEqual([true, [], [], []])
  })
})

const factory = { name: 'memory', algorithms: ['ES256'], signer: (algorithm: string) => remoteSigner(memoryDevice(algorithm)) }

describe('the kit', () => {
  it('takes the fields of a class as they are', async () => {
    class Service {
      readonly name = 'memory'
      readonly algorithms = ['ES256']
      readonly address = 'here'
      signer(algorithm: string) {
        return remoteSigner(memoryDevice(algorithm))
      }
    }
    expect((await certifyBackend(new Service(), quick)).passed).toBe(true)
  })
  it('takes members of its own', async () => {
    const own = { state: new Map(), close: () => {}, versions: () => [], fail: () => {}, failing: factory.signer }
    await expect(certifyBackend({ ...factory, ...own }, quick)).rejects.toMatchObject({ detail: { failed: ['failing'] } })
  })
  it('takes a function, with the algorithms to try', async () => {
    const report = await certifyBackend((algorithm) => remoteSigner(memoryDevice(algorithm)), { ...quick, algorithms: ['ES256', 'EdDSA'] })
    expect(new Set(report.checks.map(({ algorithm }) => algorithm))).toEqual(new Set([undefined, 'ES256', 'EdDSA']))
  })
  it('leaves out what it is told to, and says so', async () => {
    const { checks } = await certifyBackend(node, { ...quick, algorithms: ['HS256'], skip: ['generate', 'keys'] })
    expect([skipped(checks, 'generate'), skipped(checks, 'keys')]).toEqual([['HS256'], ['HS256']])
  })
  it.each([
    ['nothing', [undefined]],
    ['a function without algorithms', [() => memoryDevice('ES256')]],
    ['no signer', [{ name: 'x', algorithms: ['ES256'] }]],
    ['an unknown option', [node, { rigour: 11 }]],
    ['an unknown algorithm', [node, { algorithms: ['none'] }]],
    ['a check to skip that there is not', [node, { skip: ['generates'] }]],
    ['a check to skip that only failures are named after', [node, { skip: ['nonce'] }]],
    ['a member that is mistyped', [{ ...factory, rotates: () => {} }]],
    ['another one', [{ ...factory, gaveup: () => {} }]],
    ['a hook that is no function', [{ ...factory, rotate: true }]],
    ['a hook of factories on a KeyBackend', [{ ...node, rotate: () => {} }]],
  ])('refuses %s', async (_what, given) => {
    await expect((certifyBackend as (...args: unknown[]) => Promise<unknown>)(...given)).rejects.toMatchObject({ code: 'invalid_usage' })
  })
})
