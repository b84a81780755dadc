/** Goes with every call of an AWS client. */
export interface AwsCallOptions {
  readonly abortSignal?: AbortSignal
}

/* biome-ignore-start lint/style/useNamingConvention: the service names them so */
export interface AwsPublicKey {
  readonly KeyId?: string | undefined
  readonly PublicKey?: Uint8Array | undefined
  readonly KeyUsage?: string | undefined
  readonly SigningAlgorithms?: readonly string[] | undefined
}

export interface AwsKeyDescription {
  readonly KeyMetadata?:
    | {
        readonly Arn?: string | undefined
        readonly KeyUsage?: string | undefined
        readonly MacAlgorithms?: readonly string[] | undefined
      }
    | undefined
}

/** What this backend calls of the `KMS` class of @aws-sdk/client-kms 3. Structural: nothing is imported. */
export interface AwsKmsClient {
  getPublicKey(input: { readonly KeyId: string }, options?: AwsCallOptions): Promise<AwsPublicKey>
  describeKey(input: { readonly KeyId: string }, options?: AwsCallOptions): Promise<AwsKeyDescription>
  sign(
    input: { readonly KeyId: string; readonly Message: Uint8Array; readonly MessageType: 'RAW' | 'DIGEST'; readonly SigningAlgorithm: any },
    options?: AwsCallOptions,
  ): Promise<{
    readonly KeyId?: string | undefined
    readonly Signature?: Uint8Array | undefined
    readonly SigningAlgorithm?: string | undefined
  }>
  generateMac(
    input: { readonly KeyId: string; readonly Message: Uint8Array; readonly MacAlgorithm: any },
    options?: AwsCallOptions,
  ): Promise<{ readonly KeyId?: string | undefined; readonly Mac?: Uint8Array | undefined; readonly MacAlgorithm?: string | undefined }>
  verifyMac(
    input: { readonly KeyId: string; readonly Message: Uint8Array; readonly Mac: Uint8Array; readonly MacAlgorithm: any },
    options?: AwsCallOptions,
  ): Promise<{ readonly KeyId?: string | undefined; readonly MacValid?: boolean | undefined }>
}
/* biome-ignore-end lint/style/useNamingConvention: the service names them so */
