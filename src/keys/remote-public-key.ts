import { UsageError } from '../core/errors.ts'
import { importKey } from './import.ts'
import type { PublicJwk } from './jwk-types.ts'
import type { PublicKey } from './key.ts'
import type { KeyPlatform } from './platform.ts'

// Public keys need nothing of a platform: no half is computed, nothing is decrypted, no thumbprint taken.
const publicOnly: KeyPlatform<'async'> = {
  mode: 'async',
  digest: () => Promise.reject(new UsageError('Reading a public key takes no digest')),
}

/** For authors of backends: the public key in what a device gives, DER or PEM (SPKI, PKCS#1, certificate) or a JWK. @throws InvalidKeyError */
export function readPublicKey(input: Uint8Array | string | PublicJwk): PublicKey {
  const metadataFree = typeof input === 'object' && 'kty' in input ? numbersOf(input) : input
  return importKey(publicOnly, metadataFree, { type: 'public' }) as PublicKey
}

/** A device's own names for uses and operations are not those of RFC 7517; the device enforces them. */
function numbersOf(jwk: PublicJwk): PublicJwk {
  const members = Object.entries(jwk).filter(([name]) => ['kty', 'crv', 'n', 'e', 'x', 'y'].includes(name))
  return Object.fromEntries(members) as unknown as PublicJwk
}
