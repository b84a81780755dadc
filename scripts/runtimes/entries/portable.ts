/** The self-check for runtimes without node:crypto: browsers and workers. */
import * as main from 'signet-jwt'
import * as noble from 'signet-jwt/noble'
import * as webcrypto from 'signet-jwt/webcrypto'
import fixtures from '../fixtures.json'
import { webCryptoNatively } from '../natively.ts'
import { backendOf, otherChecks } from '../others.ts'
import type { Report } from '../report.ts'
import { type Fixtures, selfCheck } from '../self-check.ts'

const given = fixtures as Fixtures

export function run(): Promise<Report> {
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
