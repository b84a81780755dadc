import { createHmac, createPrivateKey, type KeyObject, sign as nodeSign } from 'node:crypto'
import { p256 } from '@noble/curves/nist.js'
import { node } from '../../src/backends/node/index.ts'
import type { Attribute, Cryptoki, Handle, Mechanism } from '../../src/backends/pkcs11/cryptoki.ts'
import { exportPem } from '../../src/keys/export.ts'
import { materialOf, type PrivateKey } from '../../src/keys/key.ts'
import { jwkOf } from '../jwk-of.ts'

/** A fault as pkcs11js throws it. */
export function ckr(name: string, code: number): Error {
  return Object.assign(new Error(name), { code })
}

type Values = ReadonlyMap<number, Uint8Array>
interface FakeObject {
  readonly values: Values
  readonly key?: KeyObject | Uint8Array
}

const ulong = (value: number): Uint8Array => {
  const bytes = new Uint8Array(8)
  new DataView(bytes.buffer).setUint32(0, value, true)
  return bytes
}
const text = (value: string): Uint8Array => new TextEncoder().encode(value)

/** A token in memory with the quirks that real ones have: what it shows of a key is up to the test. */
export function fakeToken(
  change: { readonly pin?: string; readonly labels?: readonly string[]; readonly mechanisms?: readonly number[] } = {},
  around: (sign: Cryptoki['C_Sign']) => Cryptoki['C_Sign'] = (sign) => sign,
) {
  const { pin = '1234', labels = ['fake'], mechanisms = [0x40, 0x43, 0x1041, 0x1057, 0x251] } = change
  const objects: FakeObject[] = []
  const sessions = new Map<string, { found: Handle[]; key?: FakeObject; mechanism?: Mechanism }>()
  const calls: string[] = []
  let loggedIn = false
  let opened = 0
  let closed = 0
  const name = (handle: Handle): string => Buffer.from(handle).toString('hex')
  const at = (session: Handle) => {
    const found = sessions.get(name(session))
    if (!found) throw ckr('CKR_SESSION_HANDLE_INVALID', 0xb3)
    return found
  }
  const object = (handle: Handle): FakeObject => {
    const found = objects[handle[0]!]
    if (!found) throw ckr('CKR_OBJECT_HANDLE_INVALID', 0x82)
    return found
  }
  const matches = ({ values }: FakeObject, template: readonly Attribute[]): boolean =>
    template.every(({ type, value }) => {
      const wanted = typeof value === 'number' ? ulong(value) : typeof value === 'string' ? text(value) : (value as Uint8Array)
      return Buffer.from(values.get(type) ?? []).equals(wanted)
    })
  const module: Cryptoki = {
    load: () => {},
    C_Initialize: () => {},
    C_Finalize: () => {
      sessions.clear()
      loggedIn = false
    },
    C_GetSlotList: () => labels.map((_label, i) => Uint8Array.of(i, 0, 0, 0, 0, 0, 0, 0)),
    C_GetTokenInfo: (slot) => ({ label: labels[slot[0]!]!.padEnd(32, '\0') }),
    C_GetMechanismList: () => [...mechanisms],
    C_OpenSession: () => {
      const session = ulong(++opened)
      sessions.set(name(session), { found: [] })
      return session
    },
    C_CloseSession: (session) => {
      at(session)
      sessions.delete(name(session))
      closed++
      if (sessions.size === 0) loggedIn = false
    },
    C_GetSessionInfo: (session) => ({ state: at(session) && loggedIn ? 1 : 0 }),
    C_Login: (session, user, given) => {
      at(session)
      calls.push(`login ${user} ${given}`)
      if (given !== pin) throw ckr('CKR_PIN_INCORRECT', 0xa0)
      if (loggedIn && user === 1) throw ckr('CKR_USER_ALREADY_LOGGED_IN', 0x100)
      loggedIn = true
    },
    C_FindObjectsInit: (session, template) => {
      const state = at(session)
      state.found = objects.flatMap((candidate, i) => (loggedIn && matches(candidate, template) ? [Uint8Array.of(i)] : []))
    },
    C_FindObjects: (session, most) => at(session).found.slice(0, most),
    C_FindObjectsFinal: () => {},
    C_GetAttributeValue: (_session, handle, template) =>
      template.map(({ type }) => {
        const value = object(handle).values.get(type)
        if (!value) throw ckr('CKR_ATTRIBUTE_TYPE_INVALID', 0x12)
        return { value: Buffer.from(value) }
      }),
    C_SignInit: (session, mechanism, handle) => Object.assign(at(session), { key: object(handle), mechanism }),
    C_Sign: around((session, input) => {
      const { key, mechanism } = at(session)
      return signature(key!.key!, mechanism!.mechanism, input)
    }),
    C_VerifyInit: (session, mechanism, handle) => Object.assign(at(session), { key: object(handle), mechanism }),
    C_Verify: (session, input, mac) => {
      const { key, mechanism } = at(session)
      if (Buffer.from(signature(key!.key!, mechanism!.mechanism, input)).equals(mac)) return true
      throw ckr('CKR_SIGNATURE_INVALID', 0xc0)
    },
  }
  const add = (values: readonly (readonly [number, Uint8Array])[], key?: KeyObject | Uint8Array): void =>
    void objects.push({ values: new Map(values), ...(key && { key }) })
  return {
    module,
    calls,
    /** Sessions that nobody has closed. */
    open: () => opened - closed,
    logout: () => {
      loggedIn = false
    },
    closeAll: () => sessions.clear(),
    destroyAll: () => {
      objects.length = 0
    },
    add,
    addSecret: (label: string, secret: Uint8Array) =>
      add(
        [
          [0, ulong(4)],
          [3, text(label)],
          [0x100, ulong(0x10)],
          [0x161, ulong(secret.length)],
        ],
        secret,
      ),
    /** A P-256 pair; `show` decides which public values exist and how they are written. */
    addPair: (
      label: string,
      show: (
        point: Uint8Array,
        spki: Uint8Array,
      ) => { readonly publicPoint?: Uint8Array; readonly onPrivate?: readonly (readonly [number, Uint8Array])[] } = (point) => ({
        publicPoint: point,
      }),
    ) => {
      const key = node.generate('ES256') as PrivateKey
      const { x, y } = materialOf(key) as { x: Uint8Array; y: Uint8Array }
      const point = Buffer.concat([Uint8Array.of(4), x, y])
      const parameters = Buffer.from('06082a8648ce3d030107', 'hex')
      const names: readonly (readonly [number, Uint8Array])[] = [
        [3, text(label)],
        [0x102, text(label)],
        [0x100, ulong(3)],
        [0x180, parameters],
      ]
      const spki = Buffer.from(exportPem(key.publicKey).replace(/-----.*-----|\s/g, ''), 'base64')
      const { publicPoint, onPrivate = [] } = show(point, spki)
      add([[0, ulong(3)], ...names, ...onPrivate], createPrivateKey(exportPem(key)))
      if (publicPoint) add([[0, ulong(2)], ...names, [0x181, publicPoint]])
      return key
    },
  }
}

function signature(key: KeyObject | Uint8Array, mechanism: number, input: Uint8Array): Uint8Array {
  if (key instanceof Uint8Array) return createHmac('sha256', key).update(input).digest()
  if (mechanism !== 0x1041) return nodeSign('sha256', input, { key, dsaEncoding: 'ieee-p1363' })
  return p256.sign(input, Buffer.from(jwkOf(key).d!, 'base64url'), { prehash: false, lowS: false })
}
