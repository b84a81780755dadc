import { type Algorithm, hashLength } from '../../algorithms/algorithm.ts'
import { concat } from '../../core/bytes.ts'
import { InvalidKeyError } from '../../core/errors.ts'
import type { RemoteCall, RemoteKey, RemoteSnapshot } from '../../keys/remote.ts'
import type { Connection } from './connection.ts'
import { attribute, type Handle } from './cryptoki.ts'
import { backendName, failureKind, fault, returnValue, rv } from './failures.ts'
import type { Recipe } from './mechanisms.ts'
import { findKey, namesOf, readNumber } from './objects.ts'
import type { SessionPool } from './pool.ts'
import { findPublicKey, namedPublicKey } from './public-key.ts'

/** The longest signature there is: an RSA modulus of 16384 bits. */
const longestSignature = 2048

export interface KeyOnToken {
  readonly connection: Connection
  readonly pool: SessionPool
  readonly algorithm: Algorithm
  readonly recipe: Recipe
  readonly label?: string
  readonly id?: Uint8Array
  readonly allowWeakKey: boolean
}

/** A key found and used through its token's sessions. */
export function keyOnToken<A extends string>(key: KeyOnToken, use: 'sign' | 'verify'): RemoteKey<A> {
  const { pool, algorithm, recipe } = key
  return {
    backend: backendName,
    algorithm: algorithm as Algorithm<A>,
    input: recipe.input,
    signatureEncoding: 'raw',
    capabilities: use === 'sign' ? ['sign'] : algorithm.family === 'HMAC' ? ['verify'] : [],
    // A handle names one object until the module or the token goes away; both end the snapshot.
    snapshotLifetime: '5m',
    snapshot: ({ signal }) => pool.use(signal, (session) => look(key, session, use)),
    failure: failureKind,
  }
}

function look(key: KeyOnToken, session: Handle, use: 'sign' | 'verify'): RemoteSnapshot {
  const { connection, algorithm, recipe, label } = key
  const alone =
    use === 'verify' && algorithm.family !== 'HMAC'
      ? namedPublicKey(connection, session, namesOf(key), recipe.keyTypes[0]!, algorithm)
      : undefined
  if (alone) return { publicKey: alone }
  const object = findKey(connection, session, { keyClass: recipe.keyClass, keyTypes: recipe.keyTypes, names: namesOf(key) })
  if (algorithm.family === 'HMAC') checkSecret(key, session, object)
  const publicKey = algorithm.family === 'HMAC' ? undefined : findPublicKey(connection, session, object, algorithm, label)
  const asks = readNumber(connection, session, object, attribute.alwaysAuthenticate) === 1
  const epoch = connection.epoch()
  // After the module was started anew, the same handle may name another key.
  const checkEpoch = (): void => {
    if (connection.epoch() !== epoch) throw fault('retryable', 'The token was found anew: its keys are looked for again at the next call')
  }
  return {
    ...(publicKey && { publicKey }),
    ...(use === 'sign' && {
      sign: (input: Uint8Array, call: RemoteCall) =>
        key.pool.use(call.signal, (now) => {
          checkEpoch()
          return sign(key, now, object, asks, input)
        }),
    }),
    ...(use === 'verify' && {
      verify: (input: Uint8Array, mac: Uint8Array, call: RemoteCall) =>
        key.pool.use(call.signal, (now) => {
          checkEpoch()
          return verify(key, now, object, input, mac)
        }),
    }),
  }
}

async function sign(
  { connection, recipe }: KeyOnToken,
  session: Handle,
  object: Handle,
  asks: boolean,
  input: Uint8Array,
): Promise<Uint8Array> {
  const { module } = connection
  const data = recipe.prefix ? concat(recipe.prefix, input) : input
  module.C_SignInit(session, recipe.mechanism, object)
  if (asks) await connection.authenticate(session)
  const room = new Uint8Array(longestSignature)
  return module.C_SignAsync ? await module.C_SignAsync(session, data, room) : module.C_Sign(session, data, room)
}

async function verify(
  { connection, recipe }: KeyOnToken,
  session: Handle,
  object: Handle,
  input: Uint8Array,
  mac: Uint8Array,
): Promise<boolean> {
  const { module } = connection
  module.C_VerifyInit(session, recipe.mechanism, object)
  try {
    return module.C_VerifyAsync ? await module.C_VerifyAsync(session, input, mac) : module.C_Verify(session, input, mac)
  } catch (error) {
    const value = returnValue(error)
    if (value === rv.signatureInvalid || value === rv.signatureLengthRange) return false
    throw error
  }
}

/** RFC 7518 §3.2, where the token shows how long the secret is. */
function checkSecret({ connection, algorithm, allowWeakKey }: KeyOnToken, session: Handle, object: Handle): void {
  const length = readNumber(connection, session, object, attribute.valueLength)
  if (length === undefined || allowWeakKey || length >= hashLength(algorithm.hash!)) return
  throw new InvalidKeyError(
    'The secret on the token is too short for its algorithm (RFC 7518 §3.2): use detail.minBits bits, or allowWeakKey',
    {
      algorithm: algorithm.name,
      bits: length * 8,
      minBits: algorithm.minKeyBits!,
    },
  )
}
