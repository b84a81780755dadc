import type { JwtError } from '../../src/core/errors.ts'
import type { KeyRingStore } from '../../src/jwks/ring/store.ts'
import type { KeyRing, RingKeyInfo } from '../../src/jwks/ring.ts'
import { createDecoder, createEncoder } from '../../src/node.ts'

/** A clock that moves when it is told to, from a round number of seconds. */
export function makeClock(start = 1_000_000) {
  let seconds = start
  return {
    now: () => seconds,
    to: (after: number) => {
      seconds = start + after
    },
    start,
  }
}

export const times = {
  publishFor: { seconds: 60 },
  tokenLifetime: { seconds: 300 },
  rotateEvery: { seconds: 1000 },
  refresh: { seconds: 10 },
} as const

export const undecided = { issuer: null, audience: null } as const

export const issue = <M extends 'sync' | 'async'>(ring: KeyRing<string, M>, sub = 'alice') => createEncoder(ring, undecided).encode({ sub })

/** 'ok', or the code of the error. */
export async function verdict(ring: KeyRing, token: string): Promise<string> {
  try {
    await createDecoder(ring, undecided).decode(token)
    return 'ok'
  } catch (error) {
    return (error as JwtError).code
  }
}

export async function codeOf(call: () => unknown): Promise<string> {
  try {
    await call()
    return 'nothing thrown'
  } catch (error) {
    return (error as JwtError).code ?? String(error)
  }
}

export const kidOf = (token: string): string => JSON.parse(Buffer.from(token.split('.')[0]!, 'base64url').toString()).kid

/** "kid:state" of each key. */
export const statesOf = (keys: readonly RingKeyInfo[]): readonly string[] => keys.map(({ kid, state }) => `${kid}:${state}`)

export const counted = (store: KeyRingStore) => {
  const calls = { load: 0, save: 0 }
  const wrapped: KeyRingStore = {
    load: () => {
      calls.load++
      return store.load()
    },
    save: (state, expected) => {
      calls.save++
      return store.save(state, expected)
    },
  }
  return { calls, store: wrapped }
}
