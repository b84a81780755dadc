import { utf8 } from '../core/bytes.ts'
import {
  InvalidAlgorithmError,
  InvalidIssuerError,
  InvalidJTIError,
  InvalidSignatureError,
  InvalidSubjectError,
  InvalidTokenError,
  KeyNotFoundError,
} from '../core/errors.ts'
import { andThen, disown, type In, type Mode, run } from '../core/mode.ts'
import { isAlgorithmName } from '../core/names.ts'
import { badOption, readOptions, readText, readTextOrNull } from '../core/options.ts'
import type { Verifier } from '../keys/backend.ts'
import { audienceCheck, textCheck, timeCheck, typCheck } from './checks.ts'
import type { Claims, Header } from './claims.ts'
import { decodeSegment, defaultMaxTokenLength, malformed, parsePart, splitCompact } from './compact.ts'
import { isVerifier } from './verifier-list.ts'

/** The options of a small decoder: those that nearly every program needs. Any other name is refused. */
export interface SmallDecodeOptions {
  /** Expected `iss`; `null` waives the check. */
  readonly issuer: string | null
  /** Expected audience; `null` waives the check. */
  readonly audience: string | null
  /** Expected header type, such as "at+jwt". */
  readonly typ?: string
  /** Clock difference granted on exp, nbf and iat, in seconds. */
  readonly leeway?: number
}

/** A decoder of one Verifier. */
export interface SmallDecoder<M extends Mode> {
  readonly mode: M
  /** The claims of a good token. @throws InvalidTokenError (401), BackendError (503) */
  decode(token: string): In<M, Claims>
}

function readLeeway(value: unknown, option: string): number {
  if (typeof value === 'number' && value >= 0 && value < Infinity) return value
  throw badOption(option, 'seconds')
}

/**
 * A decoder with one key and few options, for programs whose size matters. It judges tokens as `createDecoder` does, by
 * the same rules in the same order; an extension in `crit` is always refused. @throws UsageError
 */
export function createSmallDecoder<M extends Mode>(verifier: Verifier<string, M>, options: SmallDecodeOptions): SmallDecoder<M> {
  return run('sync', () => {
    const { mode, algorithm } = verifier
    const {
      issuer,
      audience,
      typ,
      leeway = 0,
    } = readOptions(options, { issuer: readTextOrNull, audience: readTextOrNull, typ: readText, leeway: readLeeway })
    if (issuer === undefined || audience === undefined) throw badOption('issuer, audience', 'a string, null')
    if (!isVerifier(verifier) || !isAlgorithmName(algorithm)) throw badOption('verifier', 'a Verifier')
    const checks = [
      typ ? typCheck(typ) : undefined,
      timeCheck('iat', { leeway }),
      timeCheck('nbf', { leeway }),
      timeCheck('exp', { leeway }),
      textCheck('iss', InvalidIssuerError, issuer === null ? null : [issuer]),
      audienceCheck(audience === null ? null : [audience]),
      textCheck('sub', InvalidSubjectError, null),
      textCheck('jti', InvalidJTIError, null),
    ]
    return Object.freeze({
      mode,
      decode: (token: string) =>
        run(mode, (): In<M, Claims> => {
          const segments = splitCompact(token, defaultMaxTokenLength)
          const header = parsePart(decodeSegment(segments.header, 'header'), 'header') as Header
          const payload = decodeSegment(segments.payload, 'payload')
          const signature = decodeSegment(segments.signature, 'signature')
          const { b64, kid, alg } = header
          const has = (name: string): boolean => Object.hasOwn(header, name)
          if (has('b64') && b64 !== true) throw malformed('b64', { part: 'header' })
          const claim = has('kid') && typeof kid !== 'string' ? 'kid' : ['zip', 'crit'].find(has)
          if (claim) throw new InvalidTokenError('', { claim })
          if (!has('alg') || alg !== algorithm) throw new InvalidAlgorithmError('', { allowed: [algorithm] })
          if (has('kid') && (verifier.kid ?? kid) !== kid) throw new KeyNotFoundError('')
          return andThen(mode, verifier.verify(utf8(segments.signingInput), signature), (holds) => {
            if (holds !== true) {
              disown(holds)
              throw new InvalidSignatureError('')
            }
            const claims: Claims = parsePart(payload, 'payload')
            const seconds = Date.now() / 1000
            for (const check of checks) {
              const failure = check?.(claims, header, seconds)
              if (failure) throw failure
            }
            return claims
          })
        }),
    })
  })
}
