import { UsageError } from '../core/errors.ts'
import { disown, given, type Mode } from '../core/mode.ts'
import type { KeyHint, Verifier, VerifierSource } from '../keys/backend.ts'

/** A source over a fixed list. With a `kid` in the token, only Verifiers with that kid, or with none, are candidates. */
export function verifierList<M extends Mode>(verifiers: readonly Verifier<string, M>[]): VerifierSource<M> {
  const [first] = verifiers
  if (!first || !verifiers.every(isVerifier)) throw new UsageError('No Verifier: bind a key, as noble.verifier(algorithm, key) does')
  const { mode, symmetric = false } = first
  if (verifiers.some((one) => one.mode !== mode || (one.symmetric ?? false) !== symmetric)) {
    throw new UsageError('A decoder takes no mix of sync and async keys, or secrets and public keys')
  }
  return Object.freeze({
    mode,
    fixed: true,
    algorithms: Object.freeze([...new Set(verifiers.map((one) => one.algorithm))]),
    candidates: ({ alg, kid }: KeyHint) =>
      given(
        mode,
        verifiers.filter((one) => one.algorithm === alg && (kid === undefined || one.kid === undefined || one.kid === kid)),
      ),
  })
}

/** What a source proposed. Its author may have written an async function for a sync one. @throws UsageError */
export function proposed<M extends Mode>(found: readonly Verifier<string, M>[]): readonly Verifier<string, M>[] {
  if (Array.isArray(found)) return found
  disown(found)
  throw new UsageError('A source proposes an array of Verifiers')
}

/** Whether its Verifiers never change, by its own word: an inherited one would be anybody's. */
export function isFixed(source: VerifierSource): boolean {
  return Object.hasOwn(source, 'fixed') && source.fixed === true
}

export function isVerifierSource(value: unknown): value is VerifierSource {
  return hasMode(value) && typeof (value as { candidates?: unknown }).candidates === 'function'
}

export function isVerifier(value: unknown): value is Verifier {
  return hasMode(value) && typeof (value as { verify?: unknown }).verify === 'function'
}

function hasMode(value: unknown): value is { mode: Mode } {
  if (typeof value !== 'object' || value === null) return false
  const { mode } = value as { mode?: unknown }
  return mode === 'sync' || mode === 'async'
}
