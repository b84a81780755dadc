import type { Algorithm } from '../algorithms/algorithm.ts'
import { hashLength } from '../algorithms/algorithm.ts'
import { bigIntToBytes, bytesToBigInt } from '../core/bytes.ts'
import type { KeyBackend, Verifier } from '../keys/backend.ts'
import { exportJwk } from '../keys/export.ts'
import { materialOf, type PrivateKey, type PublicKey, type RsaMaterial, type SecretKey } from '../keys/key.ts'
import type { Forgery } from './bench.ts'
import { fingerprint } from './snapshot.ts'

/** The backends that judge another one. For each algorithm the kit takes what can do it and is not the one on trial. */
export interface Reference {
  /** Verifies. */
  verifying(algorithm: Algorithm): Promise<KeyBackend>
  /** Makes keys, and signs with them. */
  signing(algorithm: Algorithm): Promise<KeyBackend>
}

export type WholeKey = PrivateKey | SecretKey

/** One backend for everything. */
export function singleReference(backend: KeyBackend): Reference {
  return { verifying: async () => backend, signing: async () => backend }
}

/** WebCrypto where the runtime has the algorithm, else the pure backend; and not WebCrypto for itself, where that can be. */
export function defaultReference(
  webcrypto: KeyBackend,
  pure: KeyBackend,
  supports: (algorithm: Algorithm, crv: string | undefined) => Promise<boolean>,
): (onTrial: string) => Reference {
  const choose = (native: boolean): KeyBackend => (native ? webcrypto : pure)
  return (onTrial) => ({
    verifying: async (algorithm) => choose(onTrial !== webcrypto.name && (await supports(algorithm, algorithm.curves?.[0]))),
    signing: async (algorithm) =>
      choose(algorithm.kty === 'RSA' || (onTrial !== webcrypto.name && (await supports(algorithm, algorithm.curves?.[0])))),
  })
}

/** Makes keys once for all algorithms that share a kind: RSA keys take long. */
export function keyStore(reference: Reference): (algorithm: Algorithm, which: 'own' | 'strange') => Promise<WholeKey> {
  const made = new Map<string, Promise<WholeKey>>()
  return (algorithm, which) => {
    const kind = `${which} ${algorithm.kty === 'RSA' ? 'RSA' : algorithm.name}`
    const make = async (): Promise<WholeKey> => (await (await reference.signing(algorithm)).generate(algorithm)) as WholeKey
    const key = made.get(kind) ?? make()
    made.set(kind, key)
    return key
  }
}

export function publicHalf(key: WholeKey | PublicKey): PublicKey | SecretKey {
  return key.type === 'private' ? key.publicKey : key
}

type Subtle = typeof globalThis.crypto.subtle

/** Signatures by the key that its algorithm does not allow: PSS with other salts, other hashes, numbers beyond the modulus. */
export async function misusesBy(key: WholeKey, algorithm: Algorithm, input: Uint8Array, good: Uint8Array): Promise<readonly Forgery[]> {
  const subtle: Subtle | undefined = globalThis.crypto?.subtle
  if (!subtle || algorithm.family === 'EdDSA' || key.crv === 'secp256k1') return []
  const forgeries: Forgery[] = algorithm.kty === 'RSA' ? [...beyondModulus(key, good)] : []
  for (const { what, hash, name, saltLength, cut } of variants(algorithm)) {
    const parameters = { name, hash, ...(key.crv !== undefined && { namedCurve: key.crv }) }
    const { alg: _, use: __, key_ops: ___, ...jwk } = exportJwk(key) as unknown as Record<string, unknown>
    const handle = await subtle.importKey('jwk', jwk as JsonWebKey, parameters, false, ['sign'])
    const how = { name, hash, ...(saltLength !== undefined && { saltLength }) }
    const signature = new Uint8Array(await subtle.sign(how, handle, input as Uint8Array<ArrayBuffer>))
    forgeries.push({ what, signature: cut === undefined ? signature : signature.slice(0, cut) })
  }
  return forgeries
}

/** RFC 8017 §5.2.2 step 1, where there is room for it. */
function beyondModulus(key: WholeKey, good: Uint8Array): readonly Forgery[] {
  const number = bytesToBigInt(good) + bytesToBigInt((materialOf(key) as RsaMaterial).n)
  if (number >= 1n << BigInt(8 * good.length)) return []
  return [{ what: 'an RSA signature beyond its modulus', signature: bigIntToBytes(number, good.length) }]
}

interface Variant {
  readonly what: string
  readonly name: string
  readonly hash: string
  readonly saltLength?: number
  readonly cut?: number
}

function variants({ family, hash }: Algorithm): readonly Variant[] {
  const others = ['SHA-256', 'SHA-384', 'SHA-512'].filter((name) => name !== hash)
  const digest = hashLength(hash!)
  const pss = (saltLength: number, name: string = hash!): Variant => ({
    what: `RSASSA-PSS with ${name} and a salt of ${saltLength}`,
    name: 'RSA-PSS',
    hash: name,
    saltLength,
  })
  const pkcs1 = (name: string): Variant => ({ what: `RSASSA-PKCS1-v1_5 with ${name}`, name: 'RSASSA-PKCS1-v1_5', hash: name })
  switch (family) {
    case 'HMAC':
      return others.map((name) => ({ what: `an HMAC with ${name}`, name: 'HMAC', hash: name, cut: digest }))
    case 'ECDSA':
      return others.map((name) => ({ what: `ECDSA with ${name}`, name: 'ECDSA', hash: name }))
    case 'RSASSA-PKCS1-v1_5':
      return [...others.map(pkcs1), pss(digest)]
    default:
      return [pss(0), pss(20), pss(digest - 1), pss(digest + 1), ...others.map((name) => pss(digest, name)), pkcs1(hash!)]
  }
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
