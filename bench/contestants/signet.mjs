// The library itself, from the built files: `SIGNET_DIST` names another folder.
import { createSecretKey } from 'node:crypto'
import { pathToFileURL } from 'node:url'
import { policy } from '../material.mjs'

const folder = process.env.SIGNET_DIST ? pathToFileURL(`${process.env.SIGNET_DIST}/`) : new URL('../../dist/', import.meta.url)
const load = (entry) => import(new URL(`${entry}.js`, folder).href)

const keyOf = ({ operation, keys }) => keys.secret ?? (operation === 'sign' ? keys.privatePem : keys.publicPem)

async function make(entry, job, extra = {}) {
  const { createDecoder, createEncoder, decode, encode } = await load(entry)
  const { algorithm, operation, use } = job
  const key = keyOf(job)
  if (use === 'naive') {
    return operation === 'sign'
      ? (claims) => encode(claims, key, { algorithm })
      : (token) => decode(token, key, { algorithms: [algorithm], issuer: policy.issuer, audience: policy.audience })
  }
  return operation === 'sign'
    ? createEncoder(key, { algorithm, issuer: null, audience: null }).encode
    : createDecoder(key, { algorithms: [algorithm], ...policy, ...extra }).decode
}

export const signet = { make: async (job) => ({ call: await make('index.node', job) }) }
export const signetNoble = { make: async (job) => ({ call: await make('noble', job) }) }
export const signetWebcrypto = { make: async (job) => ({ call: await make('webcrypto', job), later: true }) }

/** Absent where this version has no cache of verified tokens. */
export const signetCache = {
  async make(job) {
    try {
      return { call: await make('index.node', job, { cache: { maxEntries: 1000, maxAge: { seconds: 600 } } }) }
    } catch (error) {
      if (error.name === 'UsageError') return undefined
      throw error
    }
  },
}

/** The backend of `signet-jwt/node` that uses the thread pool; absent where this version has none. */
export const signetAsync = {
  async make(job) {
    const entry = await load('node')
    const backend = Object.values(entry).find((value) => value?.mode === 'async' && typeof value.verifier === 'function')
    if (backend === undefined) return undefined
    const key = entry.importKey(job.keys.secret ? createSecretKey(Buffer.from(job.keys.secret)) : keyOf(job))
    const call =
      job.operation === 'sign'
        ? entry.createEncoder(backend.signer(job.algorithm, key), { issuer: null, audience: null }).encode
        : entry.createDecoder(backend.verifier(job.algorithm, key), policy).decode
    return { call, later: true }
  },
}
