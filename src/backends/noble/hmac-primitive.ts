import { randomBytes } from '@noble/hashes/utils.js'
import { encodeBase64url } from '../../core/base64url.ts'
import { equalBytes, equalText, utf8 } from '../../core/bytes.ts'
import type { KeyMaterial } from '../../keys/key.ts'
import { partsOf } from '../material.ts'
import { type Mac, macOf, type NewHash } from './hmac.ts'
import type { Primitive } from './primitive.ts'

/** HMAC (RFC 7518 §3.2) with one hash, for the backend that knows every algorithm. */
export function hmacPrimitive(newHash: NewHash): Primitive {
  const mac = (material: KeyMaterial): Mac => macOf(newHash, partsOf('oct', material).k)
  return {
    signing: (_algorithm, material) => {
      const sign = mac(material)
      return { sign, signText: textMac(sign), isTextExact: true }
    },
    verifying: (_algorithm, material) => {
      const expected = mac(material)
      const expectedText = textMac(expected)
      return {
        verify: (input, signature) => equalBytes(expected(input), signature),
        // Writing the text of one signature costs less than reading another strictly.
        verifyText: (input, signature) => equalText(expectedText(input), signature),
        isTextExact: true,
      }
    },
    generate: () => ({ kty: 'oct', k: randomBytes(newHash().outputLen) }),
  }
}

const scratchSize = 4096

/** The MAC of text in base64url. The text's bytes live in one buffer, which each call overwrites. */
function textMac(mac: Mac): (input: string) => string {
  const encoder = new TextEncoder()
  const scratch = new Uint8Array(scratchSize)
  return (input) => {
    const { read, written } = encoder.encodeInto(input, scratch)
    return encodeBase64url(mac(read === input.length ? scratch.subarray(0, written) : utf8(input)))
  }
}
