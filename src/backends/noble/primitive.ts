import type { Algorithm } from '../../algorithms/algorithm.ts'
import type { Mode } from '../../core/mode.ts'
import { run } from '../../core/mode.ts'
import type { BackendDefinition, BindOptions, Signer, Verifier } from '../../keys/backend.ts'
import { bindSigner, bindVerifier } from '../../keys/define-backend.ts'
import type { PrivateKey, PublicKey, SecretKey } from '../../keys/key.ts'

/** What a backend does for one family of algorithms. */
export type Primitive = Required<Pick<BackendDefinition<'sync'>, 'signing' | 'verifying' | 'generate'>>

export const backendName = 'noble'

/** One algorithm with its implementation, for programs that bundle only what they use. */
export interface NobleAlgorithm<A extends string> {
  readonly algorithm: A
  /** @throws InvalidKeyError when the key does not fit the algorithm, UsageError for options it does not take */
  signer(key: SecretKey<Mode> | PrivateKey<Mode>, options?: BindOptions): Signer<A, 'sync'>
  /** @throws InvalidKeyError when the key does not fit the algorithm, UsageError for options it does not take */
  verifier(key: SecretKey<Mode> | PublicKey<Mode>, options?: BindOptions): Verifier<A, 'sync'>
}

export function single<A extends string>(algorithm: Algorithm<A>, primitive: Primitive): NobleAlgorithm<A> {
  const definition = { ...primitive, name: backendName, mode: 'sync' } as const
  return Object.freeze({
    algorithm: algorithm.name,
    signer: (key: SecretKey<Mode> | PrivateKey<Mode>, options?: BindOptions) =>
      run('sync', () => bindSigner<A, 'sync'>(definition, algorithm, key, options)),
    verifier: (key: SecretKey<Mode> | PublicKey<Mode>, options?: BindOptions) =>
      run('sync', () => bindVerifier<A, 'sync'>(definition, algorithm, key, options)),
  })
}
