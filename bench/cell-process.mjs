// Starts the process of a cell and waits for its figures.
import { fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { makeKeys } from './material.mjs'
import { quartiles, ratioOf } from './measure.mjs'

const worker = fileURLToPath(new URL('./worker.mjs', import.meta.url))
const keysOf = new Map()

function keysFor(algorithm) {
  if (!keysOf.has(algorithm)) keysOf.set(algorithm, makeKeys(algorithm))
  return keysOf.get(algorithm)
}

/** @param node the binary to run under; this one's if left out */
export function runInProcess(cell, settings, { node = process.execPath, flags = [] } = {}) {
  return new Promise((resolve, reject) => {
    const child = fork(worker, [], { execPath: node, execArgv: flags })
    let answer
    child.once('message', (message) => {
      answer = message
    })
    child.once('error', reject)
    child.once('exit', (code) => (answer ? resolve(answer) : reject(new Error(`${cell.id}: its process ended with code ${code}`))))
    child.send({ job: { ...cell, keys: keysFor(cell.algorithm) }, settings })
  })
}

/** Medians and quartiles of a cell, and of each contestant's ratio: how many times the first one is faster. */
export async function measureCell(cell, settings, options) {
  const { refused, measured } = await runInProcess(cell, settings, options)
  const own = measured.find(({ name }) => name === cell.contestants[0])
  const results = measured.map(({ name, times }) => ({ name, nanoseconds: quartiles(times), ratio: ratioOf(own.times, times) }))
  return { ...cell, results, refused }
}
