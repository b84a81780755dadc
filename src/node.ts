/**
 * `node:crypto`, for Node, Bun and Deno: all algorithms. Answers at once.
 * @module
 */
export { type FileStore, fileStore } from './backends/node/file-store.ts'
export { createNode, node, nodeAsync, nodeVerifier } from './backends/node/index.ts'
export * from './index.node.ts'
export { createKeyRing } from './jwks.node.ts'
