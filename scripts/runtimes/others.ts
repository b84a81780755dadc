import { describe } from './attempt.ts'
import { webCryptoNatively } from './natively.ts'
import type { Outcome } from './report.ts'
import type { Entry, Fixtures } from './self-check.ts'

/** Which backend an entry works with. The pure one says of itself that it does not sign with RSA. */
export function backendOf(entry: Entry, fixtures: Fixtures): string {
  try {
    entry.encode({}, fixtures.keys['rsa2048'], { algorithm: 'RS256' })
    return 'node'
  } catch (error) {
    const { detail } = error as { detail?: { backend?: unknown } }
    return typeof detail?.backend === 'string' ? detail.backend : describe(error)
  }
}

/** The main entry, where this runtime is expected to get `expected` by the package's conditions. */
export async function otherChecks(entry: Entry, expected: string, fixtures: Fixtures): Promise<Outcome[]> {
  return [
    await outcome(`the main entry works with ${expected}`, () => backendOf(entry, fixtures) === expected || backendOf(entry, fixtures)),
    await outcome('a CryptoKey with the main entry', () => cryptoKeyWith(entry, fixtures)),
    await outcome('a generated token id', () => entry.encode({}, fixtures.keys['hs32'], { algorithm: 'HS256', jwtId: true }).length > 80),
    await outcome('keys are redacted in logs', () => isRedacted(entry, fixtures)),
    await outcome('encrypted PEM', () => encryptedPem(entry, expected, fixtures)),
  ]
}

/** `true` is a pass; text is the fault. */
async function outcome(check: string, run: () => unknown): Promise<Outcome> {
  try {
    const result = await run()
    return result === true
      ? { check, status: 'passed' }
      : { check, status: result === 'refused' ? 'refused' : 'failed', note: String(result) }
  } catch (error) {
    return { check, status: 'failed', note: describe(error) }
  }
}

async function cryptoKeyWith(entry: Entry, { keys, claims, references }: Fixtures): Promise<boolean | string> {
  const { token } = references.find(({ algorithm }) => algorithm === 'ES256')!
  const native = await webCryptoNatively('ES256', keys['p256']!, token)
  if (!native.signing) return 'refused'
  const answer: unknown = entry.encode(claims, native.signing, { algorithm: 'ES256' })
  if (!(answer instanceof Promise)) return 'encode with a CryptoKey is no promise'
  const read: unknown = await entry.decode(await answer, native.verifying, { algorithms: ['ES256'] })
  return JSON.stringify(read) === JSON.stringify(claims)
}

type Inspect = (value: unknown) => string

function isRedacted(entry: Entry, { keys }: Fixtures): boolean | string {
  const { Deno, Bun } = globalThis as { Deno?: { inspect: Inspect }; Bun?: { inspect: Inspect } }
  const inspects: readonly Inspect[] = [String, JSON.stringify as Inspect, ...(Deno ? [Deno.inspect] : []), ...(Bun ? [Bun.inspect] : [])]
  for (const jwk of Object.values(keys)) {
    const key = caught(() => entry.importKey(jwk))
    // What the runtime lacks is judged elsewhere.
    if (entry.isJwtError(key)) continue
    for (const inspect of inspects) {
      const text = inspect({ key }) + inspect([key]) + inspect(key)
      if (text.includes(jwk['d'] ?? jwk['k']!) || /Uint8Array|"d"|"k"|\bd:|\bk:/.test(text)) return `a key of ${jwk['kty']} shows itself`
    }
  }
  return true
}

/** Only node:crypto decrypts; the pure backend says so. */
function encryptedPem(entry: Entry, expected: string, { encrypted, keys }: Fixtures): boolean | string {
  const { pem, passphrase, key } = encrypted
  const wrong = caught(() => entry.importKey(pem, { type: 'private', passphrase: 'wrong' }))
  if (!entry.isJwtError(wrong)) return `a wrong passphrase gives ${describe(wrong)}`
  if (expected !== 'node') {
    const refusal = caught(() => entry.importKey(pem, { type: 'private', passphrase }))
    return entry.isJwtError(refusal) ? 'refused' : `expected a refusal, got ${describe(refusal)}`
  }
  const read = entry.importKey(pem, { type: 'private', passphrase })
  const token: string = entry.encode({ a: 1 }, read, { algorithm: 'ES256' })
  return entry.decode(token, entry.importKey(keys[key]!).publicKey, { algorithms: ['ES256'] }).a === 1
}

/** The error, or the value where there is none. */
function caught(run: () => unknown): unknown {
  try {
    return run()
  } catch (error) {
    return error
  }
}
