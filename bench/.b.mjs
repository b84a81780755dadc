import { bundle } from './bundles.mjs'
import { writeFileSync } from 'node:fs'
import { gzipSync } from 'node:zlib'
const b=await bundle(`import { createSmallDecoder } from 'signet-jwt/core'
  import { hs256Verifier } from 'signet-jwt/noble'
  export const decoderFor = (...key) => createSmallDecoder(hs256Verifier(...key), { issuer: 'a', audience: 'b' })`)
writeFileSync('/tmp/small.mjs',b); console.log(b.length,gzipSync(b,{level:9}).length,gzipSync(b).length)
