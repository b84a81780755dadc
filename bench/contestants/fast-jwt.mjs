import { policy } from '../material.mjs'

async function make({ algorithm, operation, use, keys }, cache) {
  const { createSigner, createVerifier } = (await import('fast-jwt')).default
  const key = keys.secret ?? (operation === 'sign' ? keys.privatePem : keys.publicPem)
  const makeCall =
    operation === 'sign'
      ? () => createSigner({ key, algorithm })
      : () => createVerifier({ key, algorithms: [algorithm], allowedIss: policy.issuer, allowedAud: policy.audience, cache })
  return { call: use === 'naive' ? (input) => makeCall()(input) : makeCall() }
}

export const fastJwt = { make: (job) => make(job, false) }
export const fastJwtCache = { make: (job) => make(job, 1000) }
