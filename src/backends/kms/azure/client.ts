export interface AzureCallOptions {
  readonly abortSignal?: AbortSignal
}

/** A key as Key Vault gives it. */
export interface AzureKey {
  readonly key?:
    | {
        readonly kty?: string | undefined
        readonly crv?: string | undefined
        readonly n?: Uint8Array | undefined
        readonly e?: Uint8Array | undefined
        readonly x?: Uint8Array | undefined
        readonly y?: Uint8Array | undefined
      }
    | undefined
  readonly properties: AzureKeyProperties
}

export interface AzureKeyProperties {
  readonly version?: string | undefined
  readonly enabled?: boolean | undefined
}

export interface AzureCryptographyClient {
  sign(
    algorithm: string,
    digest: Uint8Array,
    options?: AzureCallOptions,
  ): Promise<{ readonly result: Uint8Array; readonly keyID?: string | undefined }>
}

/** What this backend calls of KeyClient (@azure/keyvault-keys 4). Structural: nothing is imported. */
export interface AzureKeyClient {
  getKey(name: string, options?: AzureCallOptions & { readonly version?: string }): Promise<AzureKey>
  getCryptographyClient(name: string, options?: { readonly keyVersion?: string }): AzureCryptographyClient
  listPropertiesOfKeyVersions(name: string, options?: AzureCallOptions): AsyncIterable<AzureKeyProperties>
}
