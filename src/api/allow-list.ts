import { type AlgorithmRegistry, registry as shipped } from '../algorithms/registry.ts'
import { UsageError } from '../core/errors.ts'
import { badOption, readText } from '../core/options.ts'

/** The registry option, or the shipped one. @throws UsageError */
export function readRegistry(value: unknown): AlgorithmRegistry {
  if (value === undefined) return shipped
  const { names, has, get } = Object(value) as Partial<AlgorithmRegistry>
  if (Array.isArray(names) && typeof has === 'function' && typeof get === 'function') return value as AlgorithmRegistry
  throw badOption('registry', 'an AlgorithmRegistry')
}

/** The one algorithm to sign with. @throws UsageError unless it is a registered name */
export function readAlgorithm(value: unknown, registry: AlgorithmRegistry): string {
  if (typeof value === 'string' && registry.has(value)) return value
  throw new UsageError('algorithm is the exact name of a registered algorithm, such as "ES256"; detail.known lists them', {
    option: 'algorithm',
    known: registry.names,
  })
}

/** The allow-list (RFC 8725 §3.1): registered names, and not HMAC beside public-key algorithms. @throws UsageError */
export function readAllowList(value: unknown, registry: AlgorithmRegistry): readonly string[] {
  if (!Array.isArray(value) || value.length === 0) {
    throw new UsageError('algorithms is required: a non-empty array of the only names that may run, such as ["ES256"]', {
      option: 'algorithms',
    })
  }
  const names = new Set<string>(Array.from(value, (name: unknown) => readText(name, 'algorithms')))
  for (const name of names) {
    if (!registry.has(name)) {
      throw new UsageError('algorithms names one that is not registered; names are exact, and "none" is none; detail.known lists them', {
        option: 'algorithms',
        known: registry.names,
      })
    }
  }
  const symmetric = [...names].filter((name) => registry.get(name)!.family === 'HMAC').length
  if (symmetric > 0 && symmetric < names.size) {
    throw new UsageError('algorithms mixes HMAC with public-key algorithms, which lets a public key pass for a secret: use two decoders')
  }
  return Object.freeze([...names])
}
