import type { Algorithm } from '../algorithms/algorithm.ts'
import type { Duration } from '../core/duration.ts'
import type { BackendFailureKind } from '../core/errors.ts'
import type { KeyBackend, Signer, Verifier } from './backend.ts'
import type { PublicKey } from './key.ts'

/**
 * What the author of a backend writes for a key that cannot be seen: an HSM, a TPM, a KMS, a signing service. It says what
 * the device takes and gives; `remoteSigner` and `remoteVerifier` do the rest: hashing, DER to r‖s, exact lengths, the
 * local check of every signature, deadlines, queues and typed errors. Nothing here is ever retried.
 *
 * In this layer: remoteSession in remote-session.ts, remoteSigner in remote-signer.ts, remoteVerifier and remoteVersions (a VerifierSource over all versions) in
 * remote-verifier.ts, backendFailure (typed errors to throw) in remote-failure.ts, readPublicKey (DER, PEM or JWK) in remote-public-key.ts.
 */
export interface RemoteKey<A extends string = string> {
  /** The backend's name, for `detail.backend` of errors: "aws-kms". */
  readonly backend: string
  readonly algorithm: A | Algorithm<A>
  /** What `sign` is given: the signing input itself, or its digest by the algorithm's hash. HMAC and EdDSA take messages only. */
  readonly input: 'message' | 'digest'
  /** The most bytes the device is given. A longer message is a typed error before the device is asked; a digest is never longer. */
  readonly maxMessageBytes?: number
  /** How ECDSA signatures come: r‖s, or the DER of RFC 3279 §2.2.3. Everything but ECDSA is `raw`. */
  readonly signatureEncoding: 'raw' | 'der'
  /** What this key shares with the others of its device: a limit of calls at once, and `close`. Made by `remoteSession`, once for them all. */
  readonly session?: RemoteSession | undefined
  /**
   * How long one snapshot stays true, for references that pin a key version and so never change. It saves a round trip a
   * token. Default: asked for every token. A failed call drops the snapshot at once.
   */
  readonly snapshotLifetime?: Duration
  /** The functions that snapshots have. Default `['sign']`. For an HMAC key, `sign` generates the MAC. `verify` is for HMAC keys only. */
  readonly capabilities?: readonly RemoteCapability[]
  /** The key as it is now. Header and signature of a token both come from one snapshot, so a rotation in between does no harm. */
  snapshot(call: RemoteCall): RemoteSnapshot | Promise<RemoteSnapshot>
  /** Declared by being there: the public keys of all versions whose tokens may still be in use. One that does not fit is left out. */
  versions?(call: RemoteCall): readonly RemoteVersion[] | Promise<readonly RemoteVersion[]>
  /** Says what an error of the device means. Undefined, and whatever goes wrong in it, is `permanent`. Not asked about a BackendError, an InvalidKeyError or a UsageError. */
  failure?(error: unknown): BackendFailureKind | undefined
}

export interface RemoteSessionOptions {
  /** The most calls at once, of all keys of the session together; 1 for a connection that cannot be shared. Default: no limit. */
  readonly concurrency?: number | undefined
  /** Gives connections back. It is called once, and not while a call is under way unless that takes longer than ten seconds. */
  readonly close?: (() => void | Promise<void>) | undefined
}

/**
 * What the keys of one device have in common: a client, a connection, a card in a reader. Make one where that is made, and
 * give it to every RemoteKey over it, so that their calls are counted together and end together.
 */
export interface RemoteSession {
  /**
   * Refuses new calls and those that wait, waits ten seconds at most for those under way, gives up the rest, and then closes the device. From
   * then on every key of the session fails with a BackendError of kind `permanent` whose `detail.reason` is `closed`. Each
   * later call gives the promise of the first. @throws BackendError where the device's close fails or takes ten seconds
   */
  close(): Promise<void>
}

export type RemoteCapability = 'sign' | 'verify'

/** Goes with every call of a device. */
export interface RemoteCall {
  /** Fires at the deadline or when the caller gives up. A device that cannot be interrupted may ignore it: nobody waits for it then. */
  readonly signal: AbortSignal
}

/** One public version of a key. */
export interface RemoteVersion {
  readonly kid?: string
  readonly publicKey: PublicKey
}

/** One version of a key with the functions that use exactly this version. */
export interface RemoteSnapshot {
  /** Written into headers: it must name this version, and change when the key does. */
  readonly kid?: string
  /** The public half, by which each signature is verified here before it is handed out. Without it nothing is signed, unless `verifyAfterSign` is false. An HMAC key has none. */
  readonly publicKey?: PublicKey
  /** The signature, or the MAC, of the message or digest. */
  sign?(input: Uint8Array, call: RemoteCall): Uint8Array | Promise<Uint8Array>
  /** Whether the MAC belongs to the message. Nothing but `true` is a yes. */
  verify?(input: Uint8Array, mac: Uint8Array, call: RemoteCall): boolean | Promise<boolean>
}

/** What the user of a remote key may choose. Backends pass these on from their own options; what is undefined counts as left out. */
export interface RemoteUse {
  /** The longest time one call of the device may take, waiting included. Default "10s". */
  readonly deadline?: Duration | undefined
  /** Whether each signature is verified with the snapshot's public key before it is handed out. Default true: a key that shows no public key does not sign then. */
  readonly verifyAfterSign?: boolean | undefined
  /** Written into headers in place of the backend's own. A key that changes under this name is refused. */
  readonly kid?: string | undefined
  /** Gives up all calls of this signer or verifier, beside the signal of each call. */
  readonly signal?: AbortSignal | undefined
  /** Accept an RSA key below 2048 bits. */
  readonly allowWeakKey?: boolean | undefined
}

export interface RemoteOptions extends RemoteUse {
  /** Verifies here, with public keys. Backends do not choose it: the entry file that puts them together does. */
  readonly verifyWith: KeyBackend
}

/** A Signer for a key that lives elsewhere. */
export interface RemoteSigner<A extends string = string> extends Signer<A, 'async'> {
  snapshot(call?: { readonly signal?: AbortSignal }): Promise<Signer<A, 'async'>>
}

/** A Verifier for a key that lives elsewhere. */
export interface RemoteVerifier<A extends string = string> extends Verifier<A, 'async'> {}
