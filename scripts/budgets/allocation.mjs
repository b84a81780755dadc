// Run by scripts/budgets.mjs, with its flags: prints the bytes on the JavaScript heap that a call of the prepared forms costs, as
// JSON. How many bytes a program allocates does not depend on the machine's speed.
import { createDecoder, createEncoder, generateKey, generateSecret } from 'signet-jwt'

const samples = 7
const decided = { issuer: 'https://login.example', audience: 'https://api.example' }
const seconds = Math.floor(Date.now() / 1000)
// 64 payloads of 144 bytes, so that nothing but the cache can know a token by its text.
const claims = Array.from({ length: 64 }, (_, index) => ({
  sub: `user-${1000 + index}`,
  iat: seconds,
  exp: seconds + 3600,
  role: 'reader of all there is.',
}))

/** The functions whose calls are measured, with their arguments in turn. */
function subjects() {
  const secret = generateSecret('HS256')
  const pair = generateKey('ES256')
  const encode = (key, algorithm) => createEncoder(key, { ...decided, algorithm }).encode
  const decode = (key, algorithm, more) => createDecoder(key, { ...decided, algorithms: [algorithm], ...more }).decode
  const hs256 = claims.map((one) => encode(secret, 'HS256')(one))
  const es256 = claims.map((one) => encode(pair, 'ES256')(one))
  const cache = { maxEntries: 1000, maxAge: '1h' }
  return [
    { name: 'HS256 encode', call: encode(secret, 'HS256'), inputs: claims, calls: 20_000 },
    { name: 'HS256 decode', call: decode(secret, 'HS256'), inputs: hs256, calls: 20_000 },
    { name: 'ES256 decode', call: decode(pair.publicKey, 'ES256'), inputs: es256, calls: 2000 },
    { name: 'ES256 decode, cache hit', call: decode(pair.publicKey, 'ES256', { cache }), inputs: es256, calls: 20_000 },
  ]
}

function run(call, inputs, calls) {
  for (let index = 0; index < calls; index++) call(inputs[index & 63])
}

/** The median, since a compiler at work in the background adds to single samples. */
function bytesOf({ call, inputs, calls }) {
  run(call, inputs, calls)
  const values = Array.from({ length: samples }, () => {
    globalThis.gc()
    const before = process.memoryUsage().heapUsed
    run(call, inputs, calls)
    return (process.memoryUsage().heapUsed - before) / calls
  })
  return Math.round(values.sort((a, b) => a - b)[samples >> 1])
}

console.log(JSON.stringify(Object.fromEntries(subjects().map((one) => [one.name, bytesOf(one)]))))
