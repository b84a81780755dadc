import { InvalidKeyError } from '../core/errors.ts'
import { run } from '../core/mode.ts'
import { readOptions, readText, readTextList } from '../core/options.ts'
import { secretBytes } from './bare-secret.ts'
import type { KeyMetadata, SecretKey } from './key.ts'
import { BaseKey } from './key-base.ts'

/**
 * An HMAC secret: the bytes, copied, or the UTF-8 of text. Its length is judged with the algorithm.
 * @throws InvalidKeyError for nothing at all, for text that has no UTF-8, and for what looks like a key file
 */
export function importSecret(input: string | Uint8Array, metadata: KeyMetadata = {}): SecretKey {
  return run('sync', () => {
    const k = secretBytes(input)
    if (k.length === 0) throw new InvalidKeyError('The secret is empty')
    const read = readOptions(metadata, { kid: readText, alg: readText, use: readText, keyOps: readTextList })
    return Object.freeze(new BaseKey('secret', { kty: 'oct', k }, k.length * 8, { ...read })) as SecretKey
  })
}
