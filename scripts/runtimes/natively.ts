/**
 * What the runtime itself can do, asked without this library: the standard against which a refusal is judged, and the
 * source of key objects that a user may already hold.
 */
type Jwk = Readonly<Record<string, string>>

/** A runtime's own key objects. Both are the same one for a secret. */
export interface NativeKeys {
  readonly signing: object
  readonly verifying: object
}

/** The runtime's own keys for one algorithm, after they have signed and verified once; undefined where it cannot. */
export type Natively = (algorithm: string, jwk: Jwk) => Promise<NativeKeys | undefined>

const message = new Uint8Array([1, 2, 3])
const hashOf = (algorithm: string): string => `SHA-${algorithm.slice(2, 5)}`

const isPublic = (name: string): boolean => !['d', 'p', 'q', 'dp', 'dq', 'qi'].includes(name)
const isNumber = (name: string): boolean => !['alg', 'use', 'key_ops'].includes(name)

/** The members that are wanted: WebCrypto compares key_ops with the usages, which differ between the halves. */
function pick(jwk: Jwk, wanted: (name: string) => boolean): Jwk {
  return Object.fromEntries(Object.entries(jwk).filter(([name]) => wanted(name) && isNumber(name)))
}

/** The algorithm of a key and of an operation for WebCrypto. */
function webCryptoNames(algorithm: string, jwk: Jwk): readonly [object, object] {
  const hash = hashOf(algorithm)
  switch (algorithm.slice(0, 2)) {
    case 'HS':
      return [{ name: 'HMAC', hash }, { name: 'HMAC' }]
    case 'RS':
      return [{ name: 'RSASSA-PKCS1-v1_5', hash }, { name: 'RSASSA-PKCS1-v1_5' }]
    case 'PS':
      return [{ name: 'RSA-PSS', hash }, { name: 'RSA-PSS', saltLength: Number(algorithm.slice(2)) / 8 }]
    case 'ES':
      return [
        { name: 'ECDSA', namedCurve: jwk['crv'] },
        { name: 'ECDSA', hash },
      ]
    default:
      return [{ name: jwk['crv'] }, { name: jwk['crv'] }]
  }
}

type Subtle = { readonly [method in 'importKey' | 'sign' | 'verify']: (...args: unknown[]) => Promise<any> }

export const webCryptoNatively: Natively = async (algorithm, jwk) => {
  const subtle = (globalThis as { crypto?: { subtle?: unknown } }).crypto?.subtle as Subtle | undefined
  const [forKey, forOperation] = webCryptoNames(algorithm, jwk)
  const load = (key: Jwk, usages: readonly string[]): Promise<object> => subtle!.importKey('jwk', pick(key, () => true), forKey, false, usages)
  try {
    const secret = jwk['kty'] === 'oct' ? await load(jwk, ['sign', 'verify']) : undefined
    const keys = secret ? { signing: secret, verifying: secret } : { signing: await load(jwk, ['sign']), verifying: await load(pick(jwk, isPublic), ['verify']) }
    const signature: unknown = await subtle!.sign(forOperation, keys.signing, message)
    return (await subtle!.verify(forOperation, keys.verifying, signature, message)) === true ? keys : undefined
  } catch {
    return undefined
  }
}

/** The part of node:crypto that is used here, handed in by the bundles that may import it. */
export type NodeCrypto = Pick<typeof import('node:crypto'), 'createPrivateKey' | 'createPublicKey' | 'createSecretKey' | 'sign' | 'verify' | 'constants'>

export function nodeNatively({ createPrivateKey, createPublicKey, createSecretKey, sign, verify, constants }: NodeCrypto): Natively {
  return async (algorithm, jwk) => {
    try {
      if (jwk['kty'] === 'oct') {
        const secret = createSecretKey(jwk['k']!, 'base64url')
        return { signing: secret, verifying: secret }
      }
      const signing = createPrivateKey({ key: jwk, format: 'jwk' })
      const verifying = createPublicKey({ key: pick(jwk, isPublic), format: 'jwk' })
      const digest = jwk['kty'] === 'OKP' ? null : hashOf(algorithm).replace('-', '').toLowerCase()
      const pss = algorithm.startsWith('PS') ? { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: Number(algorithm.slice(2)) / 8 } : {}
      const signature = sign(digest, message, { key: signing, ...pss })
      return verify(digest, message, { key: verifying, ...pss }, signature) === true ? { signing, verifying } : undefined
    } catch {
      return undefined
    }
  }
}
