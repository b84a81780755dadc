// The vendors' own types against ours, which are structural: a client that does not fit is a compile error.
import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import ts from 'typescript'

const root = fileURLToPath(new URL('../..', import.meta.url))
const program = `
import { KMS } from '@aws-sdk/client-kms'
import { KeyManagementServiceClient } from '@google-cloud/kms'
import { KeyClient } from '@azure/keyvault-keys'
import { awsKms } from '${join(root, 'src/kms/aws.ts')}'
import { gcpKms } from '${join(root, 'src/kms/gcp.ts')}'
import { azureKeyVault } from '${join(root, 'src/kms/azure.ts')}'

export const services = [awsKms(new KMS({})), gcpKms(new KeyManagementServiceClient()), azureKeyVault(new KeyClient('', undefined as never))]
// @ts-expect-error no such reference
awsKms(new KMS({})).signer({ name: 'a', algorithm: 'ES256' })
// @ts-expect-error another vendor's client
gcpKms(new KMS({}))
`

/** What the compiler says, as text; empty where all is well. */
export function typeErrors({ folder }) {
  const file = join(folder, 'clients.mts')
  writeFileSync(file, program)
  const { options } = ts.parseJsonConfigFileContent(JSON.parse(readFileSync(join(root, 'tsconfig.json'), 'utf8')), ts.sys, root)
  const diagnostics = ts.getPreEmitDiagnostics(ts.createProgram([file], options))
  rmSync(file)
  return ts.formatDiagnostics(diagnostics, {
    getCanonicalFileName: (name) => name,
    getCurrentDirectory: () => root,
    getNewLine: () => '\n',
  })
}
