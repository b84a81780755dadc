import { encodeBase64url } from '../../core/base64url.ts'
import { UsageError } from '../../core/errors.ts'
import { andThen, given, type In, type Mode } from '../../core/mode.ts'
import type { GenerateOptions, Signer } from '../../keys/backend.ts'
import { exportJwk } from '../../keys/export.ts'
import { importKey } from '../../keys/import.ts'
import type { Jwk, PrivateJwk, PublicJwk, SecretJwk } from '../../keys/jwk-types.ts'
import { isKey, type Key } from '../../keys/key.ts'
import { backendFailure } from '../../keys/remote-failure.ts'
import { thumbprintInput } from '../../keys/thumbprint.ts'
import type { RingPlatform } from './bind.ts'
import { fromElsewhere, lift, openReference, signerNow } from './elsewhere.ts'
import type { StoredKey } from './state.ts'

/** A key that was made elsewhere, as `create` gives it. */
export interface CreatedKey {
  /** Plain JSON that `open` understands: the name of the key, with its version. */
  readonly reference: unknown
  /** The kid of the ring; that of the key's signer, or else its thumbprint, where left out. */
  readonly kid?: string
}

/** What making a key takes. */
export interface KeyMaking<M extends Mode> {
  readonly mode: M
  readonly platform: RingPlatform
  readonly algorithm: string
  readonly generate: GenerateOptions
  readonly create: (() => unknown) | undefined
  readonly open: ((reference: unknown) => unknown) | undefined
}

/** A key the ring does not have yet. @throws BackendError, InvalidKeyError */
export function makeStoredKey<M extends Mode>(making: KeyMaking<M>, createdAt: number): In<M, StoredKey> {
  const { mode, platform, algorithm, create } = making
  if (create) return andThen(mode, createdBy(mode, create), (created) => storedReference(making, created, createdAt))
  const made = lift<M, Key<Mode>>(mode, platform.backend.generate(algorithm, making.generate))
  return andThen(mode, made, (key) =>
    andThen(mode, kidFor(mode, platform, key), (kid) => storedLocal(platform, key as Key, algorithm, kid, createdAt)),
  )
}

/** Its JWKs, with kid and alg. */
export function storedLocal(platform: RingPlatform, key: Key<Mode>, algorithm: string, kid: string, createdAt: number): StoredKey {
  const named = importKey(platform.keys, key, { kid, algorithm })
  const jwk: Jwk = exportJwk(named)
  const common = { kid, algorithm, createdAt }
  if (named.type === 'public') return { ...common, publicJwk: jwk as PublicJwk }
  if (named.type === 'secret') return { ...common, privateJwk: jwk as SecretJwk }
  return { ...common, publicJwk: exportJwk(named.publicKey!) as PublicJwk, privateJwk: jwk as PrivateJwk }
}

function createdBy<M extends Mode>(mode: M, create: () => unknown): In<M, CreatedKey> {
  return fromElsewhere<M, CreatedKey>(mode, 'create of the key ring failed; see cause', () =>
    andThen(mode, lift<M, unknown>(mode, create()), (created) => {
      const { reference, kid } = Object(created) as Partial<CreatedKey>
      if (JSON.stringify(reference) === undefined) throw unusable('create gave no reference in JSON')
      return { reference, ...(kid !== undefined && { kid }) }
    }),
  )
}

function storedReference<M extends Mode>(making: KeyMaking<M>, { reference, kid }: CreatedKey, createdAt: number): In<M, StoredKey> {
  const { mode, platform, algorithm, open } = making
  const signer = lift<M, Signer>(mode, openReference(open!, reference))
  return andThen(mode, signer, (made) =>
    andThen(mode, describeSigner(mode, platform, made, kid), (described) => ({
      ...storedLocal(platform, described.publicKey, algorithm, described.kid, createdAt),
      reference,
    })),
  )
}

/** The kid and public key of a signer from elsewhere, as they are now. @throws BackendError where it shows no public key */
export function describeSigner<M extends Mode>(
  mode: M,
  platform: RingPlatform,
  signer: Signer,
  givenKid: string | undefined,
): In<M, { readonly kid: string; readonly publicKey: Key<Mode> }> {
  return andThen(mode, signerNow(mode, signer), ({ publicKey, kid = publicKey?.kid }) => {
    if (!isKey(publicKey) || publicKey.type !== 'public') {
      throw unusable('a signer shows no public key: a ring publishes it, so it cannot hold a secret that lives elsewhere')
    }
    const name: unknown = givenKid ?? kid
    if (name !== undefined && (typeof name !== 'string' || name === '')) throw unusable('its kid is no text')
    return andThen(mode, name === undefined ? kidFor(mode, platform, publicKey) : given(mode, name), (chosen) => ({
      kid: chosen,
      publicKey,
    }))
  })
}

/** The thumbprint of RFC 7638; for a secret a random name, since its thumbprint would be a hash of it (§7 there). */
export function kidFor<M extends Mode>(mode: M, platform: RingPlatform, key: Key<Mode>): In<M, string> {
  if (key.kid !== undefined) return given(mode, key.kid)
  if (key.type === 'secret') return given(mode, encodeBase64url(globalThis.crypto.getRandomValues(new Uint8Array(16))))
  return andThen(mode, lift<M, Uint8Array>(mode, platform.keys.digest('SHA-256', thumbprintInput(key))), encodeBase64url)
}

function unusable(reason: string): Error {
  return backendFailure('permanent', 'A key that was made elsewhere cannot be used; detail.reason says why', {
    backend: 'key-ring',
    reason,
  })
}

/** @throws UsageError for a secret without a name, which every process would name otherwise */
export function checkNamed(key: Key<Mode>, kid: string | undefined): void {
  if (key.type === 'secret' && key.kid === undefined && kid === undefined) {
    throw new UsageError('A secret in a key ring needs a kid: importKey(secret, { type: "secret", kid })')
  }
}
