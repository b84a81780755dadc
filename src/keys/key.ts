import { BaseKey, materialOf } from './key-base.ts'
import type { EcMaterial, Key, KeyMaterial, KeyMetadata, KeyOfType, OkpMaterial } from './key-types.ts'

export { isKey, isMade, materialOf } from './key-base.ts'
export type * from './key-types.ts'

class ParsedKey extends BaseKey {
  get publicKey(): Key | undefined {
    const material = materialOf(this as unknown as Key)
    if (this.type !== 'private' || 'handle' in material) return undefined
    const { kid, alg, use } = this as KeyMetadata
    const metadata = { ...(kid !== undefined && { kid }), ...(alg !== undefined && { alg }), ...(use !== undefined && { use }) }
    return makeKey('public', publicMaterial(material), metadata)
  }
}

/** Wraps checked material. The material is not enumerable, so logs and serializers show only what is public of a key. */
export function makeKey<T extends Key['type']>(type: T, material: KeyMaterial, metadata: KeyMetadata = {}): KeyOfType<T> {
  return Object.freeze(new ParsedKey(type, material, bitsOf(material), metadata)) as unknown as KeyOfType<T>
}

function publicMaterial(material: KeyMaterial): KeyMaterial {
  if (material.kty === 'RSA' && 'n' in material) {
    const { private: _, ...rest } = material
    return rest
  }
  const { d: _, ...rest } = material as EcMaterial | OkpMaterial
  return rest
}

function bitsOf(material: KeyMaterial): number {
  if ('handle' in material) {
    const { length, modulusLength } = material.handle.algorithm as { length?: number; modulusLength?: number }
    return modulusLength ?? length ?? 0
  }
  if ('k' in material) return material.k.length * 8
  if ('n' in material) return material.n.length * 8 - Math.clz32(material.n[0] ?? 0) + 24
  return material.x.length * 8
}
