import { createHash, webcrypto as nodeWebcrypto } from 'node:crypto'
import { p256 } from '@noble/curves/nist.js'
import { node } from '../../src/backends/node/index.ts'
import { bigIntToBytes, bytesToBigInt, concat } from '../../src/core/bytes.ts'
import { InvalidKeyError } from '../../src/core/errors.ts'
import type { KeyBackend, SignCall, Signer, Verifier } from '../../src/keys/backend.ts'
import { derOfSignature } from '../../src/keys/der-signature.ts'
import { exportJwk } from '../../src/keys/export.ts'
import { materialOf, type PrivateKey, type PublicKey, type SecretKey } from '../../src/keys/key.ts'
import { abortedFailure } from '../../src/keys/remote-failure.ts'
import type { SignerFactory } from '../../src/testing.ts'

/** A backend with one fault, and the check that must name it. */
export interface Broken {
  readonly fault: string
  /** Any of them, where it is chance which comes first. */
  readonly caughtBy: string | readonly string[]
  /** Shows in one signature of hundreds. */
  readonly isRare?: boolean
  /** Shows in what never comes. */
  readonly isHanging?: boolean
  readonly algorithms: readonly string[]
  /** Untyped: most faults are ones that the compiler would refuse. */
  readonly subject: () => object
}

type Sign = (input: Uint8Array, call?: SignCall) => unknown

/** node:crypto with its signers or verifiers changed. */
export function changed(
  change: { signer?: (good: Signer) => object; verifier?: (good: Verifier) => object } & Partial<Omit<KeyBackend, 'signer' | 'verifier'>>,
): KeyBackend {
  const { signer, verifier, ...rest } = change
  return {
    ...node,
    name: 'broken',
    signer: (...given: Parameters<KeyBackend['signer']>) => {
      const { signText: _, ...good } = node.signer(...given)
      return { ...good, ...signer?.(good as Signer) }
    },
    verifier: (...given: Parameters<KeyBackend['verifier']>) => {
      const { verifyText: _, ...good } = node.verifier(...given)
      return { ...good, ...verifier?.(good as Verifier) }
    },
    ...rest,
  } as KeyBackend
}

export const signs = (sign: (good: Signer) => Sign) => (): KeyBackend => changed({ signer: (good) => ({ sign: sign(good) }) })
export const verifies = (verify: (good: Verifier) => (input: Uint8Array, signature: Uint8Array) => unknown) => (): KeyBackend =>
  changed({ verifier: (good) => ({ verify: verify(good) }) })
export const bytes = (good: Signer, input: Uint8Array): Uint8Array => good.sign(input) as Uint8Array

const withoutLeadingZeros = (half: Uint8Array): Uint8Array =>
  half.subarray(
    Math.max(
      0,
      half.findIndex((octet) => octet !== 0),
    ),
  )

/** r and s aligned to the wrong side when they are short. */
function leftAligned(signature: Uint8Array): Uint8Array {
  const size = signature.length / 2
  const wrong = new Uint8Array(2 * size)
  wrong.set(withoutLeadingZeros(signature.subarray(0, size)))
  wrong.set(withoutLeadingZeros(signature.subarray(size)), size)
  return wrong
}

/** A signing service in memory that keeps its word, with versions of its key. */
export function service(
  change: (version: { kid: string; key: PrivateKey | SecretKey }, signer: Signer) => Partial<Signer> = () => ({}),
): SignerFactory & { readonly versions: { kid: string; key: PrivateKey | SecretKey }[] } {
  const versions: { kid: string; key: PrivateKey | SecretKey }[] = []
  const rotate = (algorithm: string): void =>
    void versions.push({ kid: `v${versions.length}`, key: node.generate(algorithm) as PrivateKey })
  const fresh = async (algorithm: string, call?: SignCall): Promise<Signer<string, 'async'>> => {
    if (call?.signal?.aborted) throw abortedFailure('service', 'signal')
    const version = versions.at(-1)!
    const local = node.signer(algorithm, version.key)
    const good: Signer<string, 'async'> = {
      algorithm,
      mode: 'async',
      kid: version.kid,
      ...(local.publicKey && { publicKey: local.publicKey }),
      sign: async (input, signCall) => {
        if (signCall?.signal?.aborted) throw abortedFailure('service', 'signal')
        return local.sign(input)
      },
    }
    return { ...good, ...(change(version, good) as object) }
  }
  const factory: SignerFactory = {
    name: 'service',
    algorithms: ['ES256'],
    rotate,
    signer: (algorithm) => {
      if (versions.length === 0) rotate(algorithm)
      return {
        algorithm,
        mode: 'async',
        snapshot: (call) => fresh(algorithm, call),
        sign: async (input, call) => (await fresh(algorithm, call)).sign(input, call),
      }
    },
  }
  // Out of sight of the kit, which refuses members that it does not know.
  return Object.defineProperty(factory, 'versions', { value: versions }) as ReturnType<typeof service>
}

export const published = (factory: ReturnType<typeof service>) => (_algorithm: string, kid: string | undefined) =>
  (factory.versions.find((version) => version.kid === kid)?.key as PrivateKey | undefined)?.publicKey

const es = ['ES256']
export const broken: readonly Broken[] = [
  {
    fault: 'lacking everything',
    caughtBy: 'tried',
    algorithms: es,
    subject: () => {
      const lacks = (): never => {
        throw new InvalidKeyError('Not here', { supported: false })
      }
      return { ...node, name: 'broken', signer: lacks, verifier: lacks, generate: lacks }
    },
  },
  {
    fault: 'ECDSA signatures as DER',
    caughtBy: 'length',
    algorithms: es,
    subject: signs((good) => (input) => derOfSignature(bytes(good, input))),
  },
  {
    fault: 'r and s without their leading zeros',
    caughtBy: 'length',
    isRare: true,
    algorithms: es,
    subject: signs((good) => (input) => {
      const signature = bytes(good, input)
      return Buffer.concat([withoutLeadingZeros(signature.subarray(0, 32)), withoutLeadingZeros(signature.subarray(32))])
    }),
  },
  {
    fault: 'short r and s aligned to the left',
    caughtBy: ['verifies', 'short'],
    isRare: true,
    algorithms: es,
    subject: signs((good) => (input) => leftAligned(bytes(good, input))),
  },
  {
    fault: 'RSA signatures without their leading zero',
    caughtBy: 'length',
    isRare: true,
    algorithms: ['RS256'],
    subject: signs((good) => (input) => withoutLeadingZeros(bytes(good, input))),
  },
  {
    fault: 'signatures padded with a zero',
    caughtBy: 'length',
    algorithms: ['EdDSA'],
    subject: signs((good) => (input) => Buffer.concat([bytes(good, input), Uint8Array.of(0)])),
  },
  {
    fault: 'a MAC cut to half',
    caughtBy: 'length',
    algorithms: ['HS256'],
    subject: signs((good) => (input) => bytes(good, input).slice(0, 16)),
  },
  { fault: 'empty signatures', caughtBy: 'length', algorithms: ['RS256'], subject: signs(() => () => new Uint8Array()) },
  {
    fault: 'PSS with the longest salt',
    caughtBy: 'verifies',
    algorithms: ['PS256'],
    subject: () => ({
      name: 'broken',
      algorithms: ['PS256'],
      signer: () => {
        const key = node.generate('PS256') as PrivateKey
        const { alg: _, ...jwk } = exportJwk(key) as unknown as Record<string, unknown>
        const sign = async (input: Uint8Array): Promise<Uint8Array> => {
          const handle = await nodeWebcrypto.subtle.importKey('jwk', jwk, { name: 'RSA-PSS', hash: 'SHA-256' }, false, ['sign'])
          return new Uint8Array(await nodeWebcrypto.subtle.sign({ name: 'RSA-PSS', saltLength: 222 }, handle, input))
        }
        return { algorithm: 'PS256', mode: 'async', publicKey: key.publicKey, sign }
      },
    }),
  },
  {
    fault: 'signing the digest of the digest',
    caughtBy: 'verifies',
    algorithms: es,
    subject: () =>
      changed({
        signer: (good) => ({
          sign: (input: Uint8Array) => bytes(good, node.signer('HS256', node.generate('HS256') as SecretKey).sign(input)),
        }),
      }),
  },
  { fault: 'a promise from a sync signer', caughtBy: 'mode', algorithms: es, subject: signs((good) => async (input) => good.sign(input)) },
  {
    fault: 'a promise from a sync verifier',
    caughtBy: 'mode',
    algorithms: es,
    subject: verifies((good) => async (input, signature) => good.verify(input, signature)),
  },
  {
    fault: 'a value from an async signer',
    caughtBy: 'mode',
    algorithms: es,
    subject: () => ({
      name: 'broken',
      algorithms: es,
      signer: (algorithm: string) => ({ ...node.signer(algorithm, node.generate(algorithm) as PrivateKey), mode: 'async' as const }),
    }),
  },
  {
    fault: 'text in place of bytes',
    caughtBy: 'signature',
    algorithms: es,
    subject: signs((good) => (input) => Buffer.from(bytes(good, input)).toString('base64url')),
  },
  {
    fault: 'an ArrayBuffer in place of bytes',
    caughtBy: 'signature',
    algorithms: es,
    subject: signs((good) => (input) => new Uint8Array(bytes(good, input)).buffer),
  },
  {
    fault: 'one in place of true',
    caughtBy: 'boolean',
    algorithms: es,
    subject: verifies((good) => (input, signature) => Number(good.verify(input, signature))),
  },
  {
    fault: 'text in place of true',
    caughtBy: 'boolean',
    algorithms: es,
    subject: verifies((good) => (input, signature) => String(good.verify(input, signature))),
  },
  {
    fault: 'a verifier that throws for a bad signature',
    caughtBy: 'throws',
    algorithms: es,
    subject: verifies((good) => (input, signature) => {
      if (good.verify(input, signature) !== true) throw abortedFailure('broken', 'signal')
      return true
    }),
  },
  {
    fault: 'a verifier that throws a foreign error',
    caughtBy: 'errors',
    algorithms: es,
    subject: verifies((good) => (input, signature) => {
      if (good.verify(input, signature) !== true) throw new RangeError('bad signature')
      return true
    }),
  },
  {
    fault: 'a verifier that takes what follows a signature',
    caughtBy: 'rejects',
    algorithms: ['EdDSA', 'HS256'],
    subject: verifies((good) => (input, signature) => good.verify(input, signature.slice(0, good.algorithm === 'HS256' ? 32 : 64))),
  },
  {
    fault: 'a verifier that takes half a MAC',
    caughtBy: 'rejects',
    algorithms: ['HS256'],
    subject: () => ({
      ...changed({}),
      verifier: ((algorithm: string, key: SecretKey, options?: object) => {
        const [verifier, signer] = [node.verifier(algorithm, key, options), node.signer(algorithm, key)]
        const verify = (input: Uint8Array, signature: Uint8Array): boolean =>
          signature.length === 16 ? Buffer.from(signature).equals(bytes(signer, input).subarray(0, 16)) : verifier.verify(input, signature)
        return { algorithm, mode: 'sync', ...(verifier.kid !== undefined && { kid: verifier.kid }), verify }
      }) as never,
    }),
  },
  {
    fault: 'a verifier that takes DER as well',
    caughtBy: 'rejects',
    algorithms: es,
    subject: verifies(
      (good) => (input, signature) => good.verify(input, signature) === true || (signature[0] === 0x30 && signature.length > 66),
    ),
  },
  {
    fault: 'a verifier that pads short RSA signatures',
    caughtBy: 'shortened',
    isRare: true,
    algorithms: ['PS256', 'RS256'],
    subject: verifies(
      (good) => (input, signature) => good.verify(input, Buffer.concat([new Uint8Array(Math.max(0, 256 - signature.length)), signature])),
    ),
  },
  {
    fault: 'a verifier that insists on low s',
    caughtBy: 'accepts',
    algorithms: es,
    subject: verifies((good) => (input, signature) => signature[32]! < 0x7f && good.verify(input, signature)),
  },
  { fault: 'a verifier that always agrees', caughtBy: 'rejects', algorithms: es, subject: verifies(() => () => true) },
  { fault: 'a verifier that never agrees', caughtBy: 'accepts', algorithms: es, subject: verifies(() => () => false) },
  {
    fault: 'a MAC that differs each time',
    caughtBy: 'verifies',
    algorithms: ['HS256'],
    subject: signs((good) => (input) => bytes(good, Buffer.concat([input, crypto.getRandomValues(new Uint8Array(1))]))),
  },
  {
    fault: 'a signer that overwrites its input',
    caughtBy: 'input',
    algorithms: es,
    subject: signs((good) => (input) => {
      const signature = bytes(good, input)
      input.fill(0)
      return signature
    }),
  },
  {
    fault: 'a signer that reads its input too late',
    caughtBy: 'input',
    algorithms: es,
    subject: () => {
      const key = node.generate('ES256') as PrivateKey
      const good = node.signer('ES256', key)
      const sign = async (input: Uint8Array): Promise<Uint8Array> => {
        await new Promise((resolve) => setTimeout(resolve, 1))
        return good.sign(input)
      }
      return { name: 'broken', algorithms: es, signer: () => ({ algorithm: 'ES256', mode: 'async', publicKey: key.publicKey, sign }) }
    },
  },
  {
    fault: 'one buffer for all signatures',
    caughtBy: 'buffers',
    algorithms: es,
    subject: () => {
      const shared = new Uint8Array(64)
      return signs((good) => (input) => {
        shared.set(bytes(good, input))
        return shared
      })()
    },
  },
  {
    fault: 'signatures remembered and handed out again',
    caughtBy: 'buffers',
    algorithms: es,
    subject: () => {
      const seen = new Map<string, Uint8Array>()
      return changed({
        signer: (good) => ({
          sign: (input: Uint8Array) => {
            const name = `${Buffer.from(input).toString()}`
            const signature = seen.get(name) ?? bytes(good, input)
            seen.set(name, signature)
            return signature
          },
        }),
      })
    },
  },
  { fault: 'one nonce for all signatures', caughtBy: 'nonce', algorithms: es, subject: () => fixedNonce() },
  {
    fault: 'a foreign error from a signer',
    caughtBy: 'errors',
    algorithms: es,
    subject: signs((good) => (input) => {
      if (input.length % 7 === 0) throw new TypeError('device')
      return good.sign(input)
    }),
  },
  {
    fault: 'a foreign error for what is no message',
    caughtBy: 'errors',
    algorithms: es,
    subject: signs((good) => (input) => good.sign(input.subarray(0))),
  },
  {
    fault: 'an async signer that throws at once',
    caughtBy: 'mode',
    algorithms: es,
    subject: () => ({
      ...service(),
      signer: (algorithm: string) => ({
        algorithm,
        mode: 'async',
        sign: () => {
          throw abortedFailure('broken', 'signal')
        },
      }),
    }),
  },
  {
    fault: 'a signer that never answers',
    isHanging: true,
    caughtBy: 'answers',
    algorithms: es,
    subject: () => service(() => ({ sign: () => new Promise(() => {}) })),
  },
  {
    fault: 'a snapshot that never comes',
    isHanging: true,
    caughtBy: 'answers',
    algorithms: es,
    subject: () => ({
      ...service(),
      signer: (algorithm: string) => ({
        algorithm,
        mode: 'async',
        sign: () => new Promise(() => {}),
        snapshot: () => new Promise(() => {}),
      }),
    }),
  },
  {
    fault: 'a signer that ignores a fired signal',
    caughtBy: 'abort',
    algorithms: es,
    subject: () => service((version) => ({ sign: async (input) => node.signer('ES256', version.key).sign(input) })),
  },
  {
    fault: 'a slow signer that looks at its signal only at the start',
    caughtBy: 'abort',
    algorithms: es,
    subject: () =>
      service((version) => ({
        sign: async (input, call) => {
          if (call?.signal?.aborted) throw abortedFailure('broken', 'signal')
          const copy = new Uint8Array(input)
          await new Promise((resolve) => setTimeout(resolve, 50))
          return node.signer('ES256', version.key).sign(copy)
        },
      })),
  },
  { fault: 'a kid that stays when the key changes', caughtBy: 'kid', algorithms: es, subject: () => service(() => ({ kid: 'same' })) },
  {
    fault: 'a kid that runs ahead of the key',
    caughtBy: 'verifies',
    algorithms: es,
    subject: () => {
      const good = service((version) => ({ kid: `v${Number(version.kid.slice(1)) + 1}` }))
      return {
        ...good,
        key: (algorithm: string, kid: string | undefined) =>
          published(good)(algorithm, kid) ?? (node.generate('ES256') as PrivateKey).publicKey,
      }
    },
  },
  {
    fault: 'a public key of another key',
    caughtBy: 'verifies',
    algorithms: es,
    subject: () => {
      const { publicKey } = node.generate('ES256') as PrivateKey
      return service(() => ({ publicKey }))
    },
  },
  {
    fault: 'a private key for a public one',
    caughtBy: 'shape',
    algorithms: es,
    subject: () => service(({ key }) => ({ publicKey: key as unknown as PublicKey })),
  },
  {
    fault: 'a snapshot that signs with whatever key is current',
    caughtBy: 'rotation',
    algorithms: es,
    subject: () => {
      const good: ReturnType<typeof service> = service(() => ({
        sign: async (input, call) => {
          if (call?.signal?.aborted) throw abortedFailure('broken', 'signal')
          return node.signer('ES256', good.versions.at(-1)!.key).sign(input)
        },
      }))
      return good
    },
  },
  {
    fault: 'a signer without snapshots whose key changes',
    caughtBy: 'rotation',
    algorithms: es,
    subject: () => {
      const good = service()
      good.rotate!('ES256')
      const key = (): PrivateKey => good.versions.at(-1)!.key as PrivateKey
      const sign = async (input: Uint8Array): Promise<Uint8Array> => node.signer('ES256', key()).sign(input)
      return { ...good, signer: () => ({ algorithm: 'ES256', mode: 'async', kid: 'v0', publicKey: key().publicKey, sign }) }
    },
  },
  {
    fault: 'a snapshot of another algorithm',
    caughtBy: 'snapshot',
    algorithms: es,
    subject: () => service(() => ({ algorithm: 'ES384' })),
  },
  {
    fault: 'calls under way mixed up',
    caughtBy: 'verifies',
    algorithms: es,
    subject: () => {
      let last = new Uint8Array()
      return service(({ key }) => ({
        sign: async (input, call) => {
          if (call?.signal?.aborted) throw abortedFailure('broken', 'signal')
          last = new Uint8Array(input)
          await Promise.resolve()
          return node.signer('ES256', key).sign(last)
        },
      }))
    },
  },
  {
    fault: 'a key of another type bound without a word',
    caughtBy: 'keys',
    algorithms: es,
    subject: () => ({ ...changed({}), ...lenient() }),
  },
  { fault: 'a kid that is dropped', caughtBy: 'kid', algorithms: es, subject: () => changed({ signer: () => ({ kid: undefined }) }) },
  {
    fault: 'the same key generated twice',
    caughtBy: 'generate',
    algorithms: es,
    subject: () => {
      const key = node.generate('ES256')
      return changed({ generate: (() => key) as never })
    },
  },
  {
    fault: 'an algorithm that is another one',
    caughtBy: 'shape',
    algorithms: es,
    subject: () => changed({ signer: () => ({ algorithm: 'ES384' }) }),
  },
  {
    fault: 'a device whose failure has a foreign type',
    caughtBy: 'errors',
    algorithms: es,
    subject: () => ({
      ...service(),
      failing: () => ({ algorithm: 'ES256', mode: 'async', sign: () => Promise.reject(new Error('device')) }),
    }),
  },
  {
    fault: 'a device whose failure has no kind',
    caughtBy: 'failing',
    algorithms: es,
    subject: () => ({
      ...service(),
      failing: () => ({
        algorithm: 'ES256',
        mode: 'async',
        sign: () => Promise.reject(Object.assign(abortedFailure('x', 'signal'), { detail: {} })),
      }),
    }),
  },
  {
    fault: 'a device that hangs without a deadline',
    isHanging: true,
    caughtBy: 'hanging',
    algorithms: es,
    subject: () => ({ ...service(), hanging: () => ({ algorithm: 'ES256', mode: 'async', sign: () => new Promise(() => {}) }) }),
  },
]

/** Binds whatever it is given. */
function lenient(): Partial<KeyBackend> {
  return {
    signer: ((algorithm: string, key: PrivateKey) =>
      key?.kty === 'EC' && key.crv === 'P-256'
        ? node.signer(algorithm, key)
        : node.signer('ES256', node.generate('ES256') as PrivateKey)) as never,
  }
}

/** ECDSA by hand, with k = 2 for every message. */
function fixedNonce(): KeyBackend {
  const { n } = p256.Point.CURVE()
  const r = p256.Point.BASE.multiply(2n).toAffine().x % n
  const half = (n + 1n) / 2n
  return {
    ...node,
    name: 'broken',
    signer: ((algorithm: 'ES256', key: PrivateKey, options?: object) => {
      const { signText: _, ...good } = node.signer(algorithm, key, options)
      const d = bytesToBigInt((materialOf(key) as { d: Uint8Array }).d)
      const sign = (input: Uint8Array): Uint8Array => {
        const z = bytesToBigInt(
          createHash('sha256')
            .update(good.sign(input) && input)
            .digest(),
        )
        return concat(bigIntToBytes(r, 32), bigIntToBytes((half * ((z + r * d) % n)) % n, 32))
      }
      return { ...good, sign }
    }) as never,
  }
}
