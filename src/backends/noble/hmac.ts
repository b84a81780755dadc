import type { _SHA256, _SHA384, _SHA512 } from '@noble/hashes/sha2.js'

/** A hash in its initial state, as noble's classes make it. */
export type NewHash = () => _SHA256 | _SHA384 | _SHA512
export type Mac = (input: Uint8Array) => Uint8Array

/**
 * HMAC (RFC 2104): two hashes, whose states after the padded key are kept, so that a call hashes only the message and the
 * inner digest.
 */
export function macOf(newHash: NewHash, secret: Uint8Array): Mac {
  const { blockLen } = newHash()
  const key = secret.length > blockLen ? newHash().update(secret).digest() : secret
  const padded = (byte: number) => {
    const pad = new Uint8Array(blockLen).fill(byte)
    for (let i = 0; i < key.length; i++) pad[i]! ^= key[i]!
    return newHash().update(pad)
  }
  const inner = padded(0x36)
  const outer = padded(0x5c)
  // Written over by each call: a hash object is dearer to make than a short message is to hash.
  const state = newHash()
  const digest = new Uint8Array(state.outputLen)
  return (input) => {
    inner
      ._cloneInto(state as never)
      .update(input)
      .digestInto(digest)
    outer
      ._cloneInto(state as never)
      .update(digest)
      .digestInto(digest)
    return digest.slice()
  }
}
