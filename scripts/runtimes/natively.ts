/**
 * What the runtime itself can do, asked without this library: the standard against which a refusal is judged, and the
 * source of key objects that a user may already hold.
 */
export type Jwk = Readonly<Record<string, string>>

/** The runtime's own key objects; the same one twice for a secret. Absent where the runtime cannot sign, or verify, with it. */
export interface NativeKeys {
  readonly signing?: object
  readonly verifying?: object
}

/** Tries one algorithm: signs something, and verifies a token that is known to be good. */
export type Natively = (algorithm: string, jwk: Jwk, token: string) => Promise<NativeKeys>

const hashOf = (algorithm: string): string => `SHA-${algorithm.slice(2, 5)}`
const isPublic = (name: string): boolean => !['d', 'p', 'q', 'dp', 'dq', 'qi'].includes(name)
const isNumber = (name: string): boolean => !['alg', 'use', 'key_ops'].includes(name)

/** The members that are wanted: WebCrypto compares key_ops with the usages, which differ between the halves. */
function pick(jwk: Jwk, wanted: (name: string) => boolean): Jwk {
  return Object.fromEntries(Object.entries(jwk).filter(([name]) => wanted(name) && isNumber(name)))
}

/** The public half of a JWK; of a secret, the secret. */
export function publicJwk(jwk: Jwk): Jwk {
  return pick(jwk, isPublic)
}

export function signingInput(token: string): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(token.slice(0, token.lastIndexOf('.')))
}

function signatureOf(token: string): Uint8Array<ArrayBuffer> {
  const text = token.slice(token.lastIndexOf('.') + 1)
  return Uint8Array.from(atob(text.replaceAll('-', '+').replaceAll('_', '/')), (character) => character.charCodeAt(0))
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
      return [
        { name: 'RSA-PSS', hash },
        { name: 'RSA-PSS', saltLength: Number(algorithm.slice(2)) / 8 },
      ]
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

export const webCryptoNatively: Natively = async (algorithm, jwk, token) => {
  const subtle = (globalThis as { crypto?: { subtle?: unknown } }).crypto?.subtle as Subtle | undefined
  const [forKey, forOperation] = webCryptoNames(algorithm, jwk)
  const signing = await only(async () => {
    const key: object = await subtle!.importKey(
      'jwk',
      pick(jwk, () => true),
      forKey,
      false,
      ['sign'],
    )
    return (await subtle!.sign(forOperation, key, signingInput(token))) && key
  })
  const verifying = await only(async () => {
    const key: object = await subtle!.importKey('jwk', publicJwk(jwk), forKey, false, ['verify'])
    return (await subtle!.verify(forOperation, key, signatureOf(token), signingInput(token))) === true ? key : undefined
  })
  return { ...(signing && { signing }), ...(verifying && { verifying }) }
}

/** The part of node:crypto that is used here, handed in by the bundles that may import it. */
export type NodeCrypto = Pick<
  typeof import('node:crypto'),
  'createPrivateKey' | 'createPublicKey' | 'createSecretKey' | 'sign' | 'verify' | 'constants'
>

export function nodeNatively(crypto: NodeCrypto): Natively {
  return async (algorithm, jwk, token) => {
    if (jwk['kty'] === 'oct') {
      const secret = crypto.createSecretKey(jwk['k']!, 'base64url')
      return { signing: secret, verifying: secret }
    }
    const digest = jwk['kty'] === 'OKP' ? null : hashOf(algorithm).replace('-', '').toLowerCase()
    const pss = { padding: crypto.constants.RSA_PKCS1_PSS_PADDING, saltLength: Number(algorithm.slice(2)) / 8 }
    const how = { ...(algorithm.startsWith('PS') && pss), ...(jwk['kty'] === 'EC' && { dsaEncoding: 'ieee-p1363' as const }) }
    const signing = await only(async () => {
      const key = crypto.createPrivateKey({ key: jwk, format: 'jwk' })
      return crypto.sign(digest, signingInput(token), { key, ...how }) && key
    })
    const verifying = await only(async () => {
      const key = crypto.createPublicKey({ key: publicJwk(jwk), format: 'jwk' })
      return crypto.verify(digest, signingInput(token), { key, ...how }, signatureOf(token)) ? key : undefined
    })
    return { ...(signing && { signing }), ...(verifying && { verifying }) }
  }
}

async function only(run: () => Promise<object | undefined>): Promise<object | undefined> {
  try {
    return await run()
  } catch {
    return undefined
  }
}
