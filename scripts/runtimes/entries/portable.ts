/** The self-check for runtimes without node:crypto: browsers and workers. */
import * as main from 'signet-jwt'
import * as noble from 'signet-jwt/noble'
import * as webcrypto from 'signet-jwt/webcrypto'
import fixtures from '../fixtures.json' with { type: 'json' }
import { webCryptoNatively } from '../natively.ts'
import { backendOf, otherChecks } from '../others.ts'
import type { PrintedReport } from '../report.ts'
import { type Fixtures, selfCheck } from '../self-check.ts'

const given = fixtures as unknown as Fixtures

export function run(): Promise<PrintedReport> {
  return selfCheck({
    fixtures: given,
    libraries: [
      { entry: noble, backend: noble.noble },
      { entry: webcrypto, backend: webcrypto.webcrypto, natively: webCryptoNatively },
    ],
    others: () => otherChecks(main, 'noble', given),
    main: backendOf(main, given),
  })
}
