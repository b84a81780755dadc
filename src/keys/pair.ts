import { equalBytes } from '../core/bytes.ts'
import { InvalidKeyError, isJwtError } from '../core/errors.ts'
import { checkEcScalar, ecMaterial } from './ec.ts'
import type { EcMaterial, OkpMaterial } from './key.ts'
import { checkOkpSeed, okpMaterial } from './okp.ts'
import type { KeyPlatform } from './platform.ts'

/** The part of a platform that reading a private key needs. */
export type PairPlatform = Pick<KeyPlatform, 'publicHalf'>

/**
 * Private EC material with its public point: the given one, which must belong to the scalar where the platform can tell,
 * or else the platform's own.
 * @throws InvalidKeyError
 */
export function ecPair(platform: PairPlatform, crv: string, d: Uint8Array, point?: { x: Uint8Array; y: Uint8Array }): EcMaterial {
  checkEcScalar(crv, d)
  const given = point && ecMaterial(crv, point.x, point.y, d)
  const made = publicHalf(platform, 'EC', crv, d)
  const half = made && ecMaterial(crv, made.x, 'y' in made ? made.y : new Uint8Array(), d)
  if (given && half && !(equalBytes(given.x, half.x) && equalBytes(given.y, half.y))) throw mismatch(crv)
  return given ?? half ?? noPublicHalf(crv)
}

/** The same for Ed25519 and Ed448. @throws InvalidKeyError */
export function okpPair(platform: PairPlatform, crv: string, d: Uint8Array, x?: Uint8Array): OkpMaterial {
  checkOkpSeed(crv, d)
  const given = x && okpMaterial(crv, x, d)
  const made = publicHalf(platform, 'OKP', crv, d)
  const half = made && okpMaterial(crv, made.x, d)
  if (given && half && !equalBytes(given.x, half.x)) throw mismatch(crv)
  return given ?? half ?? noPublicHalf(crv)
}

function publicHalf(platform: PairPlatform, kty: 'EC' | 'OKP', crv: string, d: Uint8Array): EcMaterial | OkpMaterial | undefined {
  try {
    return platform.publicHalf?.(kty, crv, d)
  } catch (error) {
    throw isJwtError(error) ? error : new InvalidKeyError('This platform cannot compute the public half of the private key', { crv })
  }
}

function mismatch(crv: string): InvalidKeyError {
  return new InvalidKeyError('The public and the private half of the key do not belong together', { crv })
}

function noPublicHalf(crv: string): never {
  throw new InvalidKeyError(
    'The private key comes without its public half, which this entry cannot compute: use signet-jwt or signet-jwt/node, or a JWK',
    { crv },
  )
}
