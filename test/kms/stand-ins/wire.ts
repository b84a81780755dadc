// A STAND-IN: what the loopback key services of these tests have in common. No vendor's code.

export interface WireRequest {
  readonly method: string
  readonly path: string
  readonly headers: Readonly<Record<string, string | undefined>>
  readonly body: any
}

export interface WireAnswer {
  readonly status: number
  readonly headers?: Readonly<Record<string, string>>
  readonly body: any
  /** How the server ends it: whole, with its last half missing, or not at all. */
  readonly end?: 'whole' | 'truncated' | 'never'
  readonly delayMilliseconds?: number
}

export interface StandIn {
  /** The algorithms the real service has, by the names of JWA. */
  readonly algorithms: readonly string[]
  readonly requests: WireRequest[]
  /** Changes answers, or makes them up, before they are sent. */
  intercept: ((request: WireRequest, answer: () => WireAnswer) => WireAnswer) | undefined
  answer(request: WireRequest): WireAnswer
}

export function standIn(algorithms: readonly string[], serve: (request: WireRequest) => WireAnswer): StandIn {
  const stand: StandIn = {
    algorithms,
    requests: [],
    intercept: undefined,
    answer: (request) => {
      stand.requests.push(request)
      const answer = (): WireAnswer => serve(request)
      return stand.intercept ? stand.intercept(request, answer) : answer()
    },
  }
  return stand
}

export const kindOf: Readonly<Record<string, 'rsa' | 'P-256' | 'P-384' | 'P-521' | 'secp256k1' | 'ed25519' | 'hmac'>> = {
  RS256: 'rsa',
  RS384: 'rsa',
  RS512: 'rsa',
  PS256: 'rsa',
  PS384: 'rsa',
  PS512: 'rsa',
  ES256: 'P-256',
  ES384: 'P-384',
  ES512: 'P-521',
  ES256K: 'secp256k1',
  EdDSA: 'ed25519',
  Ed25519: 'ed25519',
  HS256: 'hmac',
  HS384: 'hmac',
  HS512: 'hmac',
}
