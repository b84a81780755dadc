import { decodeBase64url } from '../core/base64url.ts'
import { utf8 } from '../core/bytes.ts'
import { type CompactForm, compactForms } from '../core/compact-form.ts'
import { InvalidSignatureError } from '../core/errors.ts'
import { parseJsonFast } from '../core/json-fast.ts'
import { disown, type Mode } from '../core/mode.ts'
import type { TextCodec } from '../core/text-codec.ts'
import type { Verifier } from '../keys/backend.ts'
import type { Header } from './claims.ts'
import { decodeSegment } from './compact.ts'
import type { SignedToken } from './signed-token.ts'

/**
 * A shorter way to the verdict of `openToken` for tokens whose header text has been seen on a token that verified. It
 * answers undefined for all others and for whatever is unusual: `openToken` then judges, from the start.
 */
export interface FastPath<M extends Mode> {
  /** Asks the Verifier, in the form of its mode, about a token of a known header. */
  begin(token: unknown, maxTokenLength: number): Begun<M> | undefined
  /** As `openToken`, or undefined, by the Verifier's answer. `complete`: header and signature are wanted as well, for the caller to keep. */
  finish(begun: Begun<M>, verdict: unknown, complete: boolean): SignedToken<M> | undefined
  /** Remembers the header of a token that has just verified, and whose signature it was. */
  learn(token: string, signed: SignedToken<M>): void
}

/** What a header text led to: everything about it that does not depend on the time or on other options. */
interface Known<M extends Mode> {
  /** The header segment with its dot. */
  readonly prefix: string
  readonly header: Header
  /** The header's JSON, which has been judged. */
  readonly json: string
  readonly verifier: Verifier<string, M>
  readonly compact: CompactForm | undefined
}

/** A token of a known header, taken apart. */
export interface Begun<M extends Mode> {
  readonly known: Known<M>
  /** What the Verifier says, or will say. */
  readonly verdict: unknown
  /** The payload's text: strict base64url of good UTF-8, whose JSON nobody has looked at. */
  readonly text: string
  readonly token: string
  /** Where its signature's dot is. */
  readonly dot: number
}

const maxKnown = 4

/** For a source that says its Verifiers never change. A header enters only after a signature held, so nobody can fill the list. */
export function createFastPath<M extends Mode>(codec: TextCodec): FastPath<M> {
  const known: Known<M>[] = []
  const find = (token: string): Known<M> | undefined => {
    for (let i = 0; i < known.length; i++) if (token.startsWith(known[i]!.prefix)) return known[i]
    return undefined
  }
  return {
    begin(token, maxTokenLength) {
      if (typeof token !== 'string' || token.length > maxTokenLength) return undefined
      const one = find(token)
      if (!one) return undefined
      const start = one.prefix.length
      const dot = token.indexOf('.', start)
      if (dot < 0 || token.indexOf('.', dot + 1) >= 0) return undefined
      const text = codec.decode(token.slice(start, dot))
      if (text === undefined) return undefined
      const verdict = one.compact ? one.compact(token, dot) : ask(one.verifier, token.slice(0, dot), token.slice(dot + 1))
      return { known: one, verdict, text, token, dot }
    },
    finish,
    learn(token, { header, verifier, sole }) {
      // What crit asks for depends on the caller's options; such a header is always judged anew.
      if (!sole || known.length >= maxKnown || find(token) || Object.hasOwn(header, 'crit')) return
      const json = codec.decode(token.slice(0, token.indexOf('.')))
      const copy = json === undefined ? undefined : parseJsonFast(json)
      // Encoded anew, since a slice would keep the whole token in memory.
      if (json === undefined || !copy) return
      known.push({ prefix: `${codec.encode(json)}.`, json, verifier, compact: compactForms.get(verifier), header: copy as Header })
    },
  }
}

const nothing = /* @__PURE__ */ new Uint8Array(0)

/** The Verifier's verdict, in the form of its mode; no verdict, which is no yes, on a signature that is not strict. */
function ask(verifier: Verifier<string, Mode>, signingInput: string, signature: string): unknown {
  if (verifier.verifyText && verifier.isTextExact === true) return verifier.verifyText(signingInput, signature)
  // A foreign Verifier may be lax about the text.
  const bytes = decodeBase64url(signature)
  if (!bytes) return false
  return verifier.verifyText ? verifier.verifyText(signingInput, signature) : verifier.verify(utf8(signingInput), bytes)
}

function finish<M extends Mode>({ known, text, token, dot }: Begun<M>, verdict: unknown, complete: boolean): SignedToken<M> | undefined {
  // Exactly true: a promise, 1 or "true" from somebody's backend is not a yes.
  if (verdict !== true) {
    disown(verdict)
    // The error of `openToken`, without its second verification: a refused token must not cost more than an accepted one.
    decodeSegment(token.slice(dot + 1), 'signature')
    throw new InvalidSignatureError('')
  }
  const claims = parseJsonFast(text)
  if (claims === undefined) return undefined
  const { verifier } = known
  if (!complete) return { header: known.header, claims, signature: nothing, verifier, sole: true }
  // A header of its own: the caller may write into it.
  const header = parseJsonFast(known.json) as Header
  return { header, claims, signature: decodeSegment(token.slice(dot + 1), 'signature'), verifier, sole: true }
}
