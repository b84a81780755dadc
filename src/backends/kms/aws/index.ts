import type { Algorithm } from '../../../algorithms/algorithm.ts'
import { UsageError } from '../../../core/errors.ts'
import { run } from '../../../core/mode.ts'
import { readText } from '../../../core/options.ts'
import type { KeyBackend } from '../../../keys/backend.ts'
import type { RemoteCall, RemoteSnapshot } from '../../../keys/remote.ts'
import { readPublicKey } from '../../../keys/remote-public-key.ts'
import { bindService, type KeyRequest, type Kms, type ServiceKey } from '../factory.ts'
import { badAnswer, calling, unsupported, wrongKey } from '../failures.ts'
import type { AwsKmsClient } from './client.ts'
import { awsFault, backendName } from './failures.ts'

/** How AWS KMS names a key. */
export interface AwsKeyReference {
  /** A key ID, key ARN, alias name ("alias/…") or alias ARN. An alias may be moved to another key at any time. */
  readonly keyId: string
}

/** Limits of the Sign and GenerateMac actions, in bytes. */
const longestMessage = 4096

/** `awsKms` for a given local backend, which verifies with the service's public keys. */
export function bindAwsKms(verifyWith: KeyBackend): (client: AwsKmsClient) => Kms<AwsKeyReference> {
  return (client) =>
    run('sync', () => {
      if (typeof client?.getPublicKey !== 'function' || typeof client.sign !== 'function') {
        throw new UsageError(
          'awsKms takes a KMS object of @aws-sdk/client-kms; KMSClient is another class, without a method for each action',
        )
      }
      const { signer, verifier, close } = bindService<AwsKeyReference>(
        { backend: backendName, reference: { keyId: readText }, key: (request) => awsKey(client, request) },
        verifyWith,
      )
      return Object.freeze({ signer, verifier, close })
    })
}

function awsKey(client: AwsKmsClient, { reference, algorithm, use }: KeyRequest<AwsKeyReference>): ServiceKey {
  const { keyId } = reference
  if (keyId === undefined) throw new UsageError('keyId names the key: its ID, ARN or alias')
  const { family } = algorithm
  const isMac = family === 'HMAC'
  const name = actionAlgorithm(algorithm)
  return {
    pinned: !/^(?:arn:[^/]*:)?alias\//.test(keyId),
    // The hash is made here, so a token may be longer than the service's limit.
    input: family === 'EdDSA' || isMac ? 'message' : 'digest',
    maxMessageBytes: longestMessage,
    signatureEncoding: family === 'ECDSA' ? 'der' : 'raw',
    capabilities: use === 'sign' ? ['sign'] : isMac ? ['verify'] : [],
    snapshot: (call) => (isMac ? macKey(client, keyId, name, algorithm, call) : signingKey(client, keyId, name, algorithm, call)),
  }
}

function actionAlgorithm(algorithm: Algorithm): string {
  const hash = algorithm.hash?.replace('-', '_')
  switch (algorithm.family) {
    case 'HMAC':
      return `HMAC_${hash}`
    case 'RSASSA-PKCS1-v1_5':
      return `RSASSA_PKCS1_V1_5_${hash}`
    case 'RSA-PSS':
      return `RSASSA_PSS_${hash}`
    case 'ECDSA':
      return `ECDSA_${hash}`
    case 'EdDSA':
      // Ed25519 as of RFC 8032; ED25519_PH_SHA_512 is another algorithm.
      if (algorithm.curves?.includes('Ed25519')) return 'ED25519_SHA_512'
      throw unsupported(backendName, algorithm)
  }
}

async function signingKey(
  client: AwsKmsClient,
  keyId: string,
  name: string,
  algorithm: Algorithm,
  { signal }: RemoteCall,
): Promise<RemoteSnapshot> {
  const answer = await asking(() => client.getPublicKey({ KeyId: keyId }, { abortSignal: signal }))
  const { KeyId: arn, PublicKey: spki, KeyUsage: usage, SigningAlgorithms: names } = answer
  if (!arn || !spki) throw badAnswer(backendName, 'GetPublicKey gave no key, or not its ARN')
  if (usage !== 'SIGN_VERIFY' || names?.includes(name) === false) throw wrongKey(backendName, algorithm)
  const MessageType = algorithm.family === 'EdDSA' ? 'RAW' : 'DIGEST'
  return {
    kid: shortId(arn),
    publicKey: readPublicKey(new Uint8Array(spki)),
    // By the ARN, not the reference: an alias may name another key by now.
    sign: async (input, call) => {
      const request = { KeyId: arn, Message: input, MessageType, SigningAlgorithm: name } as const
      const signed = await asking(() => client.sign(request, { abortSignal: call.signal }))
      checkEcho(signed.KeyId, arn, signed.SigningAlgorithm, name)
      return signed.Signature!
    },
  }
}

async function macKey(
  client: AwsKmsClient,
  keyId: string,
  name: string,
  algorithm: Algorithm,
  { signal }: RemoteCall,
): Promise<RemoteSnapshot> {
  const { KeyMetadata: key } = await asking(() => client.describeKey({ KeyId: keyId }, { abortSignal: signal }))
  if (!key?.Arn) throw badAnswer(backendName, 'DescribeKey gave no ARN')
  if (key.KeyUsage !== 'GENERATE_VERIFY_MAC' || key.MacAlgorithms?.includes(name) === false) throw wrongKey(backendName, algorithm)
  const arn = key.Arn
  return {
    kid: shortId(arn),
    sign: async (input, call) => {
      const made = await asking(() => client.generateMac({ KeyId: arn, Message: input, MacAlgorithm: name }, { abortSignal: call.signal }))
      checkEcho(made.KeyId, arn, made.MacAlgorithm, name)
      return made.Mac!
    },
    verify: (input, mac, call) => verifyMac(client, { KeyId: arn, Message: input, Mac: mac, MacAlgorithm: name }, call),
  }
}

async function verifyMac(
  client: AwsKmsClient,
  request: Parameters<AwsKmsClient['verifyMac']>[0],
  { signal }: RemoteCall,
): Promise<boolean> {
  return asking(async () => {
    try {
      return (await client.verifyMac(request, { abortSignal: signal })).MacValid === true
    } catch (error) {
      if ((error as Error | undefined)?.name === 'KMSInvalidMacException') return false
      throw error
    }
  })
}

function asking<T>(call: () => Promise<T>): Promise<T> {
  return calling(backendName, awsFault, call)
}

function checkEcho(arn: string | undefined, asked: string, name: string | undefined, wanted: string): void {
  if (arn === asked && name === wanted) return
  throw badAnswer(backendName, 'The service answered for another key or algorithm than it was asked for')
}

/** The last part of the ARN: it names the key as well, and keeps account and region out of tokens. */
function shortId(arn: string): string {
  return arn.slice(arn.lastIndexOf('/') + 1)
}
