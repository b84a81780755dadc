import { run } from '../core/mode.ts'
import type { verification } from './claims.ts'
import { decodeSegment, defaultMaxTokenLength, parsePart, splitCompact } from './compact.ts'

/** Claims that nobody has verified: anyone may have written them. No function of this library takes them for claims. */
export interface UnverifiedClaims {
  readonly [name: string]: unknown
  readonly [verification]: 'unverified'
}

/** A header that nobody has verified. */
export interface UnverifiedHeader {
  readonly [name: string]: unknown
  readonly [verification]: 'unverified'
}

/** What a token says, unproven. */
export interface UnverifiedToken {
  readonly header: UnverifiedHeader
  readonly claims: UnverifiedClaims
  readonly signature: Uint8Array
}

/**
 * Reads a token without any check of who made it: for logs and debugging, never for a decision.
 * @throws DecodeError for a malformed token
 */
export function decodeUnverified(token: string): UnverifiedToken {
  return run('sync', () => {
    const segments = splitCompact(token, defaultMaxTokenLength)
    const claims = parsePart(decodeSegment(segments.payload, 'payload'), 'payload')
    return {
      header: parsePart(decodeSegment(segments.header, 'header'), 'header') as unknown as UnverifiedHeader,
      claims: claims as unknown as UnverifiedClaims,
      signature: decodeSegment(segments.signature, 'signature'),
    }
  })
}

/** Reads a token's header without any check of who made it. @throws DecodeError for a malformed token */
export function decodeUnverifiedHeader(token: string): UnverifiedHeader {
  return run('sync', () => {
    const { header } = splitCompact(token, defaultMaxTokenLength)
    return parsePart(decodeSegment(header, 'header'), 'header') as unknown as UnverifiedHeader
  })
}
