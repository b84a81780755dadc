import * as crypto from 'node:crypto'

type MacText = (input: string) => string
type Hash = (algorithm: string, data: Uint8Array, outputEncoding: 'latin1' | 'base64url') => string

const capacity = 8192

/**
 * HMAC as two one-shot hashes (RFC 2104), twice as fast as `createHmac` with a text result. Undefined where the runtime has
 * none (before Node 20.12, and elsewhere). Inputs beyond the buffer, where the gain is small, go to `plain`.
 */
export function oneShotMac(digest: string, size: number, secret: Uint8Array, plain: MacText): MacText | undefined {
  const hash = (crypto as { hash?: unknown }).hash as Hash | undefined
  if (typeof hash !== 'function') return undefined
  const block = size === 32 ? 64 : 128
  const key = secret.length > block ? crypto.createHash(digest).update(secret).digest() : secret
  // The padded key, and after it the message or the inner digest: nothing is allocated a call but a view.
  const inner = padded(key, 0x36, block, capacity)
  const outer = padded(key, 0x5c, block, size)
  return (input) => {
    if (input.length * 3 > capacity) return plain(input)
    const length = inner.write(input, block, 'utf8')
    outer.write(hash(digest, inner.subarray(0, block + length), 'latin1'), block, 'latin1')
    return hash(digest, outer, 'base64url')
  }
}

function padded(key: Uint8Array, byte: number, block: number, room: number): Buffer {
  const buffer = Buffer.alloc(block + room)
  buffer.fill(byte, 0, block)
  for (let i = 0; i < key.length; i++) buffer[i]! ^= key[i]!
  return buffer
}
