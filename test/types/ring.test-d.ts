import { describe, expectTypeOf, it } from 'vitest'
import type { Encoder, Mode, PrivateKey, PublicKey, SecretKey, Signer } from '../../src/index.node.ts'
import { createDecoder, createEncoder } from '../../src/index.node.ts'
import {
  createKeyRing,
  type KeyRing,
  type KeyRingState,
  type KeyRingStore,
  memoryStore,
  type PublicJwks,
  type Rotation,
} from '../../src/jwks.node.ts'
import { fileStore } from '../../src/node.ts'
import * as webcrypto from '../../src/webcrypto.ts'

declare const privateKey: PrivateKey
declare const secret: SecretKey
declare const publicKey: PublicKey
declare const syncSigner: Signer<'ES256', 'sync'>
declare const asyncSigner: Signer<'ES256', 'async'>
declare const anySigner: Signer
declare const state: KeyRingState
const decided = { issuer: null, audience: null } as const
const es256 = { algorithm: 'ES256' } as const

describe('a key ring', () => {
  it('answers at once where its keys do, and later with a store, an opener or one key that does', () => {
    expectTypeOf(createKeyRing(es256)).toEqualTypeOf<KeyRing<'ES256', 'sync'>>()
    expectTypeOf(createKeyRing({ ...es256, keys: [privateKey, publicKey] })).toEqualTypeOf<KeyRing<'ES256', 'sync'>>()
    expectTypeOf(createKeyRing({ keys: [{ key: secret, kid: 'k' }] }).mode).toEqualTypeOf<'sync'>()
    expectTypeOf(createKeyRing({ ...es256, keys: [syncSigner] })).toEqualTypeOf<KeyRing<'ES256', 'sync'>>()
    expectTypeOf(createKeyRing({ ...es256, keys: [asyncSigner] })).toEqualTypeOf<KeyRing<'ES256', 'async'>>()
    expectTypeOf(createKeyRing({ ...es256, keys: [privateKey, { key: asyncSigner }] })).toEqualTypeOf<KeyRing<'ES256', 'async'>>()
    expectTypeOf(createKeyRing({ ...es256, keys: [privateKey, { key: syncSigner }] })).toEqualTypeOf<KeyRing<'ES256', 'sync'>>()
    expectTypeOf(createKeyRing({ keys: [{ key: privateKey }, { key: publicKey, kid: 'k' }] }).mode).toEqualTypeOf<'sync'>()
    expectTypeOf(createKeyRing({ ...es256, keys: [anySigner] })).toEqualTypeOf<KeyRing<'ES256', Mode>>()
    expectTypeOf(createKeyRing({ ...es256, store: memoryStore() })).toEqualTypeOf<KeyRing<'ES256', 'async'>>()
    expectTypeOf(createKeyRing({ ...es256, store: fileStore('ring.json') })).toEqualTypeOf<KeyRing<'ES256', 'async'>>()
    expectTypeOf(createKeyRing({ ...es256, open: () => asyncSigner })).toEqualTypeOf<KeyRing<'ES256', 'async'>>()
    expectTypeOf(webcrypto.createKeyRing({ ...es256, keys: [privateKey] })).toEqualTypeOf<KeyRing<'ES256', 'async'>>()
  })

  it('gives what it does in its own mode', () => {
    const now = createKeyRing({ keys: [privateKey] })
    const later = createKeyRing({ ...es256, store: memoryStore() })
    expectTypeOf(now.rotate()).toEqualTypeOf<Rotation>()
    expectTypeOf(later.rotate({ force: true })).toEqualTypeOf<Promise<Rotation>>()
    expectTypeOf(now.jwks()).toEqualTypeOf<PublicJwks>()
    expectTypeOf(later.jwks()).toEqualTypeOf<Promise<PublicJwks>>()
    expectTypeOf(createEncoder(now, decided)).toEqualTypeOf<Encoder<'sync'>>()
    expectTypeOf(createEncoder(later, decided).encode({})).toEqualTypeOf<Promise<string>>()
    expectTypeOf(createDecoder(later, decided).decode('')).resolves.toHaveProperty('sub')
  })

  it('takes stores and keys made elsewhere as they are described', () => {
    const store: KeyRingStore = { load: async () => ({ state, version: '1' }), save: async () => true }
    const create = () => ({ reference: { name: 'key' } })
    expectTypeOf(createKeyRing({ ...es256, store, create, open: async ({ name }: { name: string }) => (name ? asyncSigner : syncSigner) }))
  })

  it('does not compile with what test/jwks/ring-states.test.ts sees refused', () => {
    // @ts-expect-error options are required
    createKeyRing()
    // @ts-expect-error an unknown option
    createKeyRing({ ...es256, rotation: '1d' })
    // @ts-expect-error an option present but undefined
    createKeyRing({ ...es256, store: undefined })
    // @ts-expect-error a duration is no bare number
    createKeyRing({ ...es256, publishFor: 60 })
    // @ts-expect-error a key is no text
    createKeyRing({ keys: ['secret'] })
    // @ts-expect-error a state there is not
    createKeyRing({ keys: [{ key: privateKey, state: 'expired' }] })
    // @ts-expect-error a member there is not
    createKeyRing({ keys: [{ key: privateKey, states: 'active' }] })
    // @ts-expect-error a store saves too
    createKeyRing({ ...es256, store: { load: async () => undefined } })
    // @ts-expect-error a store says whether it has saved
    createKeyRing({ ...es256, store: { load: async () => undefined, save: async () => undefined } })
    // @ts-expect-error open gives a Signer
    createKeyRing({ ...es256, open: () => privateKey })
    // @ts-expect-error create gives a reference
    createKeyRing({ ...es256, create: () => ({ kid: 'k' }), open: () => asyncSigner })
    // @ts-expect-error force is true or false
    createKeyRing(es256).rotate({ force: 'yes' })
    // @ts-expect-error the caller waits for a stored ring
    createKeyRing({ ...es256, store: memoryStore() }).jwks().keys
  })
})
