import type { HashName, KeyType } from '../algorithms/algorithm.ts'
import type { Mode } from '../core/mode.ts'

/** The checked parts of a key: unsigned big-endian integers without leading zeros for RSA, fixed-length coordinates for EC and OKP. */
export type KeyMaterial = SecretMaterial | RsaMaterial | EcMaterial | OkpMaterial | HandleMaterial

export interface SecretMaterial {
  readonly kty: 'oct'
  readonly k: Uint8Array
}

export interface RsaMaterial {
  readonly kty: 'RSA'
  readonly n: Uint8Array
  readonly e: Uint8Array
  /** Set for keys marked id-RSASSA-PSS (RFC 4055): such a key serves PS* only. */
  readonly pss?: PssRestriction
  readonly private?: RsaPrivateParts
}

export interface RsaPrivateParts {
  readonly d: Uint8Array
  readonly p: Uint8Array
  readonly q: Uint8Array
  readonly dp: Uint8Array
  readonly dq: Uint8Array
  readonly qi: Uint8Array
}

/** What an id-RSASSA-PSS key allows. Both are absent for a key without parameters, which serves every PS algorithm. */
export interface PssRestriction {
  readonly hash?: HashName
  /** The smallest salt in bytes. */
  readonly minSaltLength?: number
}

export interface EcMaterial {
  readonly kty: 'EC'
  readonly crv: string
  readonly x: Uint8Array
  readonly y: Uint8Array
  /** Private scalar, as long as a coordinate. */
  readonly d?: Uint8Array
}

export interface OkpMaterial {
  readonly kty: 'OKP'
  readonly crv: string
  readonly x: Uint8Array
  /** Private seed (RFC 8032). */
  readonly d?: Uint8Array
}

/** A key that only WebCrypto can use: its bytes may not be readable at all. */
export interface HandleMaterial {
  readonly kty: KeyType
  readonly crv?: string
  readonly handle: CryptoKeyLike
}

/** What this library reads of a CryptoKey. Structural, because `instanceof` fails across realms and polyfills. */
export interface CryptoKeyLike {
  readonly type: string
  readonly extractable: boolean
  readonly algorithm: object
  readonly usages: readonly string[]
}

/** What a key says of itself beside its numbers (RFC 7517 §4). */
export interface KeyMetadata {
  readonly kid?: string
  readonly alg?: string
  readonly use?: string
  readonly keyOps?: readonly string[]
}

interface KeyCommon<T extends string, M extends Mode> extends KeyMetadata {
  readonly type: T
  readonly kty: KeyType
  /** JWK curve name of an EC or OKP key. */
  readonly crv?: string
  /** Size of the secret, the modulus or the field, in bits. */
  readonly bits: number
  /** `async` for a key that lives in WebCrypto. */
  readonly mode: M
}

/** An HMAC secret. */
export interface SecretKey<M extends Mode = 'sync'> extends KeyCommon<'secret', M> {}
export interface PublicKey<M extends Mode = 'sync'> extends KeyCommon<'public', M> {}
export interface PrivateKey<M extends Mode = 'sync'> extends KeyCommon<'private', M> {
  /** The public half; a private CryptoKey has none to give. */
  readonly publicKey: M extends 'sync' ? PublicKey<M> : undefined
}
export type Key<M extends Mode = 'sync'> = SecretKey<M> | PublicKey<M> | PrivateKey<M>
export type KeyOfType<T extends Key['type'], M extends Mode = 'sync'> = Extract<Key<M>, { type: T }>
