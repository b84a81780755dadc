import type { Algorithm } from '../algorithms/algorithm.ts'
import { registry } from '../algorithms/registry.ts'
import { isJwtError } from '../core/errors.ts'
import type { KeyBackend } from '../keys/backend.ts'
import { type Key, type KeyMaterial, type KeyMetadata, makeKey, materialOf, type PrivateKey, type PublicKey } from '../keys/key.ts'
import { type CallBackend, expectValue } from './calls.ts'
import { inputNumber } from './messages.ts'
import { publicHalf, type Reference, type WholeKey } from './reference.ts'
import { CheckFailure, demand, show, tell } from './report.ts'

export interface KeyBench {
  readonly backend: KeyBackend
  readonly algorithm: Algorithm
  readonly reference: Reference
  readonly key: WholeKey
  /** Another one of its kind. */
  readonly other: WholeKey
  readonly call: CallBackend
  /** What the backend cannot do with this algorithm, and says so. */
  readonly signs: boolean
  readonly verifies: boolean
}

/** What binding must refuse: a backend made with defineBackend does. */
export async function refusesKeys({ backend, algorithm, reference, key, signs, verifies }: KeyBench): Promise<void> {
  const other = registry.get(algorithm.kty === 'EC' ? 'ES384' : 'ES256')!
  const misfit = algorithm.name === 'ES384' ? registry.get('ES256')! : other
  const foreign = (await (await reference.signing(misfit)).generate(misfit)) as PrivateKey
  const half = publicHalf(key)
  const rows: [string, () => unknown][] = []
  const sign = (what: string, given: unknown): void =>
    void (signs && rows.push([`signer with ${what}`, () => backend.signer(algorithm.name, given as PrivateKey)]))
  const verify = (what: string, given: unknown): void =>
    void (verifies && rows.push([`verifier with ${what}`, () => backend.verifier(algorithm.name, given as PublicKey)]))
  sign('a key of another type or curve', foreign)
  verify('a key of another type or curve', foreign.publicKey)
  if (key.type === 'private') {
    sign('a public key', half)
    verify('a private key', key)
  }
  for (const [what, metadata] of mislabels(algorithm)) {
    sign(what, relabel(key, metadata))
    verify(what, relabel(half, metadata))
  }
  for (const [what, weak] of weakKeys(algorithm)) verify(what, weak)
  for (const nothing of [undefined, null, {}, 'key']) {
    sign('no key', nothing)
    verify('no key', nothing)
  }
  for (const [what, body] of rows) refuses(what, body, ['invalid_key', 'invalid_usage'])
  refuses('signer of an unknown algorithm', () => backend.signer('none', key as PrivateKey), ['invalid_usage', 'invalid_key'])
  refuses('verifier of an unknown algorithm', () => backend.verifier(`${algorithm.name} `, half as PublicKey), [
    'invalid_usage',
    'invalid_key',
  ])
}

function refuses(what: string, body: () => unknown, codes: readonly string[]): void {
  try {
    body()
  } catch (error) {
    demand(isJwtError(error), `${what} threw what is no error of this library: ${tell(error)}`, 'errors')
    demand(codes.includes(error.code), `${what} owes InvalidKeyError and threw ${tell(error)}`)
    return
  }
  throw new CheckFailure(`${what} was not refused`)
}

function mislabels(algorithm: Algorithm): readonly (readonly [string, KeyMetadata])[] {
  const sibling = registry.names.find((name) => name !== algorithm.name && registry.get(name)!.kty === algorithm.kty)!
  return [
    ['a key whose alg is another', { alg: sibling }],
    ['a key for encryption', { use: 'enc' }],
    ['a key with other key_ops', { keyOps: ['deriveBits'] }],
  ]
}

function relabel(key: Key, metadata: KeyMetadata): Key {
  return makeKey(key.type, materialOf(key), metadata)
}

function weakKeys({ kty, minKeyBits }: Algorithm): readonly (readonly [string, Key])[] {
  const weak: Readonly<Record<string, readonly KeyMaterial[]>> = {
    oct: [
      { kty: 'oct', k: new Uint8Array() },
      { kty: 'oct', k: new Uint8Array((minKeyBits ?? 8) / 8 - 1).fill(7) },
    ],
    RSA: [{ kty: 'RSA', n: new Uint8Array(128).fill(0xc5), e: Uint8Array.of(1, 0, 1) }],
  }
  return (weak[kty] ?? []).map((material) => ['a key that is too short', makeKey(kty === 'oct' ? 'secret' : 'public', material)])
}

/** The kid of the key, or of the options. */
export async function carriesKid({ backend, algorithm, key, signs, verifies }: KeyBench): Promise<void> {
  const named = relabel(key, { kid: 'k-1' }) as WholeKey
  const half = publicHalf(named)
  const rows: readonly (readonly [boolean, () => { readonly kid?: string }, string | undefined])[] = [
    [signs, () => backend.signer(algorithm.name, named), 'k-1'],
    [signs, () => backend.signer(algorithm.name, named, { kid: 'k-2' }), 'k-2'],
    [signs, () => backend.signer(algorithm.name, relabel(key, {}) as WholeKey), undefined],
    [verifies, () => backend.verifier(algorithm.name, half), 'k-1'],
    [verifies, () => backend.verifier(algorithm.name, half, { kid: 'k-2' }), 'k-2'],
  ]
  for (const [possible, make, kid] of rows) {
    if (possible) demand(make().kid === kid, `a key with kid ${String(kid)} gave a signer or verifier with ${show(make().kid)}`)
  }
}

/** Two keys under one kid stay two: what was bound for the first is not handed out for the second. */
export async function keepsApart({ backend, algorithm, reference, key, other, call, signs, verifies }: KeyBench): Promise<void> {
  const [signing, verifying] = [await reference.signing(algorithm), await reference.verifying(algorithm)]
  const options = { kid: 'k-3' }
  const pair = [key, other].map((one) => ({
    by: signing.signer(algorithm, one),
    judge: verifying.verifier(algorithm, publicHalf(one)),
    ...(signs && { signer: backend.signer(algorithm.name, one, options) }),
    ...(verifies && { verifier: backend.verifier(algorithm.name, publicHalf(one), options) }),
  }))
  for (const { signer, judge } of pair) {
    if (!signer) continue
    const signature = expectValue(await call(signer.mode, 'sign', () => signer.sign(inputNumber(500))), 'sign')
    const good = (await judge.verify(inputNumber(500), signature as Uint8Array)) === true
    demand(good, 'of two keys bound one after the other, a signer does not sign with its own')
  }
  for (const [i, { verifier }] of pair.entries()) {
    if (!verifier) continue
    for (const [j, { by }] of pair.entries()) {
      const signature = await by.sign(inputNumber(501))
      const verdict = expectValue(await call(verifier.mode, 'verify', () => verifier.verify(inputNumber(501), signature)), 'verify')
      demand(verdict === (i === j), 'of two keys bound one after the other, a verifier does not verify with its own')
    }
  }
}
