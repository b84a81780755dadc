// What is measured: one cell is one situation, in which all its contestants do the same work.
export const algorithms = ['HS256', 'HS384', 'HS512', 'RS256', 'PS256', 'ES256', 'ES384', 'EdDSA']
const operations = ['sign', 'verify']
const sizes = [144, 1024, 10_240]

/** Who takes part: the first is the one that the others are compared with. */
const groups = {
  node: ['signet', 'fast-jwt', 'jsonwebtoken', 'jose', 'node-rs', 'limit'],
  noble: ['signet-noble', 'fast-jwt', 'plain-noble'],
  webcrypto: ['signet-webcrypto', 'jose'],
  async: ['signet-async', 'signet', 'jose'],
  cache: ['signet-cache', 'fast-jwt-cache'],
}

/** One cell. `flight` is the number of calls under way at a time, for contestants that answer later. */
export function cell(group, algorithm, operation, { bytes = 144, use = 'prepared', flight = 1 } = {}) {
  const id = [group, algorithm, operation, bytes, use, flight].join('/')
  // Prepared keys are what the limit is about; a sync contestant gains nothing from company.
  const left = (name) => (name === 'limit' && use === 'naive') || (flight > 1 && ['jsonwebtoken', 'node-rs', 'limit'].includes(name))
  return { id, group, algorithm, operation, bytes, use, flight, contestants: groups[group].filter((name) => !left(name)) }
}

const across = (...lists) => lists.reduce((rows, list) => rows.flatMap((row) => list.map((item) => [...row, item])), [[]])

/** Both operations of an algorithm. */
export const both = (group, algorithm, options) => operations.map((operation) => cell(group, algorithm, operation, options))

const others = () => [
  ...both('noble', 'HS256'),
  ...['ES256', 'ES384', 'EdDSA'].map((algorithm) => cell('noble', algorithm, 'verify')),
  ...across(['HS256', 'ES256'], [1, 32]).flatMap(([algorithm, flight]) => both('webcrypto', algorithm, { flight })),
  ...across(['RS256', 'ES256'], [1, 32]).flatMap(([algorithm, flight]) => both('async', algorithm, { flight })),
  ...['RS256', 'ES256', 'EdDSA'].map((algorithm) => cell('cache', algorithm, 'verify')),
]

/** Everything. */
export function allCells() {
  const main = across(algorithms, sizes, ['prepared', 'naive'], [1, 32])
  return [...main.flatMap(([algorithm, bytes, use, flight]) => both('node', algorithm, { bytes, use, flight })), ...others()]
}

/** What fits into two minutes: small payloads, and whatever the table of gates asks for. */
export function quickCells() {
  return [
    ...algorithms.flatMap((algorithm) => both('node', algorithm)),
    ...both('node', 'HS256', { bytes: 1024 }),
    ...both('node', 'HS256', { bytes: 10_240 }),
    ...both('node', 'HS256', { flight: 32 }),
    ...['HS256', 'RS256', 'ES256'].flatMap((algorithm) => both('node', algorithm, { use: 'naive' })),
    ...others().filter(({ group, flight }) => flight === 32 || !['webcrypto', 'async'].includes(group)),
  ]
}

/** Cells whose algorithm or id is among the comma-separated words. */
export function chosen(cells, words) {
  const list = words.split(',')
  return cells.filter(({ id, algorithm }) => list.some((word) => word === algorithm || id === word || id.startsWith(`${word}/`)))
}
