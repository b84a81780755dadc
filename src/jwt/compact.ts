import { decodeBase64url } from '../core/base64url.ts'
import { DecodeError } from '../core/errors.ts'
import { type JsonObject, parseJsonObject } from '../core/json.ts'

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

type Part = 'header' | 'payload' | 'signature'

/** The error of a token that is no well-formed compact JWS of JSON objects. docs/ERRORS.md lists the reasons. */
export function malformed(reason: string, detail?: { readonly part?: Part; readonly maxLength?: number }): DecodeError {
  return new DecodeError(`malformed token: ${reason}`, { reason, ...detail })
}

/** Splits by finding exactly two dots. @throws DecodeError */
export function splitCompact(token: unknown, maxLength: number): Segments {
  if (typeof token !== 'string') throw malformed('type')
  if (token.length > maxLength) throw malformed('size', { maxLength })
  const first = token.indexOf('.')
  const second = token.indexOf('.', first + 1)
  // No dot at all gives -1 and -1; a third one marks an encrypted token (JWE).
  if (second <= first || token.indexOf('.', second + 1) >= 0) throw malformed('segments')
  if (first > maxHeaderLength) throw malformed('size', { maxLength: maxHeaderLength })
  return {
    header: token.slice(0, first),
    payload: token.slice(first + 1, second),
    signature: token.slice(second + 1),
    signingInput: token.slice(0, second),
  }
}

/** The bytes of one segment of strict base64url. @throws DecodeError */
export function decodeSegment(segment: string, part: Part): Uint8Array<ArrayBuffer> {
  const bytes = decodeBase64url(segment)
  if (bytes) return bytes
  throw malformed('base64url', { part })
}

/** The JSON object in the bytes of a segment. @throws DecodeError */
export function parsePart(bytes: Uint8Array, part: Part): JsonObject {
  const value = parseJsonObject(bytes)
  if (typeof value === 'object') return value
  throw malformed(value, { part })
}
