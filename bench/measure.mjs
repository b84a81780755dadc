// The contestants of one cell take turns in short batches, in another order each round. A ratio is taken within a round, so that
// what else the machine does meets both sides; medians and quartiles are over rounds.

/** @returns for each contestant: `times`, nanoseconds a call in each round */
export async function takeTurns(contestants, ring, { rounds, batchMs, warmMs, flight, clock, limitMs }) {
  const runners = []
  const now = clocks[clock]
  const start = performance.now()
  // Where time is limited, half of it is for warming up, and a slow machine makes fewer rounds.
  const warmLimit = limitMs / 2 / contestants.length
  for (const contestant of contestants) runners.push(await prepare(contestant, ring, { batchMs, warmMs, flight, now, warmLimit }))
  for (let round = 0; round < rounds && (round < leastRounds || performance.now() - start < limitMs); round++) {
    for (const runner of shuffled(runners)) runner.times.push((await runner.run(runner.calls)) / runner.calls)
  }
  return runners.map(({ name, times }) => ({ name, times }))
}

const callsToWarm = 6000
const leastRounds = 5

/** Nanoseconds: of the clock on the wall, or of processor time, which other programs on a busy machine disturb less. */
const clocks = {
  wall: () => Number(process.hrtime.bigint()),
  cpu: () => {
    const { user, system } = process.cpuUsage()
    return (user + system) * 1000
  },
}

async function prepare({ name, call, later }, ring, { batchMs, warmMs, flight, now, warmLimit }) {
  const run = later ? (calls) => timeLater(call, ring, calls, flight, now) : (calls) => timeNow(call, ring, calls, now)
  const least = later ? flight * 4 : 4
  let calls = least
  let spent = 0
  let made = 0
  const start = performance.now()
  // The engine optimises after many calls, however long each takes; what is slow by nature gets a limit.
  const cold = () => spent < warmMs * 1e6 || (made < callsToWarm && spent < 4 * warmMs * 1e6)
  while (made === 0 || (cold() && performance.now() - start < warmLimit)) {
    const time = await run(calls)
    spent += time
    made += calls
    calls = Math.max(least, Math.min(100_000, Math.round((batchMs * 1e6 * calls) / time)))
  }
  return { name, run, calls, times: [] }
}

// Results are kept reachable, so that no call can be optimised away.
let sink

export function timeNow(call, ring, calls, now = clocks.wall) {
  const mask = ring.length - 1
  const start = now()
  for (let index = 0; index < calls; index++) sink = call(ring[index & mask])
  return now() - start
}

export async function timeLater(call, ring, calls, flight, now = clocks.wall) {
  const mask = ring.length - 1
  let next = 0
  const lane = async () => {
    while (next < calls) sink = await call(ring[next++ & mask])
  }
  const start = now()
  await Promise.all(Array.from({ length: flight }, lane))
  return now() - start
}

export const lastResult = () => sink

function shuffled(list) {
  const copy = [...list]
  for (let index = copy.length - 1; index > 0; index--) {
    const other = Math.floor(Math.random() * (index + 1))
    ;[copy[index], copy[other]] = [copy[other], copy[index]]
  }
  return copy
}

/** Median and quartiles, linear between neighbours. */
export function quartiles(values) {
  const sorted = [...values].sort((a, b) => a - b)
  const at = (share) => {
    const place = (sorted.length - 1) * share
    const low = Math.floor(place)
    return sorted[low] + (sorted[Math.ceil(place)] - sorted[low]) * (place - low)
  }
  return { median: at(0.5), lower: at(0.25), upper: at(0.75) }
}

/** How many times the first contestant's speed is the other's: quartiles of the ratios taken round by round. */
export function ratioOf(own, other) {
  return quartiles(own.map((time, round) => other[round] / time))
}
