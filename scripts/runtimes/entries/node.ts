/** The self-check for runtimes that have node:crypto. */
import * as crypto from 'node:crypto'
import * as main from 'signet-jwt'
import * as noble from 'signet-jwt/noble'
import * as node from 'signet-jwt/node'
import * as webcrypto from 'signet-jwt/webcrypto'
import fixtures from '../fixtures.json' with { type: 'json' }
import { nodeNatively, webCryptoNatively } from '../natively.ts'
import { backendOf, otherChecks } from '../others.ts'
import { pooled } from '../pooled.ts'
import type { PrintedReport } from '../report.ts'
import { type Fixtures, selfCheck } from '../self-check.ts'

const given = fixtures as unknown as Fixtures

/** `expected` is the backend that the bundle's conditions give the main entry. */
export function run(expected: 'node' | 'noble'): Promise<PrintedReport> {
  return selfCheck({
    fixtures: given,
    libraries: [
      { entry: noble, backend: noble.noble },
      { entry: node, backend: node.node, natively: nodeNatively(crypto) },
      pooled(node, node.nodeAsync, nodeNatively(crypto)),
      { entry: webcrypto, backend: webcrypto.webcrypto, natively: webCryptoNatively },
    ],
    others: () => otherChecks(main, expected, given),
    main: backendOf(main, given),
  })
}
