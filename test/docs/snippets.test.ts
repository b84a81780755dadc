import { execFile } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { build } from 'esbuild'
import ts from 'typescript'
import { beforeAll, describe, expect, it } from 'vitest'
import { documents, pages, readDocument, root, type Snippet, snippetsOf, withChecks } from './snippets.ts'

// Inside the project, so that the snippets find its dependencies; node_modules is in no repository.
const folder = join(root, 'node_modules', '.cache', 'signet-snippets')

const all = documents().flatMap((document) => snippetsOf(document, readDocument(document)))
const programs = all.map((snippet, index) => ({ ...snippet, ...withChecks(snippet.source), name: `snippet-${index}` }))
type Program = (typeof programs)[number]

const titleOf = ({ document, line }: Snippet): string => `${document}:${line}`

/** What package.json exports, as source files; the main entry is the one Node gets. */
function entries(): Readonly<Record<string, string>> {
  const files = readdirSync(join(root, 'src')).filter((file) => file.endsWith('.ts') && !file.startsWith('index'))
  const named = files.map((file) => [`signet-jwt/${file.slice(0, -3)}`, join(root, 'src', file)] as const)
  return { 'signet-jwt': join(root, 'src', 'index.node.ts'), ...Object.fromEntries(named) }
}

/** A program that does not compile: proof that complaints are heard. */
const broken = 'snippet-9999'

async function bundle(): Promise<void> {
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(folder, { recursive: true })
  for (const { name, text, source } of programs) {
    writeFileSync(join(folder, `${name}.run.ts`), text)
    writeFileSync(join(folder, `${name}.types.ts`), source)
  }
  writeFileSync(join(folder, `${broken}.types.ts`), "import { encode } from 'signet-jwt'\nencode({}, 'text', {})\n")
  await build({
    entryPoints: programs.map(({ name }) => join(folder, `${name}.run.ts`)),
    outdir: folder,
    outExtension: { '.js': '.mjs' },
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    alias: entries(),
    logLevel: 'error',
  })
}

function run({ name }: Program): Promise<string> {
  return new Promise((resolve) => {
    const file = join(folder, `${name}.run.mjs`)
    execFile(process.execPath, [file], { timeout: 20_000 }, (error, _out, err) => resolve(error ? err || error.message : ''))
  })
}

/** TypeScript's complaints by program. `@ts-expect-error` in a snippet is checked like this too. */
function typeErrors(): ReadonlyMap<string, readonly string[]> {
  const names = [...programs.map(({ name }) => name), broken].map((name) => join(folder, `${name}.types.ts`))
  const { options } = ts.parseJsonConfigFileContent(ts.readConfigFile(join(root, 'tsconfig.json'), ts.sys.readFile).config, ts.sys, root)
  const paths = Object.fromEntries(Object.entries(entries()).map(([name, file]) => [name, [file]]))
  const program = ts.createProgram(names, { ...options, noUnusedLocals: false, noUnusedParameters: false, paths })
  const found = new Map<string, string[]>()
  for (const diagnostic of ts.getPreEmitDiagnostics(program)) {
    const name = /snippet-\d+/.exec(diagnostic.file?.fileName ?? '')?.[0]
    if (name === undefined) continue
    const { line } = diagnostic.file!.getLineAndCharacterOfPosition(diagnostic.start ?? 0)
    const text = `line ${line + 1} of the snippet: ${ts.flattenDiagnosticMessageText(diagnostic.messageText, '\n')}`
    found.set(name, [...(found.get(name) ?? []), text])
  }
  return found
}

describe('every ts and js fence', () => {
  let complaints: ReadonlyMap<string, readonly string[]>
  beforeAll(async () => {
    await bundle()
    complaints = typeErrors()
  }, 60_000)

  it('is there', () => {
    expect(programs.length).toBeGreaterThan(15)
    expect(programs.filter(({ document }) => document === 'README.md').length).toBeGreaterThan(10)
  })

  it.concurrent.each(programs.map((program) => ({ title: titleOf(program), program })))(
    '$title runs and keeps its promises',
    async ({ program }) => {
      expect(await run(program)).toBe('')
    },
    30_000,
  )

  it('is heard when it does not compile', () => {
    expect(complaints.get(broken)).toHaveLength(1)
  })

  it.each(programs.map((program) => ({ title: titleOf(program), program })))('$title type-checks', ({ program }) => {
    expect(complaints.get(program.name) ?? []).toEqual([])
  })
})

describe('the checks themselves', () => {
  const rows = [
    { source: '1 + 1 // => 2', promises: 1 },
    { source: 'const a = { b: 1 } // => { b: … }', promises: 1 },
    { source: 'f(\n  1,\n) // throws UsageError', promises: 1 },
    { source: 'const a = 1 // a number', promises: 0 },
  ]
  it.each(rows)('finds the promises of $source', ({ source, promises }) => {
    expect(withChecks(source).promises).toBe(promises)
  })

  it('refuses a promise that nothing keeps', () => {
    expect(() => withChecks('f({\n  a: 1, // => 1\n})')).toThrow('where no statement ends')
    expect(() => withChecks('import "a" // => 1')).toThrow('no value')
  })

  it.each([
    ['1 + 1 // => 3', 'promised 3'],
    ['null // throws UsageError', 'nothing is thrown'],
    ["throw new TypeError('x') // throws UsageError", 'but it throws'],
    ['Promise.resolve(1) // => 1', 'promised 1'],
  ])('%s fails', async (source, complaint) => {
    mkdirSync(folder, { recursive: true })
    const file = join(folder, `broken-${complaint.replace(/\W/g, '')}.mjs`)
    writeFileSync(file, withChecks(source).text)
    const message = await new Promise<string>((resolve) => execFile(process.execPath, [file], (_error, _out, err) => resolve(err)))
    expect(message).toContain(complaint)
  })
})

describe('links', () => {
  const links = pages().flatMap((document) =>
    [...readDocument(document).matchAll(/\]\((?!https:)([^)#\s]*)(?:#([^)]*))?\)/g)].map(([link, path, anchor]) => ({
      document,
      link,
      path,
      anchor,
    })),
  )
  it.each(links)('$document: $link leads somewhere', ({ document, path, anchor }) => {
    const target = path ? join(document, '..', path) : document
    expect(existsSync(join(root, target))).toBe(true)
    if (anchor) expect(anchorsOf(readDocument(target))).toContain(anchor)
  })
})

/** As GitHub makes them of headings. */
function anchorsOf(text: string): readonly string[] {
  return [...text.matchAll(/^#+ (.*)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replace(/[^\w -]/g, '')
      .replaceAll(' ', '-'),
  )
}
