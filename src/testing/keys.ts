import type { Algorithm } from '../algorithms/algorithm.ts'
import { registry } from '../algorithms/registry.ts'
import { isJwtError } from '../core/errors.ts'
import type { KeyBackend } from '../keys/backend.ts'
import { isKey, type Key, type KeyMaterial, type KeyMetadata, makeKey, materialOf, type PrivateKey, type PublicKey } from '../keys/key.ts'
import { inputNumber } from './bench.ts'
import type { CallBackend } from './calls.ts'
import { expectValue } from './calls.ts'
import { publicHalf, type Reference, type WholeKey } from './reference.ts'
import { CheckFailure, CheckSkipped, demand, tell } from './report.ts'

export interface KeyBench {
  readonly backend: KeyBackend
  readonly algorithm: Algorithm
  readonly reference: Reference
  readonly key: WholeKey
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
    if (possible) demand(make().kid === kid, `a key with kid ${String(kid)} gave a signer or verifier with ${String(make().kid)}`)
  }
}

/** Keys it makes are keys, fit, are used by others, and are never the same twice. */
export async function generates({ backend, algorithm, reference, call, signs }: KeyBench): Promise<void> {
  const outcome = await call(backend.mode, 'generate', () => backend.generate(algorithm.name))
  if ('error' in outcome && (outcome.error.detail['supported'] === false || outcome.error.code === 'invalid_usage')) {
    throw new CheckSkipped('the backend does not make keys for this algorithm')
  }
  const made = expectValue(outcome, 'generate') as WholeKey
  demand(
    isKey(made) && made.type === (algorithm.kty === 'oct' ? 'secret' : 'private') && made.kty === algorithm.kty,
    'generate gave no key for the algorithm',
  )
  // RSA keys take long, and one algorithm shows whether they differ.
  if (algorithm.kty !== 'RSA' || algorithm.name === 'RS256') {
    const again = expectValue(await call(backend.mode, 'generate', () => backend.generate(algorithm.name)), 'generate') as WholeKey
    demand(JSON.stringify(numbers(made)) !== JSON.stringify(numbers(again)), 'generate gave the same key twice')
  }
  const signer = signs ? backend.signer(algorithm.name, made) : (await reference.signing(algorithm)).signer(algorithm.name, made)
  const signature = await signer.sign(inputNumber(1))
  const good = await (await reference.verifying(algorithm)).verifier(algorithm, publicHalf(made)).verify(inputNumber(1), signature)
  demand(good === true, 'a key that generate made does not verify in an independent backend')
}

function numbers(key: Key): unknown {
  return Object.values(materialOf(key) as unknown as Record<string, unknown>).map((value) =>
    value instanceof Uint8Array ? Array.from(value) : value,
  )
}
