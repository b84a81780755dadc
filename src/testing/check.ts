import type { Signer } from '../keys/backend.ts'
import type { Bench } from './bench.ts'
import { CheckSkipped } from './report.ts'

export type Check = (bench: Bench) => Promise<void>

/** A check with its name, and those it needs; see Step. */
export type CheckRow = readonly [name: string, check: Check, ...needs: string[]]

/** @throws CheckSkipped where there is none */
export function needSigner({ signer }: Bench): Signer {
  if (signer) return signer
  throw new CheckSkipped('the backend does not sign with this algorithm')
}
