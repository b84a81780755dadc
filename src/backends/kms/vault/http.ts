import type { RemoteCall } from '../../../keys/remote.ts'
import { badAnswer, calling, type Fault, statusFault } from '../failures.ts'
import type { VaultSettings } from './settings.ts'

export const backendName = 'vault'

const longestAnswer = 1024 * 1024

/** `data` of Vault's answer. A body makes it a POST. @throws BackendError */
export type AskVault = (path: string, call: RemoteCall, body?: object) => Promise<Readonly<Record<string, unknown>>>

export function vaultCalls({ address, token, mount, namespace, fetch }: VaultSettings): AskVault {
  return (path, { signal }, body) =>
    calling(backendName, vaultFault, async () => {
      const headers = {
        'x-vault-request': 'true',
        'x-vault-token': typeof token === 'function' ? await token() : token,
        ...(namespace !== undefined && { 'x-vault-namespace': namespace }),
        ...(body && { 'content-type': 'application/json' }),
      }
      const response = await fetch(`${address}/v1/${mount}/${path}`, {
        method: body ? 'POST' : 'GET',
        headers,
        ...(body && { body: JSON.stringify(body) }),
        // A redirect would carry the token to wherever it points.
        redirect: 'manual',
        credentials: 'omit',
        cache: 'no-store',
        signal,
      })
      const text = await readText(response)
      if (response.status !== 200) throw new VaultAnswer(response.status, errorsIn(text))
      return dataIn(text)
    })
}

/** An answer of Vault other than 200, with Vault's own words. */
class VaultAnswer extends Error {
  readonly status: number
  constructor(status: number, errors: readonly string[]) {
    super(`Vault answered ${status}: ${errors.join('; ') || 'no reason given'}`)
    this.name = 'VaultAnswer'
    this.status = status
  }
}

// 412: a secondary has not caught up. 472 and 473: standbys, by the health check. 307: a standby that redirects, which is not
// followed; a browser shows that as 0.
const retryable = [0, 307, 412, 472, 473]
// Of these transit says what is wrong with the request in its words alone: sign answers 500 where hmac answers 400.
const spoken = [400, 500]
const noKey = /key not found|no existing key|no such key version|version does not exist|higher than the latest/
const tooOld = /version.*(?:too old|minimum|disallowed)/i

function vaultFault(error: unknown): Fault {
  if (error instanceof VaultAnswer) {
    const { status, message } = error
    const vendorCode = String(status)
    if (retryable.includes(status)) return { kind: 'retryable', vendorCode }
    if (spoken.includes(status) && noKey.test(message)) return { kind: 'permanent', reason: 'key_not_found', vendorCode }
    if (spoken.includes(status) && tooOld.test(message)) return { kind: 'permanent', reason: 'key_disabled', vendorCode }
    return statusFault(status)
  }
  // What fetch throws when there is no connection, or it breaks.
  return { kind: error instanceof TypeError ? 'retryable' : 'permanent' }
}

async function readText(response: Response): Promise<string> {
  const reader = response.body?.getReader()
  if (!reader) return ''
  const decoder = new TextDecoder()
  let text = ''
  for (let read = 0; ; ) {
    const { done, value } = await reader.read()
    if (done) return text + decoder.decode()
    read += value.length
    if (read > longestAnswer) {
      void reader.cancel().catch(() => undefined)
      throw badAnswer(backendName, 'Vault sent more than a megabyte')
    }
    text += decoder.decode(value, { stream: true })
  }
}

function parse(text: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>) : {}
  } catch {
    return {}
  }
}

function errorsIn(text: string): readonly string[] {
  const { errors } = parse(text) as { readonly errors?: unknown }
  return Array.isArray(errors) ? errors.filter((entry) => typeof entry === 'string') : []
}

function dataIn(text: string): Readonly<Record<string, unknown>> {
  const { data } = parse(text) as { readonly data?: unknown }
  if (typeof data === 'object' && data !== null) return data as Readonly<Record<string, unknown>>
  throw badAnswer(backendName, 'Vault answered with something other than JSON with data in it')
}
