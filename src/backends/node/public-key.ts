import type { KeyObject, SignKeyObjectInput } from 'node:crypto'
import { type Algorithm, hashLength } from '../../algorithms/algorithm.ts'
import { plainBytes } from '../../core/bytes.ts'
import { BackendError } from '../../core/errors.ts'
import type { SignOperation, VerifyOperation } from '../../keys/backend.ts'
import { derOfSignature, type Room, signatureOfDer } from '../../keys/der-signature.ts'
import type { EcMaterial, KeyMaterial, OkpMaterial, RsaMaterial } from '../../keys/key.ts'
import { bitLength, checkRoom, partsOf, unsupported } from '../material.ts'
import { crypto } from './builtin.ts'
import { digestName } from './digest-name.ts'
import { backendName, privateKeyObject, publicKeyObject } from './key-object.ts'
import { prefixViews } from './prefix-views.ts'
import { admission } from './strict.ts'
import { textView } from './text-view.ts'

/** How node:crypto is called for one family: always with an explicit digest (null for EdDSA, which hashes by itself). */
interface Scheme {
  readonly digest: string | null
  readonly key: (key: KeyObject) => KeyObject | SignKeyObjectInput
  readonly toNative: (signature: Uint8Array) => Uint8Array
}

/** A key loaded and tried, with what each call of it needs. */
export interface Loaded extends Pick<Scheme, 'digest'> {
  readonly key: KeyObject | SignKeyObjectInput
  /** The signature in the runtime's form, or undefined for one that cannot be good. */
  readonly native: (signature: Uint8Array) => Uint8Array | undefined
}

export function loadPrivate(algorithm: Algorithm, material: KeyMaterial): Loaded {
  return load(algorithm, material, privateKeyObject)
}

/** `room`: gives bytes that signatures in the runtime's form may be written over. */
export function loadPublic(algorithm: Algorithm, material: KeyMaterial, room?: Room): Loaded {
  return load(algorithm, material, publicKeyObject, room)
}

function load(algorithm: Algorithm, material: KeyMaterial, objectOf: typeof publicKeyObject, room?: Room): Loaded {
  const parts = asymmetricParts(algorithm, material)
  const scheme = schemeFor(algorithm, room)
  const { digest, toNative } = scheme
  const key = scheme.key(objectOf(algorithm, parts))
  probe(algorithm, parts, key, scheme)
  const admit = admission(parts)
  const native = (signature: Uint8Array): Uint8Array | undefined => {
    const admitted = admit(signature)
    return admitted && toNative(admitted)
  }
  return { digest, key, native }
}

/** The signature as JOSE has it (RFC 7518 §3.4), of what the runtime gives. */
export function fromNative({ family, signatureLength }: Algorithm, signature: Uint8Array): Uint8Array {
  return family === 'ECDSA' ? (signatureOfDer(signature, signatureLength! / 2) ?? notDer()) : plainBytes(signature)
}

export function signing(algorithm: Algorithm, material: KeyMaterial): SignOperation<'sync'> {
  const { sign } = crypto()
  const { digest, key } = loadPrivate(algorithm, material)
  // An ECDSA signature is written over one buffer, of which no view is handed out.
  const viewOf = textView()
  const scratch = Buffer.alloc(algorithm.family === 'ECDSA' ? algorithm.signatureLength! : 0)
  return {
    sign: (input) => fromNative(algorithm, sign(digest, input, key)),
    isTextExact: true,
    signText: (input) => {
      const signature = sign(digest, viewOf(input), key)
      if (scratch.length === 0) return signature.toString('base64url')
      return (signatureOfDer(signature, scratch.length / 2, scratch.fill(0)) ? scratch : notDer()).toString('base64url')
    },
  }
}

/** Bytes of the longest ECDSA signature, of P-521. */
const mostDer = 141

export function verifying(algorithm: Algorithm, material: KeyMaterial): VerifyOperation<'sync'> {
  const { verify, createVerify } = crypto()
  const { digest, key, native } = loadPublic(algorithm, material, prefixViews(Buffer.allocUnsafeSlow(mostDer)))
  return {
    verify: (input, given) => {
      const signature = native(given)
      if (signature === undefined) return false
      // Where there is a digest, this is 1 % faster than the call for both.
      return digest === null ? verify(digest, input, key, signature) : createVerify(digest).update(input).verify(key, signature)
    },
  }
}

function asymmetricParts(algorithm: Algorithm, material: KeyMaterial): RsaMaterial | EcMaterial | OkpMaterial {
  if (algorithm.kty === 'EC') return partsOf('EC', material)
  if (algorithm.kty === 'OKP') return partsOf('OKP', material)
  const parts = partsOf('RSA', material)
  checkRoom(algorithm, bitLength(parts.n))
  return parts
}

const same = (signature: Uint8Array): Uint8Array => signature

function schemeFor(algorithm: Algorithm, room?: Room): Scheme {
  if (algorithm.family === 'EdDSA') return { digest: null, key: bare(), toNative: same }
  const digest = digestName(algorithm)
  if (algorithm.family === 'RSA-PSS')
    return { digest, key: withOptions(crypto().constants.RSA_PKCS1_PSS_PADDING, hashLength(algorithm.hash!)), toNative: same }
  if (algorithm.family === 'ECDSA') return { digest, key: bare(), toNative: (raw) => derOfSignature(raw, room) }
  return { digest, key: bare(crypto().constants.RSA_PKCS1_PADDING), toNative: same }
}

/**
 * A key without an object around it, which recent Node versions handle slowly. Node looks for options on the key then, and
 * so on Object.prototype: what it would look for stands on the key itself. Deno passes over the key.
 */
function bare(padding?: number): Scheme['key'] {
  if ('Deno' in globalThis) return withOptions(padding)
  return (key) => Object.defineProperties(key, Object.getOwnPropertyDescriptors(nativeOptions(padding)))
}

function withOptions(padding?: number, saltLength?: number): Scheme['key'] {
  return (key) => ({ key, ...nativeOptions(padding, saltLength) })
}

/** All that Node looks for. */
function nativeOptions(padding?: number, saltLength?: number): object {
  return { padding, saltLength, dsaEncoding: 'der', context: undefined }
}

function notDer(): never {
  throw new BackendError('node:crypto returned an ECDSA signature that is not DER', { backend: backendName, retryable: false })
}

/**
 * Some runtimes load a key and fail only when it is used, so each curve is tried once a key with a signature that is
 * refused before any curve arithmetic: r and s zero, or nothing at all.
 */
function probe(
  algorithm: Algorithm,
  parts: RsaMaterial | EcMaterial | OkpMaterial,
  key: Loaded['key'],
  { digest, toNative }: Scheme,
): void {
  if (parts.kty === 'RSA') return
  try {
    crypto().verify(digest, new Uint8Array(0), key, toNative(new Uint8Array(parts.kty === 'EC' ? 2 : 0)))
  } catch {
    throw unsupported(backendName, algorithm, 'noble', parts.crv)
  }
}
