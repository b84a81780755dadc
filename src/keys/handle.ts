import { isBytes } from '../core/bytes.ts'
import { InvalidKeyError } from '../core/errors.ts'
import type { Mode } from '../core/mode.ts'
import { type CryptoKeyLike, type HandleMaterial, type Key, type KeyMetadata, makeKey } from './key.ts'
import { exponentFault, modulusSizeFault } from './rsa.ts'

/** What is read of a Node KeyObject. */
export interface KeyObjectLike {
  readonly type: 'secret' | 'public' | 'private'
  export(options?: object): unknown
}

/** Recognised by its members, because `instanceof` fails across realms. */
export function isKeyObject(value: object): value is KeyObjectLike {
  const { type, export: write } = value as { type?: unknown; export?: unknown }
  return typeof write === 'function' && (type === 'secret' || type === 'public' || type === 'private')
}

/** Recognised by its members, because `instanceof` fails across realms and polyfills. */
export function isCryptoKey(value: object): value is CryptoKeyLike {
  const { type, algorithm, usages, extractable } = value as { [member: string]: unknown }
  const isType = type === 'secret' || type === 'public' || type === 'private'
  return isType && typeof algorithm === 'object' && algorithm !== null && Array.isArray(usages) && typeof extractable === 'boolean'
}

const wrongHash = 'The CryptoKey is bound to a hash that JOSE does not sign with: import it with SHA-256, SHA-384 or SHA-512'
const wrongAlgorithm =
  'The CryptoKey cannot sign or verify tokens: its algorithm must be HMAC, RSASSA-PKCS1-v1_5, RSA-PSS, ECDSA, Ed25519 or Ed448'

interface HandleAlgorithm {
  readonly name?: unknown
  readonly namedCurve?: unknown
  readonly hash?: { readonly name?: unknown } | null
  readonly length?: unknown
  readonly modulusLength?: unknown
  readonly publicExponent?: unknown
}

const families: Readonly<Record<string, string>> = { HMAC: 'HS', 'RSASSA-PKCS1-v1_5': 'RS', 'RSA-PSS': 'PS' }
const curves: Readonly<Record<string, string>> = {
  'P-256': 'P-256',
  'P-384': 'P-384',
  'P-521': 'P-521',
  'K-256': 'secp256k1',
  secp256k1: 'secp256k1',
}
const edwardsNames: Readonly<Record<string, string>> = {
  Ed25519: 'Ed25519',
  Ed448: 'Ed448',
  'NODE-ED25519': 'Ed25519',
  'NODE-ED448': 'Ed448',
}

/**
 * Wraps a CryptoKey. Its algorithm, hash and usages become the key's alg, curve and key_ops, since WebCrypto binds them to
 * the key for good. @throws InvalidKeyError for one that cannot sign or verify
 */
export function importCryptoKey(handle: CryptoKeyLike, more: KeyMetadata = {}): Key<Mode> {
  const algorithm = handle.algorithm as HandleAlgorithm
  const name = typeof algorithm.name === 'string' ? algorithm.name : ''
  const keyOps = Object.freeze(Array.from(handle.usages, String))
  const type = handle.type as Key['type']
  const { material, alg } = handleMaterial(handle, algorithm, name)
  if ((material.kty === 'oct') !== (type === 'secret')) throw unusable()
  return makeKey(type, material, { keyOps, ...(alg !== undefined && { alg }), ...more }) as Key<Mode>
}

function handleMaterial(handle: CryptoKeyLike, algorithm: HandleAlgorithm, name: string): { material: HandleMaterial; alg?: string } {
  const crv = name === 'ECDSA' ? own(curves, algorithm.namedCurve) : (own(edwardsNames, name) ?? nodeEdwards(algorithm, name))
  if (crv !== undefined) return { material: { kty: name === 'ECDSA' ? 'EC' : 'OKP', crv, handle } }
  const family = own(families, name)
  if (family === undefined) throw unusable()
  const size = /^SHA-(256|384|512)$/.exec(String(algorithm.hash?.name))?.[1]
  if (size === undefined) throw new InvalidKeyError(wrongHash)
  if (family === 'HS') checkSecretLength(algorithm.length)
  else checkRsa(algorithm)
  return { material: { kty: family === 'HS' ? 'oct' : 'RSA', handle }, alg: family + size }
}

/** Early Node versions and workerd name the curve beside the algorithm. */
function nodeEdwards({ namedCurve }: HandleAlgorithm, name: string): string | undefined {
  return name === 'EdDSA' || name === 'NODE-EDDSA' ? own(edwardsNames, namedCurve) : undefined
}

function checkSecretLength(length: unknown): void {
  if (typeof length !== 'number' || !(length > 0)) throw new InvalidKeyError('The secret is empty')
}

function checkRsa({ modulusLength, publicExponent }: HandleAlgorithm): void {
  if (typeof modulusLength !== 'number' || !isBytes(publicExponent)) throw unusable()
  const leading = publicExponent.findIndex((octet) => octet !== 0)
  const fault = modulusSizeFault(modulusLength) ?? exponentFault(publicExponent.subarray(leading < 0 ? publicExponent.length : leading))
  if (fault !== undefined) throw new InvalidKeyError(fault)
}

function own(table: Readonly<Record<string, string>>, name: unknown): string | undefined {
  return typeof name === 'string' && Object.hasOwn(table, name) ? table[name] : undefined
}

function unusable(): InvalidKeyError {
  return new InvalidKeyError(wrongAlgorithm)
}
