import { generateKeyPairSync, type KeyObject } from 'node:crypto'
import { p256, p384, p521 } from '@noble/curves/nist.js'
import { registry } from '../../src/algorithms/registry.ts'
import { node } from '../../src/backends/node/index.ts'
import type { PrivateKey, SecretKey } from '../../src/keys/key.ts'
import type { RemoteKey, RemoteSnapshot } from '../../src/keys/remote.ts'
import { readPublicKey } from '../../src/keys/remote-public-key.ts'
import { jwkOf } from '../jwk-of.ts'

export const message = new TextEncoder().encode('header.payload')

/** One key for each algorithm, made once: RSA keys take a second. */
const made = new Map<string, PrivateKey | SecretKey>()
export function keyFor(algorithm: string): PrivateKey | SecretKey {
  const kind = algorithm.startsWith('PS') ? algorithm.replace('PS', 'RS') : algorithm
  const share = kind.startsWith('RS') ? 'RS256' : kind
  const key = made.get(share) ?? (node.generate(share) as PrivateKey | SecretKey)
  made.set(share, key)
  return key
}

export const publicOf = (algorithm: string) => {
  const key = keyFor(algorithm)
  return key.type === 'private' ? key.publicKey : undefined
}

/** A device that holds a key in memory and answers as a good one does: messages in, raw signatures out. */
export function memoryDevice(
  algorithm: string,
  change: Partial<RemoteKey> & { readonly snapshotOf?: Partial<RemoteSnapshot> } = {},
): RemoteKey {
  const { snapshotOf, ...definition } = change
  const signer = node.signer(algorithm, keyFor(algorithm))
  const publicKey = publicOf(algorithm)
  return {
    backend: 'memory',
    algorithm,
    input: 'message',
    signatureEncoding: 'raw',
    snapshot: async () => ({ kid: 'k1', ...(publicKey && { publicKey }), sign: async (input) => signer.sign(input), ...snapshotOf }),
    ...definition,
  }
}

/** A device that takes digests and answers DER, as most do for ECDSA. */
export function digestDevice(algorithm: 'ES256' | 'ES384' | 'ES512'): { readonly key: RemoteKey; readonly asked: Uint8Array[] } {
  const namedCurve = registry.get(algorithm)!.curves![0]!
  const pair: { privateKey: KeyObject; publicKey: KeyObject } = generateKeyPairSync('ec', { namedCurve })
  const asked: Uint8Array[] = []
  const publicKey = readPublicKey(pair.publicKey.export({ type: 'spki', format: 'der' }))
  return {
    asked,
    key: {
      backend: 'digest-device',
      algorithm,
      input: 'digest',
      signatureEncoding: 'der',
      snapshot: () => ({
        kid: 'd1',
        publicKey,
        sign: (input) => {
          asked.push(input)
          return signDigest(pair.privateKey, input)
        },
      }),
    },
  }
}

// node:crypto cannot sign a bare digest with ECDSA, noble can.
function signDigest(key: KeyObject, digest: Uint8Array): Uint8Array {
  const { d, crv } = jwkOf(key)
  const curve = { 'P-256': p256, 'P-384': p384, 'P-521': p521 }[crv as 'P-256']
  return curve.sign(digest, Buffer.from(d!, 'base64url'), { prehash: false, format: 'der', lowS: false })
}
