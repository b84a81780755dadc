import { describe, expect, it } from 'vitest'
import * as backendEntry from '../../src/backend.ts'
import { remoteKeyMembers } from '../../src/keys/remote-definition.ts'
import { checkNames } from '../../src/testing/certify.ts'
import { failureNames } from '../../src/testing/report.ts'
import { factoryMembers } from '../../src/testing/subject.ts'
import { readDocument } from './snippets.ts'

const page = readDocument('docs/BACKENDS.md')

/** The names in the first column of the first table after a heading whose first column is headed so. */
function namesOf(section: string, heading: string): readonly string[] {
  const text = page.slice(page.indexOf(`\n## ${section}\n`))
  const table = text.slice(text.indexOf(`\n| ${heading} |`) + 1).split('\n\n')[0]!
  const cells = table
    .split('\n')
    .slice(2)
    .map((line) => line.split('|')[1]!)
  return cells.flatMap((cell) => [...cell.matchAll(/`(\w[\w ]*)[^`]*`/g)].map(([, name]) => name!)).sort()
}
const sorted = (names: readonly string[]): readonly string[] => [...new Set(names)].sort()

describe('the tables of docs/BACKENDS.md', () => {
  it.each([
    ['The contract', 'member', remoteKeyMembers],
    ['The kit', 'check', checkNames],
    ['The kit', 'failure', failureNames],
  ])('%s: every %s once, and nothing else', (section, heading, names) => {
    expect(namesOf(section, heading)).toEqual(sorted(names))
  })
  it('The kit: every member of a subject, and nothing else', () => {
    const cells = namesOf('The kit', 'member')
    expect(cells).toEqual(sorted(factoryMembers))
  })
})

it('the page names everything that the entry exports', () => {
  const left = ['BackendError', 'InvalidKeyError', 'JwtError', 'UsageError', 'localVerification']
  const missing = Object.keys(backendEntry).filter((name) => !left.includes(name) && !page.includes(`\`${name}`))
  expect(missing).toEqual([])
})
