import { isBytes } from '../../core/bytes.ts'
import { BackendError, InvalidKeyError, UsageError } from '../../core/errors.ts'
import { run } from '../../core/mode.ts'
import type { Verifier } from '../../keys/backend.ts'
import type { CryptoKeyLike } from '../../keys/key.ts'
import { exponentFault, modulusSizeFault } from '../../keys/rsa.ts'
import { backendName } from './subtle.ts'

/** The algorithms that WebCrypto verifies. */
export type CryptoKeyAlgorithm = `${'HS' | 'RS' | 'PS' | 'ES'}${256 | 384 | 512}` | 'EdDSA' | 'Ed25519' | 'Ed448'

interface KeyAlgorithm {
  readonly name?: string
  readonly hash?: { readonly name?: string }
  readonly namedCurve?: string
  readonly length?: number
  readonly modulusLength?: number
  readonly publicExponent?: unknown
}

const curves: Readonly<Record<string, readonly [crv: string, signatureLength: number]>> = {
  256: ['P-256', 64],
  384: ['P-384', 96],
  512: ['P-521', 132],
}
const schemes: Readonly<Record<string, string>> = { HS: 'HMAC', RS: 'RSASSA-PKCS1-v1_5', PS: 'RSA-PSS', ES: 'ECDSA' }

/**
 * A Verifier straight from a CryptoKey of this runtime: what `webcrypto.verifier(algorithm, importKey(key))` makes, for
 * programs whose size matters. @throws InvalidKeyError when key and algorithm do not fit (RFC 8725 §3.1) or the key is weak
 * (RFC 7518 §3.2, §3.3), UsageError for any other algorithm
 */
export function cryptoKeyVerifier<A extends CryptoKeyAlgorithm>(algorithm: A, key: CryptoKeyLike): Verifier<A, 'async'> {
  return run('sync', () => {
    const { parameters, length } = fit(algorithm, key)
    return Object.freeze({
      algorithm,
      mode: 'async',
      symmetric: algorithm.startsWith('HS'),
      verify: async (input: Uint8Array, signature: Uint8Array) => {
        if (!isBytes(input) || !isBytes(signature)) throw new UsageError('Messages and signatures are Uint8Arrays')
        // Copies: the caller may change its bytes meanwhile, and WebCrypto takes no shared memory.
        const [data, claimed] = [new Uint8Array(input), new Uint8Array(signature)]
        if (claimed.length !== length) return false
        try {
          return (await crypto.subtle.verify(parameters, key as CryptoKey, claimed, data)) === true
        } catch (cause) {
          throw new BackendError('The backend failed; see cause', { backend: backendName, retryable: false }, { cause })
        }
      },
    })
  })
}

/** What the operation needs, once the key is found to be made for it. */
function fit(algorithm: string, key: CryptoKeyLike): { parameters: AlgorithmIdentifier | RsaPssParams | EcdsaParams; length: number } {
  const { type, usages } = key
  const own = key.algorithm as KeyAlgorithm
  const [, family = '', digits] = /^(HS|RS|PS|ES)(256|384|512)$/.exec(algorithm) ?? []
  const bits = Number(digits)
  if (!family && !/^Ed(DSA|25519|448)$/.test(algorithm)) throw new UsageError('WebCrypto does not verify this algorithm')
  const name = schemes[family] ?? (algorithm === 'EdDSA' && own.name === 'Ed448' ? own.name : algorithm.replace('DSA', '25519'))
  const hash = `SHA-${bits}`
  const isMade =
    type === (family === 'HS' ? 'secret' : 'public') &&
    usages.includes('verify') &&
    own.name === name &&
    (family === 'ES' ? own.namedCurve === curves[bits]![0] : !family || own.hash?.name === hash)
  if (!isMade) throw new InvalidKeyError('The CryptoKey was made for another algorithm, hash, curve or use', { algorithm })
  if (family === 'HS') {
    if (!(own.length! >= bits))
      throw new InvalidKeyError('The key is too short for its algorithm; see detail', { algorithm, minBits: bits })
    return { parameters: name, length: bits / 8 }
  }
  if (family === 'ES') return { parameters: { name, hash }, length: curves[bits]![1] }
  if (!family) return { parameters: name, length: name === 'Ed448' ? 114 : 64 }
  const modulusLength = own.modulusLength!
  const exponent = own.publicExponent as Uint8Array
  const fault = modulusSizeFault(modulusLength) ?? exponentFault(exponent.subarray(exponent.findIndex((octet) => octet !== 0)))
  if (fault !== undefined) throw new InvalidKeyError(fault)
  if (modulusLength < 2048) throw new InvalidKeyError('The key is too short for its algorithm; see detail', { algorithm, minBits: 2048 })
  return { parameters: family === 'PS' ? { name, saltLength: bits / 8 } : name, length: Math.ceil(modulusLength / 8) }
}
