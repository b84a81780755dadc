import * as crypto from 'node:crypto'
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { changed } from '../../scripts/runtimes/attempt.ts'
import { type Natively, nodeNatively, webCryptoNatively } from '../../scripts/runtimes/natively.ts'
import { otherChecks } from '../../scripts/runtimes/others.ts'
import { pooled } from '../../scripts/runtimes/pooled.ts'
import type { PrintedReport } from '../../scripts/runtimes/report.ts'
import { type Entry, type Fixtures, type Library, selfCheck } from '../../scripts/runtimes/self-check.ts'
import { registry } from '../../src/algorithms/registry.ts'
import { BackendError, InvalidKeyError } from '../../src/core/errors.ts'
import * as noble from '../../src/noble.ts'
import * as node from '../../src/node.ts'
import * as webcrypto from '../../src/webcrypto.ts'

const fixtures = JSON.parse(readFileSync(new URL('../../scripts/runtimes/fixtures.json', import.meta.url), 'utf8')) as Fixtures
const onNode: Library = { entry: node, backend: node.node, natively: nodeNatively(crypto) }
const onPool = pooled(node, node.nodeAsync, nodeNatively(crypto))
const onNoble: Library = { entry: noble, backend: noble.noble }
const onWebCrypto: Library = { entry: webcrypto, backend: webcrypto.webcrypto, natively: webCryptoNatively }

function check(libraries: readonly Library[], algorithms: readonly string[], main?: Entry): Promise<PrintedReport> {
  const references = fixtures.references.filter(({ algorithm }) => algorithms.includes(algorithm))
  const others = async () => (main === undefined ? [] : otherChecks(main, 'node', fixtures))
  return selfCheck({ fixtures: { ...fixtures, references }, libraries, others, main: 'node' })
}

const failuresOf = ({ cells, others }: PrintedReport): string[] =>
  [...cells.flatMap(({ outcomes }) => outcomes), ...others]
    .filter(({ status }) => status === 'failed')
    .map(({ check, note }) => `${check}: ${note}`)

const order: readonly string[] = registry.names
const byRegistry = (a: string, b: string): number => order.indexOf(a) - order.indexOf(b)

it('has a reference token for every algorithm, and for both curves of EdDSA', () => {
  expect(fixtures.references.map(({ algorithm }) => algorithm)).toEqual([...registry.names, 'EdDSA'].sort(byRegistry))
  expect(fixtures.references.filter(({ algorithm }) => algorithm === 'EdDSA').map(({ key }) => key)).toEqual(['ed25519', 'ed448'])
})

it('passes on this runtime, with every backend', { timeout: 60_000 }, async () => {
  const report = await check([onNoble, onNode, onPool, onWebCrypto], registry.names, node)
  expect(failuresOf(report)).toEqual([])
  expect(report.cells).toHaveLength(17 * 4)
  const statusesOf = (name: string) =>
    report.cells.filter(({ backend }) => backend === name).map(({ algorithm, status }) => `${algorithm} ${status}`)
  for (const name of ['node', 'nodeAsync'])
    expect(new Set(statusesOf(name).map((text) => text.split(' ').at(-1))), name).toEqual(new Set(['ok']))
  expect(statusesOf('noble').filter((text) => text.endsWith('verifies'))).toHaveLength(6)
  expect(statusesOf('webcrypto').filter((text) => !text.endsWith('ok'))).toEqual(['ES256K refused'])
  expect(report.text.split('\n').at(-1)).toBe(`${report.passed} passed, 0 failed, ${report.refused} refused`)
})

const changing = (library: Library, change: Partial<Entry>): Library => ({ ...library, entry: { ...library.entry, ...change } })
const fails = (error: Error) => () => {
  throw error
}
const refusal = new InvalidKeyError('no', { supported: false })
const nothing: Natively = async () => ({})

interface Sabotage {
  readonly what: string
  readonly library: Library
  readonly algorithm: string
  /** The start of each failure; none where a refusal is right. */
  readonly failures: readonly string[]
}

const sabotages: readonly Sabotage[] = [
  {
    what: 'a decode that verifies nothing',
    library: changing(onNode, { decode: () => fixtures.claims }),
    algorithm: 'HS256',
    failures: changed('a.b.c').map(({ name }) => `${name}: a changed token was accepted`),
  },
  {
    what: 'another payload',
    library: changing(onNode, { decode: () => ({}) }),
    algorithm: 'HS256',
    failures: ['verify: verified, but the claims', 'generate: verified, but the claims'],
  },
  {
    what: 'a foreign error',
    library: changing(onNode, { encode: fails(new TypeError('x')) }),
    algorithm: 'ES256',
    failures: ['sign: TypeError', 'generate: TypeError'],
  },
  {
    what: 'a promise from a sync backend',
    library: changing(onNode, { encode: async (...args) => node.encode(...(args as Parameters<typeof node.encode>)) }),
    algorithm: 'ES256',
    failures: ['sign: encode answers in the other mode'],
  },
  {
    what: 'a refusal of what the runtime has',
    library: changing(onNode, { importKey: fails(refusal) }),
    algorithm: 'ES256',
    failures: ['sign: refused, though the runtime has it', 'verify: refused, though the runtime has it'],
  },
  {
    what: 'a refusal of what the runtime lacks',
    library: { ...changing(onNode, { importKey: fails(refusal), generateKey: fails(refusal) }), natively: nothing },
    algorithm: 'ES256',
    failures: [],
  },
  {
    what: 'an untyped refusal of what the runtime lacks',
    library: { ...changing(onNode, { importKey: fails(new BackendError('x')) }), natively: nothing },
    algorithm: 'ES256',
    failures: ['sign: BackendError', 'verify: BackendError'],
  },
  {
    what: 'another signature than elsewhere',
    library: { ...onNode, backend: { ...node.node, signer: () => ({ sign: () => new Uint8Array(64) }) } as never },
    algorithm: 'RS256',
    failures: ['the same signature as elsewhere: another signature'],
  },
]

describe('what it must notice', () => {
  it.each(sabotages)('$what', async ({ library, algorithm, failures }) => {
    const report = await check([library], [algorithm])
    const found = failuresOf(report)
    expect(found).toHaveLength(failures.length)
    for (const [at, start] of failures.entries()) expect(found[at]!.slice(0, start.length)).toBe(start)
    expect(report.failed).toBe(failures.length)
    expect(report.cells[0]!.status).toBe(failures.length > 0 ? 'FAIL' : 'refused')
  })

  it('a main entry with the wrong backend', async () => {
    const [right, wrong] = await Promise.all([check([], [], node), check([], [], noble)])
    expect(failuresOf(right)).toEqual([])
    expect(failuresOf(wrong).map((text) => text.split(':')[0])).toEqual(['the main entry works with node', 'encrypted PEM'])
  })
})
