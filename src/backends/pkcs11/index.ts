import type { Algorithm } from '../../algorithms/algorithm.ts'
import { registry } from '../../algorithms/registry.ts'
import { isBytes } from '../../core/bytes.ts'
import { UsageError } from '../../core/errors.ts'
import { run } from '../../core/mode.ts'
import { badOption, readCount, readOptions, readText } from '../../core/options.ts'
import type { KeyBackend } from '../../keys/backend.ts'
import type { RemoteSigner, RemoteUse, RemoteVerifier } from '../../keys/remote.ts'
import { remoteSigner } from '../../keys/remote-signer.ts'
import { remoteVerifier } from '../../keys/remote-verifier.ts'
import { connect, cryptokiOf, type TokenAddress } from './connection.ts'
import type { Pkcs11Module } from './cryptoki.ts'
import { tokenFailure } from './failures.ts'
import { keyOnToken } from './key.ts'
import { recipeFor } from './mechanisms.ts'
import type { KeyReference } from './objects.ts'
import { sessionPool } from './pool.ts'

export type { Cryptoki, Pkcs11Module } from './cryptoki.ts'
export type { KeyReference } from './objects.ts'

export interface Pkcs11Options {
  /** pkcs11js, which the program installs, or an instance of its PKCS11 class. */
  readonly module: Pkcs11Module
  /** The token's PKCS#11 module, a .so, .dylib or .dll file. Not for an instance that is loaded already. */
  readonly library?: string
  /** The label of the token. It or `slot` may be left out where one token is present. */
  readonly tokenLabel?: string
  /** The number of the token's slot, as pkcs11-tool lists it. */
  readonly slot?: number
  /** The user PIN, or a function that gives it, asked whenever a session is opened. Left out for a token without login. */
  readonly pin?: string | (() => string | Promise<string>)
  /** The most sessions at once, default 4: Node signs on as many threads. */
  readonly sessions?: number
}

/** A key of the token, and what goes for it. */
export interface Pkcs11KeyOptions<A extends string = string> extends KeyReference, RemoteUse {
  readonly algorithm: A
}

/** One token. Its signers and verifiers share sessions and login. */
export interface Pkcs11Token {
  /** @throws UsageError, and InvalidKeyError where the token declares no mechanism for the algorithm; keys are looked for at the first call */
  signer<A extends string>(options: Pkcs11KeyOptions<A>): RemoteSigner<A>
  /** As `signer`. Signatures are verified here with the token's public key, MACs by the token. */
  verifier<A extends string>(options: Pkcs11KeyOptions<A>): RemoteVerifier<A>
  /** Closes all sessions, and shuts the module down where `pkcs11` has started it. Waits ten seconds at most for calls under way. */
  close(): Promise<void>
}

/** `pkcs11` for a given local backend, which verifies with the token's public keys. */
export function bindPkcs11(verifyWith: KeyBackend): (options: Pkcs11Options) => Promise<Pkcs11Token> {
  return (options) => run('async', () => openToken(options, verifyWith))
}

async function openToken(options: Pkcs11Options, verifyWith: KeyBackend): Promise<Pkcs11Token> {
  const { module, library, sessions = 4, ...address } = readOptions(options, readers)
  if (module === undefined) throw badOption('module', 'pkcs11js, or an instance of its PKCS11 class')
  try {
    const connection = connect(cryptokiOf(module, library), address)
    const pool = sessionPool(connection, sessions)
    const mechanisms = await started(pool, () => connection.mechanisms())
    const bind = ({ algorithm, label, id, ...use }: Pkcs11KeyOptions) => {
      const row = rowOf(algorithm)
      const reference = readReference({ ...(label !== undefined && { label }), ...(id !== undefined && { id }) })
      const recipe = recipeFor(row, mechanisms)
      const key = { connection, pool, algorithm: row, recipe, allowWeakKey: use.allowWeakKey === true, ...reference }
      return { key, options: { ...use, verifyWith } }
    }
    return Object.freeze({
      signer: <A extends string>(given: Pkcs11KeyOptions<A>) =>
        run('sync', () => {
          const bound = bind(readObject(given))
          return remoteSigner<A>(keyOnToken(bound.key, 'sign'), bound.options)
        }),
      verifier: <A extends string>(given: Pkcs11KeyOptions<A>) =>
        run('sync', () => {
          const bound = bind(readObject(given))
          return remoteVerifier<A>(keyOnToken(bound.key, 'verify'), bound.options)
        }),
      close: () => run('async', () => pool.close(AbortSignal.timeout(10_000))),
    })
  } catch (error) {
    throw tokenFailure(error)
  }
}

/** Opens the first session, so that a wrong label or PIN shows at once. */
async function started<T>(pool: ReturnType<typeof sessionPool>, then: () => T): Promise<T> {
  try {
    return await pool.use(undefined, then)
  } catch (error) {
    await pool.close(AbortSignal.abort())
    throw error
  }
}

function readModule(value: unknown, option: string): Pkcs11Module {
  if ((typeof value === 'object' || typeof value === 'function') && value !== null) return value as Pkcs11Module
  throw badOption(option, 'pkcs11js, or an instance of its PKCS11 class')
}

function readSlot(value: unknown, option: string): number {
  if (typeof value === 'number' && Number.isSafeInteger(value) && value >= 0) return value
  throw badOption(option, 'the number of a slot')
}

function readPin(value: unknown, option: string): NonNullable<TokenAddress['pin']> {
  if (typeof value === 'function') return value as () => string
  return readText(value, option)
}

const readers = { module: readModule, library: readText, tokenLabel: readText, slot: readSlot, pin: readPin, sessions: readCount }

function readObject<A extends string>(given: Pkcs11KeyOptions<A>): Pkcs11KeyOptions<A> {
  if (typeof given === 'object' && given !== null) return given
  throw new UsageError('A key is named by its label or id, with an algorithm')
}

function rowOf(name: string): Algorithm {
  const row = registry.get(name)
  if (row) return row
  throw new UsageError('Unknown algorithm; detail.known lists those there are', { known: registry.names })
}

function readId(value: unknown, option: string): Uint8Array {
  if (isBytes(value) && value.length > 0) return new Uint8Array(value)
  if (typeof value === 'string' && /^(?:[\da-f]{2})+$/i.test(value))
    return Uint8Array.from(value.match(/../g)!, (pair) => Number.parseInt(pair, 16))
  throw badOption(option, 'bytes, or an even number of hexadecimal digits')
}

function readReference(given: object): { readonly label?: string; readonly id?: Uint8Array } {
  const reference = readOptions(given, { label: readText, id: readId })
  if (reference.label === undefined && reference.id === undefined) throw new UsageError('A key is named by its label or id')
  return reference
}
