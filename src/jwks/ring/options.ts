import { registry } from '../../algorithms/registry.ts'
import { type Duration, durationSeconds } from '../../core/duration.ts'
import { UsageError } from '../../core/errors.ts'
import { badOption, readAsIs, readFunction, readOptions, readTextList } from '../../core/options.ts'
import type { GenerateOptions, Signer } from '../../keys/backend.ts'
import type { CreatedKey } from './make.ts'
import { type RingKey, type RingKeyEntry, readSeed } from './seed.ts'
import { type KeyRingStore, readStore } from './store.ts'

/** What a ring may be told. Durations are "15m" or { seconds: 900 }. */
export interface KeyRingOptions<A extends string = string, K extends RingKey = RingKey> {
  /** What the ring signs with and makes keys for. Left out, the first key has to leave no choice. */
  readonly algorithm?: A
  /** What the ring verifies, its own algorithm among it. Default: its own, and those of the given keys. */
  readonly algorithms?: readonly string[]
  /** The keys of a ring without a store, or the first keys of an empty store. Plain keys: the first signs, the others verify. */
  readonly keys?: readonly (K | RingKeyEntry<K>)[]
  /** Where the state is kept, for several processes or across restarts. Without it the state lives in the ring. */
  readonly store?: KeyRingStore
  /** The least time a new key is published before it signs: as long as verifiers may cache the key set. Default "1h". */
  readonly publishFor?: Duration
  /** The longest lifetime of a token: a key verifies this long after it has stopped to sign. Default "1d". */
  readonly tokenLifetime?: Duration
  /** The least time a key signs before `rotate` replaces it. Default: none, beside `publishFor`. */
  readonly rotateEvery?: Duration
  /** How old the state in use may be before the store is asked again. Default "30s". */
  readonly refresh?: Duration
  /** How much longer the last good state serves while the store fails. Default "10m". */
  readonly staleFor?: Duration
  /** How long one call of the store may take. Default "10s". */
  readonly deadline?: Duration
  /** Size or curve of the keys that the ring makes. */
  readonly generate?: GenerateOptions
  /** Makes the next key elsewhere, in place of one in memory. Needs `open`. */
  readonly create?: () => CreatedKey | Promise<CreatedKey>
  /** Makes a Signer of a stored reference. */
  readonly open?: (reference: never) => Signer | Promise<Signer>
  /** Seconds since the epoch. */
  readonly now?: () => number
}

function readAlgorithm(value: unknown, option: string): string {
  if (typeof value === 'string' && registry.has(value)) return value
  throw badOption(option, 'the exact name of a registered algorithm, such as "ES256"')
}

function readAlgorithms(value: unknown, option: string): readonly string[] {
  return readTextList(value, option).map((name) => readAlgorithm(name, option))
}

function readClock(value: unknown, option: string): () => number {
  const now = readFunction(value, option) as () => unknown
  return () => {
    const seconds = now()
    if (typeof seconds === 'number' && seconds >= 0 && seconds <= 253_402_300_799) return seconds
    throw new UsageError('now does not give seconds since the epoch')
  }
}

const readers = {
  algorithm: readAlgorithm,
  algorithms: readAlgorithms,
  keys: readAsIs,
  store: readStore,
  publishFor: durationSeconds,
  tokenLifetime: durationSeconds,
  rotateEvery: durationSeconds,
  refresh: durationSeconds,
  staleFor: durationSeconds,
  deadline: durationSeconds,
  generate: readAsIs,
  create: readFunction,
  open: readFunction,
  now: readClock,
}

export type RingSettings = ReturnType<typeof readRingOptions>

/** Reads and checks the options. @throws UsageError */
export function readRingOptions(value: unknown) {
  const { keys, store, create, open, now = () => Date.now() / 1000, generate = {}, ...read } = readOptions(value, readers)
  const seed = keys === undefined ? [] : readSeed(keys, read.algorithm)
  const algorithm = read.algorithm ?? seed[0]?.algorithm
  if (algorithm === undefined) throw new UsageError('A key ring needs an algorithm or keys')
  const algorithms = read.algorithms ?? [...new Set([algorithm, ...seed.map((entry) => entry.algorithm)])]
  checkAlgorithms(algorithm, algorithms)
  if (create && !open) throw new UsageError('create makes keys elsewhere, so open is needed to sign with them')
  if (create && registry.get(algorithm)!.kty === 'oct') throw new UsageError('A ring of secrets makes them itself: leave create out')
  if (store && seed.some(({ key }) => 'sign' in key))
    throw new UsageError('A Signer cannot be stored: give create and open, or leave store out')
  if (read.deadline === 0) throw badOption('deadline', 'a duration above zero')
  const refresh = store ? (read.refresh ?? 30) : 0
  return {
    algorithm,
    algorithms: Object.freeze(algorithms),
    seed,
    store,
    create: create as (() => unknown) | undefined,
    open: open as ((reference: unknown) => unknown) | undefined,
    now,
    generate: generate as GenerateOptions,
    staleFor: read.staleFor ?? 600,
    deadline: read.deadline ?? 10,
    schedule: {
      publishFor: read.publishFor ?? 3600,
      tokenLifetime: read.tokenLifetime ?? 86_400,
      rotateEvery: read.rotateEvery ?? 0,
      refresh,
    },
  }
}

function checkAlgorithms(algorithm: string, algorithms: readonly string[]): void {
  if (!algorithms.includes(algorithm)) throw badOption('algorithms', "a list with the ring's own algorithm in it")
  const symmetric = algorithms.filter((name) => registry.get(name)!.kty === 'oct').length
  if (symmetric > 0 && symmetric < algorithms.length) {
    throw new UsageError('A key ring takes no mix of secrets and public keys: use two rings')
  }
}
