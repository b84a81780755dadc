import type { Algorithm } from '../algorithms/algorithm.ts'
import { isBytes } from '../core/bytes.ts'
import type { KeyBackend, SignCall, Signer, Verifier } from '../keys/backend.ts'
import { materialOf, type PublicKey, type SecretKey } from '../keys/key.ts'
import type { CallBackend } from './calls.ts'
import { expectValue } from './calls.ts'

/** A factory of signers whose keys cannot be seen, and what the kit needs to try them. */
export interface SignerFactory {
  readonly name: string
  /** The algorithms it declares. Each one must work. */
  readonly algorithms: readonly string[]
  signer(algorithm: string): Signer | Promise<Signer>
  /** A verifier of the same key, where the backend has one. `publicKey` is that of the signer's snapshot. */
  verifier?(algorithm: string, publicKey?: PublicKey): Verifier | Promise<Verifier>
  /**
   * What verifies tokens with this kid, by the word of somebody else: the published key set, or the secret behind a MAC key
   * made for the test. With it, a snapshot's kid and public key are checked too.
   */
  key?(algorithm: string, kid: string | undefined): PublicKey | SecretKey | undefined | Promise<PublicKey | SecretKey | undefined>
  /** Puts a new key in place behind the signers that were handed out. */
  rotate?(algorithm: string): unknown
  /** A signer whose device fails. */
  failing?(algorithm: string): Signer | Promise<Signer>
  /** A signer whose device never answers, with a deadline well below the kit's patience. */
  hanging?(algorithm: string): Signer | Promise<Signer>
  /** Whether the device of `hanging` has learnt that its call was given up: its signal has fired, its connection was closed. */
  gaveUp?(algorithm: string): boolean | Promise<boolean>
}

/** One algorithm of the backend, with what tries it. */
export interface Bench {
  readonly algorithm: Algorithm
  readonly call: CallBackend
  /** How much repetition the backend bears. */
  readonly rounds: number
  readonly budgetMilliseconds: number
  /** Whether signers are asked to give up when told to. */
  readonly remote: boolean
  readonly signer?: Signer
  /** One more signer of the same key. */
  readonly another: () => Promise<Signer>
  readonly verifier?: Verifier
  /** Signs with the key of `verifier`, by another backend. Absent where the key cannot be seen. */
  readonly trusted?: (input: Uint8Array) => Promise<Uint8Array>
  /** Signatures by the same key that the algorithm does not allow, such as PSS with another salt. */
  readonly misuses?: (input: Uint8Array) => Promise<readonly Forgery[]>
  /** Signs with another key of the same type, by another backend. */
  readonly stranger: (input: Uint8Array) => Promise<Uint8Array>
  /** Whether the signature is good, by another backend. Undefined where there is nothing to verify with. */
  readonly judge: (input: Uint8Array, signature: Uint8Array, by: Pick<Signer, 'kid' | 'publicKey'>) => Promise<boolean | undefined>
  readonly factory?: SignerFactory
}

export interface Forgery {
  readonly what: string
  readonly signature: Uint8Array
}

/** Verifies by an independent backend, which binds each key once. */
export function independentVerdicts(
  reference: KeyBackend,
  algorithm: Algorithm,
): (key: PublicKey | SecretKey, input: Uint8Array, signature: Uint8Array) => Promise<boolean> {
  const bound = new Map<string, Verifier>()
  return async (key, input, signature) => {
    const print = fingerprint(key)
    const verifier = bound.get(print) ?? reference.verifier(algorithm, key, { allowWeakKey: true })
    bound.set(print, verifier)
    return (await verifier.verify(input, signature)) === true
  }
}

/** Tells keys apart by their numbers. */
export function fingerprint(key: PublicKey | SecretKey): string {
  return JSON.stringify(materialOf(key), (_name, value: unknown) => (isBytes(value) ? Array.from(value).join() : value))
}

/** The signer as it is now. */
export async function snapshotOf({ call }: Bench, signer: Signer, given?: SignCall): Promise<Signer> {
  if (!signer.snapshot) return signer
  return expectValue(await call(signer.mode, 'snapshot', () => signer.snapshot!(given)), 'snapshot') as Signer
}

/** A signing input like those of tokens, different for each number. */
export function inputNumber(number: number, length = 40): Uint8Array {
  const text = `eyJhbGciOiJub25lIn0.${String(number).padStart(8, '0')}`.padEnd(length, 'A')
  return new TextEncoder().encode(text)
}
