import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { noble } from '../../src/backends/noble/index.ts'
import { node } from '../../src/backends/node/index.ts'
import { capabilities, webcrypto } from '../../src/backends/webcrypto/index.ts'
import { isJwtError } from '../../src/core/errors.ts'
import type { KeyBackend, Verifier } from '../../src/keys/backend.ts'
import { hex, type Jwk, signingKey, verificationKey } from './keys.ts'

interface Case {
  readonly id: string
  readonly alg: string
  readonly key: string
  readonly messageHex: string
  readonly sigHex: string
  readonly expect: 'valid' | 'invalid' | 'acceptable'
  readonly comment: string
  readonly op?: 'sign'
}
interface VectorFile {
  readonly keys: Readonly<Record<string, Jwk>>
  readonly cases: readonly Case[]
}

// The vectors of the Wycheproof project, converted to one shape; they are no part of this project.
const folder = process.env['WYCHEPROOF_DIR'] ?? join(process.cwd(), '..', 'shared', 'wycheproof')
const found = existsSync(folder)
const files = found ? readdirSync(folder).filter((name) => /^raw-.*\.json\.gz$/.test(name)) : []
if (!found) console.log('Wycheproof vectors skipped: no folder at ../shared/wycheproof; set WYCHEPROOF_DIR to one that holds raw-*.json.gz')

const read = (name: string): VectorFile => JSON.parse(gunzipSync(readFileSync(join(folder, name))).toString()) as VectorFile

const backends: readonly KeyBackend[] = [noble, node, webcrypto]

describe.skipIf(!found)('Wycheproof', () => {
  it('has vectors of every family', () => {
    expect(files.length).toBeGreaterThan(5)
  })

  describe.each(backends)('$name', (backend) => {
    it.each(files)(
      '%s',
      async (name) => {
        const { keys, cases } = read(name)
        const lacks = await gapsOf(backend)
        const verdict = createJudge(backend, keys)
        const wrong: string[] = []
        const tally: Record<string, number> = {}
        for (const one of cases) {
          const got = await (one.op === 'sign' ? signs(backend, keys[one.key]!, one) : verdict(one))
          tally[got] = (tally[got] ?? 0) + 1
          if (!isRight(one, got, lacks(one))) wrong.push(`${one.id} ${one.alg} is ${one.expect}, got ${got}: ${one.comment}`)
        }
        if (process.env['WYCHEPROOF_TALLY']) console.log(backend.name, name, cases.length, JSON.stringify(tally))
        expect(wrong).toEqual([])
      },
      120_000,
    )
  })
})

type Verdict = 'good' | 'bad' | 'refused'

function isRight({ expect: wanted }: Case, got: Verdict, lacking: boolean): boolean {
  if (lacking) return got === 'refused' || (got === 'bad' && wanted !== 'valid')
  if (wanted === 'acceptable') return true
  return wanted === 'valid' ? got === 'good' : got !== 'good'
}

/** What a backend cannot do and must refuse: private RSA operations in TypeScript, curves the runtime's WebCrypto lacks. */
async function gapsOf(backend: KeyBackend): Promise<(one: Case) => boolean> {
  if (backend === noble) return ({ op }) => op === 'sign'
  if (backend === node) return () => false
  const can = await capabilities()
  return ({ alg }) => !can[alg as keyof typeof can]
}

/** Verifies cases with one bound verifier a key; a typed refusal of the key is a verdict, any other error fails the test. */
function createJudge(backend: KeyBackend, keys: VectorFile['keys']): (one: Case) => Promise<Verdict> {
  const verifiers = new Map<string, Verifier>()
  return async ({ key, alg, messageHex, sigHex }) => {
    const id = `${key} ${alg}`
    try {
      const verifier = verifiers.get(id) ?? backend.verifier(alg, verificationKey(keys[key]!), { allowWeakKey: true })
      verifiers.set(id, verifier)
      return (await verifier.verify(hex(messageHex), hex(sigHex))) ? 'good' : 'bad'
    } catch (error) {
      return refusal(error)
    }
  }
}

async function signs(backend: KeyBackend, jwk: Jwk, { alg, messageHex, sigHex }: Case): Promise<Verdict> {
  try {
    const signature = await backend.signer(alg, signingKey(jwk), { allowWeakKey: true }).sign(hex(messageHex))
    return Buffer.compare(signature, hex(sigHex)) === 0 ? 'good' : 'bad'
  } catch (error) {
    return refusal(error)
  }
}

function refusal(error: unknown): Verdict {
  if (isJwtError(error) && error.code === 'invalid_key') return 'refused'
  throw error
}
