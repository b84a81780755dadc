import { beforeAll, describe, expect, it } from 'vitest'
import { type AlgorithmName, registry } from '../../src/algorithms/registry.ts'
import { noble } from '../../src/backends/noble/index.ts'
import { node, nodeAsync } from '../../src/backends/node/index.ts'
import { capabilities, webcrypto } from '../../src/backends/webcrypto/index.ts'
import type { KeyBackend } from '../../src/keys/backend.ts'
import type { Key, PrivateKey, PublicKey, SecretKey } from '../../src/keys/key.ts'

// Node's WebCrypto has no secp256k1, and the pure TypeScript backend does not sign with RSA.
const backends: readonly KeyBackend[] = [noble, node, nodeAsync, webcrypto]
const isRsa = (name: string): boolean => /^[RP]S/.test(name)
const verifies = (backend: KeyBackend, name: AlgorithmName): boolean => backend !== webcrypto || name !== 'ES256K'
const signs = (backend: KeyBackend, name: AlgorithmName): boolean => verifies(backend, name) && !(backend === noble && isRsa(name))
const deterministic = (name: string): boolean => /^(HS|RS|Ed)/.test(name)

interface Case {
  readonly name: AlgorithmName
  readonly crv?: string
}
const cases: readonly Case[] = [...registry.names.map((name) => ({ name })), { name: 'EdDSA', crv: 'Ed448' }]
const message = new TextEncoder().encode('header.payload')

const publicOf = (key: Key): SecretKey | PublicKey => (key.type === 'private' ? key.publicKey : (key as SecretKey))
const flip = (bytes: Uint8Array, at: number): Uint8Array => bytes.map((byte, i) => (i === at ? byte ^ 1 : byte))

it('runs on a WebCrypto that has everything but secp256k1', async () => {
  const can = await capabilities()
  expect(registry.names.filter((name) => !can[name])).toEqual(['ES256K'])
})

describe.each(cases)('$name ($crv)', ({ name, crv }) => {
  const fresh = async (): Promise<SecretKey | PrivateKey> => (await node.generate(name, crv ? { crv } : {})) as SecretKey | PrivateKey
  const keys: { key: SecretKey | PrivateKey; other: SecretKey | PrivateKey } = {} as never
  beforeAll(async () => {
    keys.key = await fresh()
    keys.other = await fresh()
  })

  describe.each(backends.filter((backend) => signs(backend, name)))('signed by $name, $mode', (signer) => {
    it('a signature keeps its bytes when the next one is made', async () => {
      const bound = signer.signer(name, keys.key)
      const signature = await bound.sign(message)
      const before = Buffer.from(signature).toString('hex')
      await bound.sign(flip(message, 3))
      expect(Buffer.from(signature).toString('hex')).toBe(before)
    })

    it.each(backends.filter((backend) => verifies(backend, name)))(
      'verifies on $name, $mode, and only what was signed',
      async (backend) => {
        const signature = await signer.signer(name, keys.key).sign(message)
        expect(Object.getPrototypeOf(signature)).toBe(Uint8Array.prototype)
        const verifier = backend.verifier(name, publicOf(keys.key))
        const stranger = backend.verifier(name, publicOf(keys.other))
        const last = signature.length - 1
        const rows: readonly [string, boolean, Uint8Array, Uint8Array][] = [
          ['as signed', true, message, signature],
          ['again', true, message, signature],
          ['the signature as a view into a larger buffer', true, message, new Uint8Array([9, ...signature, 9]).subarray(1, last + 2)],
          ['another message', false, flip(message, 3), signature],
          ['a longer message', false, new Uint8Array([...message, 0]), signature],
          ['no message', false, new Uint8Array(0), signature],
          ['first byte changed', false, message, flip(signature, 0)],
          ['middle byte changed', false, message, flip(signature, signature.length >> 1)],
          ['last byte changed', false, message, flip(signature, last)],
          ['truncated', false, message, signature.subarray(0, last)],
          ['without its first byte', false, message, signature.subarray(1)],
          ['extended', false, message, new Uint8Array([...signature, 0])],
          ['extended in front', false, message, new Uint8Array([0, ...signature])],
          ['empty', false, message, new Uint8Array(0)],
          ['zeros', false, message, new Uint8Array(signature.length)],
          ['all ones', false, message, new Uint8Array(signature.length).fill(255)],
        ]
        for (const [what, expected, input, candidate] of rows) expect(await verifier.verify(input, candidate), what).toBe(expected)
        expect(await stranger.verify(message, signature), 'another key').toBe(false)
      },
    )
  })

  it.runIf(deterministic(name))('has one signature for a key and a message', async () => {
    const signatures = await Promise.all(
      backends.filter((backend) => signs(backend, name)).map((backend) => backend.signer(name, keys.key).sign(message)),
    )
    expect(signatures.length).toBeGreaterThan(1)
    expect(new Set(signatures.map((signature) => Buffer.from(signature).toString('hex'))).size).toBe(1)
  })

  it.each(backends.filter((backend) => signs(backend, name)))('has a key made by $name, $mode', async (backend) => {
    const made = (await backend.generate(name, crv ? { crv } : {})) as SecretKey | PrivateKey
    const row = registry.get(name)!
    expect(made).toMatchObject({ type: row.kty === 'oct' ? 'secret' : 'private', kty: row.kty, mode: 'sync' })
    if (row.minKeyBits) expect(made.bits).toBe(row.kty === 'RSA' ? 2048 : row.minKeyBits)
    const signature = await node.signer(name, made).sign(message)
    for (const each of backends.filter((one) => verifies(one, name)))
      expect(await each.verifier(name, publicOf(made)).verify(message, signature)).toBe(true)
  })
})

describe('text forms of node', () => {
  it.each(['HS256', 'HS384', 'HS512'] as const)('%s gives and takes the same signatures as bytes', (name) => {
    const key = node.generate(name) as SecretKey
    const [signer, verifier] = [node.signer(name, key), node.verifier(name, key)]
    const text = 'header.payload'
    const signature = signer.signText!(text)
    expect(signature).toBe(Buffer.from(signer.sign(message)).toString('base64url'))
    const cut = signature.slice(0, -1)
    const rows: readonly [string, string, boolean][] = [
      [text, signature, true],
      [`${text}x`, signature, false],
      // U+0168 is "h" plus 0x100: a byte-wise reading would take both texts for one.
      [text.replace('h', '\u0168'), signature, false],
      [text, cut, false],
      [text, `${signature}=`, false],
      [text, `${signature.startsWith('A') ? 'B' : 'A'}${signature.slice(1)}`, false],
      [text, cut + (signature.endsWith('A') ? 'B' : 'A'), false],
      [text, '', false],
    ]
    for (const [input, claimed, expected] of rows) expect(verifier.verifyText!(input, claimed)).toBe(expected)
  })
})
