import { InvalidKeyError } from '../../core/errors.ts'
import type { EcMaterial, OkpMaterial } from '../../keys/key.ts'
import type { KeyPlatform } from '../../keys/platform.ts'
import { ecCurves, edwardsSchemes, hashes } from './curves.ts'
import { ecMaterial } from './ecdsa.ts'
import { okpMaterial } from './eddsa.ts'

/** What reading keys needs, in pure TypeScript. It decrypts no PEM. */
export const noblePlatform: KeyPlatform<'sync'> = /* @__PURE__ */ Object.freeze<KeyPlatform<'sync'>>({
  mode: 'sync',
  digest: (hash, message) => hashes[hash](message),
  publicHalf,
})

function publicHalf(kty: 'EC' | 'OKP', crv: string, d: Uint8Array): EcMaterial | OkpMaterial {
  const make = kty === 'EC' ? ecMaker(crv) : okpMaker(crv)
  if (!make) throw new InvalidKeyError('Unknown curve', { crv })
  try {
    return make(d)
  } catch {
    throw new InvalidKeyError('The private part is not in the range of its curve', { crv })
  }
}

type Maker = (d: Uint8Array) => EcMaterial | OkpMaterial

function ecMaker(crv: string): Maker | undefined {
  const curve = Object.hasOwn(ecCurves, crv) ? ecCurves[crv] : undefined
  return curve && ((d) => ecMaterial(curve, crv, d))
}

function okpMaker(crv: string): Maker | undefined {
  const scheme = Object.hasOwn(edwardsSchemes, crv) ? edwardsSchemes[crv] : undefined
  return scheme && ((d) => okpMaterial(scheme.curve, crv, d))
}
