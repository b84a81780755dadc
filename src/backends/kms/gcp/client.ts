/** Goes with every call: a time limit in milliseconds, no retries by the client, and a signal where the client knows it (google-gax 6). */
export interface GcpCallOptions {
  readonly timeout?: number
  readonly retry?: null
  readonly signal?: AbortSignal
}

/** A 64-bit number as protobuf gives it: a Long, a number or digits. */
export type GcpInt64Value = { readonly value?: number | string | { toString(): string } | null } | null

export type GcpBytes = Uint8Array | string | null

export interface GcpPublicKey {
  readonly name?: string | null
  readonly pem?: string | null
  readonly pemCrc32c?: GcpInt64Value
  readonly algorithm?: string | number | null
}

export interface GcpSignature {
  readonly name?: string | null
  readonly signature?: GcpBytes
  readonly signatureCrc32c?: GcpInt64Value
  readonly verifiedDigestCrc32c?: boolean | null
  readonly verifiedDataCrc32c?: boolean | null
}

export interface GcpMac {
  readonly name?: string | null
  readonly mac?: GcpBytes
  readonly macCrc32c?: GcpInt64Value
  readonly verifiedDataCrc32c?: boolean | null
}

export interface GcpMacVerdict {
  readonly name?: string | null
  readonly success?: boolean | null
  readonly verifiedDataCrc32c?: boolean | null
  readonly verifiedMacCrc32c?: boolean | null
  readonly verifiedSuccessIntegrity?: boolean | null
}

export interface GcpKeyVersion {
  readonly name?: string | null
  readonly state?: string | number | null
  readonly algorithm?: string | number | null
}

interface Checksum {
  readonly value: number
}

export interface GcpSignRequest {
  readonly name: string
  readonly digest?: { readonly sha256?: Uint8Array; readonly sha384?: Uint8Array; readonly sha512?: Uint8Array }
  readonly digestCrc32c?: Checksum
  readonly data?: Uint8Array
  readonly dataCrc32c?: Checksum
}

export interface GcpMacRequest {
  readonly name: string
  readonly data: Uint8Array
  readonly dataCrc32c: Checksum
}

/** What this backend calls of KeyManagementServiceClient (@google-cloud/kms, over gRPC or REST). Structural: nothing is imported. */
export interface GcpKmsClient {
  getPublicKey(request: { readonly name: string }, options?: GcpCallOptions): Promise<readonly [GcpPublicKey, ...unknown[]]>
  asymmetricSign(request: GcpSignRequest, options?: GcpCallOptions): Promise<readonly [GcpSignature, ...unknown[]]>
  macSign(request: GcpMacRequest, options?: GcpCallOptions): Promise<readonly [GcpMac, ...unknown[]]>
  macVerify(
    request: GcpMacRequest & { readonly mac: Uint8Array; readonly macCrc32c: Checksum },
    options?: GcpCallOptions,
  ): Promise<readonly [GcpMacVerdict, ...unknown[]]>
  listCryptoKeyVersions(
    request: { readonly parent: string },
    options?: GcpCallOptions,
  ): Promise<readonly [readonly GcpKeyVersion[], ...unknown[]]>
}
