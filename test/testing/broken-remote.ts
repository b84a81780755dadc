import { remoteSession, remoteSigner, remoteVerifier } from '../../src/backend.ts'
import { node } from '../../src/backends/node/index.ts'
import { derOfSignature } from '../../src/keys/der-signature.ts'
import type { PrivateKey } from '../../src/keys/key.ts'
import type { RemoteCall, RemoteKey } from '../../src/keys/remote.ts'
import type { SignerFactory } from '../../src/testing.ts'
import { keyFor, memoryDevice, publicOf } from '../remote/device.ts'
import type { Broken } from './broken.ts'

const es = ['ES256']
const never = (): Promise<never> => new Promise(() => {})

/** A card that fails when it is asked while it works. */
export function card(): (change?: Partial<RemoteKey>) => RemoteKey {
  const signer = node.signer('ES256', keyFor('ES256'))
  const publicKey = publicOf('ES256')!
  let isBusy = false
  const use = async <T>(answer: () => T): Promise<T> => {
    if (isBusy) throw new Error('the card is busy')
    isBusy = true
    await new Promise((resolve) => setTimeout(resolve, 1))
    isBusy = false
    return answer()
  }
  return (change) => ({
    ...memoryDevice('ES256'),
    snapshot: () => use(() => ({ kid: 'k1', publicKey, sign: (input: Uint8Array) => use(() => signer.sign(input)) })),
    ...change,
  })
}

const memory = (change: Partial<SignerFactory> = {}): SignerFactory => ({
  name: 'memory',
  algorithms: es,
  signer: (algorithm) => remoteSigner(memoryDevice(algorithm)),
  ...change,
})

/** What rotates behind one name, and signs with `versions[which]`. */
function rotating(which: (own: number, last: number) => number): SignerFactory {
  const versions: PrivateKey[] = [node.generate('ES256') as PrivateKey]
  const snapshot = () => {
    const own = versions.length - 1
    const key = (): PrivateKey => versions[which(own, versions.length - 1)]!
    return { kid: `v${own}`, publicKey: versions[own]!.publicKey, sign: (input: Uint8Array) => node.signer('ES256', key()).sign(input) }
  }
  return memory({
    signer: () => remoteSigner(memoryDevice('ES256', { snapshot })),
    rotate: () => void versions.push(node.generate('ES256') as PrivateKey),
  })
}

/** A device that hangs, and notes whether it was told that nobody waits any more. */
function hangs(listens: boolean): Partial<SignerFactory> {
  let gaveUp = false
  const sign = (_input: Uint8Array, { signal }: RemoteCall): Promise<never> => {
    if (listens) signal.addEventListener('abort', () => void (gaveUp = true))
    return never()
  }
  return {
    hanging: (algorithm) => remoteSigner(memoryDevice(algorithm, { snapshotOf: { sign } }), { deadline: { seconds: 0.02 } }),
    gaveUp: () => gaveUp,
  }
}

/** The good ones that those below were made of. */
export const goodRemote: readonly (readonly [string, () => SignerFactory])[] = [
  [
    'a card whose keys share a session',
    () => {
      const key = card()
      const session = remoteSession({ concurrency: 1 })
      return memory({ signer: () => remoteSigner(key({ session })), verifier: () => remoteVerifier(key({ session })) })
    },
  ],
  ['a key with versions', () => rotating((own) => own)],
  ['a device that is told', () => memory(hangs(true))],
]

export const brokenRemote: readonly Broken[] = [
  {
    fault: 'a session that the signers do not share',
    caughtBy: 'together',
    algorithms: es,
    subject: () => {
      const key = card()
      return memory({ signer: () => remoteSigner(key({ session: remoteSession({ concurrency: 1 }) })) })
    },
  },
  {
    fault: 'a session that the verifier does not share',
    caughtBy: 'together',
    algorithms: es,
    subject: () => {
      const key = card()
      const session = remoteSession({ concurrency: 1 })
      return memory({ signer: () => remoteSigner(key({ session })), verifier: () => remoteVerifier(key()) })
    },
  },
  { fault: 'the latest version in place of its own', caughtBy: 'rotation', algorithms: es, subject: () => rotating((_own, last) => last) },
  { fault: 'a rotation that changes nothing', caughtBy: 'rotation', algorithms: es, subject: () => memory({ rotate: () => {} }) },
  {
    fault: 'a rotation of a nameless secret that changes nothing',
    caughtBy: 'rotation',
    algorithms: ['HS256'],
    subject: () =>
      memory({
        signer: () => remoteSigner(memoryDevice('HS256', { snapshotOf: { kid: undefined as never } })),
        rotate: () => {},
        key: () => keyFor('HS256') as never,
      }),
  },
  {
    fault: 'a hanging signer that answers',
    caughtBy: 'hanging',
    algorithms: es,
    subject: () => memory({ hanging: (algorithm) => remoteSigner(memoryDevice(algorithm)) }),
  },
  { fault: 'a device that is not told', caughtBy: 'told', algorithms: es, subject: () => memory(hangs(false)) },
  {
    fault: 'DER called raw',
    caughtBy: 'verifies',
    algorithms: es,
    subject: () => {
      const signer = node.signer('ES256', keyFor('ES256'))
      const sign = (input: Uint8Array): Uint8Array => derOfSignature(signer.sign(input))
      return memory({ signer: () => remoteSigner(memoryDevice('ES256', { snapshotOf: { sign } })) })
    },
  },
  {
    fault: 'a verifier that refuses its own signer',
    caughtBy: 'accepts own',
    algorithms: ['EdDSA'],
    subject: () => {
      const made = new Set<string>()
      const nameOf = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex')
      return {
        ...node,
        name: 'broken',
        signer: (...given: Parameters<typeof node.signer>) => {
          const { signText: _, ...good } = node.signer(...given)
          const sign = (input: Uint8Array): Uint8Array => {
            const signature = good.sign(input)
            made.add(nameOf(input))
            return signature
          }
          return { ...good, sign }
        },
        verifier: (...given: Parameters<typeof node.verifier>) => {
          const { verifyText: _, ...good } = node.verifier(...given)
          return {
            ...good,
            verify: (input: Uint8Array, signature: Uint8Array) => !made.has(nameOf(input)) && good.verify(input, signature),
          }
        },
      }
    },
  },
]
