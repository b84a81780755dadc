/** Maps the attack cases' neutral description onto this library. The format is described in vectors/README.md. */
import { createHmac } from 'node:crypto'
import { bindImportKey } from '../../src/api/keys.ts'
import type { Platform } from '../../src/api/platform.ts'
import * as tokens from '../../src/api/tokens.ts'
import { nodeAsync, nodePlatform } from '../../src/backends/node/index.ts'
import { nodeCodec } from '../../src/backends/node/text-codec.ts'
import { webcrypto } from '../../src/backends/webcrypto/index.ts'
import type * as nodeApi from '../../src/node.ts'

export type Api = Pick<typeof nodeApi, 'createDecoder' | 'decode' | 'encode' | 'importKey'>

/** An entry point over `nodeAsync`, which has none of its own. */
const pool = { backend: () => nodeAsync, keys: nodePlatform, webcrypto: () => webcrypto, codec: nodeCodec } as unknown as Platform<'async'>
export const pooledApi = {
  createDecoder: tokens.bindCreateDecoder(pool),
  decode: tokens.bindDecode(pool),
  encode: tokens.bindEncode(pool),
  importKey: bindImportKey(pool),
} as unknown as Api

export interface AttackCase {
  readonly id: string
  readonly group: string
  readonly level: 'must' | 'should'
  readonly op?: 'verify' | 'jws' | 'sign' | 'sequence'
  readonly key: { readonly format: string; readonly material: unknown }
  readonly algorithms: readonly string[] | null
  readonly options: Readonly<Record<string, unknown>>
  readonly token?: string
  readonly tokenGen?: TokenRecipe
  readonly tokenSpecial?: unknown
  readonly sign?: { readonly alg: string; readonly header?: Record<string, unknown>; readonly payload: unknown }
  readonly steps?: readonly Step[]
  readonly expect: 'accept' | 'reject' | 'either'
  readonly expectPayload?: Record<string, unknown>
  readonly expectHeader?: Record<string, unknown>
  readonly post?: Readonly<Record<string, unknown>>
  readonly maxMs?: number
  readonly control?: string | null
}

export interface Step {
  readonly token?: string
  readonly tokenGen?: TokenRecipe
  readonly repeatPrevious?: boolean
  readonly expect: 'accept' | 'reject'
  readonly expectPayload?: Record<string, unknown>
  readonly absent?: readonly string[]
  readonly mutate?: Record<string, unknown>
  readonly mutateNested?: unknown
  readonly waitMs?: number
}

export interface TokenRecipe {
  readonly kind: string
  readonly [part: string]: unknown
}

/** Thrown by recipes this adapter does not support; such cases are counted as skipped. */
export class Unsupported extends Error {}

/** Values that JSON cannot carry. */
export function special(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(special)
  if (typeof value !== 'object' || value === null) return value
  const { $special } = value as { $special?: string }
  if ($special === undefined) return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, special(member)]))
  const [kind, rest = ''] = $special.split(/:(.*)/s)
  const bytes = new TextEncoder().encode(rest)
  switch (kind) {
    case 'NaN':
      return Number.NaN
    case 'Infinity':
      return Number.POSITIVE_INFINITY
    case '-Infinity':
      return Number.NEGATIVE_INFINITY
    case '-0':
      return -0
    case 'undefined':
      return undefined
    case 'bigint':
      return BigInt(rest)
    case 'date':
      return new Date(Number(rest))
    case 'uint8array':
      return bytes
    case 'uint16':
      return new Uint16Array(bytes)
    case 'dataview':
      return new DataView(bytes.buffer)
    case 'tojson':
      return { sub: 'checked', toJSON: () => ({ sub: 'swapped' }) }
    case 'throwing-proxy':
      return new Proxy(
        {},
        new Proxy(
          {},
          {
            get: () => {
              throw new RangeError('trap')
            },
          },
        ),
      )
    default:
      throw new Unsupported($special)
  }
}

export function keyOf(api: Api, { format, material }: AttackCase['key'], algorithms: readonly string[] | null): unknown {
  switch (format) {
    case 'secret-b64u':
      return Uint8Array.from(Buffer.from(material as string, 'base64url'))
    case 'spki-der-b64u':
      return api.importKey(Buffer.from(material as string, 'base64url'), { format: 'der' })
    case 'public-text':
      return algorithms?.every((name) => name.startsWith('HS')) ? material : api.importKey(material as string)
    case 'absent':
      return undefined
    case 'raw-value':
      return special(material)
    default:
      return material
  }
}

const names: Readonly<Record<string, string>> = {
  requiredClaims: 'require',
  maxTokenAge: 'maxAge',
  clockTolerance: 'leeway',
}

/** The options of `createDecoder`. A case without audience or issuer stands for an application that waived them. */
export function decoderOptions({ options, algorithms }: AttackCase): Record<string, unknown> {
  const mapped: Record<string, unknown> = { issuer: null, audience: null }
  if (algorithms !== null) mapped['algorithms'] = algorithms
  for (const [name, given] of Object.entries(options)) {
    const value = special(given)
    if (name === 'now') {
      if (value !== null) mapped['now'] = () => value
    } else if (name === 'maxTokenAge') {
      mapped['maxAge'] = typeof value === 'number' ? { seconds: value } : value
    } else {
      mapped[names[name] ?? name] = value
    }
  }
  return mapped
}

export function tokenOf(one: { token?: string; tokenGen?: TokenRecipe; tokenSpecial?: unknown }): unknown {
  if (one.token !== undefined) return one.token
  if ('tokenSpecial' in one) return special(one.tokenSpecial)
  if (one.tokenGen) return generate(one.tokenGen)
  throw new Unsupported('no token')
}

const segment = (value: unknown): string => Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url')

function generate(recipe: TokenRecipe): string {
  const { kind, header, headerKeys, payload, payloadRaw, sig, sigBlob, signWith, secret } = recipe as unknown as Record<string, never>
  if (kind === 'realtime') {
    const now = Math.floor(Date.now() / 1000)
    const claims: Record<string, number> = {}
    if (recipe['expIn'] !== undefined) claims['exp'] = now + Number(recipe['expIn'])
    if (recipe['nbfIn'] !== undefined) claims['nbf'] = now + Number(recipe['nbfIn'])
    return macced(`${segment({ alg: 'HS256' })}.${segment(claims)}`, String(secret))
  }
  if (kind !== 'jws') throw new Unsupported(`recipe ${String(kind)}`)
  const many = headerKeys === undefined ? undefined : Object.fromEntries(Array.from({ length: Number(headerKeys) }, (_, i) => [`k${i}`, i]))
  const raw = payloadRaw as { pre: string; repeat: string; n: number; end: string } | undefined
  const body = raw ? raw.pre + raw.repeat.repeat(raw.n) + raw.end : payload
  const input = `${segment(many ? { alg: 'HS256', ...many } : header)}.${segment(body)}`
  if (signWith) return macced(input, (signWith as { k: string }).k)
  if (sig !== undefined) return `${input}.${String(sig)}`
  if (sigBlob !== undefined) return `${input}.${'A'.repeat(Number(sigBlob))}`
  throw new Unsupported(`recipe parts ${Object.keys(recipe).join()}`)
}

function macced(input: string, secret: string): string {
  return `${input}.${createHmac('sha256', Buffer.from(secret, 'base64url')).update(input).digest('base64url')}`
}
