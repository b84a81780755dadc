import type { Algorithm } from '../../algorithms/algorithm.ts'
import { run } from '../../core/mode.ts'
import { once } from '../../core/once.ts'
import { badOption, readOptions } from '../../core/options.ts'
import type { KeyBackend } from '../../keys/backend.ts'
import { defineBackend } from '../../keys/define-backend.ts'
import type { KeyPlatform } from '../../keys/platform.ts'
import { generate } from './generate.ts'
import { signing, verifying } from './operations.ts'
import { backendName, globalSubtle, type SubtleLike } from './subtle.ts'
import { atOnce, type Start, waves } from './waves.ts'

export { capabilities } from './capabilities.ts'
export { type CryptoKeyAlgorithm, cryptoKeyVerifier } from './crypto-key-verifier.ts'
export type { SubtleLike } from './subtle.ts'

/**
 * A backend over a SubtleCrypto of the caller's choice. Keys are imported at their first use; each later call is one await.
 * @throws UsageError when `subtle` is not one
 */
export function createWebCrypto(options: { readonly subtle: SubtleLike }): KeyBackend<'async'> {
  return run('sync', () => {
    const { subtle } = readOptions(options, { subtle: readSubtle })
    if (!subtle) throw badOption('subtle', 'a SubtleCrypto')
    return over(() => subtle)
  })
}

function readSubtle(value: unknown, option: string): SubtleLike {
  const given = value as SubtleLike | null | undefined
  if (typeof given?.sign === 'function' && typeof given.verify === 'function' && typeof given.importKey === 'function') return given
  throw badOption(option, 'a SubtleCrypto')
}

/** `webcrypto`, made at the first call. */
export const webcryptoBackend: () => KeyBackend<'async'> = /* @__PURE__ */ once(() => over(globalSubtle))

/** The runtime's own WebCrypto, looked up when it is first needed. */
export const webcrypto: KeyBackend<'async'> = /* @__PURE__ */ webcryptoBackend()

/** What reading keys can have of WebCrypto: digests, later. */
export const webcryptoPlatform: KeyPlatform<'async'> = /* @__PURE__ */ Object.freeze<KeyPlatform<'async'>>({
  mode: 'async',
  digest: async (hash, message) => new Uint8Array(await globalSubtle().digest(hash, new Uint8Array(message))),
})

function over(subtle: () => SubtleLike): KeyBackend<'async'> {
  const inWaves = waves()
  const startFor = ({ family }: Algorithm): Start => (family === 'HMAC' ? inWaves : atOnce)
  return defineBackend<'async'>({
    name: backendName,
    mode: 'async',
    signing: (algorithm, material) => signing(subtle, startFor(algorithm), algorithm, material),
    verifying: (algorithm, material) => verifying(subtle, startFor(algorithm), algorithm, material),
    generate: async (algorithm, options) => generate(subtle(), algorithm, options),
  })
}
