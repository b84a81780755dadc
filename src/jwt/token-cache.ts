import { durationSeconds } from '../core/duration.ts'
import type { Mode } from '../core/mode.ts'
import { badOption, readCount, readOptions } from '../core/options.ts'
import type { SignedToken } from './signed-token.ts'

/**
 * Tokens whose signature has been verified, by their whole text. A hit spares the signature and the parsing and nothing
 * else: the claims are judged anew each time, so a kept token is refused whenever a fresh one would be. Only good tokens
 * enter, and what is handed out is frozen. An entry dies at `exp`, at maxAge, and with the Verifier that vouched for it.
 */
export interface TokenCache<M extends Mode> {
  find(token: unknown): Entry<M> | undefined
  /** Whether it may still be used. `now` is in seconds since the epoch. */
  isAlive(entry: Entry<M>, now: number): boolean
  put(token: string, signed: SignedToken<M>, now: number): void
}

/** A token as it is kept. */
export interface Entry<M extends Mode> {
  readonly token: string
  readonly signed: SignedToken<M>
  /** Seconds since the epoch. */
  readonly from: number
  readonly until: number
}

/** The cache option: how many tokens, and for how long at most. @throws UsageError */
function readCache(value: unknown): { readonly maxEntries: number; readonly maxAge: number } {
  const { maxEntries, maxAge } = readOptions(value, { maxEntries: readCount, maxAge: durationSeconds })
  if (maxEntries === undefined || maxAge === undefined) throw badOption('cache', 'maxEntries and maxAge')
  return { maxEntries, maxAge }
}

const tailLength = 22

export function createTokenCache<M extends Mode>(option: unknown): TokenCache<M> {
  const { maxEntries, maxAge } = readCache(option)
  // Two generations: when the young one is full it becomes the old one, whose tokens are lost unless they are used again.
  const half = Math.max(1, Math.floor(maxEntries / 2))
  let young = new Map<string, Entry<M>>()
  let old = new Map<string, Entry<M>>()
  const keep = (tail: string, entry: Entry<M>): void => {
    if (young.size >= half && !young.has(tail)) {
      old = maxEntries > 1 ? young : new Map()
      young = new Map()
    }
    young.set(tail, entry)
  }
  return {
    find(token) {
      if (typeof token !== 'string') return undefined
      // The end of a signature tells tokens apart; the whole text is compared before anything is believed.
      const tail = token.slice(-tailLength)
      const entry = young.get(tail) ?? old.get(tail)
      return entry?.token === token ? entry : undefined
    },
    isAlive(entry, now) {
      const tail = entry.token.slice(-tailLength)
      if (now < entry.from || now >= entry.until) {
        young.delete(tail)
        old.delete(tail)
        return false
      }
      if (old.size > 0 && !young.has(tail)) keep(tail, entry)
      return true
    },
    put(token, signed, now) {
      const { exp } = signed.claims
      const until = Math.min(now + maxAge, typeof exp === 'number' ? exp : Infinity)
      freeze(signed.claims)
      freeze(signed.header)
      if (until > now) keep(token.slice(-tailLength), { token, signed, from: now, until })
    },
  }
}

function freeze(value: unknown): void {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return
  Object.freeze(value)
  for (const member of Object.values(value)) freeze(member)
}
