import type { CompactForm } from '../../core/compact-form.ts'
import { crypto } from './builtin.ts'
import { firstRoom, type Hash, messageRoom, mostRoom, padded, putUnits } from './hmac-one-shot.ts'

/**
 * Whether a token's signature is the HMAC of what stands before it, as by `oneShotMac`. The token is written once, and its
 * signature compared as bytes, in a time that depends on nothing else. Tokens too long for the buffer go to `plain`.
 */
export function oneShotCompact(digest: string, size: number, secret: Uint8Array, plain: CompactForm): CompactForm | undefined {
  const hash = (crypto() as { hash?: unknown }).hash as Hash | undefined
  if (typeof hash !== 'function') return undefined
  const block = size === 32 ? 64 : 128
  const key = secret.length > block ? crypto().createHash(digest).update(secret).digest() : secret
  const length = Math.ceil((size * 4) / 3)
  const encoder = new TextEncoder()
  let inner = messageRoom(padded(key, 0x36, block, firstRoom), block)
  const outer = padded(key, 0x5c, block, size)
  return (token, dot) => {
    if (token.length > inner.message.length) {
      if (token.length > mostRoom) return plain(token, dot)
      inner = messageRoom(padded(key, 0x36, block, 2 * token.length), block)
    }
    const { message } = inner
    // Text beyond ASCII takes more bytes, or does not fit.
    const { written } = encoder.encodeInto(token, message)
    if (written !== token.length || written !== dot + 1 + length) return false
    putUnits(hash(digest, inner.upTo(block + dot), 'utf16le'), outer, block)
    const expected = hash(digest, outer, 'base64url')
    let difference = 0
    for (let i = 0; i < length; i++) difference |= message[dot + 1 + i]! ^ expected.charCodeAt(i)
    return difference === 0
  }
}
