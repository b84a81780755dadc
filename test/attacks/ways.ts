/** The ways in which a program may have one token judged. The verdict must not depend on the way. */
import { type Api, type AttackCase, decoderOptions, keyOf, tokenOf, Unsupported } from './adapter.ts'

export interface Outcome {
  readonly accepted: boolean
  readonly claims?: Record<string, unknown>
  readonly error?: unknown
}

export async function attempt(call: () => unknown): Promise<Outcome> {
  try {
    return { accepted: true, claims: (await call()) as Record<string, unknown> }
  } catch (error) {
    if (error instanceof Unsupported) throw error
    return { accepted: false, error }
  }
}

type Decode = (token: never) => unknown
interface Prepared {
  readonly decode: Decode
  readonly decodeComplete: Decode
}

export const cache = { maxEntries: 100, maxAge: { seconds: 600 } }

/** A prepared decoder, or what was thrown instead of one, again at each use. */
async function prepare(make: () => Prepared): Promise<() => Prepared> {
  const { claims, error } = await attempt(make)
  return () => {
    if (claims) return claims as unknown as Prepared
    throw error
  }
}

/**
 * Runs cases on decoders that are made once for each key, allow-list and options, and that have verified the good tokens
 * there are for them: what a decoder remembers of those must help no other token.
 */
export function runner(api: Api, cases: readonly AttackCase[]): (one: AttackCase) => Promise<readonly (readonly [string, Outcome])[]> {
  const nameOf = ({ key, algorithms, options }: AttackCase): string => JSON.stringify([key, algorithms, options])
  const good = new Map<string, unknown[]>()
  for (const one of cases) {
    if (one.expect === 'accept' && one.token !== undefined) good.set(nameOf(one), [...(good.get(nameOf(one)) ?? []), one.token])
  }
  const kept = new Map<string, readonly (() => Prepared)[]>()
  const decodersOf = async (one: AttackCase): Promise<readonly (() => Prepared)[]> => {
    const found = kept.get(nameOf(one))
    if (found) return found
    const make = (more: object) => () =>
      api.createDecoder(keyOf(api, one.key, one.algorithms) as never, { ...decoderOptions(one), ...more } as never)
    const decoders = [await prepare(make({})), await prepare(make({ cache }))]
    for (const decoder of decoders) {
      for (const token of good.get(nameOf(one)) ?? []) await attempt(() => decoder().decode(token as never))
    }
    kept.set(nameOf(one), decoders)
    return decoders
  }
  return async (one) => {
    const token = tokenOf(one) as never
    const oneCall = (): unknown => api.decode(token, keyOf(api, one.key, one.algorithms) as never, decoderOptions(one) as never)
    const [prepared, cached] = (await decodersOf(one)) as [() => Prepared, () => Prepared]
    const complete = async (decoder: () => Prepared): Promise<unknown> =>
      ((await decoder().decodeComplete(token)) as { readonly claims: unknown }).claims
    const calls: readonly (readonly [string, () => unknown])[] = [
      ['one call', oneCall],
      ['one call again', oneCall],
      ['prepared', () => prepared().decode(token)],
      ['prepared again', () => prepared().decode(token)],
      ['prepared, complete', () => complete(prepared)],
      ['cached', () => cached().decode(token)],
      ['cached again', () => cached().decode(token)],
      ['cached, complete', () => complete(cached)],
    ]
    const outcomes: (readonly [string, Outcome])[] = []
    for (const [way, call] of calls) outcomes.push([way, await attempt(call)])
    return outcomes
  }
}
