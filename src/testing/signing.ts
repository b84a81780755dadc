import { equalBytes, isBytes } from '../core/bytes.ts'
import { expectValue } from './calls.ts'
import { type Check, type CheckRow, needSigner } from './check.ts'
import { handed, inputNumber } from './messages.ts'
import { CheckSkipped, demand, tell } from './report.ts'
import { demandLength, short, signatureBy, verifies } from './rounds.ts'
import { shape } from './shape.ts'
import { snapshotOf } from './snapshot.ts'
import { signText } from './texts.ts'

const deterministic: Check = async (bench) => {
  const signer = needSigner(bench)
  const { family } = bench.algorithm
  if (family !== 'HMAC' && family !== 'RSASSA-PKCS1-v1_5') throw new CheckSkipped('signatures of this algorithm may differ')
  const now = await snapshotOf(bench, signer)
  const input = inputNumber(1)
  const first = new Uint8Array(await signatureBy(bench, now, input))
  demand(equalBytes(first, await signatureBy(bench, now, input)), 'two signatures of one message differ')
  // A key that nobody sees shows in its signatures whether it is the same.
  const later = await snapshotOf(bench, signer)
  const same = equalBytes(first, await signatureBy(bench, later, input))
  demand(!same || now.kid === later.kid, 'one key has two kids', 'kid')
  demand(same || now.kid === undefined || now.kid !== later.kid, 'one kid stands for two keys', 'kid')
}

const input: Check = async (bench) => {
  const signer = await snapshotOf(bench, needSigner(bench))
  const given = inputNumber(2)
  await signatureBy(bench, signer, given)
  demand(equalBytes(given, inputNumber(2)), 'sign changed its input')
  if (signer.mode === 'sync') return
  const pending = bench.call('async', 'sign', () => signer.sign(given))
  given.fill(0x42)
  const good = await bench.judge(inputNumber(2), expectValue(await pending, 'sign') as Uint8Array, signer)
  demand(good !== false, 'sign read its input after it had returned: what the caller changed meanwhile was signed')
}

/** A signer with snapshots signs by itself as well, for callers that write no header. It may take a snapshot first, and read its input then. */
const own: Check = async (bench) => {
  const signer = needSigner(bench)
  if (!signer.snapshot) throw new CheckSkipped('the signer has no snapshots: its own sign is what the others tried')
  const before = await snapshotOf(bench, signer)
  // Its key may have changed on the way.
  const judge = async (input: Uint8Array, signature: Uint8Array): Promise<boolean> =>
    (await bench.judge(input, signature, before)) !== false ||
    (await bench.judge(input, signature, await snapshotOf(bench, signer))) !== false
  for (const number of [30, 31]) {
    const input = inputNumber(number)
    const given = handed(input, number)
    const signature = await signatureBy(bench, signer, given)
    demand(equalBytes(given, input), 'sign changed its input')
    demandLength(bench, signature, before.publicKey)
    demand(await judge(input, signature), "a signature by the signer's own sign, without a snapshot, does not verify")
  }
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

/** What sign does with what it does not take: defineBackend sees to it, and a Signer by hand may leave it to its types. */
const misuse: Check = async (bench) => {
  const signer = needSigner(bench)
  if (bench.remote) throw new CheckSkipped('for KeyBackends')
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
    const { code, detail } = outcome.error
    // Refused by the check of each signature: the device took the message for another one.
    const isRefusal = bench.remote && code === 'backend_failure' && detail['reason'] !== 'signature'
    demand(isRefusal, `a long message failed with ${tell(outcome.error)}`)
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
  ['short', short, 'verifies'],
  ['deterministic', deterministic],
  ['input', input, 'verifies'],
  ['own sign', own, 'verifies'],
  ['buffers', buffers, 'verifies'],
  ['text', signText, 'verifies'],
  ['errors', misuse],
  ['long', long, 'verifies'],
]
