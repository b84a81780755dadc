import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import ts from 'typescript'

export const root = fileURLToPath(new URL('../..', import.meta.url))

/** One program of a document: a fence, with the fences marked `continued` that follow it. */
export interface Snippet {
  readonly document: string
  /** Line of the first fence in its document. */
  readonly line: number
  readonly source: string
}

/** README.md, CHANGELOG.md and everything in docs, by path from the project's root. */
export function documents(): readonly string[] {
  return ['README.md', 'CHANGELOG.md', ...readdirSync(join(root, 'docs')).map((name) => `docs/${name}`)].filter((name) =>
    name.endsWith('.md'),
  )
}

/** Those, and everything below docs: whatever a reader can follow a link from. */
export function pages(): readonly string[] {
  const below = readdirSync(join(root, 'docs'), { recursive: true, encoding: 'utf8' }).map((name) => `docs/${name.replaceAll('\\', '/')}`)
  return [...new Set([...documents(), ...below.filter((name) => name.endsWith('.md'))])]
}

export function readDocument(document: string): string {
  return readFileSync(join(root, document), 'utf8')
}

/** Every ts and js fence of a document. A fence of another language is not a program and is not looked at. */
export function snippetsOf(document: string, text: string): readonly Snippet[] {
  const found: { document: string; line: number; source: string }[] = []
  for (const match of text.matchAll(/^```(?:ts|js)( continued)?\n([\s\S]*?)^```$/gm)) {
    const [, continued, source = ''] = match
    const last = found.at(-1)
    if (continued && !last) throw new Error(`${document}: the first fence continues nothing`)
    if (continued) last!.source += source
    else found.push({ document, line: text.slice(0, match.index).split('\n').length, source })
  }
  return found
}

const promise = /^(=>|throws) (.+)$/

/**
 * The snippet with its promises kept by calls. At the end of a statement,
 * `// => text` says what util.inspect writes of the value, with … for any run of characters, and
 * `// throws Name` says that the statement throws, or its awaited promise rejects with, an error of that name.
 * A promise that belongs to no statement is an error, so none goes unchecked.
 */
export function withChecks(source: string): { text: string; promises: number } {
  const file = ts.createSourceFile('snippet.ts', source, ts.ScriptTarget.ES2022, true)
  const comments = [...source.matchAll(/\/\/ (?:=>|throws) .*$/gm)].length
  const edits: { start: number; end: number; text: string }[] = []
  const visit = (node: ts.Node): void => {
    const edit = ts.isStatement(node) ? editOf(file, node) : undefined
    if (edit) edits.push(edit)
    else ts.forEachChild(node, visit)
  }
  visit(file)
  if (edits.length !== comments) throw new Error(`a promise stands where no statement ends:\n${source}`)
  let text = source
  for (const edit of edits.reverse()) text = text.slice(0, edit.start) + edit.text + text.slice(edit.end)
  return { text: `${prelude}${text}`, promises: edits.length }
}

function editOf(file: ts.SourceFile, statement: ts.Statement): { start: number; end: number; text: string } | undefined {
  const [comment] = ts.getTrailingCommentRanges(file.text, statement.end) ?? []
  const found = comment && promise.exec(file.text.slice(comment.pos + 2, comment.end).trim())
  if (!found) return undefined
  const [, kind, wanted = ''] = found
  const [start, end] = [statement.getStart(file), statement.end]
  return { start, end, text: kind === 'throws' ? throwing(file.text.slice(start, end), wanted) : giving(file, statement, wanted) }
}

function throwing(statement: string, name: string): string {
  return `await $throws(async () => { ${statement} }, ${JSON.stringify(name)});`
}

function giving(file: ts.SourceFile, statement: ts.Statement, wanted: string): string {
  const text = statement.getText(file)
  if (ts.isExpressionStatement(statement)) return `$gives(${statement.expression.getText(file)}, ${JSON.stringify(wanted)});`
  const [declared] = ts.isVariableStatement(statement) ? statement.declarationList.declarations : []
  if (declared) return `${text}; $gives(${nameOf(file, declared.name)}, ${JSON.stringify(wanted)});`
  throw new Error(`no value to compare: ${text}`)
}

/** `{ a, b }` is also an object of what it declares. */
function nameOf(file: ts.SourceFile, name: ts.BindingName): string {
  return ts.isIdentifier(name) ? name.text : name.getText(file)
}

// On one line each, and "…" written as an escape, so that a snippet cannot change what is meant.
const prelude = `
import { inspect as $inspect } from 'node:util'
function $gives(value, wanted) {
  const actual = $inspect(value, { breakLength: Infinity, depth: 6, sorted: false })
  const pattern = wanted.split('\\u2026').map((part) => part.replace(/[.*+?^\${}()|[\\]\\\\]/g, '\\\\$&')).join('.*')
  if (!new RegExp('^' + pattern + '$', 's').test(actual)) throw new Error('promised ' + wanted + '\\nbut it is ' + actual)
}
async function $throws(call, name) {
  try { await call() } catch (error) {
    if (error?.name === name) return
    throw new Error('promised ' + name + '\\nbut it throws ' + $inspect(error))
  }
  throw new Error('promised ' + name + '\\nbut nothing is thrown')
}
`

/** The body rows of the one table whose first column is headed so, as cells. */
export function tableOf(document: string, heading: string): readonly (readonly string[])[] {
  const lines = readDocument(document).split('\n')
  const head = lines.findIndex((line) => line.startsWith(`| ${heading} |`))
  if (head < 0) throw new Error(`${document} has no table of ${heading}`)
  const body = lines.slice(head + 2)
  const end = body.findIndex((line) => !line.startsWith('|'))
  const cells = (line: string): string[] =>
    line
      .split(/(?<!\\)\|/)
      .slice(1, -1)
      .map((cell) => cell.trim())
  return body.slice(0, end < 0 ? body.length : end).map(cells)
}
