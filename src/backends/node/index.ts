import { type Algorithm, hashLength } from '../../algorithms/algorithm.ts'
import { compactForms } from '../../core/compact-form.ts'
import { run } from '../../core/mode.ts'
import { once } from '../../core/once.ts'
import { readBoolean, readOptions } from '../../core/options.ts'
import type { KeyBackend, VerifyOperation } from '../../keys/backend.ts'
import { defineBackend } from '../../keys/define-backend.ts'
import type { KeyMaterial } from '../../keys/key.ts'
import { partsOf } from '../material.ts'
import { digestName } from './digest-name.ts'
import { generate } from './generate.ts'
import { hmacOperation } from './hmac.ts'
import { oneShotCompact } from './hmac-compact.ts'
import { backendName } from './key-object.ts'
import { signing, verifying } from './public-key.ts'
import { isStrict } from './text-codec.ts'
import { textView } from './text-view.ts'
import { poolSigning, poolVerifying } from './thread-pool.ts'

export { nodePlatform } from './platform.ts'
export { nodeVerifier } from './verifier.ts'

/** `node`, made at the first call. */
export const nodeBackend: () => KeyBackend<'sync'> = /* @__PURE__ */ once(() => over(false))

/** `node:crypto`, synchronous, for Node, Bun and Deno. A curve that the runtime's OpenSSL lacks is refused when a key is bound. */
export const node: KeyBackend<'sync'> = /* @__PURE__ */ nodeBackend()

/**
 * The same with a choice. `nativeHmac`: HMAC secrets are given to `createHmac` alone, instead of being kept as padded blocks
 * for one-shot hashes, which are twice as fast. @throws UsageError
 */
export function createNode(options: { readonly nativeHmac?: boolean } = {}): KeyBackend<'sync'> {
  return run('sync', () => over(readOptions(options, { nativeHmac: readBoolean }).nativeHmac ?? false))
}

function over(nativeHmac: boolean): KeyBackend<'sync'> {
  return defineBackend<'sync'>({
    name: backendName,
    mode: 'sync',
    signing: (algorithm, material) =>
      algorithm.family === 'HMAC' ? hmacOperation(algorithm, material, nativeHmac) : signing(algorithm, material),
    verifying: (algorithm, material) =>
      algorithm.family === 'HMAC' ? hmacVerifying(algorithm, material, nativeHmac) : withText(verifying(algorithm, material)),
    generate,
  })
}

function hmacVerifying(algorithm: Algorithm, material: KeyMaterial, native: boolean): VerifyOperation<'sync'> {
  const operation = hmacOperation(algorithm, material, native)
  if (native) return operation
  const plain = (token: string, dot: number): boolean => operation.verifyText!(token.slice(0, dot), token.slice(dot + 1))
  const compact = oneShotCompact(digestName(algorithm), hashLength(algorithm.hash!), partsOf('oct', material).k, plain)
  if (compact) compactForms.set(operation, compact)
  return operation
}

/** The text form over memory that is used again, of which a verification keeps nothing. */
function withText({ verify }: VerifyOperation<'sync'>): VerifyOperation<'sync'> {
  const viewOf = textView()
  let room = Buffer.allocUnsafeSlow(0)
  return {
    verify,
    isTextExact: true,
    verifyText: (input, text) => {
      const length = (text.length * 3) >> 2
      if (room.length !== length) room = Buffer.allocUnsafeSlow(length)
      return room.write(text, 0, length, 'base64url') === length && isStrict(text) && verify(viewOf(input), room)
    },
  }
}

/**
 * `node:crypto` on the thread pool: signatures and verifications of public-key algorithms run beside the program. For bulk
 * work with many calls in flight; one call at a time is slower than with `node`.
 */
export const nodeAsync: KeyBackend<'async'> = /* @__PURE__ */ defineBackend<'async'>({
  name: backendName,
  mode: 'async',
  signing: (algorithm, material) => {
    if (algorithm.family !== 'HMAC') return poolSigning(algorithm, material)
    const { sign } = hmacOperation(algorithm, material, true)
    return { sign: async (input) => sign(input) }
  },
  verifying: (algorithm, material) => {
    if (algorithm.family !== 'HMAC') return poolVerifying(algorithm, material)
    const { verify } = hmacOperation(algorithm, material, true)
    return { verify: async (input, signature) => verify(input, signature) }
  },
  generate: async (algorithm, options) => generate(algorithm, options),
})
