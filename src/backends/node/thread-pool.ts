import type { Algorithm } from '../../algorithms/algorithm.ts'
import type { SignOperation, VerifyOperation } from '../../keys/backend.ts'
import type { KeyMaterial } from '../../keys/key.ts'
import { crypto } from './builtin.ts'
import { fromNative, loadPrivate, loadPublic } from './public-key.ts'

// The runtime reads the message on another thread while the caller runs on, so each call takes a copy.

/** Signing on the thread pool. */
export function poolSigning(algorithm: Algorithm, material: KeyMaterial): SignOperation<'async'> {
  const { sign } = crypto()
  const { digest, key } = loadPrivate(algorithm, material)
  return {
    sign: (input) =>
      new Promise((resolve, reject) => {
        sign(digest, Buffer.from(input), key, (error, signature) => (error ? reject(error) : resolve(signature)))
      }).then((signature) => fromNative(algorithm, signature as Buffer)),
  }
}

/** Verification on the thread pool. */
export function poolVerifying(algorithm: Algorithm, material: KeyMaterial): VerifyOperation<'async'> {
  const { verify } = crypto()
  const { digest, key, native } = loadPublic(algorithm, material)
  return {
    verify: (input, given) =>
      new Promise((resolve, reject) => {
        const signature = native(given)
        if (signature === undefined) resolve(false)
        else verify(digest, Buffer.from(input), key, Buffer.from(signature), (error, holds) => (error ? reject(error) : resolve(holds)))
      }),
  }
}
