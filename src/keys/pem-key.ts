import { InvalidKeyError, isJwtError } from '../core/errors.ts'
import { readCurve } from './algorithm-identifier.ts'
import { readDer } from './der.ts'
import { type DerStructure, derStructure, type ReadKey, readDerKey } from './der-key.ts'
import { type PemBlock, parsePem, writePem } from './pem.ts'
import { readSec1 } from './pkcs8.ts'
import type { KeyPlatform } from './platform.ts'

export type Passphrase = string | Uint8Array

const structures: Readonly<Record<string, DerStructure>> = {
  'PUBLIC KEY': 'spki',
  'PRIVATE KEY': 'pkcs8',
  'ENCRYPTED PRIVATE KEY': 'encrypted-pkcs8',
  'RSA PUBLIC KEY': 'pkcs1-public',
  'RSA PRIVATE KEY': 'pkcs1-private',
  'EC PRIVATE KEY': 'sec1',
  CERTIFICATE: 'certificate',
  'X509 CERTIFICATE': 'certificate',
}

const request = 'This is a certificate request: take its key with openssl req -pubkey -noout, or pass the certificate'
const refusals: Readonly<Record<string, string>> = {
  'CERTIFICATE REQUEST': request,
  'NEW CERTIFICATE REQUEST': request,
  'TRUSTED CERTIFICATE': 'This is an OpenSSL trusted certificate: convert it with openssl x509',
  'OPENSSH PRIVATE KEY': 'This is an OpenSSH private key: convert it with ssh-keygen -p -m PKCS8 -f <file>',
  'DSA PRIVATE KEY': 'This is a DSA key, which JOSE does not sign with: use RSA, EC or Ed25519',
  'EC PARAMETERS': 'The PEM text holds EC parameters but no key: pass the EC PRIVATE KEY block',
  'X509 CRL': 'This is a certificate revocation list, not a key',
  'PGP PUBLIC KEY BLOCK': 'This is an OpenPGP key: JOSE keys are PEM, JWK or SSH keys',
  'PGP PRIVATE KEY BLOCK': 'This is an OpenPGP key: JOSE keys are PEM, JWK or SSH keys',
}

/** The one key of a PEM text, decrypted where it is encrypted. @throws InvalidKeyError */
export function readPemKey(platform: KeyPlatform, text: string, passphrase?: Passphrase): ReadKey {
  const { block, curve } = onlyKey(parsePem(text))
  const structure = Object.hasOwn(structures, block.label) ? structures[block.label] : undefined
  if (structure === undefined) {
    const known = Object.hasOwn(refusals, block.label) ? refusals[block.label] : undefined
    throw new InvalidKeyError(known ?? 'The label of the PEM block names no key format read here')
  }
  if (block.legacyEncrypted || structure === 'encrypted-pkcs8') return onCurve(readEncrypted(platform, block.text, passphrase), curve)
  refusePassphrase(passphrase)
  return readLabelled(platform, block, structure, curve)
}

/** An encrypted PKCS#8 in DER. @throws InvalidKeyError */
export function readEncryptedDer(platform: KeyPlatform, bytes: Uint8Array, passphrase?: Passphrase): ReadKey {
  return readEncrypted(platform, writePem('ENCRYPTED PRIVATE KEY', bytes), passphrase)
}

/** @throws InvalidKeyError where a passphrase is given for a key that is not encrypted */
export function refusePassphrase(passphrase: Passphrase | undefined): void {
  if (passphrase === undefined) return
  throw new InvalidKeyError('A passphrase is given, but the key is not encrypted: leave the passphrase out, or encrypt the key')
}

interface KeyBlock {
  readonly block: PemBlock
  /** Named by an EC PARAMETERS block before it. */
  readonly curve?: string
}

function onlyKey(blocks: readonly PemBlock[]): KeyBlock {
  const [first, second, third] = blocks as readonly [PemBlock, ...PemBlock[]]
  if (second === undefined) return { block: first }
  // openssl ecparam -genkey writes the parameters in a block of their own.
  if (first.label === 'EC PARAMETERS' && second.label === 'EC PRIVATE KEY' && third === undefined) {
    return { block: second, curve: readCurve(readDer(first.bytes)) }
  }
  if (blocks.every(({ label }) => structures[label] === 'certificate')) {
    throw new InvalidKeyError('The PEM text is a chain of certificates: pass the first one only, that of the signer')
  }
  throw new InvalidKeyError('The PEM text holds several blocks: pass exactly one key')
}

function onCurve(key: ReadKey, curve: string | undefined): ReadKey {
  const { material } = key
  if (curve === undefined || ('crv' in material && material.crv === curve)) return key
  throw new InvalidKeyError('The EC PARAMETERS name another curve than the key')
}

function readLabelled(
  platform: KeyPlatform,
  block: PemBlock,
  structure: Exclude<DerStructure, 'encrypted-pkcs8'>,
  curve?: string,
): ReadKey {
  const found = derStructure(block.bytes)
  if (found !== structure) {
    const detail = { label: block.label, found }
    throw new InvalidKeyError('The PEM block holds another key format than its label says; detail.label and detail.found name both', detail)
  }
  if (curve === undefined) return readDerKey(platform, structure, block.bytes)
  return { type: 'private', material: readSec1(platform, readDer(block.bytes), curve) }
}

function readEncrypted(platform: KeyPlatform, pem: string, passphrase: Passphrase | undefined): ReadKey {
  if (passphrase === undefined)
    throw new InvalidKeyError('The key is encrypted: pass its passphrase to importKey', { reason: 'passphrase_missing' })
  if (!platform.decryptPem) {
    throw new InvalidKeyError('This entry cannot decrypt keys: use signet-jwt/node, or decrypt it with openssl pkcs8 -topk8 -nocrypt', {
      reason: 'decryption_unsupported',
    })
  }
  const der = decrypted(platform.decryptPem.bind(platform), pem, passphrase)
  if (derStructure(der) !== 'pkcs8') throw new InvalidKeyError('The decrypted key is not PKCS#8', { reason: 'decryption_failed' })
  return readDerKey(platform, 'pkcs8', der)
}

function decrypted(decrypt: NonNullable<KeyPlatform['decryptPem']>, pem: string, passphrase: Passphrase): Uint8Array {
  try {
    return decrypt(pem, passphrase)
  } catch (error) {
    if (isJwtError(error)) throw error
    throw new InvalidKeyError('The key could not be decrypted: the passphrase is wrong or the key is damaged', {
      reason: 'passphrase_wrong',
    })
  }
}
