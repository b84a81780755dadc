import type { Algorithm } from '../algorithms/algorithm.ts'
import { isJwtError } from '../core/errors.ts'
import type { KeyBackend, Signer, Verifier } from '../keys/backend.ts'
import { isKey, type PublicKey, type SecretKey } from '../keys/key.ts'
import { type Bench, nothingFound, type SignerFactory } from './bench.ts'
import { type CallBackend, expectValue, isThenable } from './calls.ts'
import type { CheckRow } from './check.ts'
import { carriesKid, type KeyBench, keepsApart, refusesKeys } from './keys.ts'
import { livingChecks } from './living.ts'
import { generates } from './making.ts'
import { inputNumber } from './messages.ts'
import { independentVerdicts, type keyStore, misusesBy, publicHalf, type Reference, type WholeKey } from './reference.ts'
import { CheckFailure, demand, show, tell } from './report.ts'
import { rotation } from './rotation.ts'
import type { Plan, Step } from './run.ts'
import { signingChecks } from './signing.ts'
import { snapshotOf } from './snapshot.ts'
import { together } from './together.ts'
import { verifyingChecks } from './verifying.ts'

/** What all algorithms of one run share. */
export interface Common extends Pick<Bench, 'rounds' | 'budgetMilliseconds' | 'patienceMilliseconds' | 'call' | 'hook'> {
  readonly reference: Reference
  readonly keys: ReturnType<typeof keyStore>
}

/** The checks of one algorithm of a factory. */
export async function factoryPlan(factory: SignerFactory, algorithm: Algorithm, { reference, keys, ...common }: Common): Promise<Plan> {
  const { name } = algorithm
  const signer = (await handedOut(common.call, 'signer', () => factory.signer(name))) as Signer
  const isGood = independentVerdicts(await reference.verifying(algorithm), algorithm)
  const stranger = (await reference.signing(algorithm)).signer(algorithm, await keys(algorithm, 'strange'))
  const current = await snapshotOf(common, signer)
  const verifier =
    factory.verifier && ((await handedOut(common.call, 'verifier', () => factory.verifier!(name, current.publicKey))) as Verifier)
  const published = async (kid: string | undefined): Promise<PublicKey | SecretKey | undefined> => {
    const key = factory.key && (await common.hook('key', () => factory.key!(name, kid)))
    demand(!key || isKey(key), 'key gave no PublicKey or SecretKey, which importKey makes', 'verifiable')
    return key && publicHalf(key as WholeKey | PublicKey)
  }
  const bench: Bench = {
    ...common,
    algorithm,
    remote: true,
    found: nothingFound(),
    signer,
    another: async () => (await handedOut(common.call, 'signer', () => factory.signer(name))) as Signer,
    ...(verifier && { verifier }),
    factory,
    stranger: async (input) => stranger.sign(input),
    judge: async (input, signature, { kid, publicKey }) => {
      const verdicts: boolean[] = []
      for (const key of [publicKey, await published(kid)]) {
        if (key) verdicts.push(await isGood(key, input, signature))
      }
      if (verdicts.length > 0) return verdicts.every(Boolean)
      return algorithm.family === 'HMAC' && verifier ? (await verifier.verify(input, signature)) === true : undefined
    },
    demandPublished: async ({ kid, publicKey }) => {
      // Beside MAC keys, a key function may be there for their secrets alone.
      if (publicKey && factory.algorithms.some((other) => /^HS/.test(other))) return
      const without = kid === undefined ? 'that has no kid' : `of kid ${show(kid)}`
      demand(!factory.key || (await published(kid)) !== undefined, `the function key knows no key for a snapshot ${without}`, 'kid')
    },
  }
  return planOf(bench)
}

/** What a factory's function gives, at once or later. */
async function handedOut(call: CallBackend, what: string, make: () => unknown): Promise<unknown> {
  return expectValue(await call('async', what, async () => make()), what)
}

/** The checks of one algorithm of a KeyBackend, with a key of the kit. */
export async function backendPlan(backend: KeyBackend, algorithm: Algorithm, { reference, keys, ...common }: Common): Promise<Plan> {
  const signing = await reference.signing(algorithm)
  const isGood = independentVerdicts(await reference.verifying(algorithm), algorithm)
  const key = await keys(algorithm, 'own')
  const trusted = signing.signer(algorithm, key)
  const other = await keys(algorithm, 'strange')
  const stranger = signing.signer(algorithm, other)
  const half = publicHalf(key)
  const signer = await supported(
    () => backend.signer(algorithm.name, key),
    (bound) => bound.sign(inputNumber(0)),
  )
  const verifier = await supported(
    () => backend.verifier(algorithm.name, half),
    (bound) => bound.verify(inputNumber(0), new Uint8Array(algorithm.signatureLength ?? 256)),
  )
  const bench: Bench = {
    ...common,
    algorithm,
    remote: false,
    found: nothingFound(),
    ...(signer && { signer }),
    another: async () => backend.signer(algorithm.name, key),
    ...(verifier && { verifier }),
    trusted: async (input) => trusted.sign(input),
    misuses: (input, good) => misusesBy(key, algorithm, input, good),
    stranger: async (input) => stranger.sign(input),
    judge: async (input, signature, { publicKey }) => {
      const verdicts = [half, publicKey].map((by) => by === undefined || isGood(by, input, signature))
      return (await Promise.all(verdicts)).every(Boolean)
    },
    demandPublished: async () => {},
  }
  const keyBench: KeyBench = {
    backend,
    algorithm,
    reference,
    key,
    other,
    call: common.call,
    signs: signer !== undefined,
    verifies: verifier !== undefined,
  }
  return [
    { name: 'mode', run: async () => demandModes(backend, signer, verifier) },
    ...planOf(bench),
    ...keyChecks.map(([name, check, ...needs]) => ({ name, run: () => check(keyBench), needs })),
  ]
}

/** The bound key, or undefined where the backend says that it lacks the algorithm: at once, or at the first call. */
async function supported<T extends Signer | Verifier>(bind: () => T, first: (bound: T) => unknown): Promise<T | undefined> {
  try {
    const bound = bind()
    const tried = first(bound)
    // A call that hangs is for the checks to find.
    if (isThenable(tried)) await Promise.race([tried, new Promise((resolve) => setTimeout(resolve, 1000))])
    return bound
  } catch (error) {
    if (isJwtError(error) && error.detail['supported'] === false) return undefined
    return bindAgain(bind)
  }
}

function bindAgain<T>(bind: () => T): T {
  try {
    return bind()
  } catch (error) {
    const way = 'where the backend lacks the algorithm, throw unsupported(backend, algorithm), or leave it out of the algorithms'
    throw new CheckFailure(`binding a key threw ${tell(error)}; ${way}`, isJwtError(error) ? 'shape' : 'errors')
  }
}

function demandModes(backend: KeyBackend, signer: Signer | undefined, verifier: Verifier | undefined): void {
  for (const bound of [signer, verifier])
    demand(!bound || bound.mode === backend.mode, 'the backend and what it binds have different modes')
}

function planOf(bench: Bench): Plan {
  const step = ([name, check, ...needs]: CheckRow): Step => ({ name, run: () => check(bench), needs })
  // Where the key cannot be seen, the signatures to verify are the backend's own.
  const needs = bench.trusted ? [] : ['verifies']
  const verifying = verifyingChecks.map(([name, check, ...more]): CheckRow => [name, check, ...needs, ...more])
  return [...signingChecks, ...verifying, sharedCheck, ...(bench.remote ? [rotationCheck, ...livingChecks] : [])].map(step)
}

const sharedCheck: CheckRow = ['together', together, 'verifies', 'accepts']
const rotationCheck: CheckRow = ['rotation', rotation, 'verifies']
const keyChecks: readonly (readonly [string, (bench: KeyBench) => Promise<void>, ...string[]])[] = [
  ['keys', refusesKeys],
  ['two keys', keepsApart, 'verifies', 'accepts'],
  ['kid', carriesKid],
  ['generate', generates],
]

/** Every check of an algorithm, in the order they run. */
export const planNames: readonly string[] = /* @__PURE__ */ [
  'mode',
  ...[...signingChecks, ...verifyingChecks, sharedCheck, rotationCheck, ...livingChecks, ...keyChecks].map(([name]) => name),
]
