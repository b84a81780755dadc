import type { Algorithm } from '../algorithms/algorithm.ts'
import { equalBytes, isBytes } from '../core/bytes.ts'
import type { Signer } from '../keys/backend.ts'
import type { PublicKey } from '../keys/key.ts'
import { isDer } from '../keys/remote-answer.ts'
import type { Bench, Rounds } from './bench.ts'
import { all, expectValue } from './calls.ts'
import { type Check, needSigner } from './check.ts'
import { handed, inputNumber, lengthNumber } from './messages.ts'
import { CheckSkipped, demand } from './report.ts'
import { demandUnchanged, rememberKid, type Snapshot, snapshotOf } from './snapshot.ts'

/** One signature of the right type. */
export async function signatureBy(bench: Bench, signer: Signer, input: Uint8Array, queued?: number): Promise<Uint8Array> {
  const answer = expectValue(await bench.call(signer.mode, 'sign', () => signer.sign(input), queued), 'sign')
  demand(isBytes(answer), `sign gave ${typeof answer === 'object' ? 'an object' : `a ${typeof answer}`} that is no Uint8Array`, 'signature')
  return answer
}

function lengthOf(algorithm: Algorithm, key: PublicKey | undefined): number | undefined {
  if (algorithm.signatureLength !== undefined) return algorithm.signatureLength
  if (!key) return undefined
  if (algorithm.kty === 'RSA') return Math.ceil(key.bits / 8)
  return key.crv === 'Ed448' ? 114 : 64
}

export function demandLength({ algorithm }: Bench, signature: Uint8Array, key: PublicKey | undefined): void {
  const wanted = lengthOf(algorithm, key)
  demand(signature.length > 0, 'the signature is empty', 'length')
  const hint = isDer(signature, algorithm) ? ": this looks like DER, which remoteSigner converts with signatureEncoding: 'der'" : ''
  demand(
    wanted === undefined || signature.length === wanted,
    `a signature has ${signature.length} bytes and not ${wanted}${hint}`,
    'length',
  )
}

// What fails at every 250th call, or by the length of the message, shows in so many.
const usual = 260
// So many of one integer show that the backend pads it.
const enough = 3
const widest = 16

/** One alone, then several at once where the signer is async. */
export const verifies: Check = async (bench) => {
  const signer = needSigner(bench)
  const { found } = bench
  const end = performance.now() + bench.budgetMilliseconds
  const kids = { prints: new Map(), names: new Map() }
  const rounds: Rounds = { kids, nonces: new Map(), answers: [], short: [0, 0], end, done: 1, width: 1 }
  const began = performance.now()
  await oneRound(bench, signer, 0, rounds)
  found.pace = performance.now() - began
  if (bench.remote) found.longest = await longestOf(bench, signer)
  if (signer.mode === 'async') rounds.width = Math.min(4, Math.max(2, Math.floor(bench.patienceMilliseconds / 2 / found.pace)))
  found.rounds = rounds
  await goOn(bench, signer, rounds, usual, () => rounds.done < 16)
  const kept = rounds.answers.every(([answer, copy]) => equalBytes(answer, copy))
  demand(kept, 'a signature changed when later ones were made: they share a buffer', 'buffers')
}

/** An integer that is an octet shorter than its place comes once in 128 to 256, and only a few backends get it wrong. */
export const short: Check = async (bench) => {
  const { kty, signatureLength } = bench.algorithm
  const kinds = kty === 'EC' ? ['r', 's'] : kty === 'RSA' ? ['number'] : []
  if (kinds.length === 0) throw new CheckSkipped('for ECDSA and RSA')
  const { rounds } = bench.found
  if (!rounds) throw new CheckSkipped('`verifies` was left out')
  await goOn(
    bench,
    needSigner(bench),
    rounds,
    bench.rounds,
    () => false,
    () => kinds.every((_, i) => rounds.short[i]! >= enough),
  )
  const none = kinds.filter((_, i) => rounds.short[i] === 0)
  if (none.length > 0)
    throw new CheckSkipped(
      `none of ${rounds.done} signatures had a short ${none.join(', or a short ')} (${signatureLength === undefined ? 'one in 256 does' : 'one in 256 has each'}): give more rounds, or a longer budget`,
    )
}

/** As far as rounds and time go. A device that answers several as fast as one is asked for more at once. */
async function goOn(
  bench: Bench,
  signer: Signer,
  rounds: Rounds,
  most: number,
  isOwed: () => boolean,
  isEnough: () => boolean = () => false,
): Promise<void> {
  const last = Math.min(most, bench.rounds)
  while (rounds.done < last && !isEnough() && (isOwed() || performance.now() < rounds.end)) {
    const atOnce = Math.min(rounds.width, last - rounds.done)
    const began = performance.now()
    await all(Array.from({ length: atOnce }, (_, i) => oneRound(bench, signer, rounds.done + i, rounds, atOnce)))
    rounds.done += atOnce
    if (signer.mode === 'sync') continue
    const took = performance.now() - began
    if (took < 2 * bench.found.pace + 5) rounds.width = Math.min(widest, 2 * rounds.width)
    else if (took > bench.patienceMilliseconds / 4) rounds.width = Math.max(2, rounds.width >> 1)
  }
}

async function oneRound(bench: Bench, signer: Signer, number: number, rounds: Rounds, atOnce = 1): Promise<void> {
  const input = inputNumber(number, lengthNumber(number, bench.found.longest))
  const now = await snapshotOf(bench, signer, atOnce)
  rememberKid(now, rounds.kids)
  await bench.demandPublished(now)
  const answer = await signatureBy(bench, now, handed(input, number), atOnce)
  const signature = new Uint8Array(answer)
  demandLength(bench, signature, now.publicKey)
  const good = await bench.judge(input, signature, now)
  demand(good !== undefined, 'nothing to verify with: give a publicKey in the snapshot, or the key function', 'verifiable')
  demand(good, `${describe(signature, bench.algorithm)} does not verify in an independent backend${circumstances(atOnce, number)}`)
  demandUnchanged(now)
  checkNonce(bench.algorithm, signature, number, rounds.nonces)
  if (rounds.answers.length < usual) rounds.answers.push([answer, signature])
  const [first, second] = shortParts(signature, bench.algorithm)
  if (first) rounds.short[0]++
  if (second) rounds.short[1]++
  if (first && bench.algorithm.kty === 'RSA') bench.found.short = { input, signature }
}

function shortParts(signature: Uint8Array, { kty }: Algorithm): readonly [boolean, boolean] {
  return [signature[0] === 0, kty === 'EC' && signature[signature.length / 2] === 0]
}

function describe(signature: Uint8Array, algorithm: Algorithm): string {
  return `a signature of ${signature.length} bytes${shortParts(signature, algorithm).some(Boolean) ? ', which begins with a zero or has one in the middle,' : ''}`
}

function circumstances(atOnce: number, number: number): string {
  if (atOnce > 1) return `; the first one, alone, did, and this was one of ${atOnce} at once`
  return number > 0 ? `; ${number} before it did` : ''
}

/** Short of a declared limit, which shows as a typed error, all lengths up to that of a large token are tried. */
async function longestOf(bench: Bench, signer: Signer): Promise<number> {
  const now: Snapshot = await snapshotOf(bench, signer)
  const input = inputNumber(1, bench.found.longest)
  const outcome = await bench.call(now.mode, `sign of a message of ${input.length} bytes`, () => now.sign(input))
  const isRefused = 'error' in outcome && outcome.error.code === 'backend_failure' && outcome.error.detail['reason'] !== 'signature'
  return isRefused ? 230 : input.length
}

/** Two messages with the same r give the private key away. */
function checkNonce({ family }: Algorithm, signature: Uint8Array, number: number, nonces: Map<string, number>): void {
  if (family !== 'ECDSA') return
  const r = signature.subarray(0, signature.length / 2).join()
  demand((nonces.get(r) ?? number) === number, 'two messages were signed with the same nonce, which gives the private key away', 'nonce')
  nonces.set(r, number)
}
