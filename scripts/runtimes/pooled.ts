import type { KeyBackend } from '../../src/keys/backend.ts'
import type { Natively } from './natively.ts'
import type { Entry, Library } from './self-check.ts'

/** `nodeAsync` has no entry point of its own: that of `node`, with every key bound to the thread pool. */
export function pooled(entry: Entry, backend: KeyBackend<'async'>, natively: Natively): Library {
  const bound: Entry = {
    ...entry,
    encode: async (claims, key, { algorithm }) => entry.encode(claims, backend.signer(algorithm, entry.importKey(key))),
    decode: async (token, key, { algorithms: [algorithm] }) => entry.decode(token, backend.verifier(algorithm, entry.importKey(key)), {}),
    generateKey: (algorithm, options) => backend.generate(algorithm, options),
    generateSecret: (algorithm) => backend.generate(algorithm),
  }
  return { entry: bound, backend: { ...backend, name: 'nodeAsync' }, natively }
}
