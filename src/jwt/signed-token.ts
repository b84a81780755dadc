import type { JsonObject } from '../core/json.ts'
import type { Mode } from '../core/mode.ts'
import type { Verifier } from '../keys/backend.ts'
import type { Header } from './claims.ts'

/** A token whose signature holds and whose payload is a JSON object; its claims are not judged yet. */
export interface SignedToken<M extends Mode = Mode> {
  readonly header: Header
  readonly claims: JsonObject
  readonly signature: Uint8Array
  /** Whether no other Verifier was a candidate. */
  readonly sole: boolean
  /** Whose signature it is. */
  readonly verifier: Verifier<string, M>
}
