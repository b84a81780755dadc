import { equalBytes, isBytes } from '../../core/bytes.ts'
import { isJwtError, isTokenError } from '../../core/errors.ts'
import { andThen, given, type In, type Mode, run, settle } from '../../core/mode.ts'
import type { SignCall, Signer, Verifier } from '../../keys/backend.ts'
import { isKey, type Key, type PublicKey } from '../../keys/key.ts'
import { backendFailure } from '../../keys/remote-failure.ts'
import { copyOf } from '../../keys/remote-signer.ts'
import { thumbprintInput } from '../../keys/thumbprint.ts'

/** A value of another mode as this ring gives it. */
export function lift<M extends Mode, T>(mode: M, value: In<Mode, T>): In<M, T> {
  return given(mode, value as T)
}

export function sameKey(a: Key<Mode>, b: Key<Mode>): boolean {
  return equalBytes(thumbprintInput(a), thumbprintInput(b))
}

const ownFaults: readonly string[] = ['backend_failure', 'invalid_key', 'invalid_usage']

/**
 * What leaves the ring of what a function of the caller's threw. A token error is wrapped too: it would say that the token
 * is at fault (401), where the ring's own key or store is (503).
 */
export function failureFrom(error: unknown, kind: 'retryable' | 'permanent', message: string): Error {
  if (isJwtError(error) && ownFaults.includes(error.code) && !isTokenError(error)) return error
  return backendFailure(kind, message, { backend: 'key-ring' }, error)
}

/** What a function of the caller's gives, with its failure typed. @throws BackendError */
export function fromElsewhere<M extends Mode, T>(mode: M, message: string, call: () => In<Mode, T>): In<M, T> {
  return settle<M, T, T>(
    mode,
    () => lift(mode, call()),
    (value) => value,
    (error) => {
      throw failureFrom(error, 'permanent', message)
    },
  )
}

/** @throws BackendError for whatever goes wrong in `open`, and where it gives no Signer */
export function openReference(open: (reference: unknown) => unknown, reference: unknown): Promise<Signer> {
  return fromElsewhere('async', 'open of the key ring failed; see cause', async () => {
    const signer = await open(reference)
    if (isSigner(signer)) return signer
    throw backendFailure('permanent', 'open gave no Signer', { backend: 'key-ring' })
  })
}

/** A signer from elsewhere as it is now, its members read once. @throws BackendError */
export function signerNow<M extends Mode>(mode: M, signer: Signer, call?: SignCall): In<M, Signer> {
  return fromElsewhere<M, Signer>(mode, 'The snapshot of a signer of the key ring failed; see cause', () =>
    andThen(mode, lift<M, unknown>(mode, signer.snapshot ? signer.snapshot(call) : signer), (now) => {
      if (!isSigner(now)) throw wrongValue('The snapshot of a signer gave no Signer', now)
      const { algorithm, kid, publicKey } = now
      return {
        algorithm,
        mode: now.mode,
        ...(kid !== undefined && { kid }),
        ...(publicKey !== undefined && { publicKey }),
        sign: (input, forOne) => now.sign(input, forOne),
      }
    }),
  )
}

function wrongValue(message: string, value: unknown): Error {
  // Nobody waits for the promise of a signer that calls itself sync.
  if (value instanceof Promise) value.catch(() => undefined)
  return backendFailure('permanent', message, { backend: 'key-ring', got: value instanceof Promise ? 'promise' : typeof value })
}

export function isSigner(value: unknown): value is Signer {
  const { sign, mode, algorithm } = Object(value) as Partial<Signer>
  return typeof sign === 'function' && typeof algorithm === 'string' && (mode === 'sync' || mode === 'async')
}

/**
 * A signer from elsewhere under the ring's kid. Its key may have changed unseen, or not be the one that was asked for, so
 * every signature is verified with the key that the ring publishes before it is handed out.
 */
export function checkedSigner<M extends Mode>(
  mode: M,
  signer: Signer,
  kid: string,
  publicKey: PublicKey<Mode>,
  verifier: Verifier<string, M>,
): Signer<string, M> {
  const { algorithm } = verifier
  const shown: unknown = signer.publicKey
  if (signer.algorithm !== algorithm || (shown !== undefined && !(isKey(shown) && sameKey(shown, publicKey)))) throw otherKey(algorithm)
  return Object.freeze({
    algorithm,
    mode,
    kid,
    publicKey: publicKey as PublicKey,
    sign: (input: Uint8Array, call?: SignCall) =>
      run(mode, () => {
        // Judged are bytes that neither the caller nor the signer can change meanwhile.
        const message = copyOf(input)
        const asked = fromElsewhere<M, unknown>(mode, 'The signer of the active key failed; see cause', () =>
          signer.sign(copyOf(message), call),
        )
        return andThen(mode, asked, (answer) => {
          if (!isBytes(answer)) throw wrongValue('The signer of the active key gave no bytes for a signature', answer)
          const signature = new Uint8Array(answer)
          return andThen(mode, verifier.verify(message, signature), (holds) => {
            if (holds === true) return signature
            throw otherKey(algorithm)
          })
        })
      }),
  })
}

function otherKey(algorithm: string): Error {
  const message = 'The signer of the active key has another key than the ring publishes: no token was made'
  return backendFailure('permanent', message, { backend: 'key-ring', algorithm })
}
