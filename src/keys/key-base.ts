import type { KeyType } from '../algorithms/algorithm.ts'
import { InvalidKeyError } from '../core/errors.ts'
import type { Mode } from '../core/mode.ts'
import type { Key, KeyMaterial, KeyMetadata } from './key-types.ts'

// Registered, so that a key made by one copy of the package works in another.
const materialSlot = /* @__PURE__ */ Symbol.for('signet-jwt.key.material')

/** What every key is: its description, with the material out of sight of logs and serializers. */
export class BaseKey {
  declare readonly type: Key['type']
  declare readonly kty: KeyType
  declare readonly crv?: string
  declare readonly bits: number
  declare readonly mode: Mode
  readonly #made = true

  constructor(type: Key['type'], material: KeyMaterial, bits: number, { kid, alg, use, keyOps }: KeyMetadata) {
    const { kty, crv } = material as { kty: KeyType; crv?: string }
    Object.assign(this, { type, kty, crv, bits, mode: 'handle' in material ? 'async' : 'sync', kid, alg, use, keyOps })
    Object.defineProperties(this, {
      [materialSlot]: { value: material },
      [Symbol.for('nodejs.util.inspect.custom')]: { value: () => `${this}` },
    })
  }

  static isMade(value: object): boolean {
    return #made in value
  }

  toString(): string {
    const { type, kty, crv = `${kty} ${this.bits} bits` } = this
    return `[${type[0]!.toUpperCase()}${type.slice(1)}Key ${crv}]`
  }
}

/** True for a key made by `importKey` or `generateKey`, of any copy of this package. */
export function isKey(value: unknown): value is Key<Mode> {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, materialSlot)
}

/** True for a key as this copy made it, which never changes: not for a copy, an heir or a proxy of one. */
export function isMade(value: object): boolean {
  return BaseKey.isMade(value)
}

/** For backends: the parts of a key. Throws InvalidKeyError for anything that is not a key of this library. */
export function materialOf(key: Key<Mode>): KeyMaterial {
  const material: unknown = isKey(key) ? (key as unknown as Record<symbol, unknown>)[materialSlot] : undefined
  if (typeof material === 'object' && material !== null) return material as KeyMaterial
  throw new InvalidKeyError('Not a key: make one with importKey')
}
