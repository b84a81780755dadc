import { createPrivateKey, createPublicKey, type JsonWebKey, type KeyObject } from 'node:crypto'

/** The JWK of a key from generateKeyPairSync, read again first: src/backends/node/generate.ts says what happens otherwise. */
export const jwkOf = (key: KeyObject): JsonWebKey =>
  key.type === 'private'
    ? createPrivateKey({ key: key.export({ format: 'der', type: 'pkcs8' }), format: 'der', type: 'pkcs8' }).export({ format: 'jwk' })
    : createPublicKey({ key: key.export({ format: 'der', type: 'spki' }), format: 'der', type: 'spki' }).export({ format: 'jwk' })
