import type { Algorithm } from '../../algorithms/algorithm.ts'
import { InvalidKeyError } from '../../core/errors.ts'
import type { Operation } from '../../keys/bind.ts'
import type { CryptoKeyLike, EcMaterial, HandleMaterial, KeyMaterial, OkpMaterial, RsaMaterial } from '../../keys/key.ts'
import { privateJwk, publicJwk } from '../jwk-parts.ts'
import { bitLength, checkRoom, isParts, partsOf, privateParts, privateScalar, unsupported } from '../material.ts'
import { supports } from './capabilities.ts'
import { keyParameters, operationParameters } from './parameters.ts'
import { backendName, type SubtleLike } from './subtle.ts'

type Asymmetric = RsaMaterial | EcMaterial | OkpMaterial
/** Loads the key when it is first needed. @throws InvalidKeyError */
type Load = () => Promise<CryptoKeyLike>

/** How to get the CryptoKey for one operation. What can be refused without WebCrypto is refused here, at once. */
export function loader(subtle: () => SubtleLike, algorithm: Algorithm, material: KeyMaterial, operation: Operation): Load {
  if ('handle' in material) {
    checkHandle(algorithm, material, operation)
    return () => Promise.resolve(material.handle)
  }
  if (isParts('oct', material)) {
    return () => subtle().importKey('raw', new Uint8Array(material.k), keyParameters(algorithm), false, [operation])
  }
  const parts = partsOf(algorithm.kty as 'RSA' | 'EC' | 'OKP', material)
  if (parts.kty === 'RSA') checkRoom(algorithm, bitLength(parts.n))
  const jwk = operation === 'sign' ? secretJwk(parts) : publicJwk(parts)
  return async () => {
    const key = await importJwk(subtle(), algorithm, parts, jwk, operation)
    if (parts.kty === 'RSA') await checkSize(subtle(), algorithm, parts, key, operation)
    else if (operation === 'sign') await checkPair(subtle(), algorithm, parts, key)
    return key
  }
}

function secretJwk(parts: Asymmetric): object {
  return privateJwk(parts, parts.kty === 'RSA' ? privateParts(parts) : { d: privateScalar(parts) })
}

/** A CryptoKey carries its own scheme, hash and curve, which decide what it does whatever the algorithm says. */
function checkHandle(algorithm: Algorithm, material: HandleMaterial, operation: Operation): void {
  const { handle } = material
  if (!handleFits(algorithm, material)) {
    throw new InvalidKeyError('The CryptoKey was made for another algorithm, hash or curve', { algorithm: algorithm.name })
  }
  if (!handle.usages.includes(operation)) {
    throw new InvalidKeyError('The CryptoKey does not have this operation among its usages', { algorithm: algorithm.name, operation })
  }
}

function handleFits({ family, hash }: Algorithm, { handle, crv }: HandleMaterial): boolean {
  const own = handle.algorithm as { name?: string; hash?: { name?: string }; namedCurve?: string }
  // An Edwards key's curve was read from the handle when it was imported; runtimes spell its name in more than one way.
  if (family === 'EdDSA') return true
  if (family !== 'ECDSA') return own.name === family && own.hash?.name === hash
  return own.name === family && (own.namedCurve === crv || (own.namedCurve === 'K-256' && crv === 'secp256k1'))
}

async function importJwk(
  subtle: SubtleLike,
  algorithm: Algorithm,
  parts: Asymmetric,
  jwk: object,
  operation: Operation,
): Promise<CryptoKeyLike> {
  const crv = parts.kty === 'RSA' ? undefined : parts.crv
  try {
    return await subtle.importKey('jwk', jwk, keyParameters(algorithm, crv), false, [operation])
  } catch {
    if (!(await supports(subtle, algorithm, crv))) throw unsupported(backendName, algorithm, 'noble', crv)
    throw new InvalidKeyError('WebCrypto refuses the key: its numbers do not form one', { algorithm: algorithm.name, supported: true })
  }
}

const commonRsaBits = 4096

/** Some runtimes import a large RSA key and fail only when it is used, so such a key is tried once. */
async function checkSize(
  subtle: SubtleLike,
  algorithm: Algorithm,
  { n }: RsaMaterial,
  key: CryptoKeyLike,
  operation: Operation,
): Promise<void> {
  if (bitLength(n) <= commonRsaBits) return
  const parameters = operationParameters(algorithm)
  const nothing = new Uint8Array(n.length)
  try {
    await (operation === 'sign' ? subtle.sign(parameters, key, nothing) : subtle.verify(parameters, key, nothing, nothing))
  } catch {
    throw unsupported(backendName, algorithm, 'rsa')
  }
}

/** Importing does not compare the halves in every runtime, so a private key has to sign something that its public half verifies. */
async function checkPair(subtle: SubtleLike, algorithm: Algorithm, parts: EcMaterial | OkpMaterial, key: CryptoKeyLike): Promise<void> {
  const publicKey = await importJwk(subtle, algorithm, parts, publicJwk(parts), 'verify')
  const operation = operationParameters(algorithm, parts.crv)
  const message = new Uint8Array(32)
  const signature = await subtle.sign(operation, key, message)
  if ((await subtle.verify(operation, publicKey, new Uint8Array(signature), message)) === true) return
  throw new InvalidKeyError('The private and the public half of the key do not belong together', { algorithm: algorithm.name })
}
