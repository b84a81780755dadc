import type { GenerateOptions } from '../keys/backend.ts'
import { isKey } from '../keys/key.ts'
import { expectValue, type Outcome } from './calls.ts'
import type { KeyBench } from './keys.ts'
import { inputNumber } from './messages.ts'
import { publicHalf, type WholeKey } from './reference.ts'
import { CheckSkipped, demand } from './report.ts'
import { fingerprint } from './snapshot.ts'

/** Keys it makes are keys, fit, are of the size or curve asked for, are used by others, and are never the same twice. */
export async function generates(bench: KeyBench): Promise<void> {
  const { backend, algorithm, reference, signs } = bench
  const outcome = await make(bench)
  if (isRefused(outcome)) throw new CheckSkipped('the backend does not make keys for this algorithm')
  const made = keyIn(bench, outcome)
  // RSA keys take long, and one algorithm shows whether they differ.
  const isCostly = algorithm.kty === 'RSA' && algorithm.name !== 'RS256'
  if (!isCostly) demand(printOf(made) !== printOf(keyIn(bench, await make(bench))), 'generate gave the same key twice')
  if (!isCostly) await obeys(bench)
  const signer = signs ? backend.signer(algorithm.name, made) : (await reference.signing(algorithm)).signer(algorithm.name, made)
  const signature = await signer.sign(inputNumber(1))
  const good = await (await reference.verifying(algorithm)).verifier(algorithm, publicHalf(made)).verify(inputNumber(1), signature)
  demand(good === true, 'a key that generate made does not verify in an independent backend')
}

function make({ backend, algorithm, call }: KeyBench, options?: GenerateOptions): Promise<Outcome> {
  return call(backend.mode, 'generate', () => backend.generate(algorithm.name, options))
}

function isRefused(outcome: Outcome): boolean {
  return 'error' in outcome && (outcome.error.detail['supported'] === false || outcome.error.code === 'invalid_usage')
}

function keyIn({ algorithm }: KeyBench, outcome: Outcome): WholeKey {
  const made = expectValue(outcome, 'generate') as WholeKey
  const type = algorithm.kty === 'oct' ? 'secret' : 'private'
  demand(isKey(made) && made.type === type && made.kty === algorithm.kty, 'generate gave no key for the algorithm')
  return made
}

/** What is asked for and not to be had is an error, never another key. */
async function obeys(bench: KeyBench): Promise<void> {
  const { kty, curves = [] } = bench.algorithm
  const wishes: readonly GenerateOptions[] = kty === 'RSA' ? [{ modulusLength: 2056 }] : kty === 'OKP' ? curves.map((crv) => ({ crv })) : []
  for (const wish of wishes) {
    const outcome = await make(bench, wish)
    if ('error' in outcome) continue
    const { bits, crv } = keyIn(bench, outcome)
    const isThat = wish.crv === undefined ? bits === wish.modulusLength : crv === wish.crv
    demand(isThat, `generate did not heed ${JSON.stringify(wish)}`)
  }
}

function printOf(key: WholeKey): string {
  return fingerprint(publicHalf(key))
}
