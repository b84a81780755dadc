import type { KeyBackend } from '../../keys/backend.ts'
import { defineBackend } from '../../keys/define-backend.ts'
import { generate } from './generate.ts'
import { hmacOperation } from './hmac.ts'
import { backendName } from './key-object.ts'
import { signing, verifying } from './public-key.ts'

export { nodePlatform } from './platform.ts'

/** `node:crypto`, synchronous, for Node, Bun and Deno. A curve that the runtime's OpenSSL lacks is refused when a key is bound. */
export const node: KeyBackend<'sync'> = /* @__PURE__ */ defineBackend<'sync'>({
  name: backendName,
  mode: 'sync',
  signing: (algorithm, material) => (algorithm.family === 'HMAC' ? hmacOperation : signing)(algorithm, material),
  verifying: (algorithm, material) => (algorithm.family === 'HMAC' ? hmacOperation : verifying)(algorithm, material),
  generate,
})
