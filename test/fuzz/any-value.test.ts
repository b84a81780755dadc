import { inspect, types } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { isJwtError } from '../../src/core/errors.ts'
import * as core from '../../src/core.ts'
import * as index from '../../src/index.node.ts'
import * as nobleApi from '../../src/noble.ts'
import * as nodeApi from '../../src/node.ts'
import * as unverified from '../../src/unverified.ts'
import * as webcryptoApi from '../../src/webcrypto.ts'
import { hostile } from './hostile.ts'

type Loose = (...args: any[]) => any
type Members = Record<string, unknown>

const canary = 'CANARYsecretOfThirtyTwoBytesOrMore'
const secretHex = Buffer.from(canary).toString('hex')
const secretBase64 = Buffer.from(canary).toString('base64url')
const claimCanary = 'CANARYclaim'
const key = nodeApi.importSecret(canary)
const pair = nodeApi.generateKey('ES256')
const privateJwk = nodeApi.exportJwk(pair) as unknown as Members
const publicJwk = nodeApi.exportJwk(pair.publicKey) as unknown as Members
const rsaJwk = nodeApi.exportJwk(nodeApi.generateKey('RS256')) as unknown as Members
const oct = { kty: 'oct', k: secretBase64 }
const token = nodeApi.encode({ sub: claimCanary }, key, { algorithm: 'HS256' })
const pem = nodeApi.exportPem(pair)
const marks = [canary, secretHex, secretBase64, claimCanary, token, privateJwk['d'] as string, rsaJwk['d'] as string]

/** A call with one value to put somewhere. `mayPass` is false where only the good value may. */
interface Position {
  readonly name: string
  readonly call: (value: unknown) => unknown
  readonly mayPass: boolean
}

const position = (name: string, call: (value: unknown) => unknown, mayPass = true): Position => ({ name, call, mayPass })

/** Every argument of a function in turn, the others good. */
/** What a CryptoKey shows of itself. */
const macHandle = {
  type: 'secret',
  extractable: false,
  usages: ['verify'],
  algorithm: { name: 'HMAC', hash: { name: 'SHA-256' }, length: 256 },
} as const

function everyArgument(name: string, fn: Loose, good: readonly unknown[], only: readonly number[] = []): Position[] {
  return [...good.keys()].map((i) =>
    position(`${name} argument ${i}`, (value) => fn(...good.map((argument, at) => (at === i ? value : argument))), !only.includes(i)),
  )
}

function everyMember(
  name: string,
  base: object,
  members: readonly string[],
  use: (changed: unknown) => unknown,
  mayPass = true,
): Position[] {
  return members.map((member) => position(`${name}.${member}`, (value) => use({ ...base, [member]: value }), mayPass))
}

const decodeOptions = [
  'algorithms',
  'issuer',
  'audience',
  'subject',
  'typ',
  'nonce',
  'jwtId',
  'require',
  'maxAge',
  'leeway',
  'crit',
  'now',
  'maxTokenLength',
  'allowWeakKey',
  'allowDistantTimes',
  'schema',
  'registry',
  'unknown',
]
const tokenOptions = ['header', 'expiresIn', 'notBefore', 'issuedAt', 'jwtId', 'subject', 'signal']
const encodeOptions = [
  ...tokenOptions,
  'algorithm',
  'issuer',
  'audience',
  'allowWeakKey',
  'allowDistantTimes',
  'now',
  'registry',
  'unknown',
]
const claimNames = ['iss', 'sub', 'aud', 'exp', 'nbf', 'iat', 'jti', 'x', '__proto__', 'toJSON']
const headerNames = ['alg', 'typ', 'kid', 'crit', 'b64', 'zip', 'jwk', 'cty', 'x', 'toJSON']
const jwkNames = [
  'kty',
  'crv',
  'x',
  'y',
  'd',
  'n',
  'e',
  'p',
  'q',
  'dp',
  'dq',
  'qi',
  'oth',
  'k',
  'kid',
  'alg',
  'use',
  'key_ops',
  'keys',
  'x5c',
]
const importOptions = ['type', 'format', 'algorithm', 'passphrase', 'kid', 'unknown']
const verifier = { algorithm: 'HS256', mode: 'sync', symmetric: true, verify: () => true, verifyText: () => true }
const source = { mode: 'sync', algorithms: ['HS256'], candidates: () => [verifier] }
const signer = { algorithm: 'HS256', mode: 'sync', sign: () => new Uint8Array(32) }
const hs = { algorithms: ['HS256'] }
const waived = { issuer: null, audience: null }

function tokenPositions(api: Record<string, Loose>): Position[] {
  const { encode, decode, decodeComplete, tryDecode, explain, createEncoder, createDecoder } = api as Record<string, Loose>
  const one = async (decoder: unknown): Promise<unknown> => (decoder as { decode: Loose }).decode(token)
  return [
    ...everyArgument('decode', decode!, [token, key, hs], [0, 1, 2]),
    ...everyArgument('decodeComplete', decodeComplete!, [token, key, hs], [0, 1, 2]),
    ...everyArgument('tryDecode', tryDecode!, [token, key, hs]),
    ...everyArgument('explain', explain!, [token, key, hs]),
    ...everyMember('decode options', hs, decodeOptions, (options) => decode!(token, key, options)),
    ...everyMember('explain options', hs, decodeOptions, (options) => explain!(token, key, options)),
    ...everyMember('decode key', oct, jwkNames, (jwk) => decode!(token, jwk, hs)),
    ...everyMember('decode Verifier', verifier, ['algorithm', 'mode', 'kid', 'symmetric', 'verify', 'verifyText', 'candidates'], (by) =>
      decode!(token, by, {}),
    ),
    ...everyMember('decode source', source, ['algorithms', 'mode', 'candidates', 'verify'], (by) => decode!(token, by, {})),
    position('decode candidates', (value) => decode!(token, { ...source, candidates: () => value }, {}), false),
    position('decode candidate', (value) => decode!(token, { ...source, candidates: () => [value] }, {}), false),
    position('decode verdict', (value) => decode!(token, { ...verifier, verifyText: undefined, verify: () => value }, {})),
    position('decode key list', (value) => decode!(token, [key, value], hs), false),
    position('decode JWKS keys', (value) => decode!(token, { keys: value }, hs), false),
    position('decode JWKS member', (value) => decode!(token, { keys: [value] }, hs), false),
    position('decode schema', (value) => decode!(token, key, { ...hs, schema: { '~standard': value } }), false),
    position('decode schema.validate', (value) => decode!(token, key, { ...hs, schema: { '~standard': { version: 1, validate: value } } })),
    position('decode schema result', (value) =>
      decode!(token, key, { ...hs, schema: { '~standard': { version: 1, validate: () => value } } }),
    ),
    position('decode schema issues', (value) =>
      decode!(token, key, { ...hs, schema: { '~standard': { version: 1, validate: () => ({ issues: value }) } } }),
    ),
    position(
      'decode schema path',
      (value) =>
        decode!(token, key, {
          ...hs,
          schema: { '~standard': { version: 1, validate: () => ({ issues: [{ path: [value] }, { path: [{ key: value }] }] }) } },
        }),
      false,
    ),
    position('decode clock', (value) => decode!(token, key, { ...hs, now: () => value })),
    ...everyArgument('createDecoder', createDecoder!, [key, { ...hs, ...waived }], [0, 1]),
    ...everyMember('createDecoder options', { ...hs, ...waived }, decodeOptions, async (options) => one(createDecoder!(key, options))),
    position('decoder.decode', async (value) => createDecoder!(key, { ...hs, ...waived }).decode(value), false),
    position('decoder.tryDecode', async (value) => createDecoder!(key, { ...hs, ...waived }).tryDecode(value)),
    ...everyArgument('encode', encode!, [{}, key, { algorithm: 'HS256' }], [1]),
    ...everyMember('encode options', { algorithm: 'HS256' }, encodeOptions, (options) => encode!({}, key, options)),
    ...everyMember('encode claims', {}, claimNames, (claims) => encode!(claims, key, { algorithm: 'HS256' })),
    ...everyMember('encode claims deep', {}, ['x', '__proto__'], (claims) => encode!({ deep: [claims] }, key, { algorithm: 'HS256' })),
    ...everyMember('encode header', {}, headerNames, (header) => encode!({}, key, { algorithm: 'HS256', header })),
    ...everyMember('encode header.jwk', {}, jwkNames, (jwk) => encode!({}, key, { algorithm: 'HS256', header: { jwk } })),
    ...everyMember('encode Signer', signer, ['algorithm', 'mode', 'kid', 'sign', 'signText', 'snapshot', 'publicKey'], (by) =>
      encode!({}, by, {}),
    ),
    position('encode signature', (value) => encode!({}, { ...signer, sign: () => value }, {})),
    position('encode signature text', (value) => encode!({}, { ...signer, signText: () => value }, {})),
    position('encode snapshot', (value) => encode!({}, { ...signer, snapshot: () => value }, {}), false),
    position('encode jwtId()', (value) => encode!({}, key, { algorithm: 'HS256', jwtId: () => value })),
    position('encode clock', (value) => encode!({}, key, { algorithm: 'HS256', issuedAt: true, now: () => value })),
    ...everyArgument('createEncoder', createEncoder!, [key, { algorithm: 'HS256', ...waived }], [0, 1]),
    position('encoder.encode claims', async (value) => createEncoder!(key, { algorithm: 'HS256', ...waived }).encode(value)),
    position('encoder.encode options', async (value) => createEncoder!(key, { algorithm: 'HS256', ...waived }).encode({}, value)),
    ...everyMember('encoder.encode options', {}, tokenOptions, async (options) =>
      createEncoder!(key, { algorithm: 'HS256', ...waived }).encode({}, options),
    ),
  ]
}

function keyPositions(api: Record<string, Loose>): Position[] {
  const { importKey, importJwks, generateKey, generateSecret, exportJwk, exportPem, jwkThumbprint, jwkThumbprintUri, importSecret } =
    api as Record<string, Loose>
  const jwks: readonly (readonly [string, Members, readonly string[]])[] = [
    ['oct', oct, jwkNames],
    ['EC', privateJwk, ['kty', 'crv', 'x', 'y', 'd']],
    ['EC public', publicJwk, ['crv', 'x', 'y']],
    ['RSA', rsaJwk, ['n', 'e', 'd', 'p', 'q', 'dp', 'dq', 'qi', 'oth']],
  ]
  return [
    ...everyArgument('importKey', importKey!, [pem, {}]),
    ...everyMember('importKey options', {}, importOptions, (options) => importKey!(pem, options)),
    ...everyMember('importKey secret options', {}, importOptions, (options) =>
      importKey!(canary, { type: 'secret', ...(options as object) }),
    ),
    position('importKey as a secret', (value) => importKey!(value, { type: 'secret' })),
    position('importKey as PEM', (value) => importKey!(value, { format: 'pem' })),
    position('importKey as DER', (value) => importKey!(value, { format: 'der' })),
    position('importKey as a JWK', (value) => importKey!(value, { format: 'jwk' })),
    position('importKey as SSH', (value) => importKey!(value, { format: 'ssh' })),
    position('importKey with a passphrase', (value) => importKey!(value, { passphrase: 'x' })),
    ...jwks.flatMap(([name, jwk, members]) => everyMember(`importKey ${name} JWK`, jwk, members, (changed) => importKey!(changed))),
    ...['type', 'algorithm', 'usages', 'extractable'].map((member) =>
      position(`importKey CryptoKey.${member}`, (value) =>
        importKey!({
          type: 'secret',
          extractable: true,
          usages: ['sign'],
          algorithm: { name: 'HMAC', hash: { name: 'SHA-256' }, length: 256 },
          [member]: value,
        }),
      ),
    ),
    ...['name', 'hash', 'length', 'namedCurve', 'modulusLength', 'publicExponent'].map((member) =>
      position(`importKey CryptoKey.algorithm.${member}`, (value) =>
        importKey!({
          type: 'public',
          extractable: true,
          usages: ['verify'],
          algorithm: {
            name: 'RSA-PSS',
            hash: { name: 'SHA-256' },
            modulusLength: 2048,
            publicExponent: Uint8Array.of(1, 0, 1),
            [member]: value,
          },
        }),
      ),
    ),
    position('importKey KeyObject.export()', (value) => importKey!({ type: 'public', export: () => value })),
    ...everyArgument('importJwks', importJwks!, [{ keys: [publicJwk] }, {}]),
    position('importJwks keys', (value) => importJwks!({ keys: value })),
    position('importJwks member', (value) => importJwks!({ keys: [publicJwk, value] })),
    position('importJwks allowSymmetric', (value) => importJwks!({ keys: [oct] }, { allowSymmetric: value })),
    ...everyArgument('generateKey', generateKey!, ['ES256', {}]),
    ...everyMember('generateKey options', {}, ['modulusLength', 'crv', 'unknown'], (options) => generateKey!('EdDSA', options)),
    position('generateKey RSA modulusLength', (value) =>
      value === undefined ? undefined : generateKey!('RS256', { modulusLength: value }),
    ),
    ...everyArgument('generateSecret', generateSecret!, ['HS256']),
    ...everyArgument('exportJwk', exportJwk!, [key]),
    ...everyArgument('exportPem', exportPem!, [pair]),
    ...everyArgument('jwkThumbprint', jwkThumbprint!, [key, {}]),
    ...everyArgument('jwkThumbprintUri', jwkThumbprintUri!, [key, {}]),
    position('jwkThumbprintUri hash', (value) => jwkThumbprintUri!(key, { hash: value })),
    ...everyArgument('importSecret', importSecret!, [canary, {}]),
    ...everyMember('importSecret metadata', {}, ['kid', 'alg', 'use', 'keyOps', 'bits', 'type', 'mode', 'unknown'], (metadata) =>
      importSecret!(canary, metadata),
    ),
  ]
}

function backendPositions(name: string, backend: { signer: Loose; verifier: Loose; generate: Loose }): Position[] {
  const algorithm = nodeApi.registry.get('HS256')!
  const bytes = new Uint8Array(32)
  const signs = backend.signer('HS256', key) as Record<string, Loose>
  const verifies = backend.verifier('HS256', key) as Record<string, Loose>
  const ecSigns = backend.signer('ES256', pair) as Record<string, Loose>
  const ecVerifies = backend.verifier('ES256', pair.publicKey) as Record<string, Loose>
  return [
    ...everyArgument(`${name}.signer`, backend.signer, ['HS256', key, {}], [1]),
    ...everyArgument(`${name}.verifier`, backend.verifier, ['HS256', key, {}], [1]),
    ...everyMember(`${name}.signer options`, {}, ['kid', 'allowWeakKey', 'unknown'], (options) => backend.signer('HS256', key, options)),
    ...everyMember(`${name}.verifier options`, {}, ['kid', 'allowWeakKey', 'unknown'], (options) =>
      backend.verifier('HS256', key, options),
    ),
    ...everyMember(`${name}.signer algorithm`, algorithm, Object.keys(algorithm), (row) => backend.signer(row, key)),
    ...everyArgument(`${name}.generate`, backend.generate, ['ES256', {}]),
    ...everyMember(`${name}.generate options`, {}, ['crv', 'modulusLength', 'unknown'], (options) => backend.generate('EdDSA', options)),
    ...[
      ['HMAC', signs, verifies],
      ['ECDSA', ecSigns, ecVerifies],
    ].flatMap(([family, signing, verifying]) => [
      position(`${name} ${family as string} sign`, (value) => (signing as Record<string, Loose>)['sign']!(value)),
      ...everyArgument(`${name} ${family as string} verify`, (verifying as Record<string, Loose>)['verify']!, [bytes, bytes]),
      ...((signing as Record<string, Loose>)['signText']
        ? [position(`${name} ${family as string} signText`, (value) => (signing as Record<string, Loose>)['signText']!(value))]
        : []),
      ...((verifying as Record<string, Loose>)['verifyText']
        ? everyArgument(`${name} ${family as string} verifyText`, (verifying as Record<string, Loose>)['verifyText']!, [
            'x',
            'A'.repeat(43),
          ])
        : []),
    ]),
  ]
}

const corePositions: readonly Position[] = [
  ...everyArgument('core createEncoder', core.createEncoder, [signer, waived], [0, 1]),
  ...everyArgument('core createDecoder', core.createDecoder, [verifier, waived], [0, 1]),
  ...everyMember('core createEncoder options', waived, encodeOptions, (options) =>
    core.createEncoder(signer as never, options as never).encode({}),
  ),
  ...everyMember('core createDecoder options', waived, decodeOptions, (options) =>
    core.createDecoder(verifier as never, options as never).decode(token),
  ),
  ...everyMember('core Verifier', verifier, ['algorithm', 'mode', 'kid', 'symmetric', 'verify', 'verifyText'], (by) =>
    core.createDecoder(by as never, waived).decode(token),
  ),
  ...everyMember('core source', source, ['algorithms', 'mode', 'candidates'], (by) =>
    core.createDecoder(by as never, waived).decode(token),
  ),
  ...everyMember('core Signer', signer, ['algorithm', 'mode', 'kid', 'sign', 'signText', 'snapshot'], (by) =>
    core.createEncoder(by as never, waived).encode({}),
  ),
  position('core Verifier list', (value) => core.createDecoder([verifier, value] as never, waived), false),
  ...everyArgument('hs256Verifier', nobleApi.hs256Verifier, [canary]),
  ...everyArgument('hs256Verifier verify', nobleApi.hs256Verifier(canary).verify, [new Uint8Array(5), new Uint8Array(32)]),
  ...everyArgument('nodeVerifier', nodeApi.nodeVerifier, ['HS256', nodeApi.importSecret(canary)]),
  ...everyArgument('nodeVerifier verify', nodeApi.nodeVerifier('HS256', nodeApi.importSecret(canary)).verify, [
    new Uint8Array(5),
    new Uint8Array(32),
  ]),
  ...everyArgument('cryptoKeyVerifier', webcryptoApi.cryptoKeyVerifier, ['HS256', macHandle]),
  ...everyMember('cryptoKeyVerifier key', macHandle, ['type', 'usages', 'algorithm'], (handle) =>
    webcryptoApi.cryptoKeyVerifier('HS256', handle as never),
  ),
  ...everyArgument('core createSmallDecoder', core.createSmallDecoder, [nobleApi.hs256Verifier(canary), waived], [0, 1]),
  ...everyMember('core createSmallDecoder options', waived, ['issuer', 'audience', 'typ', 'leeway', 'unknown'], (options) =>
    core.createSmallDecoder(nobleApi.hs256Verifier(canary), options as never).decode(token),
  ),
  position('core small decode', (value) => core.createSmallDecoder(nobleApi.hs256Verifier(canary), waived).decode(value as never), false),
  position('isJwtError', (value) => core.isJwtError(value)),
  position('isTokenError', (value) => core.isTokenError(value)),
  position('registry.with', (value) => core.registry.with(value as never), false),
  ...everyMember(
    'registry.with row',
    { name: 'X', family: 'HMAC', kty: 'oct', hash: 'SHA-256', rfc: '' },
    ['name', 'family', 'kty', 'hash', 'curves', 'signatureLength', 'minKeyBits', 'rfc'],
    (row) => core.registry.with(row as never),
  ),
  position('registry.get', (value) => core.registry.get(value as never)),
  position('registry.has', (value) => core.registry.has(value as never)),
  position('decodeUnverified', (value) => unverified.decodeUnverified(value as never), false),
  position('decodeUnverifiedHeader', (value) => unverified.decodeUnverifiedHeader(value as never), false),
  position('createWebCrypto', (value) => webcryptoApi.createWebCrypto(value as never)),
  position('createWebCrypto subtle', (value) => webcryptoApi.createWebCrypto({ subtle: value } as never)),
  ...['sign', 'verify', 'importKey'].map((member) =>
    position(`createWebCrypto subtle.${member}`, async (value) => {
      const { subtle } = crypto
      const own = {
        sign: subtle.sign.bind(subtle),
        verify: subtle.verify.bind(subtle),
        importKey: subtle.importKey.bind(subtle),
        [member]: value,
      }
      const backend = webcryptoApi.createWebCrypto({ subtle: own as never })
      await backend.signer('HS256', key).sign(new Uint8Array(5))
      await backend.verifier('HS256', key).verify(new Uint8Array(5), new Uint8Array(32))
    }),
  ),
  ...Object.entries(nobleApi).flatMap(([name, value]) => {
    const one = value as unknown as { algorithm?: string; signer: Loose; verifier: Loose }
    if (one.algorithm !== 'HS256' && one.algorithm !== 'ES256') return []
    const by = one.algorithm === 'HS256' ? key : pair
    const check = one.algorithm === 'HS256' ? key : pair.publicKey
    return [
      ...everyArgument(`${name}.signer`, one.signer, [by, {}], [0]),
      ...everyArgument(`${name}.verifier`, one.verifier, [check, {}], [0]),
    ]
  }),
]

// The main entry on Node has the functions of signet-jwt/node.
const groups: readonly (readonly [string, readonly Position[]])[] = [
  ...(
    [
      ['node', index],
      ['noble', nobleApi],
      ['webcrypto', webcryptoApi],
    ] as const
  ).flatMap(([name, module]) => {
    const api = module as unknown as Record<string, Loose>
    return [
      [`${name}: tokens`, tokenPositions(api)],
      [`${name}: keys`, keyPositions(api)],
    ] as const
  }),
  ['noble backend', backendPositions('noble', nobleApi.noble)],
  ['node backend', backendPositions('node', nodeApi.node)],
  ['webcrypto backend', backendPositions('webcrypto', webcryptoApi.webcrypto)],
  ['core and the rest', corePositions],
]

const unhandled: unknown[] = []
const onUnhandled = (reason: unknown): void => {
  unhandled.push(reason)
}

/** What is wrong with how a call ended, or undefined. */
function fault(error: unknown): string | undefined {
  let known = false
  try {
    known = isJwtError(error) && typeof error.code === 'string'
  } catch {
    return 'isJwtError threw'
  }
  if (!known) {
    try {
      return `foreign: ${String(error)}`
    } catch {
      return 'foreign, unprintable'
    }
  }
  const { message, stack, cause, detail } = error as Error & { detail: unknown }
  let text = `${message} ${stack}`
  try {
    text += `${JSON.stringify(detail)} ${JSON.stringify(error)} ${String(error)}`
  } catch {
    return 'its detail cannot be written as JSON'
  }
  try {
    if (cause !== undefined) text += inspect(error, { depth: 6 })
  } catch {
    // The cause is what the caller's own function threw, which nothing can print.
  }
  const leaked = marks.findIndex((mark) => text.includes(mark))
  return leaked < 0 ? undefined : `leaks mark ${leaked}`
}

async function judge({ call, mayPass }: Position, name: string, make: () => unknown): Promise<string | undefined> {
  const start = performance.now()
  let result: unknown
  try {
    result = call(make())
  } catch (error) {
    return fault(error)
  } finally {
    if (performance.now() - start > 5000) unhandled.push(`slow: ${name}`)
  }
  if (types.isPromise(result)) {
    let timer: ReturnType<typeof setTimeout> | undefined
    const late = new Promise((resolve) => {
      timer = setTimeout(resolve, 10_000, 'a hang')
    })
    try {
      const first = await Promise.race([result.then(() => 'passed'), late])
      if (first === 'a hang') return 'hangs'
    } catch (error) {
      return fault(error)
    } finally {
      clearTimeout(timer)
    }
  }
  return mayPass ? undefined : 'accepted'
}

/** What is a fine HMAC secret, or looks like one until it is used. */
const fineKeys = /^(long text|many brackets|bytes|shared bytes|bytes whose iterator throws|bytes whose methods throw|a forged CryptoKey)$/

function isFine(where: string, value: string): boolean {
  return /^(encode argument 1|create(De|En)coder argument 0)$/.test(where) && fineKeys.test(value)
}

/** A promise of the caller that never settles is waited for, as it must be. */
function isEndless(where: string, value: string): boolean {
  return /schema (result|\.?validate)|schema\.validate|subtle\./.test(where) && /never settles|answers everything/.test(value)
}

describe('whatever value is passed wherever', () => {
  const { stackTraceLimit } = Error
  beforeAll(() => {
    // Tens of thousands of errors: their frames cost more than all else.
    Error.stackTraceLimit = 2
    process.on('unhandledRejection', onUnhandled)
  })
  afterAll(async () => {
    await new Promise((resolve) => setTimeout(resolve, 50))
    process.off('unhandledRejection', onUnhandled)
    Error.stackTraceLimit = stackTraceLimit
    expect(unhandled).toEqual([])
  })

  it.each(groups)(
    '%s: a documented result or an own error, in bounded time',
    async (_name, positions) => {
      const faults: string[] = []
      for (const where of positions) {
        for (const [name, make] of hostile) {
          if (isEndless(where.name, name)) continue
          const found = await judge(where, `${where.name} <- ${name}`, make)
          if (found !== undefined && !(found === 'accepted' && isFine(where.name, name))) faults.push(`${where.name} <- ${name}: ${found}`)
        }
      }
      expect(faults, faults.join('\n')).toEqual([])
    },
    60_000,
  )

  it('the main entry is signet-jwt/node', () => {
    for (const [name, value] of Object.entries(index)) expect(value, name).toBe((nodeApi as unknown as Record<string, unknown>)[name])
  })

  it('every exported function is among them', () => {
    const covered = groups.flatMap(([, positions]) => positions.map(({ name }) => name)).join('\n')
    const functions = [index, nobleApi, webcryptoApi, core, unverified].flatMap((module) =>
      Object.entries(module).flatMap(([name, value]) => (typeof value === 'function' && !/^class/.test(String(value)) ? [name] : [])),
    )
    const unchecked = new Set(functions.filter((name) => !covered.includes(name)))
    // `capabilities` answers for any object at all; key rings have tests of their own.
    expect([...unchecked].filter((name) => name !== 'createKeyRing')).toEqual(['capabilities'])
  })

  it('capabilities: false for whatever is no SubtleCrypto', async () => {
    for (const [name, make] of hostile) {
      if (name === 'undefined' || name === 'a proxy that answers everything with itself') continue
      const found = await webcryptoApi.capabilities(make() as never)
      expect(Object.values(found), name).not.toContain(true)
    }
  })
})
