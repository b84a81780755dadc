/** What the tests of the token layer share: the three backends under one loose type, and tokens made without this library. */
import { createHmac } from 'node:crypto'
import { isJwtError, type JwtError } from '../src/core/errors.ts'
import * as nobleApi from '../src/noble.ts'
import * as nodeApi from '../src/node.ts'
import * as webcryptoApi from '../src/webcrypto.ts'

type Loose = (...args: any[]) => any
type Names =
  | 'encode'
  | 'decode'
  | 'decodeComplete'
  | 'tryDecode'
  | 'explain'
  | 'createEncoder'
  | 'createDecoder'
  | 'importKey'
  | 'importJwks'
  | 'generateKey'
  | 'generateSecret'
  | 'exportJwk'
  | 'exportPem'
  | 'jwkThumbprint'
  | 'jwkThumbprintUri'

/** The public functions, with parameters of any type: tests pass what types forbid, and await every result. */
export type LooseApi = Readonly<Record<Names, Loose>>

export interface BackendUnderTest {
  readonly name: 'noble' | 'node' | 'webcrypto'
  readonly api: LooseApi
  readonly backend: { readonly signer: Loose; readonly verifier: Loose; readonly generate: Loose }
}

export const backends: readonly BackendUnderTest[] = [
  { name: 'noble', api: nobleApi, backend: nobleApi.noble },
  { name: 'node', api: nodeApi, backend: nodeApi.node },
  { name: 'webcrypto', api: webcryptoApi, backend: webcryptoApi.webcrypto },
]

/** 2001-09-09, so that no real clock can make a test pass. */
export const now = 1_000_000_000
export const clock = (): number => now
export const secret = 'not a real secret, but 32 bytes long or more'

/** What a call ends with, whether it answers at once or later. A foreign error is the test's failure. */
export async function outcome(call: () => unknown): Promise<{ readonly value?: unknown; readonly error?: JwtError }> {
  try {
    return { value: await call() }
  } catch (error) {
    if (isJwtError(error)) return { error }
    throw error
  }
}

/** The error of a call that must fail. */
export async function failure(call: () => unknown): Promise<JwtError> {
  const { error } = await outcome(call)
  if (error) return error
  throw new Error('nothing was thrown')
}

/** The code of the error, or "ok". */
export async function verdict(call: () => unknown): Promise<string> {
  const { error } = await outcome(call)
  return error?.code ?? 'ok'
}

export function segment(value: unknown): string {
  return Buffer.from(typeof value === 'string' || value instanceof Uint8Array ? value : JSON.stringify(value)).toString('base64url')
}

/** An HS256 token over any header and payload, also malformed ones: a text or bytes are taken as they are. */
export function forged(claims: unknown, header: unknown = { alg: 'HS256' }, key = secret): string {
  const input = `${segment(header)}.${segment(claims)}`
  return `${input}.${createHmac('sha256', key).update(input).digest('base64url')}`
}

/** One segment of a token as an object. */
export function part(token: string, index: 0 | 1): Record<string, unknown> {
  return JSON.parse(partText(token, index)) as Record<string, unknown>
}

export function partText(token: string, index: 0 | 1): string {
  return Buffer.from(token.split('.')[index]!, 'base64url').toString()
}
