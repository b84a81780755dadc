// Nobody is measured who does not do the work: a contestant that signs wrongly or accepts a bad token is refused.
import { isDeepStrictEqual } from 'node:util'

/** What is wrong with a contestant, or `undefined`. `judge` gives the claims of a good token and `undefined` for any other. */
export async function faultOf({ operation, call, ring, claims, badTokens, judge }) {
  try {
    return operation === 'sign' ? await signingFault(call, ring, judge) : await verifyingFault(call, ring, claims, badTokens)
  } catch (error) {
    return `it throws: ${error.message}`
  }
}

async function signingFault(call, ring, judge) {
  for (const claims of ring) {
    if (!isDeepStrictEqual(judge(await call(claims)), claims)) return 'it signs wrongly'
  }
  return undefined
}

// Twice, so that what a contestant remembers from the first pass is put to the test in the second.
async function verifyingFault(call, ring, claims, badTokens) {
  for (const pass of ['at first sight', 'when seen before']) {
    for (const [index, token] of ring.entries()) {
      if (!isDeepStrictEqual({ ...(await call(token)) }, claims[index])) return `it returns wrong claims ${pass}`
    }
    for (const { what, token } of badTokens) {
      if (await accepts(call, token)) return `it accepts ${what} ${pass}`
    }
  }
  return undefined
}

async function accepts(call, token) {
  try {
    await call(token)
    return true
  } catch {
    return false
  }
}
