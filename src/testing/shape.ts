import type { Signer } from '../keys/backend.ts'
import { isKey } from '../keys/key.ts'
import { snapshotOf } from './bench.ts'
import { type Check, needSigner } from './check.ts'
import { demand } from './report.ts'

/** The members of a signer and its snapshot. */
export const shape: Check = async (bench) => {
  const signer = needSigner(bench)
  demand(signer.algorithm === bench.algorithm.name, `the signer is bound to ${String(signer.algorithm)}`)
  demand(signer.mode === 'sync' || signer.mode === 'async', 'mode is "sync" or "async"')
  demand(typeof signer.sign === 'function', 'the signer has no sign function')
  checkNames(signer)
  const now = await snapshotOf(bench, signer)
  demand(
    now.algorithm === signer.algorithm && now.mode === signer.mode,
    'the snapshot has another algorithm or mode than its signer',
    'snapshot',
  )
  demand(typeof now.sign === 'function', 'the snapshot has no sign function', 'snapshot')
  checkNames(now)
  demand(signer.kid === undefined || signer.kid === now.kid, 'the signer and its snapshot have different kids', 'kid')
}

function checkNames({ kid, publicKey }: Signer): void {
  demand(kid === undefined || (typeof kid === 'string' && kid !== ''), 'kid is a non-empty string, or absent')
  demand(
    publicKey === undefined || (isKey(publicKey) && publicKey.type === 'public'),
    'publicKey is a PublicKey, which readPublicKey makes, or absent',
  )
}
