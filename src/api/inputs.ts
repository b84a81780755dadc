import type { Mode } from '../core/mode.ts'
import type { KeySet } from '../jwks/key-set.ts'
import type { Claims } from '../jwt/claims.ts'
import type { DecodeOptions } from '../jwt/decode-options.ts'
import type { EncodeOptions } from '../jwt/encode-options.ts'
import type { ClaimsSchema } from '../jwt/schema.ts'
import type { Signer, Verifier, VerifierSource } from '../keys/backend.ts'
import type { KeyObjectLike } from '../keys/handle.ts'
import type { Jwks, PrivateJwk, PublicJwk, SecretJwk } from '../keys/jwk-types.ts'
import type { CryptoKeyLike, Key, PrivateKey, PublicKey, SecretKey } from '../keys/key.ts'

type Material = string | Uint8Array | KeyObjectLike | CryptoKeyLike | SecretKey<Mode> | SecretJwk

/** Key material to sign with: text (a secret for HMAC, PEM otherwise), bytes (a secret, DER otherwise), a JWK, a Key, a KeyObject, a CryptoKey. */
export type SigningKey = Material | PrivateKey<Mode> | PrivateJwk

/** Key material to verify with. */
export type VerificationKey = Material | PublicKey<Mode> | PublicJwk | Jwks | KeySet

/** Verifiers made before: no allow-list is needed, since each is bound to its algorithm. */
export type Verifiers = Verifier | VerifierSource | readonly Verifier[]
export type VerificationInput = VerificationKey | Verifiers | readonly (SecretKey<Mode> | PublicKey<Mode> | Verifier)[]

/** Whether a key answers at once: a Signer or Verifier says so itself, a CryptoKey never does, other material does as its backend does. */
export type ModeOf<K, Default extends Mode> =
  K extends Key<infer M extends Mode>
    ? M extends 'async'
      ? 'async'
      : Default
    : K extends { readonly mode: infer M extends Mode }
      ? M
      : K extends CryptoKeyLike
        ? 'async'
        : K extends readonly (infer Item)[]
          ? ModeOf<Item, Default>
          : Default

/** Options of `encode`: a Signer needs no `algorithm`. */
export type EncodeOptionsFor<K> = K extends Signer
  ? Omit<EncodeOptions, 'algorithm'> & Partial<Pick<EncodeOptions, 'algorithm'>>
  : EncodeOptions

/** Options of `decode`: Verifiers need no `algorithms`. */
export type DecodeOptionsFor<K> = Omit<
  K extends Verifiers ? Omit<DecodeOptions, 'algorithms'> & Partial<Pick<DecodeOptions, 'algorithms'>> : DecodeOptions,
  'schema'
>

/** A prepared encoder or decoder decides on issuer and audience: a value, or `null`. */
export type Decided<O extends { readonly issuer?: unknown; readonly audience?: unknown }> = Omit<O, 'issuer' | 'audience'> & {
  readonly issuer: Exclude<O['issuer'], undefined>
  readonly audience: Exclude<O['audience'], undefined>
}

export type OutputOf<S extends ClaimsSchema> = NonNullable<S['~standard']['types']>['output']
export type WithSchema<S extends ClaimsSchema> = { readonly schema: S }
export type WithoutSchema = { readonly schema?: never }
export type { Claims }
