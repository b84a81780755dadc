import { describe, expect, it } from 'vitest'
import { backends, failure, forged, outcome, secret, verdict } from '../backends-list.ts'

type Validate = (value: unknown) => unknown
const schema = (validate: Validate): object => ({ '~standard': { version: 1, vendor: 'test', validate } })
const numeric = schema((value) => {
  const { n } = value as { n?: unknown }
  return typeof n === 'number' ? { value: { doubled: n * 2 } } : { issues: [{ message: `CANARY ${String(n)}`, path: ['n'] }] }
})
const good = forged({ n: 21 })
const bad = forged({ n: 'CANARY' })

describe.each(backends)('$name: schema', ({ name, api }) => {
  const key = api.importKey(secret, { type: 'secret' })
  const call = (token: string, given: unknown, options: object = {}): unknown =>
    api.decode(token, key, { algorithms: ['HS256'], schema: given, ...options })

  it('its output is the result', async () => {
    expect(await call(good, numeric)).toEqual({ doubled: 42 })
    const options = { algorithms: ['HS256'], schema: numeric }
    expect((await api.decodeComplete(good, key, options)).claims).toEqual({ doubled: 42 })
    expect(await api.tryDecode(good, key, options)).toMatchObject({ ok: true, claims: { doubled: 42 } })
    const decoder = api.createDecoder(key, { ...options, issuer: null, audience: null })
    expect(await decoder.decode(good)).toEqual({ doubled: 42 })
    expect(await decoder.tryDecode(bad)).toMatchObject({ ok: false, error: { code: 'invalid_claim' } })
  })

  it('a schema may be a function', async () => {
    expect(
      await call(
        good,
        Object.assign(
          () => undefined,
          schema(() => ({ value: 5 })),
        ),
      ),
    ).toBe(5)
  })

  it('issues are an InvalidClaimError that names the members and shows no value and no message', async () => {
    const error = await failure(() => call(bad, numeric))
    expect(error).toMatchObject({ name: 'InvalidClaimError', code: 'invalid_claim', detail: { paths: ['n'] } })
    expect(`${String(error)} ${JSON.stringify(error)} ${error.stack}`).not.toContain('CANARY')
  })

  it.each([
    ['path of keys', [{ message: '', path: ['a', 'b'] }], ['a.b']],
    ['path of segments', [{ message: '', path: [{ key: 'a' }, { key: 0 }] }], ['a.0']],
    ['no path', [{ message: '' }], ['']],
    ['a symbol in a path', [{ message: '', path: [Symbol('s')] }], ['Symbol(s)']],
    ['many issues', Array.from({ length: 100 }, (_, i) => ({ message: '', path: [i] })), Array.from({ length: 32 }, (_, i) => String(i))],
    ['no issue in the list', [], []],
    ['a long path', [{ message: '', path: ['x'.repeat(1000)] }], ['x'.repeat(128)]],
  ])('issues: %s', async (_name, issues, paths) => {
    expect(
      await failure(() =>
        call(
          good,
          schema(() => ({ issues })),
        ),
      ),
    ).toMatchObject({ code: 'invalid_claim', detail: { paths } })
  })

  it('is asked last: after the signature and every claim', async () => {
    const asked: unknown[] = []
    const spy = schema((value) => {
      asked.push(value)
      return { value }
    })
    expect(await verdict(() => call(forged({ exp: 1 }), spy))).toBe('token_expired')
    expect(await verdict(() => call(`${good.slice(0, -3)}AAA`, spy))).not.toBe('ok')
    expect(await verdict(() => call(forged({ aud: 'x' }), spy))).toBe('invalid_audience')
    expect(asked).toEqual([])
    await call(good, spy)
    expect(asked).toEqual([{ n: 21 }])
  })

  it.each([
    ['nothing', () => undefined],
    ['null', () => null],
    ['text', () => 'x'],
    ['no value and no issues', () => ({})],
    ['issues null', () => ({ issues: null, value: 1 })],
    ['an issue that is null', () => ({ issues: [null] })],
    [
      'an error',
      () => {
        throw new RangeError('CANARY of a schema')
      },
    ],
    [
      'a getter that throws',
      () => ({
        get issues() {
          throw new Error('CANARY')
        },
      }),
    ],
  ] as [string, Validate][])('a schema that gives %s is the fault of the program', async (_name, validate) => {
    for (const one of ['decode', 'tryDecode', 'explain'] as const) {
      const error = await failure(() => api[one](good, key, { algorithms: ['HS256'], schema: schema(validate) }))
      expect(error.code).toBe('invalid_usage')
      expect(`${String(error)} ${JSON.stringify(error)} ${String(error.cause)}`).not.toContain('CANARY')
    }
  })

  it('an async schema: awaited by an async decoder, refused by a sync one, and never unhandled', async () => {
    const unhandled: unknown[] = []
    const listener = (reason: unknown): void => {
      unhandled.push(reason)
    }
    process.on('unhandledRejection', listener)
    const later = [
      schema(async (value) => ({ value })),
      schema(async () => ({ issues: [{ message: '' }] })),
      schema(() => Promise.reject(new Error('CANARY'))),
    ]
    const codes: string[] = []
    for (const one of later) codes.push(await verdict(() => call(good, one)))
    await new Promise((resolve) => setTimeout(resolve, 20))
    process.off('unhandledRejection', listener)
    expect(codes).toEqual(
      name === 'webcrypto' ? ['ok', 'invalid_claim', 'invalid_usage'] : ['invalid_usage', 'invalid_usage', 'invalid_usage'],
    )
    expect(unhandled).toEqual([])
  })

  it('explain reports it last', async () => {
    const options = { algorithms: ['HS256'], schema: numeric }
    const last = async (token: string, more: object = {}): Promise<unknown> => {
      const { ok, checks } = await api.explain(token, key, { ...options, ...more })
      return [ok, checks.at(-1).check, checks.at(-1).status]
    }
    expect(await last(good)).toEqual([true, 'schema', 'passed'])
    expect(await last(bad)).toEqual([false, 'schema', 'failed'])
    expect(await last(good, { subject: 'x' })).toEqual([false, 'schema', 'skipped'])
    expect((await api.explain('x', key, options)).checks.at(-1)).toMatchObject({ check: 'schema', status: 'skipped' })
    expect(JSON.stringify(await api.explain(bad, key, options))).not.toContain('CANARY')
  })

  it('the schema is read when the decoder is made', async () => {
    const given = { '~standard': { version: 1, vendor: 'test', validate: (value: unknown): unknown => ({ value }) } }
    const decoder = api.createDecoder(key, { algorithms: ['HS256'], issuer: null, audience: null, schema: given })
    given['~standard'] = { ...given['~standard'], validate: () => ({ value: 'changed' }) }
    expect(await decoder.decode(good)).toEqual({ n: 21 })
  })

  it('what validate does to the claims does not reach another call', async () => {
    const greedy = schema((value) => ({ value: Object.assign(value as object, { admin: true }) }))
    await outcome(() => call(good, greedy))
    expect(await api.decode(good, key, { algorithms: ['HS256'] })).toEqual({ n: 21 })
  })
})
