import { textOf } from '../core/bytes.ts'
import { InvalidKeyError } from '../core/errors.ts'
import { decodeBase64 } from './base64.ts'
import { decodePoint, ecMaterial } from './ec.ts'
import type { EcMaterial, OkpMaterial, RsaMaterial } from './key.ts'
import { okpMaterial } from './okp.ts'
import { rsaMaterial } from './rsa.ts'

/** Whether text starts with the type of an OpenSSH public key, readable or not. */
export function startsLikeSsh(text: string): boolean {
  return /^(?:ssh-|ecdsa-sha2-|sk-ssh-|sk-ecdsa-)\S+[ \t]/.test(text.trimStart())
}

// Options as in authorized_keys, with quoted values; then type, base64 and a comment.
const line = /^(?:(?:[^\s"]|"(?:\\.|[^"\\])*")+[ \t]+)??((?:ssh-|ecdsa-sha2-|sk-ssh-|sk-ecdsa-)[\w@.-]+)[ \t]+(\S+)(?:[ \t].*)?$/

/**
 * An OpenSSH public key of one line: type, base64, and perhaps options before and a comment behind (RFC 4253 §6.6,
 * RFC 5656 §3.1, RFC 8709 §4).
 * @throws InvalidKeyError
 */
export function readSshKey(text: string): RsaMaterial | EcMaterial | OkpMaterial {
  const trimmed = text.trim()
  if (/[\r\n]/.test(trimmed)) throw new InvalidKeyError('The SSH text has several lines: pass exactly one key')
  const [, type, base64] = line.exec(trimmed) ?? []
  if (type === undefined || base64 === undefined) throw malformedSsh()
  if (type.startsWith('sk-')) throw new InvalidKeyError('SSH keys of security keys (sk-…) sign SSH challenges only, not tokens')
  if (type === 'ssh-dss') throw new InvalidKeyError('This is a DSA key, which JOSE does not sign with: use RSA, EC or Ed25519')
  if (type.includes('-cert-')) throw new InvalidKeyError('This is an SSH certificate: pass the public key itself')
  const blob = decodeBase64(base64)
  if (blob === undefined) throw malformedSsh()
  const [name, ...fields] = sshStrings(blob)
  // The type outside is a label; the one inside belongs to the key.
  if (textOf(name!) !== type) throw new InvalidKeyError('The SSH key holds another type than it says')
  return readFields(type, fields)
}

function readFields(type: string, fields: readonly Uint8Array[]): RsaMaterial | EcMaterial | OkpMaterial {
  const [first, second, extra] = fields
  if (type === 'ssh-rsa' && first && second && !extra) return rsaMaterial(positive(second), positive(first))
  if (type === 'ssh-ed25519' && first && !second) return okpMaterial('Ed25519', first)
  if (type === 'ssh-ed448' && first && !second) return okpMaterial('Ed448', first)
  const curve = /^ecdsa-sha2-nistp(256|384|521)$/.exec(type)?.[1]
  if (curve !== undefined && first && second && !extra) {
    if (textOf(first) !== `nistp${curve}`) throw new InvalidKeyError('The SSH key holds another curve than its type says')
    const { x, y } = decodePoint(`P-${curve}`, second)
    return ecMaterial(`P-${curve}`, x, y)
  }
  if (/^ssh-(?:rsa|ed25519|ed448)$/.test(type) || curve !== undefined) throw malformedSsh()
  throw new InvalidKeyError('The SSH key is of a type not read here: use ssh-rsa, ssh-ed25519 or ecdsa-sha2-nistp256, -384, -521')
}

/** The length-prefixed strings that make up a blob (RFC 4251 §5), at least one and at most four. */
function sshStrings(blob: Uint8Array): readonly Uint8Array[] {
  const view = new DataView(blob.buffer, blob.byteOffset, blob.byteLength)
  const strings: Uint8Array[] = []
  for (let at = 0; at < blob.length; ) {
    if (blob.length - at < 4 || strings.length === 4) throw malformedSsh()
    const length = view.getUint32(at)
    if (length > blob.length - at - 4) throw malformedSsh()
    strings.push(blob.slice(at + 4, at + 4 + length))
    at += 4 + length
  }
  if (strings.length === 0) throw malformedSsh()
  return strings
}

/** An mpint that is positive and minimal (RFC 4251 §5), without its sign octet. */
function positive(mpint: Uint8Array): Uint8Array {
  const [first = 0x80, second = 0] = mpint
  if (first >= 0x80 || (first === 0 && second < 0x80)) throw malformedSsh()
  return first === 0 ? mpint.slice(1) : mpint
}

function malformedSsh(): InvalidKeyError {
  return new InvalidKeyError('The SSH public key is malformed: it is damaged or cut short')
}
