import type { Algorithm } from '../algorithms/algorithm.ts'
import { type AlgorithmRegistry, checkRow, registry as shipped } from '../algorithms/registry.ts'
import { isBytes } from '../core/bytes.ts'
import { type CompactForm, compactForms } from '../core/compact-form.ts'
import { BackendError, isJwtError, isTokenError, UsageError } from '../core/errors.ts'
import { andThen, disown, given, type In, type Mode, run } from '../core/mode.ts'
import { readCount, readOptions, readText } from '../core/options.ts'
import type {
  BackendDefinition,
  BindOptions,
  GenerateOptions,
  KeyBackend,
  Signer,
  SignOperation,
  Verifier,
  VerifyOperation,
} from './backend.ts'
import { bindKey } from './bind.ts'
import { readBindOptions } from './bind-rules.ts'
import { type Key, type KeyMaterial, makeKey, type PrivateKey, type PublicKey, type SecretKey } from './key.ts'

/** Makes a KeyBackend of its primitives. Every check on algorithms, keys, lengths and answers is added here, so no backend can forget one. */
export function defineBackend<M extends Mode>(definition: BackendDefinition<M>, registry: AlgorithmRegistry = shipped): KeyBackend<M> {
  const find = (algorithm: string | Algorithm): Algorithm => {
    const found = typeof algorithm === 'string' ? registry.get(algorithm) : checkRow(algorithm)
    if (typeof found?.name === 'string') return found
    throw new UsageError('Unknown algorithm; detail.known lists those there are', { known: registry.names })
  }
  return Object.freeze({
    name: definition.name,
    mode: definition.mode,
    signer: <A extends string>(algorithm: A | Algorithm<A>, key: SecretKey<Mode> | PrivateKey<Mode>, options?: BindOptions) =>
      run('sync', () => bindSigner(definition, find(algorithm) as Algorithm<A>, key, options)),
    verifier: <A extends string>(algorithm: A | Algorithm<A>, key: SecretKey<Mode> | PublicKey<Mode>, options?: BindOptions) =>
      run('sync', () => bindVerifier(definition, find(algorithm) as Algorithm<A>, key, options)),
    generate: (algorithm: string | Algorithm, options?: GenerateOptions) =>
      run(definition.mode, () => generate(definition, find(algorithm), options)),
  })
}

/** Binds one key to one algorithm for signing. @throws InvalidKeyError, UsageError */
export function bindSigner<A extends string, M extends Mode>(
  definition: Pick<BackendDefinition<M>, 'name' | 'mode' | 'signing'>,
  algorithm: Algorithm<A>,
  key: SecretKey<Mode> | PrivateKey<Mode>,
  options?: BindOptions,
): Signer<A, M> {
  const { allowWeakKey = false, kid } = readBindOptions(key, options)
  const material = bindKey(algorithm, key, 'sign', allowWeakKey)
  const operation = guard<'sync', SignOperation<M>>('sync', definition.name, () => definition.signing(algorithm, material))
  const { mode } = definition
  const publicKey = key.type === 'private' ? key.publicKey : undefined
  const { signText } = operation
  const length = signatureLength(algorithm, material, key)
  const checked = (signature: Uint8Array): Uint8Array => checkSignature(definition.name, signature, length)
  return Object.freeze({
    algorithm: algorithm.name,
    mode,
    ...(kid !== undefined && { kid }),
    ...(publicKey && { publicKey }),
    sign: calling(definition, (input: Uint8Array) => operation.sign(checkBytes(input)), checked),
    ...(signText && {
      isTextExact: operation.isTextExact === true,
      signText: calling(definition, (input: string) => operation.signText!(input), same),
    }),
  })
}

/** Binds one key to one algorithm for verification. @throws InvalidKeyError, UsageError */
export function bindVerifier<A extends string, M extends Mode>(
  definition: Pick<BackendDefinition<M>, 'name' | 'mode' | 'verifying'>,
  algorithm: Algorithm<A>,
  key: SecretKey<Mode> | PublicKey<Mode>,
  options?: BindOptions,
): Verifier<A, M> {
  const { allowWeakKey = false, kid } = readBindOptions(key, options)
  const material = bindKey(algorithm, key, 'verify', allowWeakKey)
  const operation = guard<'sync', VerifyOperation<M>>('sync', definition.name, () => definition.verifying(algorithm, material))
  const { mode } = definition
  const length = signatureLength(algorithm, material, key)
  const textLength = Math.ceil((length * 4) / 3)
  const { verifyText } = operation
  const no = given(mode, false)
  const verifier: Verifier<A, M> = Object.freeze({
    algorithm: algorithm.name,
    mode,
    ...(kid !== undefined && { kid }),
    symmetric: algorithm.kty === 'oct',
    verify: calling(
      definition,
      (input: Uint8Array, signature: Uint8Array) => {
        checkBytes(input)
        return checkBytes(signature).length === length ? operation.verify(input, signature) : no
      },
      isTrue,
    ),
    ...(verifyText && {
      isTextExact: operation.isTextExact === true,
      verifyText: calling(
        definition,
        (input: string, signature: string) =>
          typeof input === 'string' && typeof signature === 'string' && signature.length === textLength
            ? operation.verifyText!(input, signature)
            : no,
        isTrue,
      ),
    }),
  })
  const compact = compactForms.get(operation)
  if (compact) compactForms.set(verifier, calling(definition, compact as never, isTrue) as CompactForm)
  return verifier
}

const same = <T>(value: T): T => value
const isTrue = (value: unknown): boolean => {
  disown(value)
  return value === true
}

/**
 * A function of a Signer or Verifier from that of a backend, whose answer is checked. These run for every token: one await
 * where the backend answers later, nothing but the call where it answers at once.
 */
function calling<M extends Mode, A extends unknown[], T, R>(
  { mode, name }: Pick<BackendDefinition<M>, 'mode' | 'name'>,
  call: (...args: A) => In<M, T>,
  check: (answer: T) => R,
): (...args: A) => In<M, R> {
  // All take one argument or two.
  const callWith = call as unknown as (a: unknown, b: unknown) => T
  const now = (a: unknown, b: unknown): R => {
    try {
      return check(callWith(a, b))
    } catch (error) {
      throw backendFault(name, error)
    }
  }
  const later = async (a: unknown, b: unknown): Promise<R> => {
    try {
      return check(await callWith(a, b))
    } catch (error) {
      throw backendFault(name, error)
    }
  }
  return (mode === 'sync' ? now : later) as unknown as (...args: A) => In<M, R>
}

/** Bytes of a signature by this key (RFC 7518 §3.2 to §3.5, RFC 8032). */
function signatureLength(algorithm: Algorithm, material: KeyMaterial, key: Key<Mode>): number {
  if (algorithm.signatureLength !== undefined) return algorithm.signatureLength
  if (material.kty === 'RSA') return Math.ceil(key.bits / 8)
  return key.crv === 'Ed448' ? 114 : 64
}

const generateReaders = { modulusLength: readCount, crv: readText }

function generate<M extends Mode>(definition: BackendDefinition<M>, algorithm: Algorithm, options?: GenerateOptions): In<M, Key<Mode>> {
  const wanted = readOptions(options, generateReaders) as GenerateOptions
  const { modulusLength = 2048, crv } = wanted
  if (modulusLength < 2048 || modulusLength > 16_384 || modulusLength % 8 !== 0) {
    throw new UsageError('modulusLength is 2048 to 16384 bits, in whole bytes')
  }
  if (wanted.modulusLength !== undefined && algorithm.kty !== 'RSA') throw new UsageError('modulusLength is for RSA keys')
  if (crv !== undefined && !algorithm.curves?.includes(crv)) throw new UsageError('crv is no curve of this algorithm')
  if (!definition.generate) throw new UsageError('This backend does not make keys')
  const material = guard(definition.mode, definition.name, () => definition.generate!(algorithm, wanted))
  return andThen(definition.mode, material, (made) => makeKey(algorithm.kty === 'oct' ? 'secret' : 'private', made))
}

function checkBytes(value: Uint8Array): Uint8Array {
  if (isBytes(value)) return value
  throw new UsageError('Messages and signatures are Uint8Arrays')
}

/** @throws BackendError */
function checkSignature(backend: string, answer: Uint8Array, wanted: number): Uint8Array {
  const isSignature = isBytes(answer)
  if (isSignature && answer.length === wanted) return answer
  if (!isSignature) disown(answer)
  const got = isSignature
    ? (answer as Uint8Array).length
    : typeof (answer as { then?: unknown } | undefined)?.then === 'function'
      ? 'promise'
      : typeof answer
  throw new BackendError('The backend gave no signature of its length in bytes; see detail', { backend, retryable: false, wanted, got })
}

/** What a primitive throws becomes a BackendError with the original in `cause`. */
function guard<M extends Mode, T>(mode: M, backend: string, call: () => In<M, T>): In<M, T> {
  const wrap = (error: unknown): never => {
    throw backendFault(backend, error)
  }
  try {
    const value = call()
    return (mode === 'async' ? (value as Promise<T>).then(undefined, wrap) : value) as In<M, T>
  } catch (error) {
    return wrap(error)
  }
}

/** An error that blames a token is none of a primitive's: it looks at no token. */
function backendFault(backend: string, error: unknown): unknown {
  if (isJwtError(error) && !isTokenError(error)) return error
  return new BackendError('The backend failed; see cause', { backend, retryable: false }, { cause: error })
}
