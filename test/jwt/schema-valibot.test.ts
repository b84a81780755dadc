import * as v from 'valibot'
import { describe, expect, it } from 'vitest'
import { backends, failure, forged, secret, verdict } from '../backends-list.ts'

const Session = v.object({
  sub: v.pipe(v.string(), v.uuid()),
  roles: v.array(v.picklist(['reader', 'writer'])),
  level: v.optional(v.pipe(v.string(), v.transform(Number)), '1'),
})
const sub = '6f9f1fbc-6f43-4c5e-9b0a-6a3d8f1f2a11'

describe.each(backends)('$name: a valibot schema', ({ name, api }) => {
  const key = api.importKey(secret, { type: 'secret' })
  const decode = (claims: object, schema: unknown = Session): unknown => api.decode(forged(claims), key, { algorithms: ['HS256'], schema })

  it('gives its output', async () => {
    expect(await decode({ sub, roles: ['reader'], more: 1 })).toEqual({ sub, roles: ['reader'], level: 1 })
  })

  it('names the members that do not match, and shows nothing of them', async () => {
    const error = await failure(() => decode({ sub: 'CANARY', roles: ['reader', 'CANARY'], level: '2' }))
    expect(error).toMatchObject({ name: 'InvalidClaimError', code: 'invalid_claim', detail: { paths: ['sub', 'roles.1'] } })
    expect(`${String(error)} ${JSON.stringify(error)}`).not.toContain('CANARY')
  })

  it('an async one needs an async key', async () => {
    const later = v.objectAsync({
      sub: v.pipeAsync(
        v.string(),
        v.checkAsync(async (value) => value === sub),
      ),
    })
    const expected = name === 'webcrypto' ? ['ok', 'invalid_claim'] : ['invalid_usage', 'invalid_usage']
    expect([await verdict(() => decode({ sub }, later)), await verdict(() => decode({ sub: 'x' }, later))]).toEqual(expected)
  })
})
