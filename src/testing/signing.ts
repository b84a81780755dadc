import type { Algorithm } from '../algorithms/algorithm.ts'
import { decodeBase64url } from '../core/base64url.ts'
import { equalBytes, isBytes } from '../core/bytes.ts'
import type { Signer } from '../keys/backend.ts'
import type { PublicKey } from '../keys/key.ts'
import { isDer } from '../keys/remote-answer.ts'
import { type Bench, fingerprint, inputNumber, snapshotOf } from './bench.ts'
import { expectValue } from './calls.ts'
import { type Check, type CheckRow, needSigner } from './check.ts'
import { CheckSkipped, demand, tell } from './report.ts'
import { shape } from './shape.ts'

/** One signature of the right type, as the bench's own copy. */
export async function signatureBy(bench: Bench, signer: Signer, input: Uint8Array): Promise<Uint8Array> {
  const answer = expectValue(await bench.call(signer.mode, 'sign', () => signer.sign(input)), 'sign')
  demand(isBytes(answer), `sign gave ${typeof answer === 'object' ? 'an object' : `a ${typeof answer}`} that is no Uint8Array`, 'signature')
  return answer
}

export function lengthOf(algorithm: Algorithm, key: PublicKey | undefined): number | undefined {
  if (algorithm.signatureLength !== undefined) return algorithm.signatureLength
  if (!key) return undefined
  if (algorithm.kty === 'RSA') return Math.ceil(key.bits / 8)
  return key.crv === 'Ed448' ? 114 : 64
}

/** What several rounds have in common. */
interface Rounds {
  readonly nonces: Map<string, number>
  readonly keys: Map<string, string>
  /** Good signatures with an integer shorter than its place. */
  short: number
}

// So many good ones show that the backend pads. A backend that does not never gets there.
const enoughShort = 3

/** Many signatures: an integer that is an octet shorter than its place comes once in 128 (ECDSA) or 256 (RSA). */
const verifies: Check = async (bench) => {
  const signer = needSigner(bench)
  const rare = bench.algorithm.kty === 'EC' || bench.algorithm.kty === 'RSA'
  const most = rare ? bench.rounds : Math.min(bench.rounds, 16)
  const end = performance.now() + bench.budgetMilliseconds
  const rounds: Rounds = { nonces: new Map(), keys: new Map(), short: 0 }
  const width = signer.mode === 'async' ? 4 : 1
  const goesOn = (done: number): boolean => done < 16 || (performance.now() < end && rounds.short < enoughShort)
  await oneRound(bench, signer, 0, rounds)
  for (let done = 1; done < most && goesOn(done); done += width) {
    await Promise.all(Array.from({ length: width }, (_, i) => oneRound(bench, signer, done + i, rounds, width)))
  }
}

async function oneRound(bench: Bench, signer: Signer, number: number, rounds: Rounds, atOnce = 1): Promise<void> {
  const input = inputNumber(number, 30 + (number % 200))
  const now = await snapshotOf(bench, signer)
  rememberKid(now, rounds.keys)
  // Copies: what happens to the caller's bytes is for other checks.
  const signature = new Uint8Array(await signatureBy(bench, now, new Uint8Array(input)))
  const wanted = lengthOf(bench.algorithm, now.publicKey)
  demand(signature.length > 0, 'the signature is empty', 'length')
  const hint = isDer(signature, bench.algorithm) ? ": this looks like DER, which remoteSigner converts with signatureEncoding: 'der'" : ''
  demand(
    wanted === undefined || signature.length === wanted,
    `a signature has ${signature.length} bytes and not ${wanted}${hint}`,
    'length',
  )
  const good = await bench.judge(input, signature, now)
  demand(good !== undefined, 'nothing to verify with: give a publicKey in the snapshot, or the key function', 'verifiable')
  const when = atOnce > 1 ? `; the first one, alone, did, and this was one of ${atOnce} at once` : ''
  demand(good, `a signature of ${signature.length} bytes does not verify in an independent backend${when}`)
  checkNonce(bench.algorithm, signature, number, rounds.nonces)
  if (signature[0] === 0 || (bench.algorithm.kty === 'EC' && signature[signature.length / 2] === 0)) rounds.short++
}

/** One kid never stands for two keys. */
function rememberKid({ kid, publicKey }: Signer, keys: Map<string, string>): void {
  if (kid === undefined || !publicKey) return
  const print = fingerprint(publicKey)
  demand((keys.get(kid) ?? print) === print, 'one kid stands for two public keys', 'kid')
  keys.set(kid, print)
}

/** Two messages with the same r give the private key away. */
function checkNonce({ family }: Algorithm, signature: Uint8Array, number: number, nonces: Map<string, number>): void {
  if (family !== 'ECDSA') return
  const r = signature.subarray(0, signature.length / 2).join()
  demand((nonces.get(r) ?? number) === number, 'two messages were signed with the same nonce, which gives the private key away', 'nonce')
  nonces.set(r, number)
}

const deterministic: Check = async (bench) => {
  const signer = needSigner(bench)
  const { family } = bench.algorithm
  if (family !== 'HMAC' && family !== 'RSASSA-PKCS1-v1_5') throw new CheckSkipped('signatures of this algorithm may differ')
  const now = await snapshotOf(bench, signer)
  const input = inputNumber(1)
  const first = new Uint8Array(await signatureBy(bench, now, input))
  demand(equalBytes(first, await signatureBy(bench, now, input)), 'two signatures of one message differ')
}

const input: Check = async (bench) => {
  const signer = await snapshotOf(bench, needSigner(bench))
  const given = inputNumber(2)
  await signatureBy(bench, signer, given)
  demand(equalBytes(given, inputNumber(2)), 'sign changed its input')
  if (signer.mode === 'sync') return
  const pending = bench.call('async', 'sign', () => signer.sign(given))
  given.fill(0x42)
  const signature = expectValue(await pending, 'sign')
  const good = await bench.judge(inputNumber(2), signature as Uint8Array, signer)
  demand(good !== false, 'sign read its input after it had returned: what the caller changed meanwhile was signed')
}

const buffers: Check = async (bench) => {
  const signer = await snapshotOf(bench, needSigner(bench))
  const given = inputNumber(3)
  const first = await signatureBy(bench, signer, given)
  const copy = new Uint8Array(first)
  demand(first.buffer !== given.buffer, 'the signature shares memory with the input')
  const second = await signatureBy(bench, signer, inputNumber(4))
  demand(equalBytes(first, copy), 'a signature changed when the next one was made: both share one buffer')
  const kept = new Uint8Array(second)
  first.fill(0)
  demand(equalBytes(second, kept), 'two signatures share one buffer')
  const again = await signatureBy(bench, signer, inputNumber(3))
  demand((await bench.judge(inputNumber(3), again, signer)) !== false, 'a signature that the caller overwrote was handed out again')
}

const text: Check = async (bench) => {
  const signer = await snapshotOf(bench, needSigner(bench))
  const { signText } = signer
  if (!signText) throw new CheckSkipped('there is no text form')
  const message = new TextDecoder().decode(inputNumber(5))
  const answer = expectValue(await bench.call(signer.mode, 'signText', () => signer.signText!(message)), 'signText')
  demand(typeof answer === 'string', 'signText gave no text')
  const signature = decodeBase64url(answer)
  demand(signature !== undefined, 'signText gave no unpadded base64url')
  const good = await bench.judge(inputNumber(5), signature, signer)
  demand(good !== false, 'the signature of signText does not verify in an independent backend')
}

/** What sign does with what it does not take. */
const misuse: Check = async (bench) => {
  const signer = needSigner(bench)
  for (const wrong of [undefined, null, 'text', [1, 2, 3], { length: 4 }]) {
    const outcome = await bench.call(signer.mode, `sign of ${JSON.stringify(wrong) ?? 'undefined'}`, () => signer.sign(wrong as never))
    demand('error' in outcome, 'sign took something that is no Uint8Array')
  }
}

/** The length that a long token has. Devices with a limit refuse it with a typed error. */
const long: Check = async (bench) => {
  const signer = needSigner(bench)
  const message = inputNumber(6, 60_000)
  const now = await snapshotOf(bench, signer)
  const outcome = await bench.call(now.mode, 'sign of a long message', () => now.sign(message))
  if ('error' in outcome) {
    demand(bench.remote && outcome.error.code === 'backend_failure', `a long message failed with ${tell(outcome.error)}`)
    return
  }
  demand(
    isBytes(outcome.value) && (await bench.judge(message, outcome.value, now)) !== false,
    'the signature of a long message does not verify',
  )
}

export const signingChecks: readonly CheckRow[] = [
  ['shape', shape],
  ['verifies', verifies],
  ['deterministic', deterministic],
  ['input', input, 'verifies'],
  ['buffers', buffers, 'verifies'],
  ['text', text, 'verifies'],
  ['errors', misuse],
  ['long', long, 'verifies'],
]
