import type { KmsUse, VersionedKms } from '../../src/backends/kms/factory.ts'
import type { RemoteUse } from '../../src/keys/remote.ts'
import { awsKms } from '../../src/kms/aws.ts'
import { azureKeyVault } from '../../src/kms/azure.ts'
import { gcpKms } from '../../src/kms/gcp.ts'
import { vaultTransit } from '../../src/kms/vault.ts'
import { awsClient, azureClient, gcpClient, vaultOptions } from './clients.ts'
import { awsError, awsStandIn } from './stand-ins/aws.ts'
import { azureError, azureStandIn } from './stand-ins/azure.ts'
import { gcpError, gcpStandIn, ring } from './stand-ins/gcp.ts'
import { vaultError, vaultStandIn } from './stand-ins/vault.ts'
import type { StandIn, WireAnswer } from './stand-ins/wire.ts'

type Use = RemoteUse & Pick<KmsUse, 'snapshotLifetime'>

/** One service over its stand-in, with keys called by the names of their algorithms. */
export interface Service {
  readonly stand: StandIn
  readonly kms: Pick<VersionedKms<any>, 'signer' | 'verifier' | 'close'> & Partial<Pick<VersionedKms<any>, 'versions'>>
  reference(algorithm: string): object
  rotate?(algorithm: string): void
  disable(algorithm: string): void
  readonly errors: Readonly<Record<'throttled' | 'unauthorised' | 'retryable', WireAnswer>>
}

export const signerOf = ({ kms, reference }: Service, algorithm: string, use: Use = {}) =>
  kms.signer({ ...reference(algorithm), algorithm, ...use })
export const verifierOf = ({ kms, reference }: Service, algorithm: string, use: Use = {}) =>
  kms.verifier({ ...reference(algorithm), algorithm, ...use })

export const services: Readonly<Record<string, () => Service>> = {
  'aws-kms': () => {
    const stand = awsStandIn()
    return {
      stand,
      kms: awsKms(awsClient(stand)),
      reference: (algorithm) => ({ keyId: `alias/${algorithm}` }),
      rotate: (algorithm) => stand.rotate(algorithm),
      disable: (algorithm) => {
        stand.current(algorithm).enabled = false
      },
      errors: {
        throttled: awsError('ThrottlingException'),
        unauthorised: awsError('AccessDeniedException'),
        retryable: awsError('KMSInternalException', 500),
      },
    }
  },
  'gcp-kms': () => {
    const stand = gcpStandIn()
    return {
      stand,
      kms: gcpKms(gcpClient(stand)),
      reference: (algorithm) => ({ name: `${ring}/${algorithm}/cryptoKeyVersions/1` }),
      disable: (algorithm) => {
        stand.store.latest(algorithm)!.enabled = false
      },
      errors: {
        throttled: gcpError('RESOURCE_EXHAUSTED'),
        unauthorised: gcpError('PERMISSION_DENIED'),
        retryable: gcpError('UNAVAILABLE'),
      },
    }
  },
  'azure-key-vault': () => {
    const stand = azureStandIn('https://vault.example')
    return {
      stand,
      kms: azureKeyVault(azureClient(stand)),
      reference: (algorithm) => ({ name: algorithm }),
      rotate: stand.store.rotate,
      disable: (algorithm) => {
        stand.store.latest(algorithm)!.enabled = false
      },
      errors: {
        throttled: azureError(429, 'Throttled'),
        unauthorised: azureError(403, 'Forbidden', 'ForbiddenByRbac'),
        retryable: azureError(503, 'ServiceUnavailable'),
      },
    }
  },
  vault: () => {
    const stand = vaultStandIn()
    return {
      stand,
      kms: vaultTransit(vaultOptions(stand)),
      reference: (algorithm) => ({ name: algorithm }),
      rotate: stand.store.rotate,
      disable: (algorithm) => {
        stand.store.latest(algorithm)!.enabled = false
      },
      errors: {
        throttled: vaultError(429, 'request rate limit exceeded'),
        unauthorised: vaultError(403, 'permission denied'),
        retryable: vaultError(503, 'Vault is sealed'),
      },
    }
  },
}

export const message = new TextEncoder().encode('header.payload')

/** What a call that must fail throws: an error of this library, or of a client. */
export async function failure(call: () => unknown): Promise<any> {
  try {
    await call()
  } catch (error) {
    return error
  }
  throw new Error('nothing was thrown')
}
