import { describe, expect, it } from 'vitest'
import { registry } from '../../src/core.ts'

// RFC 7518 §3.2 to §3.5, RFC 8037 §3.1, RFC 8812 §3.2, RFC 9864 §2.2: name, family, kty, hash, curves, bytes of a signature where
// the name fixes them, bits of the smallest key.
const rows: readonly (readonly unknown[])[] = [
  ['HS256', 'HMAC', 'oct', 'SHA-256', undefined, 32, 256],
  ['HS384', 'HMAC', 'oct', 'SHA-384', undefined, 48, 384],
  ['HS512', 'HMAC', 'oct', 'SHA-512', undefined, 64, 512],
  ['RS256', 'RSASSA-PKCS1-v1_5', 'RSA', 'SHA-256', undefined, undefined, 2048],
  ['RS384', 'RSASSA-PKCS1-v1_5', 'RSA', 'SHA-384', undefined, undefined, 2048],
  ['RS512', 'RSASSA-PKCS1-v1_5', 'RSA', 'SHA-512', undefined, undefined, 2048],
  ['PS256', 'RSA-PSS', 'RSA', 'SHA-256', undefined, undefined, 2048],
  ['PS384', 'RSA-PSS', 'RSA', 'SHA-384', undefined, undefined, 2048],
  ['PS512', 'RSA-PSS', 'RSA', 'SHA-512', undefined, undefined, 2048],
  ['ES256', 'ECDSA', 'EC', 'SHA-256', ['P-256'], 64, undefined],
  ['ES384', 'ECDSA', 'EC', 'SHA-384', ['P-384'], 96, undefined],
  ['ES512', 'ECDSA', 'EC', 'SHA-512', ['P-521'], 132, undefined],
  ['ES256K', 'ECDSA', 'EC', 'SHA-256', ['secp256k1'], 64, undefined],
  ['EdDSA', 'EdDSA', 'OKP', undefined, ['Ed25519', 'Ed448'], undefined, undefined],
  ['Ed25519', 'EdDSA', 'OKP', undefined, ['Ed25519'], 64, undefined],
  ['Ed448', 'EdDSA', 'OKP', undefined, ['Ed448'], 114, undefined],
]

describe('registry', () => {
  it('ships these algorithms and no others', () => {
    const shipped = registry.names.map((name) => {
      const { family, kty, hash, curves, signatureLength, minKeyBits } = registry.get(name)!
      return [name, family, kty, hash, curves, signatureLength, minKeyBits]
    })
    expect(shipped).toEqual(rows)
  })

  it('ships rows that it would take, each of a name of its own and frozen', () => {
    expect(new Set(registry.names).size).toBe(registry.names.length)
    for (const name of registry.names) {
      const row = registry.get(name)!
      const other = `${name}.other`
      expect(registry.with({ ...row, name: other }).get(other)).toEqual({ ...row, name: other })
      expect([row, row.curves].every(Object.isFrozen)).toBe(true)
    }
  })
})

describe('registry.with', () => {
  const row = { name: 'X256', family: 'ECDSA', kty: 'EC', hash: 'SHA-256', curves: ['P-256'], signatureLength: 64, rfc: 'none' } as const
  const trapped = new Proxy(
    {},
    new Proxy(
      {},
      {
        get: () => () => {
          throw new Error('trap')
        },
      },
    ),
  )
  it.each([
    ['a taken name', { ...row, name: 'ES256' }],
    ['none', { ...row, name: 'none' }],
    ['NONE', { ...row, name: 'NONE' }],
    ['an empty name', { ...row, name: '' }],
    ['a name with a space', { ...row, name: 'a b' }],
    ['a long name', { ...row, name: 'x'.repeat(65) }],
    ['a name that is no text', { ...row, name: ['X'] }],
    ['another kty', { ...row, kty: 'RSA' }],
    ['an unknown family', { ...row, family: 'toString' }],
    ['an unknown hash', { ...row, hash: 'SHA-1' }],
    ['no curves', { ...row, curves: [] }],
    ['curves that are no texts', { ...row, curves: [5] }],
    ['a length that is no number', { ...row, signatureLength: '64' }],
    ['a strength that is no number', { name: 'X', family: 'HMAC', kty: 'oct', hash: 'SHA-256', minKeyBits: Number.NaN, rfc: 'x' }],
    ['nothing', undefined],
    ['null', null],
    ['text', 'ES256'],
    ['a proxy whose every trap throws', trapped],
    [
      'a family whose text throws',
      {
        ...row,
        family: {
          toString: () => {
            throw new Error('x')
          },
        },
      },
    ],
  ])('refuses %s', (_name, given) => {
    expect(() => registry.with(given as never)).toThrow(expect.objectContaining({ code: 'invalid_usage' }))
  })

  it('gives a larger registry, which the row changes no more, and leaves the shipped one as it was', () => {
    const curves = ['P-256']
    const larger = registry.with({ ...row, curves })
    curves.push('P-384')
    expect(larger.get('X256')?.curves).toEqual(['P-256'])
    expect([larger.has('X256'), larger.has('x256'), registry.has('X256'), registry.has('none'), registry.has('NONE')]).toEqual([
      true,
      false,
      false,
      false,
      false,
    ])
  })
})
