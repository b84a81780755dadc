import type { Mode } from '../core/mode.ts'
import type { TextCodec } from '../core/text-codec.ts'
import type { KeyBackend } from '../keys/backend.ts'
import type { KeyPlatform } from '../keys/platform.ts'

/** What an entry point is made of. The parts that cost are made when they are first asked for, which keeps imports short. */
export interface Platform<M extends Mode = Mode> {
  readonly backend: () => KeyBackend<M>
  readonly keys: KeyPlatform<M>
  /** For CryptoKeys. */
  readonly webcrypto: () => KeyBackend<'async'>
  /** For the fast path. */
  readonly codec: () => TextCodec
}
