// STAND-INS for the vendors' clients: they call the stand-in services in this process and fail as the real ones do.
import type { AwsKmsClient } from '../../src/backends/kms/aws/client.ts'
import type { AzureKeyClient } from '../../src/backends/kms/azure/client.ts'
import type { GcpKmsClient } from '../../src/backends/kms/gcp/client.ts'
import type { VaultOptions } from '../../src/backends/kms/vault/settings.ts'
import { vaultToken } from './stand-ins/vault.ts'
import type { StandIn, WireAnswer, WireRequest } from './stand-ins/wire.ts'

type Fail = (answer: WireAnswer) => unknown

/** One exchange, with the ways it can fail on the wire. */
async function exchange(stand: StandIn, request: WireRequest, signal: AbortSignal | undefined, fail: Fail): Promise<any> {
  signal?.throwIfAborted()
  const answer = stand.answer(JSON.parse(JSON.stringify(request)))
  if (answer.end === 'never') {
    return new Promise((_, reject) => signal?.addEventListener('abort', () => reject(new DOMException('gone', 'AbortError'))))
  }
  if (answer.end === 'truncated') throw Object.assign(new Error('aborted'), { code: 'ECONNRESET' })
  if (answer.status !== 200) throw fail(answer)
  return answer.body
}

const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64')

export function awsClient(stand: StandIn): AwsKmsClient {
  const fail: Fail = ({ status, body }) =>
    Object.assign(new Error(body.message), { name: body.__type, $metadata: { httpStatusCode: status } })
  const action = (name: string) => async (input: object, options?: { readonly abortSignal?: AbortSignal }) => {
    const body = Object.fromEntries(
      Object.entries(input).map(([member, value]) => [member, value instanceof Uint8Array ? base64(value) : value]),
    )
    const answer = await exchange(
      stand,
      { method: 'POST', path: '/', headers: { 'x-amz-target': `TrentService.${name}` }, body },
      options?.abortSignal,
      fail,
    )
    const blobs = ['PublicKey', 'Signature', 'Mac'].filter((member) => typeof answer[member] === 'string')
    return { ...answer, ...Object.fromEntries(blobs.map((member) => [member, new Uint8Array(Buffer.from(answer[member], 'base64'))])) }
  }
  return {
    getPublicKey: action('GetPublicKey'),
    describeKey: action('DescribeKey'),
    sign: action('Sign'),
    generateMac: action('GenerateMac'),
    verifyMac: action('VerifyMac'),
  }
}

const rpcCodes: Readonly<Record<string, number>> = {
  INVALID_ARGUMENT: 3,
  NOT_FOUND: 5,
  PERMISSION_DENIED: 7,
  RESOURCE_EXHAUSTED: 8,
  FAILED_PRECONDITION: 9,
  INTERNAL: 13,
  UNAVAILABLE: 14,
  UNAUTHENTICATED: 16,
}

export function gcpClient(stand: StandIn): GcpKmsClient {
  const fail: Fail = ({ body }) => Object.assign(new Error(body.error.message), { code: rpcCodes[body.error.status] })
  const wire = (value: any): any => {
    if (value instanceof Uint8Array) return base64(value)
    if (typeof value !== 'object' || value === null) return value
    if ('value' in value) return String(value.value)
    return Object.fromEntries(Object.entries(value).map(([member, part]) => [member, wire(part)]))
  }
  const call = async (
    method: string,
    path: string,
    request: object,
    options: { readonly signal?: AbortSignal } | undefined,
  ): Promise<[any]> => {
    const answer = await exchange(stand, { method, path: `/v1/${path}`, headers: {}, body: wire(request) }, options?.signal, fail)
    const parts = Object.entries(answer).map(([member, value]) => {
      if (member.endsWith('Crc32c') && !member.startsWith('verified')) return [member, { value }]
      return [member, member === 'signature' || member === 'mac' ? Buffer.from(value as string, 'base64') : value]
    })
    return [Object.fromEntries(parts)]
  }
  return {
    getPublicKey: ({ name }, options) => call('GET', `${name}/publicKey`, {}, options),
    asymmetricSign: (request, options) => call('POST', `${request.name}:asymmetricSign`, request, options),
    macSign: (request, options) => call('POST', `${request.name}:macSign`, request, options),
    macVerify: (request, options) => call('POST', `${request.name}:macVerify`, request, options),
    listCryptoKeyVersions: async ({ parent }, options) => [
      (await call('GET', `${parent}/cryptoKeyVersions`, {}, options))[0].cryptoKeyVersions,
    ],
  }
}

export function azureClient(stand: StandIn): AzureKeyClient {
  const fail: Fail = ({ status, body }) =>
    Object.assign(new Error(body.error.message), {
      name: 'RestError',
      statusCode: status,
      code: body.error.code,
      details: { error: { ...body.error, innerError: body.error.innererror } },
    })
  const headers = { authorization: 'Bearer stand-in' }
  const call = (method: string, path: string, body: object, signal: AbortSignal | undefined) =>
    exchange(stand, { method, path, headers, body }, signal, fail)
  const versionOf = (kid: string): string => kid.slice(kid.lastIndexOf('/') + 1)
  return {
    getKey: async (name, options) => {
      const { key, attributes } = await call('GET', `/keys/${name}/${options?.version ?? ''}`, {}, options?.abortSignal)
      const numbers = ['n', 'e', 'x', 'y']
        .filter((member) => key[member])
        .map((member) => [member, new Uint8Array(Buffer.from(key[member], 'base64url'))])
      return {
        key: { kty: key.kty, crv: key.crv, ...Object.fromEntries(numbers) },
        properties: { version: versionOf(key.kid), enabled: attributes.enabled },
      }
    },
    getCryptographyClient: (name, options) => ({
      sign: async (alg, digest, call2) => {
        const body = { alg, value: Buffer.from(digest).toString('base64url') }
        const { kid, value } = await call('POST', `/keys/${name}/${options?.keyVersion ?? ''}/sign`, body, call2?.abortSignal)
        return { keyID: kid, result: new Uint8Array(Buffer.from(value, 'base64url')) }
      },
    }),
    async *listPropertiesOfKeyVersions(name, options) {
      const { value } = await call('GET', `/keys/${name}/versions`, {}, options?.abortSignal)
      for (const { kid, attributes } of value) yield { version: versionOf(kid), enabled: attributes.enabled }
    },
  }
}

/** fetch, as far as vaultTransit uses it. */
export function vaultOptions(stand: StandIn, change: Partial<VaultOptions> = {}): VaultOptions {
  const fetch = async (url: string, init: RequestInit): Promise<Response> => {
    const request = {
      method: init.method!,
      path: new URL(url).pathname,
      headers: { ...(init.headers as Record<string, string>) },
      body: init.body ? JSON.parse(init.body as string) : {},
    }
    const seen: { answer?: WireAnswer } = {}
    await exchange(stand, request, init.signal ?? undefined, (answer) => {
      seen.answer = answer
    }).then(
      (body) => (seen.answer = { status: 200, body }),
      (error: Error | undefined) => {
        if (error) throw error
      },
    )
    const { status, body } = seen.answer!
    return new Response(typeof body === 'string' ? body : JSON.stringify(body), { status })
  }
  return { address: 'http://127.0.0.1:8200', token: vaultToken, fetch, ...change }
}
