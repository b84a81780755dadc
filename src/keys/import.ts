import type { Algorithm } from '../algorithms/algorithm.ts'
import { isBytes, textOf } from '../core/bytes.ts'
import { InvalidKeyError } from '../core/errors.ts'
import { isPlainObject, parseJsonObject } from '../core/json.ts'
import { disown, type Mode } from '../core/mode.ts'
import { keyFits } from './bind.ts'
import { derStructure, type ReadKey, readDerKey } from './der-key.ts'
import { importCryptoKey, isCryptoKey, isKeyObject, type KeyObjectLike } from './handle.ts'
import { type ImportPlan, readImportOptions } from './import-options.ts'
import { importJwk } from './jwk.ts'
import { isKey, type Key, type KeyMetadata, makeKey, materialOf } from './key.ts'
import { hasPemBoundary } from './pem.ts'
import { readEncryptedDer, readPemKey, refusePassphrase } from './pem-key.ts'
import type { KeyPlatform } from './platform.ts'
import { importSecret } from './secret.ts'
import { readSshKey, startsLikeSsh } from './ssh.ts'

// No honest key comes near; a certificate with many names may have tens of kilobytes.
const maxLength = 1_048_576

/**
 * Turns a key of any format into a checked Key. What the input is follows from its own type and format and from the
 * options, never from trying one reading after another: a PEM that does not parse is an error, not a secret.
 * @throws InvalidKeyError for a key that cannot be read, is not acceptable, or is not what the options say
 * @throws UsageError for options that are wrong in themselves
 */
export function importKey(platform: KeyPlatform, input: unknown, options?: unknown): Key<Mode> {
  const plan = readImportOptions(options)
  const key = withOptions(read(platform, input, plan), plan)
  if (plan.type === undefined || plan.type === key.type) return key
  throw new InvalidKeyError('The key is not of the type asked for; see detail. The public half of a private key is its publicKey', {
    wanted: plan.type,
    found: key.type,
  })
}

function read(platform: KeyPlatform, input: unknown, plan: ImportPlan): Key<Mode> {
  if (typeof input === 'string') return readText(platform, input, plan)
  if (typeof input !== 'object' || input === null) throw notAKey(input)
  if (isBytes(input)) return readBytes(platform, input, plan)
  refusePassphrase(plan.passphrase)
  if (isKey(input)) return input
  if (isPlainObject(input) && (Object.hasOwn(input, 'kty') || Object.hasOwn(input, 'keys'))) return importJwk(platform, input)
  if (isCryptoKey(input)) return importCryptoKey(input)
  if (isKeyObject(input)) return readKeyObject(platform, input)
  if (isPlainObject(input)) return importJwk(platform, input)
  throw notAKey(input)
}

/** `found` tells a variable that is not set from a wrong format. */
function notAKey(input: unknown): InvalidKeyError {
  return new InvalidKeyError(
    'Not a key: give text, a Uint8Array, a JWK object, a KeyObject, a CryptoKey or a Key of this library; see detail',
    { found: input === null ? 'null' : typeof input },
  )
}

function readBytes(platform: KeyPlatform, given: Uint8Array, plan: ImportPlan): Key<Mode> {
  checkSize(given.length)
  // A true copy: the slice of a Node Buffer is a view of the caller's memory.
  const bytes = new Uint8Array(given)
  const { format, passphrase } = plan
  const hasNoSign = !plan.isAsymmetric && format === undefined
  if (plan.isSecret || hasNoSign) {
    refusePassphrase(passphrase)
    return importSecret(bytes)
  }
  const sequenceTag = 0x30
  if (format === 'der' || (format === undefined && bytes[0] === sequenceTag)) return fromRead(readDerBytes(platform, bytes, passphrase))
  const text = textOf(bytes)
  if (text === undefined) throw new InvalidKeyError('The bytes are neither DER nor the UTF-8 text of a key')
  return readText(platform, text, plan)
}

function readDerBytes(platform: KeyPlatform, bytes: Uint8Array, passphrase?: string | Uint8Array): ReadKey {
  const structure = derStructure(bytes)
  if (structure === 'encrypted-pkcs8') return readEncryptedDer(platform, bytes, passphrase)
  refusePassphrase(passphrase)
  return readDerKey(platform, structure, bytes)
}

function readText(platform: KeyPlatform, text: string, plan: ImportPlan): Key<Mode> {
  checkSize(text.length)
  const format = plan.isSecret ? 'secret' : (plan.format ?? textFormat(text))
  if (format === 'pem') return fromRead(readPemKey(platform, text, plan.passphrase))
  refusePassphrase(plan.passphrase)
  switch (format) {
    case 'secret':
      return importSecret(text)
    case 'ssh':
      return makeKey('public', readSshKey(text))
    case 'jwk':
      return importJwk(platform, jsonObject(text))
    case 'der':
      throw new InvalidKeyError('DER is bytes, not text: decode the text to a Uint8Array')
    default:
      throw new InvalidKeyError(
        plan.isAsymmetric
          ? 'The text is no PEM, SSH or JWK key: a PEM key needs its BEGIN and END lines'
          : 'The text is no PEM, SSH or JWK key. If it is an HMAC secret, say so: importKey(text, { type: "secret" })',
      )
  }
}

function textFormat(text: string): 'pem' | 'ssh' | 'jwk' | undefined {
  if (text.trimStart().startsWith('{')) return 'jwk'
  if (hasPemBoundary(text)) return 'pem'
  return startsLikeSsh(text) ? 'ssh' : undefined
}

function jsonObject(text: string): object {
  const value = parseJsonObject(text.trim())
  if (typeof value === 'object') return value
  throw new InvalidKeyError('The JWK text is not a strict JSON object; detail.reason says why', { reason: value })
}

function fromRead({ type, material }: ReadKey): Key<Mode> {
  return makeKey(type, material)
}

/** Node exports every KeyObject; what it exports goes through the same parsers as a file. */
function readKeyObject(platform: KeyPlatform, object: KeyObjectLike): Key<Mode> {
  const { type } = object
  const exported = type === 'secret' ? object.export() : object.export({ type: type === 'public' ? 'spki' : 'pkcs8', format: 'der' })
  if (!isBytes(exported)) {
    disown(exported)
    throw notAKey(exported)
  }
  if (type === 'secret') return importSecret(exported)
  return fromRead(readDerKey(platform, type === 'public' ? 'spki' : 'pkcs8', new Uint8Array(exported)))
}

/** Adds kid and alg. A key that names another algorithm itself, or cannot serve this one, is refused. */
function withOptions(key: Key<Mode>, { kid, algorithm }: ImportPlan): Key<Mode> {
  if (kid === undefined && algorithm === undefined) return key
  if (algorithm && !canServe(algorithm, key)) {
    throw new InvalidKeyError('The key does not fit the algorithm option: its type, curve, alg, use or key_ops say otherwise', {
      algorithm: algorithm.name,
      kty: key.kty,
    })
  }
  const { alg, use, keyOps } = key
  const metadata: KeyMetadata = {
    ...(key.kid !== undefined && { kid: key.kid }),
    ...(alg !== undefined && { alg }),
    ...(use !== undefined && { use }),
    ...(keyOps !== undefined && { keyOps }),
    ...(algorithm && { alg: algorithm.name }),
    ...(kid !== undefined && { kid }),
  }
  return makeKey(key.type, materialOf(key), metadata)
}

function canServe(algorithm: Algorithm, key: Key<Mode>): boolean {
  return (key.type !== 'public' && keyFits(algorithm, key, 'sign')) || (key.type !== 'private' && keyFits(algorithm, key, 'verify'))
}

function checkSize(length: number): void {
  if (length > maxLength) throw new InvalidKeyError('The key is larger than one mebibyte')
}
