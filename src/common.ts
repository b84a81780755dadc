/** What every entry point exports: errors, the registry, and the types of the public functions. */
export type { Algorithm, Family, HashName, KeyType } from './algorithms/algorithm.ts'
export { type AlgorithmName, type AlgorithmRegistry, registry } from './algorithms/registry.ts'
export type { Duration } from './core/duration.ts'
export * from './core/errors.ts'
export type { In, Mode } from './core/mode.ts'
export type { KeySet, KeySetOptions, SkippedKey } from './jwks/key-set.ts'
export type {
  KeyRing,
  KeyRingOptions,
  KeyRingState,
  KeyRingStore,
  KeyState,
  PublicJwks,
  RingKey,
  RingKeyEntry,
  RingKeyInfo,
  Rotation,
} from './jwks/ring/public.ts'
export type { Claims, ClaimsToSign, DecodedToken, Header } from './jwt/claims.ts'
export type { DecodeOptions } from './jwt/decode-options.ts'
export type { DecodeResult, Decoder } from './jwt/decoder.ts'
export type { EncodeOptions, TokenOptions } from './jwt/encode-options.ts'
export type { Encoder } from './jwt/encoder.ts'
export type { ExplainedCheck, Explanation } from './jwt/explain.ts'
export type { HeaderToSign } from './jwt/header.ts'
export type { ClaimsSchema, SchemaResult } from './jwt/schema.ts'
export type { BindOptions, GenerateOptions, KeyBackend, KeyHint, Signer, Verifier, VerifierSource } from './keys/backend.ts'
export type { KeyObjectLike } from './keys/handle.ts'
export type { ImportKeyOptions } from './keys/import-options.ts'
export type { Jwk, Jwks, PrivateJwk, PublicJwk, SecretJwk } from './keys/jwk-types.ts'
export type { CryptoKeyLike, Key, PrivateKey, PublicKey, SecretKey } from './keys/key.ts'
export { importSecret } from './keys/secret.ts'
