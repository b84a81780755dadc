import { equalBytes } from '../core/bytes.ts'
import type { Signer } from '../keys/backend.ts'
import { remoteSignerOf } from './aborting.ts'
import type { Bench } from './bench.ts'
import type { Check } from './check.ts'
import { inputNumber } from './messages.ts'
import { CheckSkipped, demand, tell } from './report.ts'
import { signatureBy } from './rounds.ts'
import { demandUnchanged, fingerprint, snapshotOf } from './snapshot.ts'

/** Header and signature of a token come from one snapshot, whatever happens in between. */
export const rotation: Check = async (bench) => {
  const signer = remoteSignerOf(bench)
  const { factory, algorithm } = bench
  if (!factory?.rotate) throw new CheckSkipped('the factory has no rotate function')
  if (algorithm.family === 'HMAC' && !factory.key)
    throw new CheckSkipped('for MAC keys, give key(algorithm, kid) that returns the secret of each kid')
  for (let i = 0; i < 3; i++) {
    const before = await snapshotOf(bench, signer)
    const { kid } = before
    const mac = algorithm.family === 'HMAC' ? await signatureBy(bench, before, inputNumber(20)) : undefined
    await bench.hook('rotate', () => factory.rotate!(algorithm.name))
    await signsWithItsOwn(bench, before, i)
    demandUnchanged(before)
    const after = await snapshotOf(bench, signer)
    await bench.demandPublished(after)
    await signsWithItsOwn(bench, after, i + 10)
    const changed = mac ? !equalBytes(mac, await signatureBy(bench, after, inputNumber(20))) : keyChanged(before, after)
    demand(
      changed !== false || kid !== after.kid,
      'rotate changed nothing: the next snapshot has the same key (a snapshotLifetime must be over by then)',
    )
    demand(!changed || kid === undefined || kid !== after.kid, 'the key changed and its kid did not', 'kid')
    demand(changed !== false || kid === after.kid, 'the kid changed and the key did not', 'kid')
  }
}

/** Undefined where the snapshots do not tell. */
function keyChanged(before: Signer, after: Signer): boolean | undefined {
  if (before.publicKey && after.publicKey) return fingerprint(before.publicKey) !== fingerprint(after.publicKey)
  return before.kid !== undefined && before.kid === after.kid ? false : undefined
}

/** A snapshot of a key that is gone may refuse. What it signs belongs to its public key. */
async function signsWithItsOwn(bench: Bench, snapshot: Signer, number: number): Promise<void> {
  const input = inputNumber(number)
  const outcome = await bench.call(snapshot.mode, 'sign after a rotation', () => snapshot.sign(input))
  const another = 'after a rotation, a snapshot signed with another key than its own: sign with the version that the snapshot names'
  if ('error' in outcome) {
    const { code, detail } = outcome.error
    demand(code === 'backend_failure', `signing after a rotation failed with ${tell(outcome.error)}`)
    // The check of each signature has kept it from the caller; the device was asked for the wrong one all the same.
    demand(detail['reason'] !== 'signature', another)
    return
  }
  const good = await bench.judge(input, outcome.value as Uint8Array, snapshot)
  demand(good !== false, another)
}
