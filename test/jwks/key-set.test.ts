import { describe, expect, it } from 'vitest'
import { exportJwk, generateKey, jwkThumbprint } from '../../src/node.ts'
import { backends, failure, outcome, secret, verdict } from '../backends-list.ts'

const key = generateKey('ES256')
const publicJwk = { ...exportJwk(key.publicKey) } as Record<string, unknown>
const privateJwk = { ...exportJwk(key) } as Record<string, unknown>
const rsa = { ...exportJwk(generateKey('RS256').publicKey) } as Record<string, unknown>
const okp = { ...exportJwk(generateKey('EdDSA').publicKey) } as Record<string, unknown>
const oct = { kty: 'oct', k: Buffer.from(secret).toString('base64url') }

describe.each(backends)('$name: importJwks', ({ api }) => {
  it('keeps what can verify, in order, frozen', () => {
    const set = api.importJwks({ keys: [{ ...publicJwk, kid: 'a' }, rsa, { ...okp, use: 'sig', key_ops: ['verify'] }] })
    expect(set.skipped).toEqual([])
    expect(set.keys.map((one: { kty: string }) => one.kty)).toEqual(['EC', 'RSA', 'OKP'])
    expect(set.keys[0]).toMatchObject({ kid: 'a', type: 'public', crv: 'P-256' })
    for (const part of [set, set.keys, set.skipped]) expect(Object.isFrozen(part)).toBe(true)
  })

  it.each([
    ['null', null, /not an object/],
    ['text', 'x', /not an object/],
    ['an array', [], /not an object/],
    ['an instance', new Date(0), /not an object/],
    ['nothing in it', {}, /kty/],
    ['an unknown kty', { kty: 'AKP', kid: 'k' }, /kty/],
    ['a kty in another case', { ...publicJwk, kty: 'ec' }, /kty/],
    ['a private key', privateJwk, /private/],
    ['a d that is null', { ...publicJwk, d: null }, /private/],
    ['an oct key', oct, /symmetric/],
    ['use enc', { ...publicJwk, use: 'enc' }, /use/],
    ['key_ops without verify', { ...publicJwk, key_ops: ['sign'] }, /key_ops/],
    ['key_ops empty', { ...publicJwk, key_ops: [] }, /key_ops/],
    ['use and key_ops that contradict', { ...publicJwk, use: 'sig', key_ops: ['encrypt'] }, /contradict/],
    ['a kid that is a number', { ...publicJwk, kid: 5 }, /string/],
    ['an alg that is a list', { ...publicJwk, alg: ['ES256'] }, /string/],
    ['no y', { ...publicJwk, y: undefined }, /detail\.member|missing/],
    ['a point off its curve', { ...publicJwk, y: publicJwk['x'] }, /curve/],
    ['padded base64', { ...publicJwk, x: `${publicJwk['x'] as string}=` }, /base64url/],
    ['an unknown curve', { ...publicJwk, crv: 'P-192' }, /curve/],
    ['X25519, which does not sign', { kty: 'OKP', crv: 'X25519', x: okp['x'] }, /./],
  ])('skips %s and says why', (_name, member, reason) => {
    const { keys, skipped } = api.importJwks({ keys: [okp, member] })
    expect(keys).toHaveLength(1)
    expect(skipped).toHaveLength(1)
    expect(skipped[0]).toMatchObject({ index: 1, reason: expect.stringMatching(reason) })
    expect(Object.isFrozen(skipped[0])).toBe(true)
    expect(JSON.stringify(skipped)).not.toContain(privateJwk['d'])
  })

  it('names the kid of a skipped member where it is text', () => {
    const { skipped } = api.importJwks({
      keys: [{ kty: 'AKP', kid: 'k' }, { kty: 'AKP', kid: 5 }, Object.create({ kty: 'EC', kid: 'inherited' })],
    })
    expect(skipped.map((one: { kid?: string }) => one.kid)).toEqual(['k', undefined, undefined])
  })

  it('takes oct members with allowSymmetric only', () => {
    expect(api.importJwks({ keys: [oct, publicJwk] }, { allowSymmetric: true }).keys).toHaveLength(2)
    expect(api.importJwks({ keys: [oct, publicJwk] }, { allowSymmetric: false }).keys).toHaveLength(1)
    expect(api.importJwks({ keys: [oct, publicJwk] }).keys).toHaveLength(1)
  })

  const revoked = Proxy.revocable({}, {})
  revoked.revoke()
  it.each([
    ['undefined', undefined],
    ['null', null],
    ['text', '{"keys":[]}'],
    ['an array', [publicJwk]],
    ['no keys', {}],
    ['inherited keys', Object.create({ keys: [publicJwk] })],
    ['keys that are an object', { keys: { 0: publicJwk, length: 1 } }],
    ['keys that are text', { keys: 'x' }],
    ['keys undefined', { keys: undefined }],
    ['a JWK', publicJwk],
    ['a Map', new Map([['keys', [publicJwk]]])],
    ['1001 keys', { keys: new Array(1001).fill(publicJwk) }],
    ['a huge sparse list', { keys: new Array(2 ** 32 - 1) }],
    ['a revoked proxy', revoked.proxy],
    ['keys in a revoked proxy', { keys: revoked.proxy }],
    [
      'a member that throws',
      {
        keys: [
          {
            get kty() {
              throw new Error('x')
            },
          },
        ],
      },
    ],
  ])('refuses %s', async (_name, set) => {
    expect(await verdict(() => api.importJwks(set))).toMatch(/^invalid_(key|usage)$/)
  })

  it.each([{ allowSymmetric: 'true' }, { allowSymmetric: 1 }, { allowSymmetric: undefined }, { allowsymmetric: true }, null, true])(
    'refuses the options %j',
    async (options) => {
      expect((await failure(() => api.importJwks({ keys: [] }, options))).code).toBe('invalid_usage')
    },
  )

  it('is a copy: what happens to the set afterwards changes nothing', async () => {
    const member = { ...publicJwk, kid: 'a' }
    const given = { keys: [member] }
    const set = api.importJwks(given)
    member.kid = 'b'
    given.keys.length = 0
    expect(set.keys).toHaveLength(1)
    expect(set.keys[0].kid).toBe('a')
    const { value } = await outcome(() => api.jwkThumbprint(set.keys[0]))
    expect(value).toBe(jwkThumbprint(key))
  })

  it('a set of one member that is a set says so', () => {
    expect(api.importJwks({ keys: [{ keys: [publicJwk] }] }).skipped[0].reason).toMatch(/JWK Set/)
  })
})
