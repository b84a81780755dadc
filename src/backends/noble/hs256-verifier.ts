import { _SHA256 } from '@noble/hashes/sha2.js'
import { equalBytes, isBytes } from '../../core/bytes.ts'
import { InvalidKeyError } from '../../core/errors.ts'
import { run } from '../../core/mode.ts'
import type { Verifier } from '../../keys/backend.ts'
import { secretBytes } from '../../keys/bare-secret.ts'
import { macOf } from './hmac.ts'

/**
 * A Verifier of HS256 straight from the secret's text or bytes: what `hs256.verifier(importSecret(secret))` makes, for
 * programs whose size matters. @throws InvalidKeyError as `importSecret`, and below 32 bytes (RFC 7518 §3.2)
 */
export function hs256Verifier(secret: string | Uint8Array): Verifier<'HS256', 'sync'> {
  return run('sync', () => {
    const bytes = secretBytes(secret)
    if (bytes.length < 32) throw new InvalidKeyError('The secret is below 32 bytes')
    const mac = macOf(() => new _SHA256(), bytes)
    return Object.freeze({
      algorithm: 'HS256',
      mode: 'sync',
      symmetric: true,
      // noble refuses an input that is no Uint8Array.
      verify: (input: Uint8Array, signature: Uint8Array) => run('sync', () => isBytes(signature) && equalBytes(mac(input), signature)),
    })
  })
}
