/** What entry points export beside `createKeyRing`. */
export type { CreateKeyRing, KeyRing, PublicJwks, RingKeyInfo } from '../ring.ts'
export type { Rotation } from './changes.ts'
export type { CreatedKey } from './make.ts'
export type { KeyRingOptions } from './options.ts'
export type { RingKey, RingKeyEntry } from './seed.ts'
export type { KeyRingState, KeyState, KeyTimes, StoredKey } from './state.ts'
export { type KeyRingStore, memoryStore, type StoredRing } from './store.ts'
