import type { Algorithm } from '../algorithms/algorithm.ts'
import { UsageError } from '../core/errors.ts'
import type { KeyBackend, Verifier } from '../keys/backend.ts'
import { defineBackend } from '../keys/define-backend.ts'
import { makeKey } from '../keys/key.ts'

/** The two backends that verification on this machine picks from. */
export interface LocalBackends {
  readonly webcrypto: KeyBackend<'async'>
  /** Whether the runtime's WebCrypto has the algorithm, on this curve. */
  readonly supports: (algorithm: Algorithm, crv: string | undefined) => Promise<boolean>
  /** Loads the pure backend, in a program that needs it. */
  readonly pure: () => Promise<KeyBackend>
}

/** A backend that only verifies, with public keys: by WebCrypto where the runtime has the algorithm, else by the pure backend. */
export function makeLocalVerification({ webcrypto, supports, pure }: LocalBackends): KeyBackend<'async'> {
  return defineBackend<'async'>({
    name: 'local',
    mode: 'async',
    signing: () => {
      throw new UsageError('Local verification does not sign')
    },
    verifying: (algorithm, material) => {
      const key = makeKey('public', material)
      const choose = async (): Promise<Verifier> => {
        const backend = (await supports(algorithm, key.crv)) ? webcrypto : await pure()
        return backend.verifier(algorithm, key, { allowWeakKey: true })
      }
      let chosen: Promise<Verifier> | undefined
      return {
        verify: async (input, signature) => {
          chosen ??= choose()
          const choice = chosen
          try {
            return await (await choice).verify(input, signature)
          } catch (error) {
            if (chosen === choice) chosen = undefined
            throw error
          }
        },
      }
    },
  })
}
