// The stores of examples/ on real servers, started here and stopped again. Installs nothing; says what to install and exits
// with 2 where something is missing. Needs a build: npm run test:stores.
import assert from 'node:assert/strict'
import { execFileSync, spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { createDecoder, createEncoder, importJwks } from 'signet-jwt'
import { createKeyRing } from 'signet-jwt/jwks'
import { redisStore } from '../examples/redis-store.mjs'

const cache = 'node_modules/.cache/redis'
const { createClient, missing } = findEverything()
if (missing.length > 0) {
  console.error(['test:stores needs, and does not install:', ...missing].join('\n  '))
  process.exit(2)
}

function findEverything() {
  const client = findClient()
  const server = findServer()
  return {
    createClient: client,
    missing: [
      !server && 'a Redis server: apt-get install redis-server',
      !client && `its client: npm install --no-save --prefix ${cache} redis@5`,
    ].filter(Boolean),
  }
}

function findClient() {
  try {
    return createRequire(join(process.cwd(), cache, 'package.json'))('redis').createClient
  } catch {
    return undefined
  }
}

function findServer() {
  try {
    return execFileSync('redis-server', ['--version'], { encoding: 'utf8' })
  } catch {
    return undefined
  }
}

const folder = mkdtempSync(join(tmpdir(), 'signet-redis-'))
const socket = join(folder, 'socket')
const undecided = { issuer: null, audience: null }
let server
const clients = []

async function connect() {
  const client = createClient({ socket: { path: socket, tls: false, reconnectStrategy: (tries) => (tries < 100 ? 20 : false) } })
  client.on('error', () => undefined)
  await client.connect()
  clients.push(client)
  return client
}

before(async () => {
  console.log(findServer().trim())
  server = spawn('redis-server', ['--port', '0', '--unixsocket', socket, '--save', '', '--dir', folder], { stdio: 'ignore' })
  await connect()
})
after(async () => {
  for (const client of clients) if (client.isOpen) client.destroy()
  server.kill()
  rmSync(folder, { recursive: true, force: true })
})

const ringOver = (client, more = {}) =>
  createKeyRing({ algorithm: 'ES256', store: redisStore(client, 'ring'), refresh: '0s', publishFor: '0s', ...more })

test('ten clients that rotate at once make one rotation, several times over', async () => {
  const rings = await Promise.all(Array.from({ length: 10 }, async () => ringOver(await connect(), { publishFor: '1h' })))
  for (let round = 0; round < 10; round++) {
    const results = await Promise.all(rings.map((ring) => ring.rotate({ force: round > 0 })))
    const rotated = results.filter((result) => result.rotated).length
    assert.ok(round === 0 || rotated >= 1)
    assert.equal(results.flatMap((result) => result.created).length, round === 0 ? 2 : rotated)
  }
})

test('one client signs while another rotates; the published set verifies every token', async () => {
  const [signing, rotating] = [ringOver(await connect()), ringOver(await connect())]
  await rotating.rotate()
  const encoder = createEncoder(signing, undecided)
  const tokens = []
  for (let i = 0; i < 300; i++) {
    tokens.push(await encoder.encode({ sub: String(i) }))
    if (i % 10 === 0) await rotating.rotate({ force: true })
  }
  const decoder = createDecoder(importJwks(await signing.jwks()), { ...undecided, algorithms: ['ES256'] })
  for (const [index, token] of tokens.entries()) assert.equal(decoder.decode(token).sub, String(index))
})

test('a lost race changes nothing', async () => {
  const store = redisStore(await connect(), 'race')
  const state = { format: 1, rotations: 0, keys: [] }
  assert.equal(await store.save(state, undefined), true)
  const { version } = await store.load()
  assert.equal(await store.save(state, undefined), false)
  assert.equal(await store.save({ ...state, rotations: 1 }, version), true)
  assert.equal(await store.save({ ...state, rotations: 2 }, version), false)
  assert.equal((await store.load()).state.rotations, 1)
})

test('a server that goes away is a typed error', async () => {
  const client = await connect()
  const ring = ringOver(client, { staleFor: '0s' })
  await ring.jwks()
  client.destroy()
  await assert.rejects(ring.jwks(), (error) => error.code === 'backend_failure' && error.retryable)
})
