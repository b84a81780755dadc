import type { Algorithm } from '../algorithms/algorithm.ts'
import { registry } from '../algorithms/registry.ts'
import { isBytes } from '../core/bytes.ts'
import { UsageError } from '../core/errors.ts'
import { badOption, readOptions, readText } from '../core/options.ts'

/** What the caller of `importKey` may say of the key. */
export interface ImportKeyOptions {
  /** What the key must turn out to be. `'secret'` also says that text or bytes are an HMAC secret. */
  readonly type?: 'secret' | 'public' | 'private'
  /** How text or bytes are written, where that does not show. */
  readonly format?: 'pem' | 'der' | 'jwk' | 'ssh' | 'secret'
  /** The only algorithm the key shall serve. An HMAC name says that text or bytes are a secret. */
  readonly algorithm?: string
  /** Of an encrypted PEM or PKCS#8. */
  readonly passphrase?: string | Uint8Array
  /** Names the key; it overrides the `kid` of a JWK. */
  readonly kid?: string
}

/** The options with the algorithm looked up and what follows from them decided. */
export interface ImportPlan extends Omit<ImportKeyOptions, 'algorithm'> {
  readonly algorithm?: Algorithm
  /** Text and bytes are a secret. */
  readonly isSecret: boolean
  /** Text and bytes are not a secret. */
  readonly isAsymmetric: boolean
}

function readOneOf<T extends string>(...values: readonly T[]): (value: unknown, option: string) => T {
  return (value, option) => {
    const found = values.find((known) => known === value)
    if (found !== undefined) return found
    throw badOption(option, values.join(', '))
  }
}

function readAlgorithm(value: unknown, option: string): Algorithm {
  const algorithm = registry.get(readText(value, option))
  if (algorithm) return algorithm
  throw badOption(option, registry.names.join(', '))
}

function readPassphrase(value: unknown, option: string): string | Uint8Array {
  if (isBytes(value) && value.length > 0) return new Uint8Array(value)
  if (typeof value === 'string' && value !== '') return value
  throw badOption(option, 'a non-empty string or Uint8Array')
}

/** Reads and checks the options. @throws UsageError also where they contradict each other */
export function readImportOptions(options: unknown): ImportPlan {
  const { algorithm, ...read } = readOptions(options, {
    type: readOneOf('secret', 'public', 'private'),
    format: readOneOf('pem', 'der', 'jwk', 'ssh', 'secret'),
    algorithm: readAlgorithm,
    passphrase: readPassphrase,
    kid: readText,
  })
  const { type, format } = read
  const signs = [type && type === 'secret', algorithm && algorithm.kty === 'oct', format && secretFormat(format)].filter(
    (sign) => sign !== undefined,
  )
  if (new Set(signs).size > 1)
    throw new UsageError('The options type, format and algorithm contradict each other: some say secret, others not')
  const isSecret = format !== 'jwk' && signs[0] === true
  return { ...read, ...(algorithm && { algorithm }), isSecret, isAsymmetric: signs[0] === false }
}

/** A JWK may be either. */
function secretFormat(format: string): boolean | undefined {
  return format === 'jwk' ? undefined : format === 'secret'
}
