// What this library promises of its speed: each value with the cell that shows it, the least that is accepted, and the goal.
import { algorithms, cell } from './cells.mjs'

const speedup = (name, measuredCell, against, gate, goal) => ({ name, cell: measuredCell, against, gate, goal })
const atMost = (name, source, gate, goal) => ({ name, ...source, gate, goal, atMost: true })

/** Values for sign and verify of some algorithms. */
function pairs(group, names, against, gates, goals, options) {
  const { bytes } = options ?? {}
  return names.flatMap((algorithm) =>
    ['sign', 'verify'].map((operation, index) =>
      speedup(
        `${algorithm} ${operation}${bytes ? ` ${bytes / 1024} KB` : ''}`,
        cell(group, algorithm, operation, options),
        against,
        gates[index],
        goals[index],
      ),
    ),
  )
}

const one = (group, algorithm, operation, against, gate, goal) =>
  speedup(`${algorithm} ${operation}`, cell(group, algorithm, operation), against, gate, goal)
const publicKey = algorithms.filter((name) => !name.startsWith('HS'))
const fast = 'fast-jwt'

export const table = [
  {
    title: 'HS256 sign, verify vs fast-jwt without cache',
    gate: '2.2, 2.3',
    goal: '2.8, 2.9',
    values: pairs('node', ['HS256'], fast, [2.2, 2.3], [2.8, 2.9]),
  },
  {
    title: 'HS256 sign, verify vs jsonwebtoken with a KeyObject',
    gate: '2.5, 3.0',
    goal: '3.2, 3.8',
    values: pairs('node', ['HS256'], 'jsonwebtoken', [2.5, 3], [3.2, 3.8]),
  },
  {
    title: 'HS256 vs jose, 32 in flight',
    gate: '8',
    goal: '12',
    values: pairs('node', ['HS256'], 'jose', [8, 8], [12, 12], { flight: 32 }),
  },
  {
    title: 'HS256 one-call API with a text secret vs jsonwebtoken likewise',
    gate: '100',
    goal: '150',
    values: pairs('node', ['HS256'], 'jsonwebtoken', [100, 100], [150, 150], { use: 'naive' }),
  },
  {
    title: 'HS384/512 sign, verify vs fast-jwt',
    gate: '1.8, 2.0',
    goal: '2.4, 2.3',
    values: pairs('node', ['HS384', 'HS512'], fast, [1.8, 2], [2.4, 2.3]),
  },
  {
    title: 'HS256 at 1 KB, 10 KB vs fast-jwt',
    gate: '1.6, 1.2',
    goal: '1.9, 1.4',
    values: [
      ...pairs('node', ['HS256'], fast, [1.6, 1.6], [1.9, 1.9], { bytes: 1024 }),
      ...pairs('node', ['HS256'], fast, [1.2, 1.2], [1.4, 1.4], { bytes: 10_240 }),
    ],
  },
  {
    title: 'RS256 sign, verify; PS256 verify vs fast-jwt',
    gate: '0.98, 1.04; 1.04',
    goal: '1.01, 1.10; 1.08',
    values: [...pairs('node', ['RS256'], fast, [0.98, 1.04], [1.01, 1.1]), one('node', 'PS256', 'verify', fast, 1.04, 1.08)],
  },
  {
    title: 'ES256 sign, verify; ES384 verify; EdDSA sign, verify vs fast-jwt',
    gate: '1.05, 1.0; 0.98; 1.02, 0.99',
    goal: '1.12, 1.04; 1.0; 1.06, 1.03',
    values: [
      ...pairs('node', ['ES256'], fast, [1.05, 1], [1.12, 1.04]),
      one('node', 'ES384', 'verify', fast, 0.98, 1),
      ...pairs('node', ['EdDSA'], fast, [1.02, 0.99], [1.06, 1.03]),
    ],
  },
  {
    title: 'fraction of the limit: HS256, HS512, public-key',
    gate: '0.75, 0.75, 0.95',
    goal: '0.90, 0.90, 0.98',
    values: [
      ...pairs('node', ['HS256', 'HS512'], 'limit', [0.75, 0.75], [0.9, 0.9]),
      ...pairs('node', publicKey, 'limit', [0.95, 0.95], [0.98, 0.98]),
    ],
  },
  {
    title: 'Node 24.21: RS256 verify, ES256 verify vs fast-jwt',
    gate: '1.5, 1.15',
    goal: '1.75, 1.28',
    values: [one('node', 'RS256', 'verify', fast, 1.5, 1.75), one('node', 'ES256', 'verify', fast, 1.15, 1.28)].map((value) => ({
      ...value,
      node24: true,
    })),
  },
  {
    title: 'noble: HS256 sign, verify vs fast-jwt (native)',
    gate: '0.9',
    goal: '1.2',
    values: pairs('noble', ['HS256'], fast, [0.9, 0.9], [1.2, 1.2]),
  },
  {
    title: 'noble: ES256, ES384, EdDSA verify vs a plain noble call, same key',
    gate: '2.8',
    goal: '3.5',
    values: ['ES256', 'ES384', 'EdDSA'].map((algorithm) => one('noble', algorithm, 'verify', 'plain-noble', 2.8, 3.5)),
  },
  {
    title: 'webcrypto: HS256 sign, verify; ES256 sign, verify vs jose, 32 in flight',
    gate: '1.4, 1.3; 1.1, 1.05',
    goal: '1.7, 1.5; 1.25, 1.2',
    values: [
      ...pairs('webcrypto', ['HS256'], 'jose', [1.4, 1.3], [1.7, 1.5], { flight: 32 }),
      ...pairs('webcrypto', ['ES256'], 'jose', [1.1, 1.05], [1.25, 1.2], { flight: 32 }),
    ],
  },
  {
    title: 'cache hit, RS/ES/EdDSA',
    gate: '1 µs',
    goal: '0.5 µs',
    values: ['RS256', 'ES256', 'EdDSA'].map((algorithm) =>
      atMost(`${algorithm} µs`, { cell: cell('cache', algorithm, 'verify'), of: 'signet-cache' }, 1, 0.5),
    ),
  },
  {
    title: 'verify-only bundle gzipped: noble HS256, node all algorithms, webcrypto',
    gate: '6, 8, 5 kB',
    goal: '4, 5, 3 kB',
    values: [
      atMost('noble kB', { bundle: 'noble, HS256' }, 6, 4),
      atMost('node kB', { bundle: 'node, all algorithms' }, 8, 5),
      atMost('webcrypto kB', { bundle: 'webcrypto, all algorithms' }, 5, 3),
    ],
  },
  {
    title: 'import of the main entry, bundled, Node 20',
    gate: '12 ms',
    goal: '6 ms',
    values: [atMost('ms', { imported: 'signet, bundled' }, 12, 6)],
  },
]

/** The cells that the table needs, each once; those for Node 24 apart. */
export function tableCells(node24 = false) {
  const cells = table.flatMap(({ values }) =>
    values.filter((value) => value.cell && Boolean(value.node24) === node24).map((value) => value.cell),
  )
  return [...new Map(cells.map((one) => [one.id, one])).values()]
}

/** The table's rows with what was measured and what follows from it. */
export function judge({ cells, node24 = [], bundles = [], imports = [] }) {
  return table.map(({ title, gate, goal, values }) => {
    const judged = values.map((value) => ({ ...value, measured: measuredOf(value, { cells, node24, bundles, imports }) }))
    return { title, gate, goal, values: judged, verdict: verdictOf(judged) }
  })
}

function measuredOf(value, { cells, node24, bundles, imports }) {
  if (value.bundle) return kilobytes(bundles.find(({ name }) => name === value.bundle)?.gzipped)
  if (value.imported) return imports.find(({ name }) => name === value.imported)?.program.median
  const found = (value.node24 ? node24 : cells).find(({ id }) => id === value.cell.id)
  const result = found?.results.find(({ name }) => name === (value.of ?? value.against))
  return value.of ? micros(result?.nanoseconds.median) : result?.ratio?.median
}

const kilobytes = (bytes) => (bytes === undefined ? undefined : bytes / 1000)
const micros = (nanoseconds) => (nanoseconds === undefined ? undefined : nanoseconds / 1000)

/** Rounded as printed, so that the verdict never contradicts the figure. */
const reaches = ({ measured, atMost: most }, mark) => (most ? Number(measured.toFixed(2)) <= mark : Number(measured.toFixed(2)) >= mark)

function verdictOf(values) {
  if (values.some(({ measured }) => measured === undefined)) return 'not measured'
  if (values.every((value) => reaches(value, value.goal))) return 'goal'
  if (values.every((value) => reaches(value, value.gate))) return 'gate'
  return `below the gate: ${values
    .filter((value) => !reaches(value, value.gate))
    .map(({ name }) => name)
    .join(', ')}`
}
