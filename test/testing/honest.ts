import { constants, createPrivateKey, generateKeyPairSync, type KeyObject, sign as nodeSign } from 'node:crypto'
import { backendFailure, readPublicKey, remoteSession, remoteSigner, remoteVerifier } from '../../src/backend.ts'
import { node } from '../../src/backends/node/index.ts'
import type { SignCall } from '../../src/keys/backend.ts'
import { exportJwk } from '../../src/keys/export.ts'
import type { PrivateKey, PublicKey } from '../../src/keys/key.ts'
import type { SignerFactory } from '../../src/testing.ts'
import { digestDevice, keyFor, memoryDevice } from '../remote/device.ts'

const pause = (milliseconds: number, signal?: AbortSignal): Promise<void> =>
  new Promise((resolve, reject) => {
    setTimeout(resolve, milliseconds)
    signal?.addEventListener('abort', () => reject(backendFailure('aborted')))
  })
const spki = (key: KeyObject): PublicKey => readPublicKey(key.export({ type: 'spki', format: 'der' }))

class Service {
  readonly name = 'class'
  readonly algorithms = ['ES256']
  readonly #pair = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  readonly #started = Date.now()
  signer() {
    return new ServiceSigner(this.#pair.privateKey, spki(this.#pair.publicKey))
  }
  close() {
    return this.#started
  }
}

class ServiceSigner {
  readonly algorithm = 'ES256'
  readonly mode = 'sync'
  readonly #key: KeyObject
  readonly #publicKey: PublicKey
  constructor(key: KeyObject, publicKey: PublicKey) {
    this.#key = key
    this.#publicKey = publicKey
  }
  get kid() {
    return 'own'
  }
  get publicKey() {
    return this.#publicKey
  }
  sign(input: Uint8Array) {
    return nodeSign('sha256', input, { key: this.#key, dsaEncoding: 'ieee-p1363' })
  }
}

/** Signs by hand, after a snapshot that takes its time. */
function slow(milliseconds: number): SignerFactory {
  const key = node.generate('ES256') as PrivateKey
  const local = node.signer('ES256', key)
  const snapshot = async (call?: SignCall) => {
    if (call?.signal?.aborted) throw backendFailure('aborted')
    await pause(milliseconds, call?.signal)
    return {
      algorithm: 'ES256',
      mode: 'async' as const,
      publicKey: key.publicKey,
      sign: async (input: Uint8Array, given?: SignCall) => {
        if (given?.signal?.aborted) throw backendFailure('aborted')
        const copy = new Uint8Array(input)
        await pause(milliseconds, given?.signal)
        return local.sign(copy)
      },
    }
  }
  const sign = async (input: Uint8Array, call?: SignCall) => (await snapshot(call)).sign(input, call)
  return { name: 'slow', algorithms: ['ES256'], signer: () => ({ algorithm: 'ES256', mode: 'async', snapshot, sign }) }
}

/** Good ones of other makes than the library's own: none may be refused. */
export const honest: readonly (readonly [string, () => object])[] = [
  ['a class with private fields', () => new Service()],
  [
    'node:crypto with nothing around it',
    () => {
      const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
      const key = { key: privateKey, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: 32 }
      const sign = (input: Uint8Array) => nodeSign('sha256', input, key)
      return {
        name: 'plain',
        algorithms: ['PS256'],
        signer: () => ({ algorithm: 'PS256', mode: 'sync', publicKey: spki(publicKey), sign }),
      }
    },
  ],
  [
    'a signer that copies whatever it is given',
    () => {
      const key = node.generate('ES256') as PrivateKey
      const object = createPrivateKey({ key: exportJwk(key) as never, format: 'jwk' })
      const sign = (input: Uint8Array) =>
        new Uint8Array(nodeSign('sha256', new Uint8Array(input), { key: object, dsaEncoding: 'ieee-p1363' }))
      return { name: 'plain', algorithms: ['ES256'], signer: () => ({ algorithm: 'ES256', mode: 'sync', publicKey: key.publicKey, sign }) }
    },
  ],
  ['a device of 30 ms by hand', () => slow(30)],
  [
    'a serial device that looks busy',
    () => {
      const session = remoteSession({ concurrency: 1 })
      const key = memoryDevice('ES256', { session })
      const snapshot = async (call: never) => {
        await pause(10)
        return key.snapshot(call)
      }
      return { name: 'serial', algorithms: ['ES256'], signer: () => remoteSigner({ ...key, snapshot }), session, close: session.close }
    },
  ],
  [
    'a device of digests and DER, with a small limit',
    () => {
      const { key } = digestDevice('ES384')
      return {
        name: 'digests',
        algorithms: ['ES384'],
        signer: () => remoteSigner({ ...key, maxMessageBytes: 64 }),
        verifier: () => remoteVerifier(key),
      }
    },
  ],
  [
    'a device that takes 512 bytes',
    () => ({
      name: 'small',
      algorithms: ['HS256'],
      signer: () => remoteSigner(memoryDevice('HS256', { maxMessageBytes: 512 })),
      verifier: () => remoteVerifier(memoryDevice('HS256', { maxMessageBytes: 512 })),
      key: () => keyFor('HS256'),
    }),
  ],
  ['a KeyBackend with a list of its algorithms', () => ({ ...node, algorithms: ['ES256'] })],
  [
    'an Ed448 key under the kid that its user chose',
    () => {
      const key = node.generate('EdDSA', { crv: 'Ed448' }) as PrivateKey
      const snapshot = () => ({ kid: 'v1', publicKey: key.publicKey, sign: (input: Uint8Array) => node.signer('EdDSA', key).sign(input) })
      return { name: 'named', algorithms: ['EdDSA'], signer: () => remoteSigner(memoryDevice('EdDSA', { snapshot }), { kid: 'mine' }) }
    },
  ],
]
