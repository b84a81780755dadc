import { beforeAll, describe, expect, test } from 'vitest'

type Call = (input: unknown) => unknown

const folder = new URL('../../bench/', import.meta.url).href
const algorithm = 'HS256'
let faultOf: (attempt: object) => Promise<string | undefined>
let attempt: { ring: string[]; claims: object[]; badTokens: { what: string; token: string }[]; judge: Call }
let signToken: (claims: unknown, header?: object) => string
let judge: (token: string) => Record<string, number> | undefined
let policy: { issuer: string; audience: string }

beforeAll(async () => {
  ;({ faultOf } = await import(`${folder}check.mjs`))
  const material = await import(`${folder}material.mjs`)
  const keys = material.makeKeys(algorithm)
  const claims = material.makeRing(144)
  policy = material.policy
  signToken = (one, header) => material.signToken(algorithm, keys, one, header)
  judge = (token) => material.judgeToken(algorithm, keys, token)
  attempt = {
    claims,
    ring: claims.map((one: unknown) => signToken(one)),
    badTokens: material.makeBadTokens(algorithm, keys, 144),
    judge: judge as Call,
  }
})

function refuse(): never {
  throw new Error('refused')
}

/** A verifier that does its work; rows of the table leave a part of it out. */
function verifierWithout(part?: string): Call {
  return (input) => {
    const token = String(input)
    const unread = JSON.parse(Buffer.from(token.split('.')[1]!, 'base64url').toString())
    const claims = part === 'signature' ? unread : (judge(token) ?? refuse())
    if (part !== 'exp' && claims.exp * 1000 <= Date.now()) refuse()
    if (part !== 'iss' && claims.iss !== policy.issuer) refuse()
    if (part !== 'aud' && claims.aud !== policy.audience) refuse()
    return claims
  }
}

function forgetful(): Call {
  const seen = new Set<string>()
  const careful = verifierWithout()
  return (input) => {
    const payload = String(input).split('.')[1]!
    if (seen.has(payload)) return JSON.parse(Buffer.from(payload, 'base64url').toString())
    const claims = careful(input)
    seen.add(payload)
    return claims
  }
}

describe('A contestant in verifying', () => {
  const rows: [string, () => Call, string | undefined][] = [
    ['that does the work', () => verifierWithout(), undefined],
    [
      'that ignores signatures',
      () => verifierWithout('signature'),
      'it accepts a signature with its first character changed at first sight',
    ],
    ['that ignores exp', () => verifierWithout('exp'), 'it accepts an expired token at first sight'],
    ['that ignores iss', () => verifierWithout('iss'), 'it accepts another issuer at first sight'],
    ['that ignores aud', () => verifierWithout('aud'), 'it accepts another audience at first sight'],
    ['that remembers payloads, not tokens', forgetful, 'it accepts a signature with its first character changed at first sight'],
    ['that answers with other claims', () => () => ({ sub: 'somebody' }), 'it returns wrong claims at first sight'],
    ['that throws', () => refuse, 'it throws: refused'],
  ]
  test.each(rows)('%s', async (_, make, fault) => {
    expect(await faultOf({ ...attempt, operation: 'verify', call: make() })).toBe(fault)
  })
})

describe('A contestant in signing', () => {
  const rows: [string, Call, string | undefined][] = [
    ['that does the work', (claims) => signToken(claims), undefined],
    ['that answers later', async (claims) => signToken(claims), undefined],
    ['that drops a claim', (claims) => signToken({ ...(claims as object), exp: undefined }), 'it signs wrongly'],
    ['that names another algorithm', (claims) => signToken(claims, { alg: 'HS512' }), 'it signs wrongly'],
    ['that returns no token', () => 'a.b', 'it signs wrongly'],
    ['that spoils the signature', (claims) => `${signToken(claims).slice(0, -6)}AAAAAA`, 'it signs wrongly'],
  ]
  test.each(rows)('%s', async (_, call, fault) => {
    expect(await faultOf({ ...attempt, operation: 'sign', ring: attempt.claims, call })).toBe(fault)
  })
})
