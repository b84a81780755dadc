import { randomBytes } from 'node:crypto'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

export const tokenLabel = 'signet-test'
export const pin = '1234'
const soPin = '5678'
const root = fileURLToPath(new URL('../..', import.meta.url))
const cache = 'node_modules/.cache/pkcs11'

/** The module, the library and what makes a token; or what is missing. */
export function findEverything() {
  const library = findLibrary()
  const pkcs11js = findPkcs11js()
  const missing = [
    library === undefined && 'SoftHSM2: apt-get install softhsm2 (or set SOFTHSM2_LIB to the path of libsofthsm2.so)',
    pkcs11js === undefined &&
      `pkcs11js: npm install --no-save --prefix ${cache} pkcs11js@2.1.7 (it is compiled: python3, make and g++ are needed)`,
  ].filter(Boolean)
  if (missing.length > 0) return { missing: ['test:pkcs11 needs, and does not install:', ...missing].join('\n  ') }
  const folder = mkdtempSync(join(tmpdir(), 'signet-softhsm-'))
  mkdirSync(join(folder, 'tokens'))
  writeFileSync(
    join(folder, 'softhsm2.conf'),
    `directories.tokendir = ${join(folder, 'tokens')}\nobjectstore.backend = file\nlog.level = ERROR\n`,
  )
  process.env.SOFTHSM2_CONF = join(folder, 'softhsm2.conf')
  const module = new pkcs11js.PKCS11()
  module.load(library)
  const everything = { module, pkcs11js, library, folder, secret: randomBytes(64), pkcs11jsVersion: pkcs11js.version }
  return {
    ...everything,
    get version() {
      const { manufacturerID, libraryVersion } = module.C_GetInfo()
      return `${manufacturerID.trim()} ${libraryVersion.major}.${libraryVersion.minor}`
    },
    makeToken: () => makeToken(pkcs11js, everything),
    removeToken: () => renameSync(join(folder, 'tokens'), join(folder, 'away')) ?? mkdirSync(join(folder, 'tokens')),
    returnToken: () => rmSync(join(folder, 'tokens'), { recursive: true }) ?? renameSync(join(folder, 'away'), join(folder, 'tokens')),
  }
}

function findLibrary() {
  const multiarch = ['/usr/lib', '/usr/lib64', '/usr/local/lib', '/opt/homebrew/lib'].flatMap((folder) => [folder, ...subfolders(folder)])
  const candidates = multiarch.flatMap((folder) => ['softhsm', 'pkcs11', '.'].map((name) => join(folder, name, 'libsofthsm2.so')))
  return [process.env.SOFTHSM2_LIB, ...candidates].find((path) => path && existsSync(path))
}

function subfolders(folder) {
  return existsSync(folder)
    ? readdirSync(folder, { withFileTypes: true })
        .filter((entry) => entry.isDirectory())
        .map(({ name }) => join(folder, name))
    : []
}

function findPkcs11js() {
  for (const folder of [process.env.PKCS11JS_PREFIX, join(root, cache), root]) {
    try {
      const require = createRequire(join(folder ?? '', 'package.json'))
      const found = require('pkcs11js')
      return Object.assign(Object.create(found), { version: JSON.parse(readFileSync(require.resolve('pkcs11js/package.json'))).version })
    } catch {
      // The next folder.
    }
  }
  return undefined
}

const curves = {
  p256: '06082a8648ce3d030107',
  p384: '06052b81040022',
  p521: '06052b81040023',
  k256: '06052b8104000a',
  ed25519: '130c656477617264733235353139',
  ed448: '130a65647761726473343438',
}

/** A fresh token and the hands of its administrator. */
function makeToken(pk, { module, secret }) {
  let session
  const start = () => {
    try {
      module.C_Initialize({ flags: pk.CKF_OS_LOCKING_OK })
    } catch (error) {
      if (!/ALREADY_INITIALIZED/.test(error.message)) throw error
    }
  }
  const slot = () => module.C_GetSlotList(true).find((handle) => module.C_GetTokenInfo(handle).label.replace(/[\0 ]+$/, '') === tokenLabel)
  const login = () => {
    start()
    session = module.C_OpenSession(slot(), pk.CKF_SERIAL_SESSION | pk.CKF_RW_SESSION)
    try {
      module.C_Login(session, pk.CKU_USER, pin)
    } catch (error) {
      if (!/ALREADY_LOGGED_IN/.test(error.message)) throw error
    }
  }
  start()
  const free = module.C_GetSlotList(true)[0]
  // The standard wants 32 characters, and the module reads as many.
  module.C_InitToken(free, soPin, tokenLabel.padEnd(32))
  session = module.C_OpenSession(slot(), pk.CKF_SERIAL_SESSION | pk.CKF_RW_SESSION)
  module.C_Login(session, pk.CKU_SO, soPin)
  module.C_InitPIN(session, pin)
  module.C_Logout(session)
  module.C_CloseSession(session)
  login()

  const value = (type, given) => ({ type, value: given })
  const named = (label) => [value(pk.CKA_TOKEN, true), value(pk.CKA_LABEL, label), value(pk.CKA_ID, Buffer.from(label))]
  const hidden = [value(pk.CKA_PRIVATE, true), value(pk.CKA_SENSITIVE, true), value(pk.CKA_EXTRACTABLE, false), value(pk.CKA_SIGN, true)]
  const mechanismFor = (label) => ({
    mechanism: label === 'rsa' ? pk.CKM_RSA_PKCS_KEY_PAIR_GEN : label.startsWith('ed') ? 0x1055 : pk.CKM_EC_KEY_PAIR_GEN,
  })
  const kindOf = (label) =>
    label === 'rsa'
      ? [value(pk.CKA_MODULUS_BITS, 2048), value(pk.CKA_PUBLIC_EXPONENT, Buffer.from([1, 0, 1]))]
      : [value(pk.CKA_EC_PARAMS, Buffer.from(curves[label] ?? curves.p256, 'hex'))]
  const alive = () => {
    try {
      module.C_GetSessionInfo(session)
    } catch {
      login()
    }
  }
  const makePair = (label) => {
    alive()
    module.C_GenerateKeyPair(
      session,
      mechanismFor(label),
      [...named(label), value(pk.CKA_VERIFY, true), ...kindOf(label)],
      [...named(label), ...hidden],
    )
  }
  return {
    secret,
    makePair,
    importSecret: (label, bytes) => {
      const type = [value(pk.CKA_CLASS, pk.CKO_SECRET_KEY), value(pk.CKA_KEY_TYPE, pk.CKK_GENERIC_SECRET)]
      module.C_CreateObject(session, [...type, ...named(label), ...hidden, value(pk.CKA_VERIFY, true), value(pk.CKA_VALUE, bytes)])
    },
    replacePair: (label) => {
      alive()
      module.C_FindObjectsInit(session, [value(pk.CKA_LABEL, label)])
      const old = module.C_FindObjects(session, 10)
      module.C_FindObjectsFinal(session)
      for (const object of old) module.C_DestroyObject(session, object)
      makePair(label)
    },
    closeAllSessions: () => module.C_CloseAllSessions(slot()),
    logout: () => {
      alive()
      module.C_Logout(session)
    },
    finalize: () => module.C_Finalize(),
  }
}

export function closeToken({ folder, module }) {
  try {
    module.C_Finalize()
  } catch {
    // Shut down already.
  }
  rmSync(folder, { recursive: true, force: true })
}

/** The module with another C_SignAsync: a device that never answers. */
export function hangingSign(module) {
  return wrap(module, { C_SignAsync: () => new Promise(() => {}) })
}

/** The module, counting its sessions. */
export function counting(module) {
  let now = 0
  let most = 0
  const opened = (...given) => {
    const session = module.C_OpenSession(...given)
    most = Math.max(most, ++now)
    return session
  }
  const closed = (session) => {
    module.C_CloseSession(session)
    now--
  }
  return { module: wrap(module, { C_OpenSession: opened, C_CloseSession: closed }), open: () => now, most: () => most }
}

function wrap(module, changes) {
  return new Proxy(module, {
    get: (target, name) => {
      const member = Object.hasOwn(changes, name) ? changes[name] : target[name]
      return typeof member === 'function'
        ? (...given) => (Object.hasOwn(changes, name) ? member(...given) : member.apply(target, given))
        : member
    },
  })
}
