import { fastJwt, fastJwtCache } from './fast-jwt.mjs'
import { jose } from './jose.mjs'
import { jsonwebtoken } from './jsonwebtoken.mjs'
import { limit } from './limit.mjs'
import { nodeRs } from './node-rs.mjs'
import { plainNoble } from './plain-noble.mjs'
import { signet, signetAsync, signetCache, signetNoble, signetWebcrypto } from './signet.mjs'

/** By name. `make(job)` gives `{ call, later? }`, or `undefined` where the contestant has no such thing; packages load when made. */
export const contestants = {
  signet,
  'signet-noble': signetNoble,
  'signet-webcrypto': signetWebcrypto,
  'signet-async': signetAsync,
  'signet-cache': signetCache,
  'fast-jwt': fastJwt,
  'fast-jwt-cache': fastJwtCache,
  jsonwebtoken,
  jose,
  'node-rs': nodeRs,
  'plain-noble': plainNoble,
  limit,
}
