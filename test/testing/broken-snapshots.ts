import { backendFailure, remoteSigner } from '../../src/backend.ts'
import { node } from '../../src/backends/node/index.ts'
import type { SignCall, Signer } from '../../src/keys/backend.ts'
import { makeKey, materialOf, type PrivateKey } from '../../src/keys/key.ts'
import type { SignerFactory } from '../../src/testing.ts'
import { memoryDevice } from '../remote/device.ts'
import { type Broken, published, service } from './broken.ts'

const es = ['ES256']
const never = (): Promise<never> => new Promise(() => {})
const fresh = (): PrivateKey => node.generate('ES256') as PrivateKey
const pause = (milliseconds: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, milliseconds))
const demandAsked = (call: SignCall | undefined): void => {
  if (call?.signal?.aborted) throw backendFailure('aborted')
}

/** As the service, with members of the signer that it hands out changed. */
function handsOut(change: (good: Signer<string, 'async'>) => object): SignerFactory {
  const good = service()
  return {
    ...good,
    signer: (algorithm) => {
      const signer = good.signer(algorithm) as Signer<string, 'async'>
      return { ...signer, ...change(signer) }
    },
  }
}

const slow = (sign: (answer: () => Uint8Array, call: SignCall | undefined) => Promise<Uint8Array>) => (): SignerFactory =>
  service(({ key }) => ({
    sign: async (input: Uint8Array, call?: SignCall) => {
      demandAsked(call)
      const copy = new Uint8Array(input)
      return sign(() => node.signer('ES256', key).sign(copy), call)
    },
  }))

const knowing = (change: Parameters<typeof service>[0]): SignerFactory => {
  const good = service(change)
  return { ...good, key: published(good) }
}

const failingAs = (kind: 'throttled' | 'permanent', retryable: boolean) => (): SignerFactory => ({
  ...service(),
  failing: () => ({ algorithm: 'ES256', mode: 'async', sign: () => Promise.reject(backendFailure(kind, 'No', { retryable })) }),
})

export const brokenSnapshots: readonly Broken[] = [
  {
    fault: 'a kid that the published set lacks',
    caughtBy: 'kid',
    algorithms: es,
    subject: () => knowing((version) => ({ kid: `v${Number(version.kid.slice(1)) + 1}` })),
  },
  { fault: 'a kid that never was published', caughtBy: 'kid', algorithms: es, subject: () => knowing(() => ({ kid: 'nowhere' })) },
  {
    fault: 'no kid beside a set of keys that have some',
    caughtBy: 'kid',
    algorithms: es,
    subject: () => knowing(() => ({ kid: undefined as never })),
  },
  {
    fault: 'a new kid for each snapshot of a key',
    caughtBy: 'kid',
    algorithms: es,
    subject: () => {
      let turn = 0
      return service(() => ({ kid: `k${turn++}` }))
    },
  },
  {
    fault: 'a new kid for each snapshot of a secret',
    caughtBy: 'kid',
    algorithms: ['HS256'],
    subject: () => {
      let turn = 0
      const good = service(() => ({ kid: `k${turn++}` }))
      return { ...good, key: () => good.versions.at(-1)!.key }
    },
  },
  {
    fault: 'a kid that is another at each look',
    caughtBy: 'snapshot',
    algorithms: es,
    subject: () => {
      let turn = 0
      return handsOut((good) => ({
        snapshot: async (call?: SignCall) =>
          Object.defineProperty({ ...(await good.snapshot!(call)) }, 'kid', { get: () => `k${turn++ >> 1}` }),
      }))
    },
  },
  {
    fault: 'a public key that is another at each look',
    caughtBy: ['snapshot', 'verifies'],
    algorithms: es,
    subject: () =>
      handsOut((good) => ({
        snapshot: async (call?: SignCall) =>
          Object.defineProperty({ ...(await good.snapshot!(call)) }, 'publicKey', { get: () => fresh().publicKey }),
      })),
  },
  {
    fault: 'a snapshot whose key changes at every 64th signature',
    caughtBy: ['snapshot', 'verifies'],
    algorithms: es,
    subject: () => {
      let key = fresh()
      let calls = 0
      const live = {
        algorithm: 'ES256',
        mode: 'async',
        get publicKey() {
          return key.publicKey
        },
        snapshot: async (call?: SignCall) => {
          demandAsked(call)
          return live
        },
        sign: async (input: Uint8Array, call?: SignCall) => {
          demandAsked(call)
          if (++calls % 64 === 0) key = fresh()
          return node.signer('ES256', key).sign(input)
        },
      }
      return { ...service(), rotate: undefined, signer: () => live }
    },
  },
  {
    fault: 'a public key with another kid',
    caughtBy: 'kid',
    algorithms: es,
    subject: () => service(({ key }) => ({ publicKey: makeKey('public', materialOf((key as PrivateKey).publicKey), { kid: 'other' }) })),
  },
  {
    fault: 'a public key that is too weak',
    caughtBy: 'shape',
    algorithms: ['RS256'],
    subject: () =>
      service(() => ({ publicKey: makeKey('public', { kty: 'RSA', n: new Uint8Array(128).fill(0xc5), e: Uint8Array.of(1, 0, 1) }) })),
  },
  {
    fault: 'a signer that signs wrong without a snapshot',
    caughtBy: 'own sign',
    algorithms: es,
    subject: () =>
      handsOut(() => ({
        sign: async (input: Uint8Array, call?: SignCall) => {
          demandAsked(call)
          return node.signer('ES256', fresh()).sign(input)
        },
      })),
  },
  {
    fault: 'a signer that signs short without a snapshot',
    caughtBy: 'length',
    algorithms: es,
    subject: () => handsOut((good) => ({ sign: async (input: Uint8Array, call?: SignCall) => (await good.sign(input, call)).slice(1) })),
  },
  {
    fault: 'a signer of 25 ms that looks at its signal only at the start',
    caughtBy: 'abort',
    algorithms: es,
    subject: slow(async (answer) => {
      await pause(25)
      return answer()
    }),
  },
  {
    fault: 'a signer that ends as if given up, and in its own time',
    caughtBy: 'abort',
    algorithms: es,
    subject: slow(async (answer, call) => {
      await pause(60)
      demandAsked(call)
      return answer()
    }),
  },
  {
    fault: 'a slow snapshot that looks at its signal only at the start',
    caughtBy: 'abort',
    algorithms: es,
    subject: () =>
      handsOut((good) => ({
        snapshot: async (call?: SignCall) => {
          demandAsked(call)
          await pause(60)
          return good.snapshot!()
        },
      })),
  },
  { fault: 'a throttled device that is not retryable', caughtBy: 'failing', algorithms: es, subject: failingAs('throttled', false) },
  { fault: 'a permanent failure that is retryable', caughtBy: 'failing', algorithms: es, subject: failingAs('permanent', true) },
  {
    fault: 'a function key that never answers',
    isHanging: true,
    caughtBy: 'answers',
    algorithms: es,
    subject: () => ({ ...service(), key: never }),
  },
  {
    fault: 'a function key that gives a JWK',
    caughtBy: 'verifiable',
    algorithms: es,
    subject: () => ({ ...service(), key: () => ({ kty: 'EC' }) }),
  },
  {
    fault: 'a function rotate that never answers',
    isHanging: true,
    caughtBy: 'answers',
    algorithms: es,
    subject: () => {
      const good = service()
      good.rotate!('ES256')
      return { ...good, rotate: never }
    },
  },
  {
    fault: 'a function failing that never answers',
    isHanging: true,
    caughtBy: 'answers',
    algorithms: es,
    subject: () => ({ ...service(), failing: never }),
  },
  {
    fault: 'a function hanging that never answers',
    isHanging: true,
    caughtBy: 'answers',
    algorithms: es,
    subject: () => ({ ...service(), hanging: never }),
  },
  {
    fault: 'a device that cuts long messages, behind the check of each signature',
    caughtBy: 'long',
    algorithms: es,
    subject: () => {
      const key = fresh()
      const sign = (input: Uint8Array): Uint8Array => node.signer('ES256', key).sign(input.subarray(0, 4096))
      const snapshot = () => ({ publicKey: key.publicKey, sign })
      return { name: 'memory', algorithms: es, signer: () => remoteSigner(memoryDevice('ES256', { snapshot })) }
    },
  },
]
