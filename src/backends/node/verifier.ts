import type { AlgorithmName } from '../../algorithms/registry.ts'
import { algorithms } from '../../algorithms/table.ts'
import { UsageError } from '../../core/errors.ts'
import { type Mode, run } from '../../core/mode.ts'
import type { Verifier } from '../../keys/backend.ts'
import { bindVerifier } from '../../keys/define-backend.ts'
import type { PublicKey, SecretKey } from '../../keys/key.ts'
import { hmacOperation } from './hmac.ts'
import { backendName } from './key-object.ts'
import { verifying } from './public-key.ts'

/**
 * What `node.verifier(algorithm, key)` makes for the algorithms shipped, for programs that only verify and whose size
 * matters. @throws InvalidKeyError when key and algorithm do not fit (RFC 8725 §3.1), UsageError for any other algorithm
 */
export function nodeVerifier<A extends AlgorithmName>(algorithm: A, key: SecretKey<Mode> | PublicKey<Mode>): Verifier<A, 'sync'> {
  return run('sync', () => {
    const row = algorithms.find(({ name }) => name === algorithm)
    if (!row) throw new UsageError('Not an algorithm of this library')
    const definition = {
      name: backendName,
      mode: 'sync',
      verifying: (_row: typeof row, material: Parameters<typeof hmacOperation>[1]) =>
        row.family === 'HMAC' ? hmacOperation(row, material, false) : verifying(row, material),
    } as const
    return bindVerifier(definition, row, key) as Verifier<A, 'sync'>
  })
}
