import type { Algorithm } from '../algorithms/algorithm.ts'
import type { In, Mode } from '../core/mode.ts'
import type { Key, KeyMaterial, PrivateKey, PublicKey, SecretKey } from './key.ts'

/** One key bound to one algorithm in one backend, ready to sign. The token code knows nothing else of keys. */
export interface Signer<A extends string = string, M extends Mode = Mode> {
  readonly algorithm: A
  readonly mode: M
  /** Written into the token's header. */
  readonly kid?: string
  /** Known for asymmetric keys whose public half is at hand. */
  readonly publicKey?: PublicKey
  /** The JWS signature (RFC 7515 §5.1) of the bytes: r‖s for ECDSA. */
  sign(input: Uint8Array, call?: SignCall): In<M, Uint8Array>
  /** Optional fast form: ASCII signing input in, base64url signature out. */
  signText?(input: string): In<M, string>
  /** True where `signText` encodes the bytes itself: callers then need not look at the text. */
  readonly isTextExact?: boolean
  /**
   * For keys that may change behind the caller's back: the key as it is now, with its kid. Asked once a token, before the
   * header is written, so that header and signature always belong to the same key.
   */
  snapshot?(call?: SignCall): In<M, Signer<A, M>>
}

/** What goes with one signature by a key that lives elsewhere. */
export interface SignCall {
  /** Gives the call up. */
  readonly signal?: AbortSignal
}

/** One key bound to one algorithm in one backend, ready to verify. */
export interface Verifier<A extends string = string, M extends Mode = Mode> {
  readonly algorithm: A
  readonly mode: M
  readonly kid?: string
  /** True for a MAC, whose verifiers can also sign. */
  readonly symmetric?: boolean
  /** True only for a good signature. Never throws for a bad one, whatever its length. */
  verify(input: Uint8Array, signature: Uint8Array): In<M, boolean>
  /** Optional fast form: ASCII signing input and base64url signature in. */
  verifyText?(input: string, signature: string): In<M, boolean>
  /** True where `verifyText` holds for one text only, the canonical one: callers then need not look at the text themselves. */
  readonly isTextExact?: boolean
}

/** What a token says of its key before anything is verified: the only things that may choose among trusted keys. */
export interface KeyHint {
  readonly alg: string
  readonly kid?: string
}

/** Proposes Verifiers for a header: a key set, a key ring, a remote JWKS. It never makes one from the token. */
export interface VerifierSource<M extends Mode = Mode> {
  readonly mode: M
  /** Every algorithm it may propose a Verifier for. */
  readonly algorithms: readonly string[]
  candidates(hint: KeyHint): In<M, readonly Verifier<string, M>[]>
  /** True where the answers never change, so that a decoder may remember them. */
  readonly fixed?: boolean
}

export interface BindOptions {
  /** Accept an HMAC secret shorter than the hash or an RSA key below 2048 bits. An empty secret is never accepted. */
  readonly allowWeakKey?: boolean
  /** The key ID; that of the key where left out. */
  readonly kid?: string
}

/** Turns (algorithm, key) into a Signer or Verifier. Made by `defineBackend`, which does every check on algorithm and key. */
export interface KeyBackend<M extends Mode = Mode> {
  readonly name: string
  readonly mode: M
  /** @throws InvalidKeyError when key and algorithm do not fit (RFC 8725 §3.1), or the backend lacks the algorithm */
  signer<A extends string>(algorithm: A | Algorithm<A>, key: SecretKey<Mode> | PrivateKey<Mode>, options?: BindOptions): Signer<A, M>
  /** @throws InvalidKeyError when key and algorithm do not fit (RFC 8725 §3.1), or the backend lacks the algorithm */
  verifier<A extends string>(algorithm: A | Algorithm<A>, key: SecretKey<Mode> | PublicKey<Mode>, options?: BindOptions): Verifier<A, M>
  /** A fresh secret or private key of the size or curve that the algorithm asks for. */
  generate(algorithm: string | Algorithm, options?: GenerateOptions): In<M, Key<Mode>>
}

export interface GenerateOptions {
  /** RSA modulus in bits, default 2048. */
  readonly modulusLength?: number
  /** For EdDSA: the curve, default Ed25519. */
  readonly crv?: string
}

/** A bound signing operation of a backend. Text form optional; see Signer. */
export interface SignOperation<M extends Mode> {
  sign(input: Uint8Array): In<M, Uint8Array>
  signText?(input: string): In<M, string>
  /** True where `signText` encodes the bytes itself. */
  readonly isTextExact?: boolean
}

/** A bound verification. It may rely on the exact signature length (checked before) and must not throw for a bad signature. */
export interface VerifyOperation<M extends Mode> {
  verify(input: Uint8Array, signature: Uint8Array): In<M, boolean>
  verifyText?(input: string, signature: string): In<M, boolean>
  /** True where `verifyText` compares with a text that it encodes itself. */
  readonly isTextExact?: boolean
}

/** What the author of a backend writes. Material reaches it checked: right type, curve, strength and use. */
export interface BackendDefinition<M extends Mode> {
  readonly name: string
  readonly mode: M
  /** Called once a key. @throws InvalidKeyError naming the way out when this backend cannot do it. */
  signing(algorithm: Algorithm, material: KeyMaterial): SignOperation<M>
  verifying(algorithm: Algorithm, material: KeyMaterial): VerifyOperation<M>
  generate?(algorithm: Algorithm, options: GenerateOptions): In<M, KeyMaterial>
}
