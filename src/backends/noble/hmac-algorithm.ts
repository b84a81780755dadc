import type { Algorithm } from '../../algorithms/algorithm.ts'
import { equalBytes, isBytes } from '../../core/bytes.ts'
import { UsageError } from '../../core/errors.ts'
import { type Mode, run } from '../../core/mode.ts'
import type { BindOptions, Signer, Verifier } from '../../keys/backend.ts'
import { bindSecret, type Operation, readBindOptions } from '../../keys/bind-rules.ts'
import type { Key } from '../../keys/key.ts'
import { macOf, type NewHash } from './hmac.ts'
import type { NobleAlgorithm } from './primitive.ts'

/** One HMAC algorithm (RFC 7518 §3.2), bound without the machinery that keys of other types need. */
export function hmacAlgorithm<A extends string>(algorithm: Algorithm<A>, newHash: NewHash): NobleAlgorithm<A> {
  const bind = (key: Key<Mode>, operation: Operation, options: BindOptions | undefined) => {
    const { allowWeakKey, kid } = readBindOptions(key, options)
    const mac = macOf(newHash, bindSecret(algorithm, key, operation, allowWeakKey))
    const common = { algorithm: algorithm.name, mode: 'sync', ...(kid !== undefined && { kid }) } as const
    return { mac, common }
  }
  return Object.freeze({
    algorithm: algorithm.name,
    signer: (key: Key<Mode>, options?: BindOptions) =>
      run('sync', () => {
        const { mac, common } = bind(key, 'sign', options)
        return Object.freeze({ ...common, sign: (input: Uint8Array) => mac(checkBytes(input)) }) satisfies Signer
      }),
    verifier: (key: Key<Mode>, options?: BindOptions) =>
      run('sync', () => {
        const { mac, common } = bind(key, 'verify', options)
        const verify = (input: Uint8Array, signature: Uint8Array): boolean => equalBytes(mac(checkBytes(input)), checkBytes(signature))
        return Object.freeze({ ...common, symmetric: true, verify }) satisfies Verifier
      }),
  })
}

function checkBytes(value: Uint8Array): Uint8Array {
  if (isBytes(value)) return value
  throw new UsageError('Messages and signatures are Uint8Arrays')
}
