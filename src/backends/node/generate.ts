import type { KeyObject } from 'node:crypto'
import { type Algorithm, hashLength } from '../../algorithms/algorithm.ts'
import type { GenerateOptions } from '../../keys/backend.ts'
import type { KeyMaterial } from '../../keys/key.ts'
import { materialOfJwk } from '../jwk-parts.ts'
import { unsupported } from '../material.ts'
import { crypto } from './builtin.ts'
import { backendName } from './key-object.ts'

/** A fresh key of the kind the algorithm takes. @throws InvalidKeyError when the runtime lacks its curve */
export function generate(algorithm: Algorithm, { modulusLength = 2048, crv = algorithm.curves?.[0] }: GenerateOptions): KeyMaterial {
  if (algorithm.kty === 'oct') return { kty: 'oct', k: new Uint8Array(crypto().randomBytes(hashLength(algorithm.hash!))) }
  // Node 20 can lock up for ever when a KeyObject from generateKeyPairSync is exported as a JWK: the export allocates while
  // it holds the key's mutex, and the collection of the generating job waits for the same one. A key read from DER has its own.
  const key = privateKey(algorithm, modulusLength, crv ?? '').export(der)
  const ownKey = crypto().createPrivateKey({ key, ...der })
  return materialOfJwk(ownKey.export({ format: 'jwk' }) as Readonly<Record<string, unknown>>)
}

const der = { format: 'der', type: 'pkcs8' } as const

function privateKey(algorithm: Algorithm, modulusLength: number, crv: string): KeyObject {
  const { generateKeyPairSync } = crypto()
  if (algorithm.kty === 'RSA') return generateKeyPairSync('rsa', { modulusLength, publicExponent: 65_537 }).privateKey
  try {
    if (algorithm.kty === 'EC') return generateKeyPairSync('ec', { namedCurve: crv }).privateKey
    return (crv === 'Ed448' ? generateKeyPairSync('ed448') : generateKeyPairSync('ed25519')).privateKey
  } catch {
    throw unsupported(backendName, algorithm, 'noble', crv)
  }
}
