import { decodeBase64url } from '../core/base64url.ts'
import { DecodeError } from '../core/errors.ts'

/** Tokens longer than this are refused unread, unless `maxTokenLength` says otherwise. */
export const defaultMaxTokenLength = 65_536
/** The header segment's limit in characters. */
export const maxHeaderLength = 16_384

/** The three segments of a compact JWS (RFC 7515 §7.1), still encoded. */
export interface Segments {
  readonly header: string
  readonly payload: string
  readonly signature: string
  /** `header.payload`: what was signed. */
  readonly signingInput: string
}

/** Splits by finding exactly two dots. @throws DecodeError */
export function splitCompact(token: unknown, maxLength: number): Segments {
  if (typeof token !== 'string') throw new DecodeError('The token is not a string', { reason: 'type' })
  if (token.length > maxLength) throw new DecodeError('The token is longer than maxTokenLength', { reason: 'size', maxLength })
  const first = token.indexOf('.')
  const second = token.indexOf('.', first + 1)
  if (first < 0 || second < 0) throw new DecodeError('The token does not have three segments', { reason: 'segments' })
  if (token.indexOf('.', second + 1) >= 0) {
    throw new DecodeError('More than three segments: encrypted tokens (JWE) are not taken', { reason: 'segments' })
  }
  if (first > maxHeaderLength) throw new DecodeError('The header is too long', { reason: 'size', maxLength: maxHeaderLength })
  return {
    header: token.slice(0, first),
    payload: token.slice(first + 1, second),
    signature: token.slice(second + 1),
    signingInput: token.slice(0, second),
  }
}

/** The bytes of one segment of strict base64url. @throws DecodeError */
export function decodeSegment(segment: string, part: 'header' | 'payload' | 'signature'): Uint8Array<ArrayBuffer> {
  const bytes = decodeBase64url(segment)
  if (bytes) return bytes
  throw new DecodeError('Not strict base64url; see detail', { reason: 'base64url', part })
}
