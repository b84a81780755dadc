import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import ts from 'typescript'
import { describe, expect, it } from 'vitest'
import { readDocument, root, snippetsOf } from './snippets.ts'

const pages = readdirSync(join(root, 'docs/backends')).map((name) => `docs/backends/${name}`)

/** What the programs of the pages get from elsewhere: clients, as far as the library's own types know them. */
const elsewhere = `
declare module '@aws-sdk/client-kms' {
  export const KMS: new (options: { region?: string; maxAttempts?: number }) => import('signet-jwt/kms/aws').AwsKmsClient
}
declare module '@google-cloud/kms' {
  export const KeyManagementServiceClient: new () => import('signet-jwt/kms/gcp').GcpKmsClient
}
declare module '@azure/identity' {
  export class DefaultAzureCredential { readonly azureCredential: true }
}
declare module '@azure/keyvault-keys' {
  type Credential = import('@azure/identity').DefaultAzureCredential
  interface Options { retryOptions?: { maxRetries?: number } }
  export const KeyClient: new (url: string, credential: Credential, options?: Options) => import('signet-jwt/kms/azure').AzureKeyClient
}
declare module 'pkcs11js' {
  const module: import('signet-jwt/pkcs11').Pkcs11Module
  export default module
}
declare function currentToken(): Promise<string>
declare function readPin(): string
`

const programs = pages.flatMap((page) => snippetsOf(page, readDocument(page)))
/** The same programs with a name mistyped: proof that complaints are heard. */
const broken = programs.map(({ source, ...rest }) => ({ ...rest, source: source.replace(/\.encode\(/, '.encod(') }))

const nameOf = (kind: string, at: number): string => join(root, `backend-page-${kind}-${at}.ts`)

/** TypeScript's complaints, by the program's name. Nothing is written: the programs are there for the compiler alone. */
function complaints(): ReadonlyMap<string, readonly string[]> {
  const ambient = join(root, 'backend-page-elsewhere.d.ts')
  const texts = new Map([
    [ambient, elsewhere],
    ...programs.map(({ source }, at) => [nameOf('program', at), source] as const),
    ...broken.map(({ source }, at) => [nameOf('broken', at), source] as const),
  ])
  const { options } = ts.parseJsonConfigFileContent(ts.readConfigFile(join(root, 'tsconfig.json'), ts.sys.readFile).config, ts.sys, root)
  const paths = { 'signet-jwt': [join(root, 'src/index.node.ts')], 'signet-jwt/*': [join(root, 'src/*.ts')] }
  const used = { ...options, noUnusedLocals: false, paths, skipLibCheck: false }
  const host = ts.createCompilerHost(used)
  const program = ts.createProgram([...texts.keys()], used, {
    ...host,
    fileExists: (name) => texts.has(name) || host.fileExists(name),
    readFile: (name) => texts.get(name) ?? host.readFile(name),
    getSourceFile: (name, version) => {
      const text = texts.get(name) ?? host.readFile(name)
      return text === undefined ? undefined : ts.createSourceFile(name, text, version)
    },
  })
  const found = new Map<string, string[]>()
  for (const name of texts.keys()) {
    const file = program.getSourceFile(name)!
    const said = [...program.getSyntacticDiagnostics(file), ...program.getSemanticDiagnostics(file)]
    found.set(
      name,
      said.map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, '\n')),
    )
  }
  return found
}

describe('docs/backends', () => {
  const said = complaints()
  const rows = programs.map(({ document, line }, at) => ({ title: `${document}:${line}`, at }))

  it('declares what the programs get from elsewhere', () => {
    expect(said.get(join(root, 'backend-page-elsewhere.d.ts')) ?? []).toEqual([])
  })

  it.each(rows)('$title type-checks', ({ at }) => {
    expect(said.get(nameOf('program', at))).toEqual([])
  })

  it.each(rows)('$title is heard when a name is wrong', ({ at }) => {
    expect(said.get(nameOf('broken', at))).toEqual([expect.stringContaining("Property 'encod' does not exist")])
  })

  it.each(pages)('%s has a program, and none that goes unchecked', (page) => {
    const text = readDocument(page)
    expect(snippetsOf(page, text)).not.toEqual([])
    const others = [...text.matchAll(/^```(?!ts$)\w*\n([\s\S]*?)^```$/gm)].map(([, fence]) => fence)
    expect(others.filter((fence) => /^(?:import|const|await) /m.test(fence!))).toEqual([])
  })

  it.each(pages)('%s has policies that are JSON', (page) => {
    for (const [, policy] of readDocument(page).matchAll(/^```json\n([\s\S]*?)^```$/gm)) expect(JSON.parse(policy!)).toBeTypeOf('object')
  })
})
