// Each vendor's real client, pointed at a stand-in on this machine. The clients' own retries are off, as the docs ask.
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { awsKms } from 'signet-jwt/kms/aws'
import { azureKeyVault } from 'signet-jwt/kms/azure'
import { gcpKms } from 'signet-jwt/kms/gcp'
import { vaultTransit } from 'signet-jwt/kms/vault'
import { serveGrpc } from './grpc.mjs'

const byName = (algorithm) => ({ name: algorithm })

export function awsClient({ aws }, port, change = {}) {
  const credentials = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'stand-in' }
  return new aws.KMS({ region: 'eu-west-1', endpoint: `http://127.0.0.1:${port}`, credentials, maxAttempts: 1, ...change })
}

export function azureClient({ azure }, { port, tls }, change = {}) {
  const credential = { getToken: async () => ({ token: 'stand-in', expiresOnTimestamp: Date.now() + 3_600_000 }) }
  const { credential: other = credential, ...options } = change
  return new azure.KeyClient(`https://localhost:${port}`, other, {
    disableChallengeResourceVerification: true,
    retryOptions: { maxRetries: 0 },
    tlsOptions: { ca: tls.cert },
    ...options,
  })
}

/** Credentials that the REST transport takes without asking anybody. */
function gcpAuth() {
  const getRequestHeaders = async () => new Headers({ authorization: 'Bearer stand-in' })
  const client = { getRequestHeaders, fetch: (url, init) => fetch(url, init) }
  return { ...client, getClient: async () => client, getProjectId: async () => 'p1', getUniverseDomain: async () => 'googleapis.com' }
}

function certificate() {
  const folder = mkdtempSync(join(tmpdir(), 'signet-kms-'))
  const [key, cert] = [join(folder, 'key.pem'), join(folder, 'cert.pem')]
  const subject = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost,IP:127.0.0.1', '-days', '2']
  execFileSync(
    'openssl',
    ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-keyout', key, '-out', cert, ...subject],
    { stdio: 'ignore' },
  )
  const tls = { key: readFileSync(key, 'utf8'), cert: readFileSync(cert, 'utf8') }
  rmSync(folder, { recursive: true })
  return tls
}

const disabling = (stand) => (algorithm) => {
  stand.store.latest(algorithm).enabled = false
}

/** name -> a function that starts the service: { stand, server, kms, reference, rotate?, disable, errors, secret }. */
export function makeServices(sdks, standIns) {
  const { serve } = standIns
  const gcp = async (connect) => {
    const stand = standIns.gcpStandIn()
    const { server, client } = await connect(stand)
    const { gcpError } = standIns
    return {
      stand,
      server,
      kms: gcpKms(client),
      reference: (algorithm) => ({ name: `${standIns.ring}/${algorithm}/cryptoKeyVersions/1` }),
      disable: disabling(stand),
      errors: {
        throttled: gcpError('RESOURCE_EXHAUSTED'),
        unauthorised: gcpError('PERMISSION_DENIED'),
        retryable: gcpError('UNAVAILABLE'),
      },
      secret: (algorithm) => stand.store.latest(algorithm).secret,
      // A gRPC channel and its timers live until the client is closed.
      end: () => client.close(),
    }
  }
  return {
    'aws-kms': async () => {
      const stand = standIns.awsStandIn()
      const server = await serve(stand)
      const { awsError } = standIns
      const client = awsClient(sdks, server.port)
      return {
        stand,
        server,
        kms: awsKms(client),
        reference: (algorithm) => ({ keyId: `alias/${algorithm}` }),
        rotate: stand.rotate,
        disable: (algorithm) => {
          stand.current(algorithm).enabled = false
        },
        errors: {
          throttled: awsError('ThrottlingException'),
          unauthorised: awsError('AccessDeniedException'),
          retryable: awsError('KMSInternalException', 500),
        },
        secret: (_, kid) => [...stand.keys.values()].find(({ id }) => id === kid).secret,
        end: () => client.destroy(),
      }
    },
    'gcp-kms over REST': () =>
      gcp(async (stand) => {
        const server = await serve(stand)
        return {
          server,
          client: new sdks.gcp.KeyManagementServiceClient({
            fallback: true,
            protocol: 'http',
            apiEndpoint: '127.0.0.1',
            port: server.port,
            auth: gcpAuth(),
          }),
        }
      }),
    'gcp-kms over gRPC': () =>
      gcp(async (stand) => {
        const server = await serveGrpc(stand, sdks)
        const sslCreds = sdks.grpc.credentials.createInsecure()
        return {
          server,
          client: new sdks.gcp.KeyManagementServiceClient({ apiEndpoint: '127.0.0.1', port: server.port, sslCreds, projectId: 'p1' }),
        }
      }),
    'azure-key-vault': async () => {
      const stand = standIns.azureStandIn('https://localhost')
      const tls = certificate()
      const server = { ...(await serve(stand, tls)), tls }
      const { azureError } = standIns
      return {
        stand,
        server,
        kms: azureKeyVault(azureClient(sdks, server)),
        reference: byName,
        rotate: stand.store.rotate,
        disable: disabling(stand),
        errors: {
          throttled: azureError(429, 'Throttled'),
          unauthorised: azureError(403, 'Forbidden', 'ForbiddenByRbac'),
          retryable: azureError(503, 'ServiceUnavailable'),
        },
      }
    },
    vault: async () => {
      const stand = standIns.vaultStandIn()
      const server = await serve(stand)
      const { vaultError } = standIns
      return {
        stand,
        server,
        kms: vaultTransit({ address: `http://127.0.0.1:${server.port}`, token: standIns.vaultToken }),
        reference: byName,
        rotate: stand.store.rotate,
        disable: disabling(stand),
        errors: {
          throttled: vaultError(429, 'request rate limit exceeded'),
          unauthorised: vaultError(403, 'permission denied'),
          retryable: vaultError(503, 'Vault is sealed'),
        },
        secret: (algorithm, kid) => stand.store.version(algorithm, kid.split('/')[1]).secret,
      }
    },
  }
}
