// One picture for the README: which share of the machine's limit each library reaches. Plain SVG, legible on light and dark pages.
const shown = ['signet', 'fast-jwt', 'jsonwebtoken', 'jose', 'node-rs']
const colours = { signet: '#0e7c66', 'fast-jwt': '#8a94a6', jsonwebtoken: '#a7afbd', jose: '#6f7a8e', 'node-rs': '#bcc3ce' }
const panels = ['HS256', 'RS256', 'ES256', 'EdDSA'].flatMap((algorithm) =>
  ['verify', 'sign'].map((operation) => ({ algorithm, operation })),
)

const bar = { height: 15, gap: 4, width: 190, label: 92 }
const panel = { width: 360, height: 30 + shown.length * (bar.height + bar.gap) + 14 }
const text = (x, y, content, extra = '') => `<text x="${x}" y="${y}"${extra}>${content}</text>`

/** @returns the SVG, or `undefined` where the cells that it shows were not measured */
export function chart(cells, caption) {
  const drawn = panels.map(({ algorithm, operation }, index) => {
    const cell = cells.find(({ id }) => id === `node/${algorithm}/${operation}/144/prepared/1`)
    return cell && drawPanel(cell, (index % 2) * panel.width, 34 + Math.floor(index / 2) * panel.height)
  })
  if (drawn.some((one) => one === undefined)) return undefined
  const width = 2 * panel.width
  const height = 34 + (panels.length / 2) * panel.height + 22
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-label="Speed of token libraries as a share of the limit of the machine" font-family="system-ui, sans-serif" font-size="12">
<rect width="100%" height="100%" rx="8" fill="#fff"/>
<g fill="#1d2430">
${text(16, 22, 'Share of the limit: bare node:crypto, JSON and base64url = 100 %', ' font-size="14" font-weight="600"')}
${drawn.join('\n')}
${text(16, height - 8, caption, ' font-size="11" fill="#5b6473"')}
</g>
</svg>
`
}

function drawPanel({ algorithm, operation, results }, left, top) {
  const time = (name) => results.find((one) => one.name === name)?.nanoseconds.median
  const limit = time('limit')
  if (limit === undefined) return undefined
  const bars = shown.map((name, index) => drawBar(name, time(name), limit, left + 16, top + 26 + index * (bar.height + bar.gap)))
  return [text(left + 16, top + 14, `${algorithm} ${operation}`, ' font-weight="600"'), ...bars].join('\n')
}

function drawBar(name, time, limit, left, top) {
  const label = text(left, top + 12, name, name === 'signet' ? ' font-weight="600"' : '')
  if (time === undefined) return `${label}\n${text(left + bar.label, top + 12, 'not offered', ' fill="#5b6473"')}`
  const share = limit / time
  const width = Math.max(1, Math.min(1.05, share) * bar.width)
  const figure = `${Math.round(share * 100)} %, ${(time / 1000).toFixed(time < 10_000 ? 1 : 0)} µs`
  return [
    label,
    `<rect x="${left + bar.label}" y="${top}" width="${width.toFixed(1)}" height="${bar.height}" rx="2" fill="${colours[name]}"/>`,
    text((left + bar.label + width + 5).toFixed(1), top + 12, figure),
  ].join('\n')
}
