import { expect, it } from 'vitest'
import { registry } from '../../src/algorithms/registry.ts'
import { type BackendDefinition, defineBackend, type KeyBackend, remoteSigner, unsupported } from '../../src/backend.ts'
import { node } from '../../src/backends/node/index.ts'
import { derOfSignature } from '../../src/keys/der-signature.ts'
import { CertificationError, certifyBackend, type SignerFactory } from '../../src/testing.ts'
import { keyFor, memoryDevice, publicOf } from '../remote/device.ts'
import { brokenRemote } from './broken-remote.ts'

const quick = { budget: '0.1s', rounds: 16, patience: '0.5s' } as const

const fails = (error: Error) => (): never => {
  throw error
}
const mine = (change: object): KeyBackend =>
  defineBackend({
    name: 'mine',
    mode: 'sync',
    signing: fails(new Error('cannot')),
    verifying: fails(new Error('cannot')),
    ...change,
  } as BackendDefinition<'sync'>)
const signing = (sign: () => unknown): object => ({ ...mine({ signing: () => ({ sign }) }), verifier: node.verifier })
const verifying = (verify: () => unknown): object => ({ ...mine({ verifying: () => ({ verify }) }), signer: node.signer })
const memory: SignerFactory = { name: 'memory', algorithms: ['ES256'], signer: () => remoteSigner(memoryDevice('ES256')) }
const brokenBy = (fault: string): object => brokenRemote.find((row) => row.fault === fault)!.subject()

/** What the whole text of the error must say, and what it must not. */
interface Row {
  readonly what: string
  readonly subject: () => object
  readonly algorithms?: readonly string[]
  readonly says: readonly RegExp[]
  readonly not?: RegExp
}

const rows: readonly Row[] = [
  {
    what: 'an error of the author with its text, and the way out',
    subject: () => mine({}),
    says: [/shape: binding a key threw BackendError: .*\(cause: Error: cannot\)/, /unsupported\(backend, algorithm\)/],
  },
  {
    what: 'one line for one fault of many algorithms',
    subject: () => mine({}),
    algorithms: registry.names,
    says: [/^[^\n]*\n {2}\d\d checks failed alike: HS256, HS384, [^\n]*: shape: [^\n]*$/],
  },
  {
    what: 'one line where signing fails, and no guesses about what depends on it',
    subject: () => signing(fails(new Error('no card'))),
    says: [/^[^\n]*\n {2}ES256: verifies: [^\n]*no card[^\n]*$/],
  },
  { what: 'a promise from a sync backend', subject: () => signing(async () => new Uint8Array(64)), says: [/"wanted":64,"got":"promise"/] },
  { what: 'a length that is wrong', subject: () => signing(() => new Uint8Array(63)), says: [/BackendError: .*"wanted":64,"got":63/] },
  { what: 'DER where raw was declared', subject: () => brokenBy('DER called raw'), says: [/signatureEncoding is "der"/] },
  {
    what: 'DER of a signer made by hand',
    subject: () => {
      const good = node.signer('ES256', keyFor('ES256'))
      const sign = (input: Uint8Array): Uint8Array => derOfSignature(good.sign(input))
      return { ...memory, signer: () => ({ algorithm: 'ES256', mode: 'sync', publicKey: publicOf('ES256'), sign }) }
    },
    says: [/length: a signature has \d+ bytes and not 64: this looks like DER.*signatureEncoding: 'der'/],
  },
  {
    what: 'calls that are mixed up only when there are several',
    subject: () => {
      const good = node.signer('ES256', keyFor('ES256'))
      let last = new Uint8Array()
      const sign = async (input: Uint8Array): Promise<Uint8Array> => {
        last = new Uint8Array(input)
        await Promise.resolve()
        return good.sign(last)
      }
      return { ...memory, signer: () => ({ algorithm: 'ES256', mode: 'async', publicKey: publicOf('ES256'), sign }) }
    },
    says: [/verifies: .* does not verify .*; the first one, alone, did/],
  },
  {
    what: 'what a good signature owes',
    subject: () => verifying(fails(new Error('device'))),
    says: [/throws: verify of a good signature threw where it owes true: BackendError: .*\(cause: Error: device\)/],
  },
  {
    what: 'a yes that is no true, and nothing about when the input was read',
    subject: () => verifying(() => 1),
    says: [/accepts: verify refused a good signature \(true alone is a yes: 1,/],
    not: /after it had returned/,
  },
  {
    what: 'what came in place of InvalidKeyError',
    subject: () => {
      const signer = (...[algorithm, key, options]: Parameters<KeyBackend['signer']>) =>
        key?.kty === 'EC' && key.crv !== 'P-256' ? fails(new TypeError('curve'))() : node.signer(algorithm, key, options)
      return { ...node, name: 'mine', signer }
    },
    says: [/errors: signer with a key of another type or curve threw what is no error of this library: TypeError: curve/],
  },
  {
    what: 'a foreign error of a signer',
    subject: () => ({ ...memory, failing: () => ({ algorithm: 'ES256', mode: 'async', sign: async () => fails(new Error('down'))() }) }),
    says: [/errors: sign failed with Error: down, which is no error of this library/],
  },
  {
    what: 'no more of a foreign text than helps, on one line',
    subject: () => ({
      ...memory,
      failing: () => ({ algorithm: 'ES256', mode: 'async', sign: async () => fails(new Error('long\n'.repeat(5000)))() }),
    }),
    says: [/^[^\n]*\n {2}ES256: errors: sign failed with Error: (?:long ){40}…, which[^\n]{0,100}$/],
  },
  {
    what: 'a failure of the wrong kind',
    subject: () => ({
      ...memory,
      failing: () => ({ algorithm: 'ES256', mode: 'async', sign: async () => fails(unsupported('mine', 'ES256'))() }),
    }),
    says: [/failing: .*InvalidKeyError: .*"supported":false/],
  },
  {
    what: 'a function of the subject that throws',
    subject: () => ({ ...memory, rotate: fails(new TypeError('no more')) }),
    says: [/rotation: a function of the subject threw TypeError: no more/],
  },
  {
    what: 'how to share a session',
    subject: () => brokenBy('a session that the signers do not share'),
    says: [/together: .*the card is busy.*remoteSession\(\{ concurrency: 1 \}\)/],
  },
  { what: 'a rotation of nothing', subject: () => brokenBy('a rotation that changes nothing'), says: [/rotation: rotate changed nothing/] },
  {
    what: 'a hanging signer without a deadline',
    subject: () => ({ ...memory, hanging: () => remoteSigner(memoryDevice('ES256', { snapshot: () => new Promise(() => {}) })) }),
    says: [/hanging: .*did not answer within 500 ms.*give it a deadline below patience/],
    not: /answers:/,
  },
  {
    what: 'a hanging signer that answers',
    subject: () => brokenBy('a hanging signer that answers'),
    says: [/hanging: the signer of `hanging` answered/],
  },
]

async function complaint(subject: object, algorithms: readonly string[]): Promise<CertificationError> {
  const outcome = await certifyBackend(subject as SignerFactory, { ...quick, algorithms }).catch((error: unknown) => error)
  expect(outcome).toBeInstanceOf(CertificationError)
  return outcome as CertificationError
}

it.each(rows)('the kit tells $what', { timeout: 20_000 }, async ({ subject, algorithms = ['ES256'], says, not }) => {
  const { message } = await complaint(subject(), algorithms)
  for (const pattern of says) expect(message).toMatch(pattern)
  if (not) expect(message).not.toMatch(not)
})

it('what depends on a check that failed is not tried', async () => {
  const skipped = async (subject: object): Promise<Readonly<Record<string, string | undefined>>> => {
    const { report } = await complaint(subject, ['ES256'])
    const left = report.checks.filter(({ status, message }) => status === 'skipped' && message?.startsWith('not tried'))
    return Object.fromEntries(left.map(({ check, message }) => [check, message]))
  }
  const unsigned = 'not tried: signatures do not verify'
  const dependent = ['short', 'input', 'own sign', 'buffers', 'text', 'long', 'accepts own', 'together', 'two keys']
  expect(await skipped(signing(() => new Uint8Array(64)))).toEqual(Object.fromEntries(dependent.map((name) => [name, unsigned])))
  const verifier = () => node.verifier('ES256', publicOf('ES256')!)
  expect(await skipped({ ...(brokenBy('DER called raw') as SignerFactory), verifier })).toMatchObject({
    accepts: unsigned,
    rejects: unsigned,
    'verifier input': unsigned,
    rotation: unsigned,
  })
  const refused = 'not tried: good signatures are refused'
  expect(await skipped(verifying(() => 1))).toEqual({
    'accepts own': refused,
    'verifier input': refused,
    'verifier text': refused,
    'verifier long': refused,
    'verifier at once': refused,
    together: refused,
    'two keys': refused,
  })
})

it('says how a rotation of secrets is tried', async () => {
  const { checks } = await certifyBackend(
    {
      name: 'memory',
      algorithms: ['HS256'],
      signer: () => remoteSigner(memoryDevice('HS256')),
      verifier: () => node.verifier('HS256', keyFor('HS256') as never),
      rotate: () => {},
    },
    quick,
  )
  expect(checks.find(({ check }) => check === 'rotation')?.message).toMatch(
    /give key\(algorithm, kid\) that returns the secret of each kid/,
  )
})
