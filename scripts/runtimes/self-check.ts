/**
 * Every algorithm on every backend: sign, verify, refuse what was changed, and agree with the other backends and with tokens
 * made elsewhere. The library is handed in, so that one source checks the built package in each runtime.
 */

import type { KeyBackend } from '../../src/keys/backend.ts'
import type * as NobleEntry from '../../src/noble.ts'
import { checkCell, type Signed, verifyForeign } from './cell.ts'
import type { Jwk, Natively } from './natively.ts'
import { type Cell, makeReport, type Outcome, type PrintedReport } from './report.ts'

type Untyped<F> = F extends (...args: any[]) => any ? (...args: any[]) => any : F

/** An entry point of the package. Untyped, since sync and async entries differ in nothing else. */
export type Entry = {
  readonly [N in 'encode' | 'decode' | 'importKey' | 'generateKey' | 'generateSecret' | 'exportPem' | 'isJwtError']: Untyped<
    (typeof NobleEntry)[N]
  >
}

export interface Library {
  readonly entry: Entry
  readonly backend: KeyBackend
  /** What the runtime offers beneath this backend; absent for the one that needs nothing of it. */
  readonly natively?: Natively
}

export interface Reference {
  readonly algorithm: string
  readonly key: string
  readonly token: string
  readonly by: string
}

export interface Fixtures {
  readonly claims: Readonly<Record<string, unknown>>
  readonly keys: Readonly<Record<string, Jwk>>
  readonly references: readonly Reference[]
  readonly encrypted: { readonly key: string; readonly passphrase: string; readonly pem: string }
}

export interface Subject {
  readonly fixtures: Fixtures
  readonly libraries: readonly Library[]
  /** Checks beside the table. */
  readonly others: () => Promise<readonly Outcome[]>
  /** The backend that the main entry turned out to have. */
  readonly main: string
}

export async function selfCheck({ fixtures, libraries, others, main }: Subject): Promise<PrintedReport> {
  const cells: Cell[] = []
  for (const reference of fixtures.references) {
    const jwk = fixtures.keys[reference.key]!
    const checked: { readonly library: Library; readonly signed: Signed }[] = []
    for (const library of libraries) checked.push({ library, signed: await checkCell(library, reference, jwk, fixtures.claims) })
    for (const { library, signed } of checked) {
      const crossed: Outcome[] = []
      for (const {
        library: other,
        signed: { token },
      } of checked) {
        if (!signed.verifies || other === library || token === undefined) continue
        crossed.push(await verifyForeign(library, reference.algorithm, jwk, fixtures.claims, other.backend.name, token))
      }
      cells.push({ algorithm: rowName(reference, jwk), backend: library.backend.name, outcomes: [...signed.outcomes, ...crossed] })
    }
  }
  return makeReport(
    main,
    libraries.map(({ backend }) => backend.name),
    cells,
    await others(),
  )
}

/** EdDSA serves two curves and so has two rows. */
function rowName({ algorithm }: Reference, jwk: Jwk): string {
  return algorithm === 'EdDSA' ? `EdDSA (${jwk['crv']})` : algorithm
}
