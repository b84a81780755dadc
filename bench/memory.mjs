// Bytes on the JavaScript heap a call, and garbage-collection time a call. Memory outside the heap (native crypto objects, large
// buffers) is not in the first figure. One contestant after the other: turns would mix their garbage.
import { PerformanceObserver } from 'node:perf_hooks'
import { setTimeout as pause } from 'node:timers/promises'
import { quartiles, timeLater, timeNow } from './measure.mjs'

/** Flags for the process: room enough that no collection falls into a sample of `bytes`. */
export const memoryFlags = {
  bytes: ['--expose-gc', '--min-semi-space-size=128', '--max-semi-space-size=128'],
  gc: [],
}

const samples = 9
const callsToWarm = 4000
const heapOfSample = 32e6

/** @returns for each contestant: `bytes` or `gcNanoseconds` and `nanoseconds`, each a call */
export async function measureMemory(contestants, ring, { memory, warmMs, runMs }) {
  const results = []
  for (const { name, call, later } of contestants) {
    const run = later ? (calls) => timeLater(call, ring, calls, 1) : async (calls) => timeNow(call, ring, calls)
    const each = await warm(run, warmMs)
    results.push({ name, ...(memory === 'bytes' ? await bytesOf(run, each) : await collectionOf(run, runMs)) })
  }
  return results
}

async function warm(run, warmMs) {
  let spent = 0
  let made = 0
  let each = 0
  while (spent < warmMs * 1e6 || (made < callsToWarm && spent < 6 * warmMs * 1e6)) {
    const time = await run(64)
    spent += time
    made += 64
    each = time / 64
  }
  return each
}

async function bytesOf(run, each) {
  let calls = 64
  const sample = async () => {
    globalThis.gc()
    const before = process.memoryUsage().heapUsed
    await run(calls)
    return (process.memoryUsage().heapUsed - before) / calls
  }
  const first = Math.max(200, await sample())
  // Enough calls to drown the counter's grain, few enough to end soon and not to fill the young generation.
  calls = Math.max(64, Math.min(Math.floor(heapOfSample / first), Math.ceil(4e8 / each), 10_000))
  const values = []
  for (let index = 0; index < samples; index++) values.push(await sample())
  return { bytes: quartiles(values).median }
}

async function collectionOf(run, runMs) {
  let collecting = 0
  const observer = new PerformanceObserver((list) => {
    for (const { duration } of list.getEntries()) collecting += duration
  })
  observer.observe({ entryTypes: ['gc'] })
  let spent = 0
  let made = 0
  while (spent < runMs * 1e6) {
    spent += await run(256)
    made += 256
  }
  await pause(20)
  observer.disconnect()
  return { gcNanoseconds: (collecting * 1e6) / made, nanoseconds: spent / made }
}
