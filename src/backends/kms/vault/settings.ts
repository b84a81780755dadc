import { UsageError } from '../../../core/errors.ts'
import { badOption, readBoolean, readFunction, readOptions, readText } from '../../../core/options.ts'

/** Where Vault is and how to get in. */
export interface VaultOptions {
  /** As in VAULT_ADDR: "https://vault.example:8200". */
  readonly address: string
  /** A Vault token, or a function that gives the one of the moment; it is called for every request. */
  readonly token: string | (() => string | Promise<string>)
  /** The path of the transit engine. Default "transit". */
  readonly mount?: string
  /** For Vault Enterprise: sent as X-Vault-Namespace. */
  readonly namespace?: string
  /** Default: the global `fetch`. One of your own can bring a CA, a client certificate or a proxy. */
  readonly fetch?: (url: string, init: RequestInit) => Promise<Response>
  /** Permits http to other hosts than this machine. The token then travels in the clear. Default false. */
  readonly allowHttp?: boolean
}

export interface VaultSettings extends VaultOptions {
  readonly mount: string
  readonly fetch: (url: string, init: RequestInit) => Promise<Response>
}

const loopback = /^(?:localhost|127(?:\.\d+){3}|\[::1\])$/

function readToken(value: unknown, option: string): VaultOptions['token'] {
  return typeof value === 'function' ? (value as () => string) : readText(value, option)
}

function readMount(value: unknown, option: string): string {
  const mount = readText(value, option).replace(/^\/|\/$/g, '')
  if (/^[\w-][\w.-]*(?:\/[\w-][\w.-]*)*$/.test(mount)) return mount
  throw badOption(option, 'the path of a secrets engine, such as "transit"')
}

const readers = {
  address: readText,
  token: readToken,
  mount: readMount,
  namespace: readText,
  fetch: (value: unknown, option: string) => readFunction(value, option) as unknown as VaultSettings['fetch'],
  allowHttp: readBoolean,
}

/** @throws UsageError */
export function readVaultOptions(given: VaultOptions): VaultSettings {
  const {
    address,
    token,
    mount = 'transit',
    allowHttp = false,
    fetch = (url: string, init: RequestInit) => globalThis.fetch(url, init),
    ...rest
  } = readOptions(given, readers)
  if (address === undefined || token === undefined) throw new UsageError('vaultTransit takes an address and a token')
  return { address: readAddress(address, allowHttp), token, mount, fetch, ...rest }
}

function readAddress(text: string, allowHttp: boolean): string {
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (!url || url.username || url.password || url.search || url.hash)
    throw badOption('address', 'a URL such as "https://vault.example:8200"')
  const isSafe = url.protocol === 'https:' || (url.protocol === 'http:' && (allowHttp || loopback.test(url.hostname)))
  if (!isSafe) throw badOption('address', 'an https URL: http is for this machine, or with allowHttp')
  return url.href.replace(/\/+$/, '')
}
