import { describe, expect, it } from 'vitest'
import {
  complaints,
  type DecodeCase,
  decodeFile,
  differencesOf,
  keyArgument,
  outcome,
  patience,
  pieces,
  type Subject,
  sameVerdict,
  shown,
  subjects,
  type Verdict,
} from './vectors.ts'

const listed = differencesOf('decode')
const { now } = decodeFile.meta

/** The same call: PyJWT's keyword arguments have our names, and an argument left out there is left out here. */
function decideOurs({ decode }: Subject, row: DecodeCase): Promise<Verdict> {
  const algorithms = row.algorithms === null ? {} : { algorithms: row.algorithms }
  return outcome(() => decode(row.token, keyArgument(row.key, decodeFile.keys), { ...algorithms, ...row.options, now: () => now }))
}

/** "ok" of ours stands for the token's own claims. */
function expectedOf(row: DecodeCase): Verdict {
  const difference = listed.get(row.id)
  if (!difference) return row.verdict
  if (difference.ours !== 'ok') return { error: difference.ours }
  const [, payload = ''] = String(row.token).split('.')
  return { ok: JSON.parse(Buffer.from(payload, 'base64url').toString()) as unknown }
}

function lacksAlgorithm({ lacks }: Subject, { algorithms }: DecodeCase): boolean {
  return Array.isArray(algorithms) && algorithms.length === 1 && lacks(String(algorithms[0]), 'verify')
}

/** What a backend lacks may come out only when there is a signature of the right length to judge. */
function isRefusal(ours: Verdict, expected: Verdict): boolean {
  return 'error' in ours && (ours.error === 'InvalidKeyError' || sameVerdict(ours, expected))
}

it('every listed difference is one', () => {
  const rows = decodeFile.cases.filter(({ id }) => listed.has(id))
  expect(rows.length).toBe(listed.size)
  expect(rows.filter((row) => sameVerdict(expectedOf(row), row.verdict)).map(({ id }) => id)).toEqual([])
})

describe.each(subjects)('verdicts of $name are those of PyJWT or a listed difference', (subject) => {
  it.each(pieces(decodeFile.cases))(
    '$name',
    async ({ rows }) => {
      const wrong = await complaints(rows, async (row) => {
        const ours = await decideOurs(subject, row)
        const expected = expectedOf(row)
        if (lacksAlgorithm(subject, row) ? isRefusal(ours, expected) : sameVerdict(ours, expected)) return undefined
        return `ours ${shown(ours)}, expected ${shown(expected)}, PyJWT ${shown(row.verdict)}`
      })
      expect(wrong).toEqual([])
    },
    patience,
  )
})
