import { equalBytes } from '../../core/bytes.ts'
import { isJwtError } from '../../core/errors.ts'
import { andThen, given, type In, type Mode, run } from '../../core/mode.ts'
import type { SignCall, Signer, Verifier } from '../../keys/backend.ts'
import type { Key, PublicKey } from '../../keys/key.ts'
import { backendFailure } from '../../keys/remote-failure.ts'
import { thumbprintInput } from '../../keys/thumbprint.ts'

/** A value of another mode as this ring gives it. */
export function lift<M extends Mode, T>(mode: M, value: In<Mode, T>): In<M, T> {
  return given(mode, value as T)
}

export function sameKey(a: Key<Mode>, b: Key<Mode>): boolean {
  return equalBytes(thumbprintInput(a), thumbprintInput(b))
}

/** @throws BackendError for whatever goes wrong in `open`, and where it gives no Signer */
export async function openReference(open: (reference: unknown) => unknown, reference: unknown): Promise<Signer> {
  const signer = await fromElsewhere(() => open(reference))
  if (isSigner(signer)) return signer
  throw backendFailure('permanent', 'open gave no Signer', { backend: 'key-ring' })
}

/** What the caller's function gives, with its failure typed. @throws BackendError */
export async function fromElsewhere(call: () => unknown): Promise<unknown> {
  try {
    return await call()
  } catch (error) {
    if (isJwtError(error)) throw error
    throw backendFailure('permanent', 'create or open of the key ring failed; see cause', { backend: 'key-ring' }, error)
  }
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
  if (signer.algorithm !== algorithm || (signer.publicKey && !sameKey(signer.publicKey, publicKey))) throw otherKey(algorithm)
  return Object.freeze({
    algorithm,
    mode,
    kid,
    publicKey: publicKey as PublicKey,
    sign: (input: Uint8Array, call?: SignCall) =>
      run(mode, () =>
        andThen(mode, lift<M, Uint8Array>(mode, signer.sign(input, call)), (signature) =>
          andThen(mode, verifier.verify(input, signature), (holds) => {
            if (holds === true) return signature
            throw otherKey(algorithm)
          }),
        ),
      ),
  })
}

function otherKey(algorithm: string): Error {
  const message = 'The signer of the active key has another key than the ring publishes: no token was made'
  return backendFailure('permanent', message, { backend: 'key-ring', algorithm })
}
