import { createHash, timingSafeEqual } from 'node:crypto'
import { backendFailure } from '../../src/backend.ts'
import { node, nodeAsync } from '../../src/backends/node/index.ts'
import { bigIntToBytes, bytesToBigInt, concat } from '../../src/core/bytes.ts'
import type { KeyBackend, Signer, Verifier } from '../../src/keys/backend.ts'
import type { SecretKey } from '../../src/keys/key.ts'
import { type Broken, bytes, changed, signs, verifies } from './broken.ts'

const es = ['ES256']
const nameOf = (given: Uint8Array): string => createHash('sha256').update(given).digest('hex')
const whole = (given: Uint8Array): Uint8Array => (given instanceof Uint8Array ? new Uint8Array(given.buffer) : given)
const asText = (given: Uint8Array): Uint8Array =>
  given instanceof Uint8Array ? new TextEncoder().encode(new TextDecoder().decode(given)) : given
const spoilt = (signature: Uint8Array): Uint8Array => {
  const wrong = new Uint8Array(signature)
  wrong[5]! ^= 1
  return wrong
}

/** Wrong by the length of the message. */
const spoiltFor = (isWrong: (length: number) => boolean) =>
  signs((good) => (input) => (isWrong(input.length) ? spoilt(bytes(good, input)) : good.sign(input)))

/** Wrong at every so many calls. */
function spoiltEach(times: number, spoil: (signature: Uint8Array) => Uint8Array = spoilt): () => KeyBackend {
  return () => {
    let calls = 0
    return signs((good) => (input) => {
      const signature = bytes(good, input)
      return ++calls % times === 0 ? spoil(signature) : signature
    })()
  }
}

/** One integer of two aligned to the wrong side when it is short. */
const leftAligned = (from: number) =>
  signs((good) => (input) => {
    const signature = new Uint8Array(bytes(good, input))
    const half = signature.subarray(from, from + 32)
    if (half[0] === 0) {
      half.copyWithin(0, 1)
      half[31] = 0
    }
    return signature
  })

/** An honest backend but for what `change` gives in place of members of its signers or verifiers. */
function altered(which: 'signer' | 'verifier', change: (good: Verifier & Signer) => object): () => KeyBackend {
  const bind = (...given: Parameters<typeof node.verifier>): object => {
    const good = (node[which] as (...given: unknown[]) => object)(...given) as Verifier & Signer
    return { ...good, ...change(good) }
  }
  return () => ({ ...changed({}), [which]: bind })
}

/** A verifier that remembers what it said, by what `key` takes of the question. */
const remembers = (key: (input: Uint8Array, signature: Uint8Array) => string, which: (verdict: unknown) => boolean = () => true) =>
  verifies((good) => {
    const said = new Map<string, unknown>()
    return (input, signature) => {
      if (!(input instanceof Uint8Array && signature instanceof Uint8Array)) return good.verify(input, signature)
      const name = key(input, signature)
      if (said.has(name)) return said.get(name)
      const verdict = good.verify(input, signature)
      if (which(verdict)) said.set(name, verdict)
      return verdict
    }
  })

/** What was bound for an algorithm and kid is handed out again. */
function boundOnce(which: 'signer' | 'verifier'): KeyBackend {
  const bound = new Map<string, object>()
  const bind = (algorithm: string, key: never, options?: object): object => {
    const made = node[which](algorithm, key, options) as Signer | Verifier
    const name = `${algorithm} ${made.kid}`
    bound.set(name, bound.get(name) ?? made)
    return bound.get(name)!
  }
  return { ...changed({}), [which]: bind as never }
}

export const brokenOperations: readonly Broken[] = [
  {
    fault: 'a signer that signs the buffer behind its input',
    caughtBy: 'verifies',
    algorithms: ['HS256'],
    subject: signs((good) => (input) => good.sign(whole(input))),
  },
  {
    fault: 'a verifier that verifies the buffer behind its input',
    caughtBy: 'accepts',
    algorithms: ['HS256'],
    subject: verifies((good) => (input, signature) => good.verify(whole(input), signature)),
  },
  {
    fault: 'a verifier that takes the buffer behind a signature',
    caughtBy: 'accepts',
    algorithms: ['HS256'],
    subject: verifies((good) => (input, signature) => good.verify(input, whole(signature))),
  },
  {
    fault: 'a signer that takes messages for text',
    caughtBy: 'verifies',
    algorithms: es,
    subject: signs((good) => (input) => good.sign(asText(input))),
  },
  {
    fault: 'a verifier that takes messages for text',
    caughtBy: 'accepts',
    algorithms: es,
    subject: verifies((good) => (input, signature) => good.verify(asText(input), signature)),
  },
  { fault: 'HMAC with wrong padding', caughtBy: 'verifies', algorithms: ['HS256'], subject: spoiltFor((length) => length % 64 >= 56) },
  {
    fault: 'EdDSA with a short buffer',
    caughtBy: 'verifies',
    algorithms: ['EdDSA'],
    subject: spoiltFor((length) => length >= 64 && length <= 1000),
  },
  { fault: 'a signature of 32 wrong', caughtBy: 'verifies', algorithms: ['EdDSA'], subject: spoiltEach(32) },
  { fault: 'a signature of 250 wrong', caughtBy: 'verifies', isRare: true, algorithms: es, subject: spoiltEach(250) },
  {
    fault: 'a call of 50 that fails',
    caughtBy: 'verifies',
    algorithms: ['HS256'],
    subject: spoiltEach(50, () => {
      throw backendFailure('retryable')
    }),
  },
  { fault: 'a short r aligned to the left', caughtBy: ['verifies', 'short'], isRare: true, algorithms: es, subject: leftAligned(0) },
  { fault: 'a short s aligned to the left', caughtBy: ['verifies', 'short'], isRare: true, algorithms: es, subject: leftAligned(32) },
  {
    fault: 'three buffers for all signatures',
    caughtBy: 'buffers',
    algorithms: es,
    subject: () => {
      const pool = [new Uint8Array(64), new Uint8Array(64), new Uint8Array(64)]
      let turn = 0
      return signs((good) => (input) => {
        const shared = pool[turn++ % 3]!
        shared.set(bytes(good, input))
        return shared
      })()
    },
  },
  { fault: 'verdicts remembered by message', caughtBy: 'rejects', algorithms: es, subject: remembers(nameOf) },
  { fault: 'good verdicts remembered by message', caughtBy: 'rejects', algorithms: es, subject: remembers(nameOf, Boolean) },
  {
    fault: 'verdicts remembered by signature',
    caughtBy: 'rejects',
    algorithms: es,
    subject: remembers((_, signature) => nameOf(signature)),
  },
  {
    fault: 'good verdicts remembered by signature',
    caughtBy: 'rejects',
    algorithms: es,
    subject: remembers((_, signature) => nameOf(signature), Boolean),
  },
  {
    fault: 'bad verdicts remembered by signature',
    caughtBy: 'rejects',
    algorithms: es,
    subject: remembers(
      (_, signature) => nameOf(signature),
      (verdict) => verdict === false,
    ),
  },
  {
    fault: 'verifications under way mixed up',
    caughtBy: 'verifier at once',
    algorithms: es,
    subject: () => {
      let last: readonly [Uint8Array, Uint8Array]
      const verifier = (...given: Parameters<typeof nodeAsync.verifier>): object => {
        const { verifyText: _, ...good } = nodeAsync.verifier(...given)
        const verify = async (input: Uint8Array, signature: Uint8Array): Promise<boolean> => {
          last = [input?.slice(), signature?.slice()]
          await Promise.resolve()
          return good.verify(...last)
        }
        return { ...good, verify }
      }
      return { ...nodeAsync, name: 'broken', verifier }
    },
  },
  {
    fault: 'a verifier that refuses more than a KiB',
    caughtBy: 'accepts',
    algorithms: es,
    subject: verifies((good) => (input, signature) => input.length <= 1024 && good.verify(input, signature)),
  },
  {
    fault: 'a verifier that refuses more than 4 KiB',
    caughtBy: 'verifier long',
    algorithms: es,
    subject: verifies((good) => (input, signature) => input.length <= 4096 && good.verify(input, signature)),
  },
  {
    fault: 'a verifier that reads 4 KiB of a long message',
    caughtBy: 'verifier long',
    algorithms: es,
    subject: verifies(
      (good) => (input, signature) => good.verify(input instanceof Uint8Array ? input.subarray(0, 4096) : input, signature),
    ),
  },
  { fault: 'signers remembered by algorithm and kid', caughtBy: 'two keys', algorithms: es, subject: () => boundOnce('signer') },
  { fault: 'verifiers remembered by algorithm and kid', caughtBy: 'two keys', algorithms: es, subject: () => boundOnce('verifier') },
  {
    fault: 'generate that does not heed its curve',
    caughtBy: 'generate',
    algorithms: ['EdDSA'],
    subject: () => changed({ generate: ((algorithm: string) => node.generate(algorithm)) as never }),
  },
  {
    fault: 'generate that does not heed its size',
    caughtBy: 'generate',
    algorithms: ['RS256'],
    subject: () => changed({ generate: ((algorithm: string) => node.generate(algorithm)) as never }),
  },
  {
    fault: 'a MAC verifier that calls itself public',
    caughtBy: 'verifier shape',
    algorithms: ['HS256'],
    subject: () => changed({ verifier: () => ({ symmetric: false }) }),
  },
  {
    fault: 'a public verifier that calls itself symmetric',
    caughtBy: 'verifier shape',
    algorithms: es,
    subject: () => changed({ verifier: () => ({ symmetric: true }) }),
  },
  {
    fault: 'a verifier that takes 20 bytes of a MAC',
    caughtBy: 'rejects',
    algorithms: ['HS256'],
    subject: () => ({
      ...changed({}),
      verifier: (algorithm: string, key: SecretKey, options?: object) => {
        const { verifyText: _, ...good } = node.verifier(algorithm, key, options)
        const mac = node.signer(algorithm, key)
        const verify = (input: Uint8Array, signature: Uint8Array): boolean =>
          signature?.length === 20 ? timingSafeEqual(mac.sign(input).subarray(0, 20), signature) : good.verify(input, signature)
        return { ...good, verify }
      },
    }),
  },
  {
    fault: 'a verifier that reduces s',
    caughtBy: 'rejects',
    algorithms: ['ES512'],
    subject: verifies((good) => (input, signature) => {
      const n = 2n ** 521n - 657_877_501_894_328_237_357_444_332_315_020_117_536_923_257_219_387_276_263_472_201_219_398_408_051_703n
      if (signature?.length !== 132) return good.verify(input, signature)
      const s = bytesToBigInt(signature.slice(66)) % n
      return good.verify(input, concat(signature.slice(0, 66), bigIntToBytes(s, 66)))
    }),
  },
  {
    fault: 'verifyText that is lax and calls itself exact',
    caughtBy: 'verifier text',
    algorithms: es,
    subject: altered('verifier', (good) => ({
      verifyText: (input: string, signature: string) => good.verify(Buffer.from(input), Buffer.from(signature, 'base64')),
      isTextExact: true,
    })),
  },
  {
    fault: 'verifyText that remembers its message',
    caughtBy: 'verifier text',
    algorithms: ['HS256'],
    subject: altered('verifier', (good) => {
      const seen = new Set<string>()
      return {
        verifyText: (input: string, signature: string): unknown => {
          const verdict = seen.has(input) || good.verifyText!(input, signature)
          if (verdict) seen.add(input)
          return verdict
        },
      }
    }),
  },
  {
    fault: 'signText that differs for some lengths',
    caughtBy: 'text',
    algorithms: es,
    subject: altered('signer', (good) => ({
      signText: (input: string) => good.signText!(input.length > 100 ? input.slice(0, 100) : input),
    })),
  },
]
