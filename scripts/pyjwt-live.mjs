// Compares this library with PyJWT, live:
//   1. makes a Python environment with PyJWT (kept in node_modules/.cache, which git ignores),
//   2. writes the vectors anew and compares them with those committed in vectors/pyjwt,
//   3. signs with every algorithm and backend of the built package; PyJWT verifies, with the vectors' keys and fresh ones,
//   4. lets PyJWT sign with the same keys; every backend verifies.
// Needs `npm run build` first, and python3 with venv and pip.
//   node scripts/pyjwt-live.mjs [--python PATH]     PATH: an interpreter that has PyJWT already
import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { isDeepStrictEqual, parseArgs } from 'node:util'

const wanted = '2.15'
const root = fileURLToPath(new URL('..', import.meta.url))
const vectors = join(root, 'vectors', 'pyjwt')
const environment = join(root, 'node_modules', '.cache', 'pyjwt-venv')
const windows = process.platform === 'win32'

const algorithms = [
  ['HS256', 'hs32'],
  ['HS384', 'hs48'],
  ['HS512', 'hs64'],
  ['RS256', 'rsa2048'],
  ['RS384', 'rsa3072'],
  ['RS512', 'rsa4096'],
  ['PS256', 'rsa2048'],
  ['PS384', 'rsa3072'],
  ['PS512', 'rsa4096'],
  ['ES256', 'p256'],
  ['ES384', 'p384'],
  ['ES512', 'p521'],
  ['ES256K', 'secp256k1'],
  ['EdDSA', 'ed25519'],
  ['EdDSA', 'ed448'],
]

// What a backend does not do; it must then say InvalidKeyError.
const lacks = {
  node: () => false,
  noble: (alg, operation) => operation === 'sign' && /^[RP]S/.test(alg),
  webcrypto: (alg) => alg === 'ES256K',
}

// WebCrypto does not compute the public half that a PKCS#8 text of these keys leaves out.
const unreadable = (name, stored, kind) => name === 'webcrypto' && stored.startsWith('ed') && kind === 'pem'

function stop(message) {
  console.error(message)
  process.exit(1)
}

function run(command, args, input) {
  const done = spawnSync(command, args, { input, encoding: 'utf8', maxBuffer: 1 << 28 })
  return { ok: done.status === 0, out: done.stdout ?? '', err: (done.stderr ?? '') + (done.error ? String(done.error) : '') }
}

function pyjwtVersion(python) {
  const asked = run(python, ['-c', 'import jwt, cryptography; print(jwt.__version__)'])
  return asked.ok ? asked.out.trim() : undefined
}

/** An interpreter with PyJWT: the one given, the environment kept from last time, or a new one. */
function interpreter(given) {
  if (given) {
    const version = pyjwtVersion(given)
    if (version?.startsWith(wanted)) return given
    stop(`${given} has no PyJWT ${wanted} with cryptography: pip install "pyjwt[crypto]==${wanted}.*"`)
  }
  const python = join(environment, windows ? 'Scripts/python.exe' : 'bin/python')
  if (existsSync(python) && pyjwtVersion(python)?.startsWith(wanted)) return python
  const system = ['python3', 'python'].find((name) => run(name, ['-c', 'import sys; assert sys.version_info >= (3, 9)']).ok)
  if (!system) stop('This check needs Python 3.9 or newer: install python3, or pass --python PATH')
  rmSync(environment, { recursive: true, force: true })
  const made = run(system, ['-m', 'venv', environment])
  if (!made.ok) stop(`${system} cannot make an environment: install its venv module (python3-venv on Debian and Ubuntu)\n${made.err}`)
  const installed = run(python, ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', `pyjwt[crypto]==${wanted}.*`])
  if (!installed.ok) stop(`pip cannot install pyjwt[crypto]==${wanted}.*: is there a network, and a package index?\n${installed.err}`)
  return python
}

const readJson = (path) => JSON.parse(readFileSync(path, 'utf8'))
const deterministic = (alg) => /^(HS|RS|EdDSA)/.test(alg)

/** Lines that say where vectors made now are not those committed. */
function staleVectors(python) {
  const folder = mkdtempSync(join(tmpdir(), 'pyjwt-vectors-'))
  try {
    const made = run(python, [join(root, 'vectors', 'generate.py'), '--out', folder, '--keys', join(vectors, 'keys.json')])
    if (!made.ok) stop(`vectors/generate.py failed:\n${made.err}`)
    const [encodeNow, encodeThen] = [folder, vectors].map((place) => readJson(join(place, 'encode.json')))
    const [decodeNow, decodeThen] = [folder, vectors].map((place) => readJson(join(place, 'decode.json')))
    const sameToken = (now, then) => isDeepStrictEqual(now.header, then.header) && (!deterministic(now.alg) || now.token === then.token)
    const sameVerdict = (now, then) => now.varies !== undefined || isDeepStrictEqual(now.verdict, then.verdict)
    console.log(`vectors: ${encodeNow.cases.length} tokens and ${decodeNow.cases.length} verdicts made anew`)
    return [
      ...(isDeepStrictEqual(encodeNow.payloads, encodeThen.payloads) ? [] : ['encode.json: the payload table is another']),
      ...compareRows('encode.json', encodeNow.cases, encodeThen.cases, sameToken),
      ...compareRows('decode.json', decodeNow.cases, decodeThen.cases, sameVerdict),
    ]
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

function compareRows(file, rowsNow, rowsThen, same) {
  const committed = new Map(rowsThen.map((row) => [row.id, row]))
  const isNew = (row) => !committed.has(row.id) || !same(row, committed.get(row.id))
  const faults = rowsNow.filter(isNew).map((row) => `${file}: ${row.id}`)
  return rowsNow.length === rowsThen.length ? faults : [...faults, `${file}: ${rowsNow.length} rows now, ${rowsThen.length} committed`]
}

async function backends() {
  const found = {}
  for (const name of Object.keys(lacks)) {
    const path = join(root, 'dist', `${name}.js`)
    if (!existsSync(path)) stop(`dist/${name}.js is missing: run "npm run build" first`)
    found[name] = await import(new URL(`../dist/${name}.js`, import.meta.url))
  }
  return found
}

const seconds = Math.floor(Date.now() / 1000)
const claimSets = {
  plain: { iss: 'signet', aud: 'api', sub: 'alice', exp: seconds + 3600, nbf: seconds - 5, iat: seconds - 5, jti: 'a-1' },
  unicode: { iss: 'signet', aud: ['other', 'api'], exp: seconds + 3600, name: 'Zoë Ünïcode 山田 😀', quote: '"\\/\b\n\u0001\u007f' },
  values: {
    ...{ iss: 'signet', aud: 'api', exp: seconds + 3600.5, 10: 'a', 9: 'b', big: 2 ** 53 - 1 },
    list: [1, -2.5, 1e21, 1e-7, true, null, { deep: [[]] }],
  },
}

/** Keys both sides can read: those of the vectors as PEM and JWK, and one that the backend makes. */
async function keySets(entry, name, alg, stored) {
  const forms = readJson(join(vectors, 'keys.json')).keys[stored]
  if (forms.kty === 'oct') {
    const { secret, jwk } = forms
    const own = Buffer.from(secret.b64, 'base64')
    const form = { hex: own.toString('hex') }
    return { bytes: { own, ownPublic: own, private: form, public: form }, jwk: asBoth(jwk, jwk) }
  }
  const sets = {
    pem: asBoth(forms.private, forms.public),
    jwk: asBoth(forms.jwk, forms.publicJwk),
    traditional: forms.traditional && asBoth(forms.traditional, forms.public),
  }
  const generator = lacks[name](alg, 'sign') ? undefined : entry.generateKey
  if (generator) {
    const made = await generator(alg, stored === 'ed448' ? { crv: 'Ed448' } : {})
    const [privatePem, publicPem] = [await entry.exportPem(made), await entry.exportPem(made.publicKey)]
    const [privateJwk, publicJwk] = [await entry.exportJwk(made), await entry.exportJwk(made.publicKey)]
    sets['fresh pem'] = { own: made, ownPublic: made.publicKey, private: { text: privatePem }, public: { text: publicPem } }
    sets['fresh jwk'] = { own: made, ownPublic: made.publicKey, private: { jwk: privateJwk }, public: { jwk: publicJwk } }
  }
  return Object.fromEntries(Object.entries(sets).filter(([, set]) => set))
}

function asBoth(privateForm, publicForm) {
  return {
    own: privateForm.text ?? privateForm.jwk,
    ownPublic: publicForm.text ?? publicForm.jwk,
    private: privateForm,
    public: publicForm,
  }
}

/** A table of how many checks held; "refused" are those a backend does not do and says so. */
function counter() {
  const cells = new Map()
  const faults = []
  return {
    faults,
    note(row, column, fault, refused = false) {
      const key = `${row}|${column}`
      const cell = cells.get(key) ?? { good: 0, all: 0, refused: 0 }
      cells.set(key, cell)
      cell.all++
      if (refused) cell.refused++
      if (fault === undefined) cell.good++
      else faults.push(`${row} ${column}: ${fault}`)
    },
    print(columns) {
      const rows = [...new Set([...cells.keys()].map((key) => key.split('|')[0]))]
      const width = 22
      console.log(['', ...columns].map((text, i) => text.padEnd(i ? width : 16)).join(''))
      for (const row of rows) {
        const texts = columns.map((column) => {
          const cell = cells.get(`${row}|${column}`)
          if (!cell) return '-'
          const note = cell.good < cell.all ? ' FAILED' : cell.refused > 0 ? ` (${cell.refused} refused)` : ''
          return `${cell.good}/${cell.all}${note}`
        })
        console.log([row, ...texts].map((text, i) => text.padEnd(i ? width : 16)).join(''))
      }
    },
  }
}

async function refusal(call) {
  try {
    await call()
    return 'was not refused'
  } catch (error) {
    return error?.code === 'invalid_key' ? undefined : `was refused with ${error?.name}, not InvalidKeyError`
  }
}

async function live(python) {
  const table = counter()
  const jobs = []
  const waiting = new Map()
  const ask = (job, settle) => {
    jobs.push({ id: jobs.length, ...job })
    waiting.set(jobs.length - 1, settle)
  }
  for (const [name, entry] of Object.entries(await backends())) {
    for (const [alg, stored] of algorithms) {
      const row = stored.startsWith('ed') ? `${alg} ${stored}` : alg
      for (const [kind, keys] of Object.entries(await keySets(entry, name, alg, stored))) {
        for (const [set, claims] of Object.entries(claimSets)) {
          const refuses = lacks[name](alg, 'sign') || unreadable(name, stored, kind)
          await signJob({ name, entry, alg, row, kind, keys, set, claims, table, ask, refuses })
          verifyJob({ name, entry, alg, row, kind, keys, set, claims, table, ask })
        }
      }
    }
  }
  const asked = run(python, [join(root, 'scripts', 'pyjwt-live.py')], JSON.stringify(jobs))
  if (!asked.ok) stop(`scripts/pyjwt-live.py failed:\n${asked.err}`)
  const { version, answers } = JSON.parse(asked.out)
  for (const answer of answers) await waiting.get(answer.id)(answer)
  console.log(`live: ${jobs.length} checks with PyJWT ${version}; "signs": PyJWT verifies our token, "verifies": we verify PyJWT's`)
  table.print(Object.keys(lacks).flatMap((name) => [`${name} signs`, `${name} verifies`]))
  return table.faults
}

async function signJob({ name, entry, alg, row, kind, keys, set, claims, table, ask, refuses }) {
  const column = `${name} signs`
  const sign = () => entry.encode(claims, keys.own, { algorithm: alg, header: { kid: `${kind} ${set}`, 'x-é': [1] } })
  if (refuses) return table.note(row, column, await refusal(sign), true)
  const token = await sign()
  ask({ do: 'verify', alg, token, key: keys.public }, ({ error, header, claims: found }) => {
    const same = isDeepStrictEqual(found, claims) && isDeepStrictEqual(header, { alg, kid: `${kind} ${set}`, typ: 'JWT', 'x-é': [1] })
    table.note(row, column, same ? undefined : `${kind}, ${set}: ${error ?? 'other claims or header'}`)
  })
}

function verifyJob({ name, entry, alg, row, kind, keys, set, claims, table, ask }) {
  const column = `${name} verifies`
  ask({ do: 'sign', alg, claims, key: keys.private }, async ({ error, token }) => {
    if (error) return table.note(row, column, `${kind}, ${set}: PyJWT: ${error}`)
    const open = () => entry.decodeComplete(token, keys.ownPublic, { algorithms: [alg], issuer: 'signet', audience: 'api' })
    if (lacks[name](alg, 'verify')) return table.note(row, column, await refusal(open), true)
    try {
      const { header, claims: found } = await open()
      const same = isDeepStrictEqual(found, claims) && header.kid === 'pyjwt' && header.alg === alg
      table.note(row, column, same ? undefined : `${kind}, ${set}: other claims or header`)
    } catch (caught) {
      table.note(row, column, `${kind}, ${set}: ${caught}`)
    }
  })
}

const { values } = parseArgs({ options: { python: { type: 'string' } } })
const python = interpreter(values.python)
const faults = [...staleVectors(python), ...(await live(python))]
for (const fault of faults) console.error(`FAILED ${fault}`)
console.log(faults.length === 0 ? 'all good' : `${faults.length} failed`)
process.exit(faults.length === 0 ? 0 : 1)
