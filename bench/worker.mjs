// Measures one cell in a process of its own, so that no cell depends on what ran before it.
import { faultOf } from './check.mjs'
import { contestants } from './contestants/index.mjs'
import { judgeToken, makeBadTokens, makeRing, signToken } from './material.mjs'
import { takeTurns } from './measure.mjs'
import { measureMemory } from './memory.mjs'

/** Those who do the cell's work, and why the others do not take part. */
async function admit(job) {
  const { algorithm, operation, bytes, keys } = job
  const claims = makeRing(bytes)
  const ring = operation === 'sign' ? claims : claims.map((one) => signToken(algorithm, keys, one))
  const badTokens = operation === 'sign' ? [] : makeBadTokens(algorithm, keys, bytes)
  const judge = (token) => judgeToken(algorithm, keys, token)
  const admitted = []
  const refused = {}
  for (const name of job.contestants) {
    const made = await contestants[name].make(job)
    if (made === undefined) continue
    const fault = await faultOf({ operation, call: made.call, ring, claims, badTokens, judge })
    if (fault === undefined) admitted.push({ name, ...made })
    else refused[name] = fault
  }
  return { ring, admitted, refused }
}

/** Nothing where the contestant that the cell is about does not take part. */
async function measureTimes({ contestants: [own], flight }, admitted, ring, settings) {
  if (!admitted.some(({ name }) => name === own)) return []
  // Processor time says nothing of work that is spread over threads.
  return takeTurns(admitted, ring, { ...settings, flight, clock: flight > 1 ? 'wall' : settings.clock })
}

process.once('message', async ({ job, settings }) => {
  const { ring, admitted, refused } = await admit(job)
  const measured = settings.memory ? await measureMemory(admitted, ring, settings) : await measureTimes(job, admitted, ring, settings)
  process.send({ refused, measured }, () => process.disconnect())
})
