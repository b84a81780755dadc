import type { Algorithm } from '../../algorithms/algorithm.ts'
import { registry } from '../../algorithms/registry.ts'
import { type Duration, durationSeconds } from '../../core/duration.ts'
import { UsageError } from '../../core/errors.ts'
import { isPlainObject } from '../../core/json.ts'
import { run } from '../../core/mode.ts'
import { type Reader, readOptions } from '../../core/options.ts'
import type { KeyBackend, VerifierSource } from '../../keys/backend.ts'
import type { RemoteKey, RemoteSigner, RemoteUse, RemoteVerifier } from '../../keys/remote.ts'
import { backendFailure } from '../../keys/remote-failure.ts'
import { remoteSigner } from '../../keys/remote-signer.ts'
import { remoteVerifier } from '../../keys/remote-verifier.ts'
import { versionSource } from './version-source.ts'

/** What goes for every key of a key service, beside the service's own reference. */
export interface KmsUse<A extends string = string> extends RemoteUse {
  readonly algorithm: A
  /**
   * How long the public key and the version that were read are used before they are read again. Default "1h" for a
   * reference that names one version and "1m" for one that does not; { seconds: 0 } reads them for every token. Header and
   * signature agree in any case, and a failed signature reads them again at the next call.
   */
  readonly snapshotLifetime?: Duration
}

/** A key service. `R` is how it refers to a key. */
export interface Kms<R extends object> {
  /** @throws UsageError, and InvalidKeyError for an algorithm the service lacks; the service is not asked before the first call */
  signer<A extends string>(options: R & KmsUse<A>): RemoteSigner<A>
  /** As `signer`. Signatures are verified here with the service's public key, MACs by the service. */
  verifier<A extends string>(options: R & KmsUse<A>): RemoteVerifier<A>
  /** Gives up calls under way and refuses new ones. The client itself is the caller's to close. */
  close(): Promise<void>
}

/** A key service that lists the versions of a key. */
export interface VersionedKms<R extends object> extends Kms<R> {
  /** Verifiers for all usable versions of a public key, by their kid. An unknown kid has the list read again, at most every 5 seconds. */
  versions<A extends string>(options: R & KmsUse<A>): VerifierSource<'async'>
}

/** A key as its service's folder describes it. */
export interface ServiceKey extends Omit<RemoteKey, 'backend' | 'algorithm' | 'snapshotLifetime'> {
  /** The reference names one version, so it cannot come to mean another key. */
  readonly pinned: boolean
}

export interface Service<R extends object> {
  readonly backend: string
  /** Readers of the key reference, by option. */
  readonly reference: { readonly [K in keyof Required<R>]: Reader<NonNullable<R[K]>> }
  /** @throws InvalidKeyError for an algorithm the service lacks, UsageError for a reference that cannot be one */
  key(request: KeyRequest<R>): ServiceKey
}

export interface KeyRequest<R> {
  readonly reference: R
  readonly algorithm: Algorithm
  readonly use: 'sign' | 'verify' | 'versions'
  readonly allowWeakKey: boolean
  /** The longest time of one call. */
  readonly deadlineSeconds: number
}

const defaultLifetime = { pinned: '1h', floating: '1m' } as const

/** Puts a service's folder behind the common shape. */
export function bindService<R extends object>(service: Service<R>, verifyWith: KeyBackend): VersionedKms<R> {
  const ended = new AbortController()
  const bind = (given: R & KmsUse, use: KeyRequest<R>['use'], lifetime?: Duration) => {
    const { row, reference, snapshotLifetime, rest } = splitOptions(service, given)
    const { deadline = '10s', allowWeakKey = false, signal } = rest as RemoteUse
    const deadlineSeconds = durationSeconds(deadline, 'deadline')
    const { pinned, ...key } = service.key({ reference, algorithm: row, use, allowWeakKey, deadlineSeconds })
    const kept = snapshotLifetime ?? lifetime ?? defaultLifetime[pinned ? 'pinned' : 'floating']
    const signals = signal === undefined ? ended.signal : AbortSignal.any([signal, ended.signal])
    return {
      key: { ...key, backend: service.backend, algorithm: row, snapshotLifetime: kept },
      options: { ...rest, signal: signals, verifyWith },
    }
  }
  return Object.freeze({
    signer: <A extends string>(given: R & KmsUse<A>) =>
      run('sync', () => {
        const { key, options } = bind(given, 'sign')
        return remoteSigner<A>(key as RemoteKey<A>, options)
      }),
    verifier: <A extends string>(given: R & KmsUse<A>) =>
      run('sync', () => {
        const { key, options } = bind(given, 'verify')
        return remoteVerifier<A>(key as RemoteKey<A>, options)
      }),
    versions: <A extends string>(given: R & KmsUse<A>) =>
      run('sync', () => {
        const { key, options } = bind(given, 'versions', defaultLifetime.floating)
        return versionSource(key, options)
      }),
    close: async () => ended.abort(backendFailure('permanent', 'This key service was closed by the program', { backend: service.backend })),
  })
}

function splitOptions<R extends object>(service: Service<R>, given: R & KmsUse) {
  if (!isPlainObject(given))
    throw new UsageError("A key is named by its service's reference, with an algorithm; options are a plain object")
  const { algorithm, snapshotLifetime, ...others } = given as KmsUse & Record<string, unknown>
  const row = registry.get(algorithm)
  if (!row) throw new UsageError('Unknown algorithm; detail.known lists those there are', { known: registry.names })
  const isReference = ([name]: readonly [string, unknown]): boolean => Object.hasOwn(service.reference, name)
  const entries = Object.entries(others)
  const reference = readOptions(Object.fromEntries(entries.filter(isReference)), service.reference) as R
  return { row, reference, snapshotLifetime, rest: Object.fromEntries(entries.filter((entry) => !isReference(entry))) }
}
