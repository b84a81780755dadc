import { isBytes } from '../core/bytes.ts'
import type { SignCall, Signer } from '../keys/backend.ts'
import { materialOf, type PublicKey, type SecretKey } from '../keys/key.ts'
import type { Bench, Kids } from './bench.ts'
import { expectValue } from './calls.ts'
import { demand } from './report.ts'

/** A signer whose kid and public key were read once, as the token code does. */
export interface Snapshot extends Signer {
  readonly source: Signer
}

/** The signer as it is now. `queued` as in CallBackend. */
export async function snapshotOf(bench: Pick<Bench, 'call'>, signer: Signer, queued?: number, given?: SignCall): Promise<Snapshot> {
  if (!signer.snapshot) return readOnce(signer)
  const outcome = await bench.call(signer.mode, 'snapshot', () => signer.snapshot!(given), queued)
  const taken = expectValue(outcome, 'snapshot')
  demand(typeof taken === 'object' && taken !== null, 'snapshot gave no signer', 'snapshot')
  return readOnce(taken as Signer)
}

function readOnce(source: Signer): Snapshot {
  const { algorithm, mode, kid, publicKey, sign, signText, isTextExact } = source
  return {
    source,
    algorithm,
    mode,
    ...(kid !== undefined && { kid }),
    ...(publicKey !== undefined && { publicKey }),
    sign: typeof sign === 'function' ? (input, call) => sign.call(source, input, call) : sign,
    ...(isTextExact !== undefined && { isTextExact }),
    ...(signText && { signText: (input: string) => signText.call(source, input) }),
  }
}

/** The header was written from it: it must still be what it was. */
export function demandUnchanged({ source, kid, publicKey }: Snapshot): void {
  const { kid: laterKid, publicKey: laterKey } = source
  const same = kid === laterKid && (publicKey && fingerprint(publicKey)) === (laterKey && fingerprint(laterKey))
  demand(same, 'a snapshot changed its kid or public key after it was handed out', 'snapshot')
}

/** Tells keys apart by their numbers. */
export function fingerprint(key: PublicKey | SecretKey): string {
  return JSON.stringify(materialOf(key), (_name, value: unknown) => (isBytes(value) ? Array.from(value).join() : value))
}

/** One kid never stands for two keys, and no key has two. */
export function rememberKid({ kid, publicKey }: Signer, { prints, names }: Kids): void {
  if (kid === undefined || !publicKey) return
  const print = fingerprint(publicKey)
  demand((prints.get(kid) ?? print) === print, 'one kid stands for two public keys', 'kid')
  demand((names.get(print) ?? kid) === kid, 'one public key has two kids', 'kid')
  prints.set(kid, print)
  names.set(print, kid)
}
