import { describe, expect, it } from 'vitest'
import { noble, noblePlatform } from '../../src/backends/noble/index.ts'
import { node } from '../../src/backends/node/index.ts'
import { webcrypto } from '../../src/backends/webcrypto/index.ts'
import { encodeBase64url } from '../../src/core/base64url.ts'
import type { KeyBackend } from '../../src/keys/backend.ts'
import { hex, type Jwk, signingKey, verificationKey } from './keys.ts'

interface Vector {
  readonly source: string
  readonly algorithm: string
  readonly jwk: Jwk
  readonly message: Uint8Array
  readonly signature: string
  /** Every backend that signs gives this signature. */
  readonly signed?: boolean
}

const ascii = (text: string): Uint8Array => new TextEncoder().encode(text)
const url = (text: string): string => Buffer.from(text, 'base64url').toString('hex')
const oct = (bytes: Uint8Array): Jwk => ({ kty: 'oct', k: encodeBase64url(bytes) })

const ec = (crv: string, d: string): Jwk => {
  const { x, y } = noblePlatform.publicHalf!('EC', crv, hex(d)) as { x: Uint8Array; y: Uint8Array }
  return { kty: 'EC', crv, x: encodeBase64url(x), y: encodeBase64url(y), d: encodeBase64url(hex(d)) }
}
const okp = (crv: string, d: string, x: string): Jwk => ({ kty: 'OKP', crv, x: encodeBase64url(hex(x)), d: encodeBase64url(hex(d)) })

const claims = 'eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ'
const hmacCases = [
  {
    source: 'RFC 4231 §4.2',
    key: new Uint8Array(20).fill(0x0b),
    message: 'Hi There',
    HS256: 'b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7',
    HS384: 'afd03944d84895626b0825f4ab46907f15f9dadbe4101ec682aa034c7cebc59cfaea9ea9076ede7f4af152e8b2fa9cb6',
    HS512:
      '87aa7cdea5ef619d4ff0b4241a1d6cb02379f4e2ce4ec2787ad0b30545e17cdedaa833b7d6b8a702038b274eaea3f4e4be9d914eeb61f1702e696c203a126854',
  },
  {
    source: 'RFC 4231 §4.3',
    key: ascii('Jefe'),
    message: 'what do ya want for nothing?',
    HS256: '5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843',
  },
  {
    source: 'RFC 4231 §4.7 (key longer than a block)',
    key: new Uint8Array(131).fill(0xaa),
    message: 'Test Using Larger Than Block-Size Key - Hash Key First',
    HS256: '60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54',
    HS512:
      '80b24263c7c1a3ebb71493c1dd7be8b49b46d1f41b4aeec1121b013783f8f3526b56d037e05f2598bd0fd2215d6a1e5295e64f73f63f0aec8b915a985d786598',
  },
]

const vectors: readonly Vector[] = [
  ...hmacCases.flatMap(({ source, key, message, ...tags }) =>
    Object.entries(tags).map(([algorithm, signature]) => ({
      source,
      algorithm,
      jwk: oct(key),
      message: ascii(message),
      signature,
      signed: true,
    })),
  ),
  {
    source: 'RFC 7515 §A.1',
    algorithm: 'HS256',
    jwk: { kty: 'oct', k: 'AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow' },
    message: ascii(`eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9.${claims}`),
    signature: url('dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk'),
    signed: true,
  },
  {
    source: 'RFC 7515 §A.3',
    algorithm: 'ES256',
    jwk: {
      kty: 'EC',
      crv: 'P-256',
      x: 'f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU',
      y: 'x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0',
    },
    message: ascii(`eyJhbGciOiJFUzI1NiJ9.${claims}`),
    signature: url('DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q'),
  },
  {
    source: 'RFC 8037 §A.4',
    algorithm: 'EdDSA',
    jwk: {
      kty: 'OKP',
      crv: 'Ed25519',
      d: 'nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A',
      x: '11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo',
    },
    message: ascii('eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc'),
    signature: url('hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg'),
    signed: true,
  },
  {
    source: 'RFC 8032 §7.1 test 1',
    algorithm: 'Ed25519',
    jwk: okp(
      'Ed25519',
      '9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60',
      'd75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a',
    ),
    message: new Uint8Array(0),
    signature:
      'e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b',
    signed: true,
  },
  {
    source: 'RFC 8032 §7.1 test 2',
    algorithm: 'EdDSA',
    jwk: okp(
      'Ed25519',
      '4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb',
      '3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c',
    ),
    message: hex('72'),
    signature:
      '92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00',
    signed: true,
  },
  {
    source: 'RFC 8032 §7.4 blank',
    algorithm: 'Ed448',
    jwk: okp(
      'Ed448',
      '6c82a562cb808d10d632be89c8513ebf6c929f34ddfa8c9f63c9960ef6e348a3528c8a3fcc2f044e39a3fc5b94492f8f032e7549a20098f95b',
      '5fd7449b59b461fd2ce787ec616ad46a1da1342485a70e1f8a0ea75d80e96778edf124769b46c7061bd6783df1e50f6cd1fa1abeafe8256180',
    ),
    message: new Uint8Array(0),
    signature:
      '533a37f6bbe457251f023c0d88f976ae2dfb504a843e34d2074fd823d41a591f2b233f034f628281f2fd7a22ddd47d7828c59bd0a21bfd3980ff0d2028d4b18a9df63e006c5d1c2d345b925d8dc00b4104852db99ac5c7cdda8530a113a0f4dbb61149f05a7363268c71d95808ff2e652600',
    signed: true,
  },
  {
    // s is above half the order here: JOSE has no low-S rule.
    source: 'RFC 6979 §A.2.5',
    algorithm: 'ES256',
    jwk: ec('P-256', 'C9AFA9D845BA75166B5C215767B1D6934E50C3DB36E89B127B8A622B120F6721'),
    message: ascii('sample'),
    signature:
      'EFD48B2AACB6A8FD1140DD9CD45E81D69D2C877B56AAF991C34D0EA84EAF3716F7CB1C942D657C41D436C7A1B6E29F65F3E900DBB9AFF4064DC4AB2F843ACDA8',
  },
  {
    source: 'RFC 6979 §A.2.6',
    algorithm: 'ES384',
    jwk: ec('P-384', '6B9D3DAD2E1B8C1C05B19875B6659F4DE23C3B667BF297BA9AA47740787137D896D5724E4C70A825F872C9EA60D2EDF5'),
    message: ascii('sample'),
    signature:
      '94EDBB92A5ECB8AAD4736E56C691916B3F88140666CE9FA73D64C4EA95AD133C81A648152E44ACF96E36DD1E80FABE4699EF4AEB15F178CEA1FE40DB2603138F130E740A19624526203B6351D0A3A94FA329C145786E679E7B82C71A38628AC8',
  },
  {
    source: 'RFC 6979 §A.2.7',
    algorithm: 'ES512',
    jwk: ec(
      'P-521',
      '00FAD06DAA62BA3B25D2FB40133DA757205DE67F5BB0018FEE8C86E1B68C7E75CAA896EB32F1F47C70855836A6D16FCC1466F6D8FBEC67DB89EC0C08B0E996B83538',
    ),
    message: ascii('sample'),
    signature:
      '00C328FAFCBD79DD77850370C46325D987CB525569FB63C5D3BC53950E6D4C5F174E25A1EE9017B5D450606ADD152B534931D7D4E8455CC91F9B15BF05EC36E377FA00617CCE7CF5064806C467F678D3B4080D6F1CC50AF26CA209417308281B68AF282623EAA63E5B5C0723D8B8C37FF0777B1A20F8CCB1DCCC43997F1EE0E44DA4A67A',
  },
]

const backends: readonly KeyBackend[] = [noble, node, webcrypto]
const options = { allowWeakKey: true }

describe.each(vectors)('$source $algorithm', ({ algorithm, jwk, message, signature, signed }) => {
  it.each(backends)('verifies on $name', async (backend) => {
    const verifier = backend.verifier(algorithm, verificationKey(jwk), options)
    expect(await verifier.verify(message, hex(signature))).toBe(true)
    expect(await verifier.verify(new Uint8Array([...message, 0]), hex(signature))).toBe(false)
  })

  it.each(signed ? backends : [])('is made by $name', async (backend) => {
    const made = await backend.signer(algorithm, signingKey(jwk), options).sign(message)
    expect(Buffer.from(made).toString('hex')).toBe(signature)
  })

  it.runIf(algorithm.startsWith('ES') && jwk['d'])('is what noble makes deterministically (RFC 6979)', () => {
    const made = noble.signer(algorithm, signingKey(jwk)).sign(message)
    expect(Buffer.from(made).toString('hex')).toBe(signature.toLowerCase())
  })
})
