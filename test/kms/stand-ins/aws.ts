// A STAND-IN for AWS KMS: answers as the published API reference (JSON 1.1, target TrentService) says. No vendor's code.
import { type Hash, macIsGood, macOf, makeVersion, signDigest, signMessage, spki, type Version } from './device.ts'
import { kindOf, standIn, type WireAnswer, type WireRequest } from './wire.ts'

export const awsAlgorithms = Object.keys(kindOf)
const headers = { 'content-type': 'application/x-amz-json-1.1' }
const signing = {
  rsa: ['RSASSA_PKCS1_V1_5_SHA_', 'RSASSA_PSS_SHA_'],
  'P-256': ['ECDSA_SHA_256'],
  'P-384': ['ECDSA_SHA_384'],
  'P-521': ['ECDSA_SHA_512'],
  secp256k1: ['ECDSA_SHA_256'],
  ed25519: ['ED25519_SHA_512', 'ED25519_PH_SHA_512'],
}

const namesOf = ({ kind }: Version): string[] =>
  kind === 'rsa' ? ['256', '384', '512'].flatMap((bits) => signing.rsa.map((name) => name + bits)) : kind === 'hmac' ? [] : signing[kind]

export const awsError = (type: string, status = 400): WireAnswer => ({
  status,
  headers,
  body: { __type: type, message: `${type} by the stand-in` },
})

/** One key and alias for each algorithm: "alias/ES256". An HMAC key has one MAC algorithm, as in KMS. */
export function awsStandIn() {
  const keys = new Map<string, Version & { readonly algorithm: string }>()
  const aliases = new Map<string, string>()
  const rotate = (algorithm: string): void => {
    const version = {
      ...makeVersion(kindOf[algorithm]!, [...keys.values()].filter((key) => key.algorithm === algorithm).length),
      algorithm,
    }
    const arn = `arn:aws:kms:eu-west-1:111122223333:key/${version.id}`
    keys.set(arn, version)
    aliases.set(`alias/${algorithm}`, arn)
  }
  for (const algorithm of awsAlgorithms) rotate(algorithm)
  const arnOf = (reference: string): string =>
    aliases.get(reference) ?? [...keys.keys()].find((arn) => arn === reference || arn.endsWith(`/${reference}`)) ?? reference
  const stand = standIn(awsAlgorithms, ({ headers: given, body }: WireRequest): WireAnswer => {
    const action = given['x-amz-target']?.replace('TrentService.', '')
    const arn = arnOf(String(body.KeyId))
    const key = keys.get(arn)
    if (!key) return awsError('NotFoundException')
    if (!key.enabled && action !== 'DescribeKey') return awsError('DisabledException')
    const ok = (answer: object): WireAnswer => ({ status: 200, headers, body: { KeyId: arn, ...answer } })
    const message = Buffer.from(body.Message ?? '', 'base64')
    const macName = `HMAC_SHA_${key.algorithm.slice(2)}`
    const isMac = key.kind === 'hmac'
    if (message.length > 4096) return awsError('ValidationException')
    switch (action) {
      case 'DescribeKey':
        return {
          status: 200,
          headers,
          body: {
            KeyMetadata: {
              Arn: arn,
              KeyId: key.id,
              KeyUsage: isMac ? 'GENERATE_VERIFY_MAC' : 'SIGN_VERIFY',
              ...(isMac && { MacAlgorithms: [macName] }),
            },
          },
        }
      case 'GetPublicKey':
        if (isMac) return awsError('UnsupportedOperationException')
        return ok({ PublicKey: spki(key).toString('base64'), KeyUsage: 'SIGN_VERIFY', SigningAlgorithms: namesOf(key) })
      case 'Sign': {
        const name = String(body.SigningAlgorithm)
        if (!namesOf(key).includes(name)) return awsError('InvalidKeyUsageException')
        const hash = `sha${name.slice(-3)}` as Hash
        const request = { version: key, hash, pss: name.startsWith('RSASSA_PSS'), der: true }
        if (body.MessageType === 'DIGEST' && message.length !== Number(name.slice(-3)) / 8) return awsError('ValidationException')
        const signature = body.MessageType === 'DIGEST' ? signDigest(request, message) : signMessage(request, message)
        return ok({ Signature: signature.toString('base64'), SigningAlgorithm: name })
      }
      case 'GenerateMac':
        if (!isMac || body.MacAlgorithm !== macName) return awsError('InvalidKeyUsageException')
        return ok({ Mac: macOf(key, `sha${macName.slice(-3)}` as Hash, message).toString('base64'), MacAlgorithm: macName })
      case 'VerifyMac':
        if (!isMac || body.MacAlgorithm !== macName) return awsError('InvalidKeyUsageException')
        if (!macIsGood(key, `sha${macName.slice(-3)}` as Hash, message, Buffer.from(body.Mac, 'base64')))
          return awsError('KMSInvalidMacException')
        return ok({ MacValid: true, MacAlgorithm: macName })
      default:
        return awsError('UnsupportedOperationException')
    }
  })
  return Object.assign(stand, { keys, rotate, current: (algorithm: string) => keys.get(aliases.get(`alias/${algorithm}`)!)! })
}
