import { mkdtempSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { inspect } from 'node:util'
import { createContext, runInContext } from 'node:vm'
import { buildSync } from 'esbuild'
import { describe, expect, it } from 'vitest'
import * as errors from '../../src/core/errors.ts'
import { decode, type SecretKey, tryDecode } from '../../src/node.ts'
import { clock, forged, secret } from '../backends-list.ts'

type ErrorClass = new (message: string, detail?: errors.ErrorDetail, options?: ErrorOptions) => errors.JwtError

// PyJWT's hierarchy, with what this library adds.
const classes: readonly (readonly [string, errors.ErrorCode, string])[] = [
  ['InvalidTokenError', 'invalid_token', 'JwtError'],
  ['DecodeError', 'malformed_token', 'InvalidTokenError'],
  ['InvalidSignatureError', 'invalid_signature', 'DecodeError'],
  ['InvalidAlgorithmError', 'algorithm_not_allowed', 'InvalidTokenError'],
  ['KeyNotFoundError', 'key_not_found', 'InvalidTokenError'],
  ['ExpiredSignatureError', 'token_expired', 'InvalidTokenError'],
  ['ImmatureSignatureError', 'token_not_yet_valid', 'InvalidTokenError'],
  ['InvalidIssuedAtError', 'invalid_issued_at', 'InvalidTokenError'],
  ['InvalidIssuerError', 'invalid_issuer', 'InvalidTokenError'],
  ['InvalidAudienceError', 'invalid_audience', 'InvalidTokenError'],
  ['InvalidSubjectError', 'invalid_subject', 'InvalidTokenError'],
  ['InvalidJTIError', 'invalid_jwt_id', 'InvalidTokenError'],
  ['MissingRequiredClaimError', 'missing_claim', 'InvalidTokenError'],
  ['InvalidClaimError', 'invalid_claim', 'InvalidTokenError'],
  ['BackendError', 'backend_failure', 'JwtError'],
  ['JwksError', 'jwks_unavailable', 'JwtError'],
  ['InvalidKeyError', 'invalid_key', 'JwtError'],
  ['UsageError', 'invalid_usage', 'JwtError'],
]
const exported = errors as unknown as Record<string, ErrorClass>

describe('error classes', () => {
  it.each(classes)('%s has the code %s and extends %s', (name, code, parent) => {
    const error = new exported[name]!('text', { reason: 'x' }, { cause: 5 })
    expect(error).toMatchObject({ name, code, message: 'text', detail: { reason: 'x' }, cause: 5 })
    expect(Object.getPrototypeOf(exported[name])).toBe(exported[parent])
    expect(error).toBeInstanceOf(errors.JwtError)
    expect(error).toBeInstanceOf(Error)
    expect(errors.isJwtError(error)).toBe(true)
    expect(errors.isTokenError(error)).toBe(error instanceof errors.InvalidTokenError)
    expect(String(error)).toBe(`${name}: text`)
    expect(error.stack).toContain(name)
    expect(JSON.parse(JSON.stringify(error))).toEqual({ code, detail: { reason: 'x' } })
    expect(inspect(error)).toContain(code)
  })

  it('the table is complete, and no code serves two classes', () => {
    const found = Object.keys(errors).filter((name) => name.endsWith('Error') && name !== 'JwtError' && !name.startsWith('is'))
    expect(found.sort()).toEqual(classes.map(([name]) => name).sort())
    expect(new Set(classes.map(([, code]) => code)).size).toBe(classes.length)
  })

  it('a BackendError says whether to try again', () => {
    expect(new errors.BackendError('x', { retryable: true }).retryable).toBe(true)
    expect(new errors.BackendError('x', { retryable: 'yes' }).retryable).toBe(false)
    expect(new errors.BackendError('x').retryable).toBe(false)
  })
})

describe('isJwtError', () => {
  const revoked = Proxy.revocable({}, {})
  revoked.revoke()
  it.each([
    ['undefined', undefined],
    ['null', null],
    ['text', 'JwtError'],
    ['an Error', new Error('x')],
    ['an error of the same name and code', Object.assign(new Error('x'), { name: 'UsageError', code: 'invalid_usage' })],
    ['a plain object', { code: 'invalid_usage', name: 'UsageError', message: 'x' }],
    ['the class', errors.JwtError],
    ['a revoked proxy', revoked.proxy],
    [
      'a proxy whose every trap throws',
      new Proxy(
        {},
        new Proxy(
          {},
          {
            get: () => () => {
              throw new Error('trap')
            },
          },
        ),
      ),
    ],
  ])('is false for %s, and never throws', (_name, value) => {
    expect(errors.isJwtError(value)).toBe(false)
    expect(errors.isTokenError(value)).toBe(false)
  })
})

describe('a second copy of the package', () => {
  const folder = mkdtempSync(join(tmpdir(), 'copy-'))
  const outfile = join(folder, 'copy.cjs')
  const built = buildSync({
    entryPoints: [join(import.meta.dirname, '../../src/node.ts')],
    bundle: true,
    platform: 'node',
    format: 'cjs',
    minify: true,
    outfile,
    write: true,
    logLevel: 'error',
    metafile: true,
  })
  const other = createRequire(import.meta.url)(outfile) as Record<string, (...args: unknown[]) => unknown>
  rmSync(folder, { recursive: true })
  const expired = forged({ exp: 1 })
  const options = { algorithms: ['HS256'], now: clock }
  const caught = (call: () => unknown): unknown => {
    try {
      return call()
    } catch (error) {
      return error
    }
  }

  it('is another copy, minified', () => {
    expect(Object.keys(built.metafile.outputs)).toHaveLength(1)
    expect(other['JwtError']).not.toBe(errors.JwtError)
  })

  it('throws errors that this copy knows, under the same names', () => {
    const error = caught(() => other['decode']!(expired, secret, options))
    expect(error).not.toBeInstanceOf(errors.JwtError)
    expect(errors.isJwtError(error)).toBe(true)
    expect(error).toMatchObject({ name: 'ExpiredSignatureError', code: 'token_expired' })
  })

  it('lends its keys, Verifiers and Signers', () => {
    const key = other['importKey']!(secret, { type: 'secret' })
    expect(decode(forged({ a: 1 }), key as SecretKey, { algorithms: ['HS256'] })).toEqual({ a: 1 })
    const { verifier } = other['node'] as unknown as { verifier: (name: string, key: unknown) => never }
    expect(decode(forged({ a: 1 }), verifier('HS256', key), {})).toEqual({ a: 1 })
  })

  it("tryDecode gives the token's fault as a value also when a VerifierSource of the other copy found it", () => {
    const KeyNotFoundError = other['KeyNotFoundError'] as unknown as ErrorClass
    const source = {
      mode: 'sync' as const,
      algorithms: ['HS256'],
      candidates: (): never => {
        throw new KeyNotFoundError('No key')
      },
    }
    expect(caught(() => tryDecode(expired, source, {}))).toMatchObject({ ok: false, error: { code: 'key_not_found' } })
  })
})

describe('another realm', () => {
  it('its errors are known: a test runner gives each file a realm of its own', () => {
    const { outputFiles } = buildSync({
      entryPoints: [join(import.meta.dirname, '../../src/core/errors.ts')],
      bundle: true,
      format: 'iife',
      globalName: 'copy',
      write: false,
      logLevel: 'error',
    })
    const context = createContext({})
    const error: unknown = runInContext(`${outputFiles[0]!.text}; new copy.UsageError('x')`, context)
    expect(error).not.toBeInstanceOf(Error)
    expect(errors.isJwtError(error)).toBe(true)
  })
})
