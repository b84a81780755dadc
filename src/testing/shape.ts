import type { Algorithm } from '../algorithms/algorithm.ts'
import type { Signer } from '../keys/backend.ts'
import { bindKey } from '../keys/bind.ts'
import { isKey } from '../keys/key.ts'
import { type Check, needSigner } from './check.ts'
import { CheckFailure, demand, show, tell } from './report.ts'
import { demandUnchanged, snapshotOf } from './snapshot.ts'

/** The members of a signer and its snapshot. */
export const shape: Check = async (bench) => {
  const signer = needSigner(bench)
  demand(signer.algorithm === bench.algorithm.name, `the signer is bound to ${show(signer.algorithm)}`)
  demand(signer.mode === 'sync' || signer.mode === 'async', 'mode is "sync" or "async"')
  demand(typeof signer.sign === 'function', 'the signer has no sign function')
  checkNames(signer, bench.algorithm)
  const now = await snapshotOf(bench, signer)
  demand(
    now.algorithm === signer.algorithm && now.mode === signer.mode,
    'the snapshot has another algorithm or mode than its signer',
    'snapshot',
  )
  demand(typeof now.sign === 'function', 'the snapshot has no sign function', 'snapshot')
  checkNames(now, bench.algorithm)
  demandUnchanged(now)
  // What is published, and verified with, goes by the kid of the key.
  const keyKid = signer.snapshot && now.publicKey?.kid
  demand(
    keyKid === undefined || now.kid === undefined || keyKid === now.kid,
    "the snapshot's publicKey has a kid of its own, and it is another",
    'kid',
  )
  demand(signer.kid === undefined || signer.kid === now.kid, 'the signer and its snapshot have different kids', 'kid')
}

function checkNames({ kid, publicKey }: Signer, algorithm: Algorithm): void {
  demand(kid === undefined || (typeof kid === 'string' && kid !== ''), 'kid is a non-empty string, or absent')
  demand(
    publicKey === undefined || (isKey(publicKey) && publicKey.type === 'public'),
    'publicKey is a PublicKey, which readPublicKey makes, or absent',
  )
  if (!publicKey) return
  try {
    bindKey(algorithm, publicKey, 'verify', false)
  } catch (error) {
    throw new CheckFailure(`no verifier takes the publicKey: ${tell(error)}`)
  }
}
