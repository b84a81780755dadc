import { encodeBase64url } from '../core/base64url.ts'
import { utf8 } from '../core/bytes.ts'
import type { Mode } from '../core/mode.ts'
import { plain } from './export.ts'
import { importJwk } from './jwk.ts'
import { isKey, type Key, materialOf } from './key.ts'

/**
 * What a JWK thumbprint hashes (RFC 7638 §3, RFC 8037 §2): the members that make up the public key, or the secret, as
 * JSON in lexicographic order. A private key and its public half have the same one.
 * @throws InvalidKeyError for anything but a Key or a well-formed JWK, and for a CryptoKey
 */
export function thumbprintInput(keyOrJwk: unknown): Uint8Array<ArrayBuffer> {
  const key: Key<Mode> = isKey(keyOrJwk) ? keyOrJwk : importJwk({}, keyOrJwk)
  return utf8(JSON.stringify(requiredMembers(key)))
}

function requiredMembers(key: Key<Mode>): object {
  const material = plain(materialOf(key))
  switch (material.kty) {
    case 'oct':
      return { k: encodeBase64url(material.k), kty: 'oct' }
    case 'RSA':
      return { e: encodeBase64url(material.e), kty: 'RSA', n: encodeBase64url(material.n) }
    case 'EC':
      return { crv: material.crv, kty: 'EC', x: encodeBase64url(material.x), y: encodeBase64url(material.y) }
    case 'OKP':
      return { crv: material.crv, kty: 'OKP', x: encodeBase64url(material.x) }
  }
}
