import { UsageError } from '../core/errors.ts'
import { given, type Mode } from '../core/mode.ts'
import type { KeyHint, Verifier, VerifierSource } from '../keys/backend.ts'

/** A source over a fixed list. With a `kid` in the token, only Verifiers with that kid, or with none, are candidates. */
export function verifierList<M extends Mode>(verifiers: readonly Verifier<string, M>[]): VerifierSource<M> {
  const [first] = verifiers
  if (!first) throw new UsageError('There is no key to verify with')
  const { mode, symmetric = false } = first
  if (verifiers.some((one) => one.mode !== mode || (one.symmetric ?? false) !== symmetric)) {
    throw new UsageError('One decoder takes no mix of sync and async keys, or of secrets and public keys')
  }
  const byAlgorithm = new Map<string, Verifier<string, M>[]>()
  for (const verifier of verifiers) {
    const same = byAlgorithm.get(verifier.algorithm)
    if (same) same.push(verifier)
    else byAlgorithm.set(verifier.algorithm, [verifier])
  }
  const find = ({ alg, kid }: KeyHint): readonly Verifier<string, M>[] => {
    const fitting = byAlgorithm.get(alg) ?? []
    return kid === undefined ? fitting : fitting.filter((verifier) => verifier.kid === undefined || verifier.kid === kid)
  }
  return Object.freeze({
    mode,
    algorithms: Object.freeze([...byAlgorithm.keys()]),
    candidates: (hint: KeyHint) => given(mode, find(hint)),
  })
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
