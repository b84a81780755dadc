import { InvalidSignatureError } from '../core/errors.ts'
import { parseJsonFast } from '../core/json-fast.ts'
import type { TextCodec } from '../core/text-codec.ts'
import type { Verifier, VerifierSource } from '../keys/backend.ts'
import type { Header } from './claims.ts'
import { decodeSegment } from './compact.ts'
import type { SignedToken } from './signed-token.ts'

/**
 * A shorter way to the verdict of `openToken` for tokens whose header text has been seen on a token that verified. It
 * answers undefined for all others and for whatever is unusual: `openToken` then judges, from the start.
 */
export interface FastPath {
  /** As `openToken`, or undefined. `complete`: header and signature are wanted as well, for the caller to keep. */
  open(token: unknown, maxTokenLength: number, complete: boolean): SignedToken<'sync'> | undefined
  /** Remembers the header of a token that has just verified. */
  learn(token: string, header: Header): void
}

/** What a header text led to: everything about it that does not depend on the time or on other options. */
interface Known {
  /** The header segment with its dot. */
  readonly prefix: string
  readonly header: Header
  /** The header's JSON, which has been judged. */
  readonly json: string
  readonly verifier: Verifier<string, 'sync'>
}

const maxKnown = 4

/** For a source that says its Verifiers never change. A header enters only after a signature held, so nobody can fill the list. */
export function createFastPath(source: VerifierSource<'sync'>, codec: TextCodec): FastPath {
  const known: Known[] = []
  const find = (token: string): Known | undefined => {
    for (let i = 0; i < known.length; i++) if (token.startsWith(known[i]!.prefix)) return known[i]
    return undefined
  }
  return {
    open(token, maxTokenLength, complete) {
      if (typeof token !== 'string' || token.length > maxTokenLength) return undefined
      const one = find(token)
      if (!one) return undefined
      const start = one.prefix.length
      const dot = token.indexOf('.', start)
      if (dot < 0 || token.indexOf('.', dot + 1) >= 0) return undefined
      const signature = token.slice(dot + 1)
      if (!holds(one.verifier, token.slice(0, dot), signature, codec)) return refuse(token.slice(start, dot), signature)
      const text = codec.decode(token.slice(start, dot))
      const claims = text === undefined ? undefined : parseJsonFast(text)
      if (claims === undefined) return undefined
      if (!complete) return { header: one.header, claims, signature: nothing, verifier: one.verifier }
      // A header of its own: the caller may write into it.
      return { header: JSON.parse(one.json) as Header, claims, signature: decodeSegment(signature, 'signature'), verifier: one.verifier }
    },
    learn(token, header) {
      // What crit asks for depends on the caller's options; such a header is always judged anew.
      if (known.length >= maxKnown || find(token) || Object.hasOwn(header, 'crit')) return
      const { alg, kid } = header
      const [verifier, ...others] = source.candidates(Object.hasOwn(header, 'kid') ? { alg, kid: kid! } : { alg })
      const prefix = token.slice(0, token.indexOf('.') + 1)
      const json = codec.decode(prefix.slice(0, -1))
      if (!verifier || others.length > 0 || json === undefined) return
      known.push({ prefix, json, verifier, header: JSON.parse(json) as Header })
    },
  }
}

const nothing = /* @__PURE__ */ new Uint8Array(0)

function holds(verifier: Verifier<string, 'sync'>, signingInput: string, signature: string, codec: TextCodec): boolean {
  if (verifier.verifyText) {
    // A foreign Verifier may be lax about the text.
    return (verifier.isTextExact === true || codec.bytes(signature) !== undefined) && verifier.verifyText(signingInput, signature) === true
  }
  const bytes = codec.bytes(signature)
  return bytes !== undefined && verifier.verify(codec.utf8(signingInput), bytes) === true
}

/** The error of `openToken`, without its second verification: a refused token must not cost more than an accepted one. */
function refuse(payload: string, signature: string): never {
  decodeSegment(payload, 'payload')
  decodeSegment(signature, 'signature')
  throw new InvalidSignatureError('')
}
