import type { Algorithm } from '../algorithms/algorithm.ts'
import type { Signer, Verifier } from '../keys/backend.ts'
import type { PublicKey, SecretKey } from '../keys/key.ts'
import type { CallBackend, CallHook } from './calls.ts'

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
   * made for the test. With it, a snapshot's kid and public key are checked too: undefined for its kid says that nobody can
   * verify its tokens.
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
  readonly hook: CallHook
  /** How much repetition the backend bears. */
  readonly rounds: number
  readonly budgetMilliseconds: number
  readonly patienceMilliseconds: number
  /** Whether signers are asked to give up when told to. */
  readonly remote: boolean
  readonly found: Found
  readonly signer?: Signer
  /** One more signer of the same key. */
  readonly another: () => Promise<Signer>
  readonly verifier?: Verifier
  /** Signs with the key of `verifier`, by another backend. Absent where the key cannot be seen. */
  readonly trusted?: (input: Uint8Array) => Promise<Uint8Array>
  /** Signatures by the same key that the algorithm does not allow, such as PSS with another salt. */
  readonly misuses?: (input: Uint8Array, good: Uint8Array) => Promise<readonly Forgery[]>
  /** Signs with another key of the same type, by another backend. */
  readonly stranger: (input: Uint8Array) => Promise<Uint8Array>
  /** Whether the signature is good, by another backend. Undefined where there is nothing to verify with. */
  readonly judge: (input: Uint8Array, signature: Uint8Array, by: Pick<Signer, 'kid' | 'publicKey'>) => Promise<boolean | undefined>
  /** Fails where the published keys have none of the snapshot's kid. */
  readonly demandPublished: (snapshot: Pick<Signer, 'kid' | 'publicKey'>) => Promise<void>
  readonly factory?: SignerFactory
}

/** Many signatures, and what they have in common. */
export interface Rounds {
  readonly kids: Kids
  readonly nonces: Map<string, number>
  /** Signatures as they were handed out, and as they were then. */
  readonly answers: (readonly [Uint8Array, Uint8Array])[]
  /** Good signatures whose integer is an octet shorter than its place, by the integer. */
  readonly short: [number, number]
  readonly end: number
  done: number
  width: number
}

/** Remembers which kid is which key's. */
export interface Kids {
  readonly prints: Map<string, string>
  readonly names: Map<string, string>
}

/** What one check has learnt for those after it. */
export interface Found {
  /** Milliseconds that one signature takes, with its snapshot. */
  pace: number
  /** Bytes of the longest message that all checks may use. */
  longest: number
  /** How often a verifier was asked. */
  turn: number
  rounds?: Rounds
  /** A good RSA signature whose first octet is zero. */
  short?: { readonly input: Uint8Array; readonly signature: Uint8Array }
}

export function nothingFound(): Found {
  return { pace: 0, longest: 1100, turn: 0 }
}

export interface Forgery {
  readonly what: string
  readonly signature: Uint8Array
}
