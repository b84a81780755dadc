type Crypto = typeof import('node:crypto')
type BufferModule = typeof import('node:buffer')

// Kept, since tests replace `process`.
const load = /* @__PURE__ */ (() => globalThis.process?.getBuiltinModule)()

let loadedCrypto: Crypto | undefined
let loadedBuffer: BufferModule | undefined

/**
 * `node:crypto`, which takes 2 ms to load: by the first key, and not by the import of this library. Asked of the process,
 * since an import would also make an ES module of it, which takes another.
 */
export function crypto(): Crypto {
  loadedCrypto ??= load('node:crypto')
  return loadedCrypto
}

/** `node:buffer`, likewise: `isUtf8` is no global. */
export function buffer(): BufferModule {
  loadedBuffer ??= load('node:buffer')
  return loadedBuffer
}

/** Of `node:util`. */
export function isProxy(value: object): boolean {
  return load('node:util').types.isProxy(value)
}
