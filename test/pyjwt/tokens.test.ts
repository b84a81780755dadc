import { describe, expect, it } from 'vitest'
import {
  complaints,
  differencesOf,
  type EncodeCase,
  encodeFile,
  isSecret,
  keyArgument,
  outcome,
  patience,
  pieces,
  type Subject,
  sameValue,
  shown,
  subjects,
} from './vectors.ts'

const listed = differencesOf('encode')
const { now } = encodeFile.meta
const deterministic = /^(HS|RS|EdDSA)/

const imported = new Map<string, unknown>()

/**
 * Parsed once by each entry: a private RSA key takes longer to check than to use. A PKCS#8 Ed25519 key lacks its public
 * half, which the webcrypto entry does not compute, so private keys reach it as JWK.
 */
async function key({ name: entry, importKey }: Subject, name: string, type: 'private' | 'public'): Promise<unknown> {
  const reference = isSecret(name) ? name : `${name}:${entry === 'webcrypto' && type === 'private' ? 'jwk' : type}`
  const known = imported.get(`${entry} ${reference}`)
  if (known !== undefined) return known
  const made = await importKey(keyArgument(reference), { type: isSecret(name) ? 'secret' : type })
  imported.set(`${entry} ${reference}`, made)
  return made
}

function claimsOf({ payload }: EncodeCase): Record<string, unknown> {
  return encodeFile.payloads[payload]!.claims
}

/** The claims as PyJWT was given them: a time may have been a date. */
function claimsGiven({ payload }: EncodeCase): Record<string, unknown> {
  const { claims, dates = {} } = encodeFile.payloads[payload]!
  return { ...claims, ...Object.fromEntries(Object.entries(dates).map(([name, text]) => [name, new Date(text)])) }
}

function weak(row: EncodeCase): object {
  return row.weak ? { allowWeakKey: true } : {}
}

function complete(subject: Subject, row: EncodeCase, verificationKey: unknown, token: unknown) {
  return outcome(() =>
    subject.decodeComplete(token, verificationKey, { algorithms: [row.alg], audience: null, now: () => now, ...weak(row) }),
  )
}

function unlike(part: string, ours: unknown, theirs: unknown): string | undefined {
  if (sameValue(ours, theirs)) return undefined
  return `${part} ${JSON.stringify(ours)?.slice(0, 200)} is not ${JSON.stringify(theirs)?.slice(0, 200)}`
}

describe.each(subjects)("$name decodes PyJWT's tokens", (subject) => {
  it.each(pieces(encodeFile.cases))(
    '$name',
    async ({ rows }) => {
      const wrong = await complaints(rows, async (row) => {
        const decoded = await complete(subject, row, await key(subject, row.key, 'public'), row.token)
        if (subject.lacks(row.alg, 'verify')) {
          return 'error' in decoded && decoded.error === 'InvalidKeyError' ? undefined : `not refused: ${shown(decoded)}`
        }
        if ('error' in decoded) return decoded.error
        const { header, claims, signature } = decoded.ok as { header: unknown; claims: unknown; signature: Uint8Array }
        return (
          unlike('header', header, row.header) ??
          unlike('claims', claims, claimsOf(row)) ??
          unlike('signature', Buffer.from(signature).toString('base64url'), row.token.split('.')[2])
        )
      })
      expect(wrong).toEqual([])
    },
    patience,
  )
})

describe.each(subjects)("$name makes PyJWT's signatures", (subject) => {
  const rows = encodeFile.cases.filter(({ alg }) => deterministic.test(alg) && !subject.lacks(alg, 'sign'))

  it.each(pieces(rows))(
    '$name',
    async ({ rows: piece }) => {
      const wrong = await complaints(piece, async (row) => {
        const [header, payload, signature] = row.token.split('.')
        const signer = subject.signer(row.alg, await key(subject, row.key, 'private'), weak(row))
        const ours = await signer.sign(new TextEncoder().encode(`${header}.${payload}`))
        return unlike('signature', Buffer.from(ours as Uint8Array).toString('base64url'), signature)
      })
      expect(wrong).toEqual([])
    },
    patience,
  )

  it('has cases', () => {
    expect(rows.length).toBeGreaterThan(300)
  })
})

describe.each(subjects)('$name encodes as PyJWT does', (subject) => {
  it.each(pieces(encodeFile.cases))(
    '$name',
    async ({ rows }) => {
      const wrong = await complaints(rows, async (row) => {
        const signingKey = await key(subject, row.key, 'private')
        const options = { algorithm: row.alg, ...(row.give && { header: row.give }), ...weak(row) }
        const ours = await outcome(() => subject.encode(claimsGiven(row), signingKey, options))
        const refusals = refusalsOf(subject, row)
        if (refusals.length > 0) {
          return 'error' in ours && refusals.includes(ours.error) ? undefined : `not ${refusals.join(' or ')}: ${shown(ours)}`
        }
        if ('error' in ours) return ours.error
        const decoded = await complete(subject, row, await key(subject, row.key, 'public'), ours.ok)
        return compareText(row, String(ours.ok)) ?? compareValues(row, decoded)
      })
      expect(wrong).toEqual([])
    },
    patience,
  )
})

/** The errors that may come instead of a token: of the backend's lack, and of a listed difference. */
function refusalsOf({ lacks }: Subject, { alg, id }: EncodeCase): string[] {
  const difference = listed.get(id)
  return [...(lacks(alg, 'sign') ? ['InvalidKeyError'] : []), ...(difference ? [difference.ours] : [])]
}

/** The same text, or another one for a stated reason. Where signatures are random, the signing input is what is compared. */
function compareText(row: EncodeCase, ours: string): string | undefined {
  const whole = deterministic.test(row.alg)
  const [a, b] = [ours, row.token].map((token) => (whole ? token : token.slice(0, token.lastIndexOf('.'))))
  if (row.differs) return a === b ? `the text is the same in spite of: ${row.differs.join(', ')}` : undefined
  return a === b ? undefined : `the text is not PyJWT's: ${ours.slice(0, 300)}`
}

function compareValues(row: EncodeCase, decoded: Awaited<ReturnType<typeof complete>>): string | undefined {
  if ('error' in decoded) return `our own token is refused: ${decoded.error}`
  const { header, claims } = decoded.ok as { header: unknown; claims: unknown }
  return unlike('header', header, row.header) ?? unlike('claims', claims, claimsOf(row))
}
