import { mkdtempSync, readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { join } from 'node:path'
import { bundle } from './bundle.mjs'
import { missing } from './install.mjs'
import { run, start, within } from './process.mjs'

const chromiumNames = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable']
const chromiumFlags = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--disable-dev-shm-usage',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]

export function runChromium(context) {
  return runBrowser(context, chromiumNames, 'apt-get install chromium', (profile, url) => [
    ...chromiumFlags,
    `--user-data-dir=${profile}`,
    url,
  ])
}

export function runFirefox(context) {
  return runBrowser(context, ['firefox-esr', 'firefox'], 'apt-get install firefox-esr', (profile, url) => [
    '--headless',
    '--no-remote',
    '--profile',
    profile,
    url,
  ])
}

/** Opens one page, which runs the self-check and sends the report back. Loopback is a secure context, so WebCrypto is there. */
async function runBrowser({ name, scratch }, names, advice, args) {
  const home = join(scratch, `home-${name}`)
  const { binary, version } = await find(names, advice, { cwd: scratch, home })
  const { url, posted, close } = await serve(await bundle('page', scratch))
  const browser = start(binary, args(mkdtempSync(join(scratch, 'profile-')), url), { cwd: scratch, home })
  try {
    const { report, error, secure } = await within(120, Promise.race([posted, exited(browser)]), `the self-check in ${binary}`)
    if (!report) throw new Error(`the page failed: ${error}`)
    if (!secure) throw new Error('the page is no secure context')
    return { version, report, expected: 'noble' }
  } finally {
    await browser.stop()
    close()
  }
}

async function find(names, advice, options) {
  for (const binary of names) {
    const said = await run(binary, ['--version'], options).catch(() => undefined)
    if (said?.code === 0) return { binary, version: /[\d.]+/.exec(said.out)?.[0] ?? said.out.trim() }
  }
  throw missing(`none of ${names.join(', ')} is on the path: ${advice}`)
}

async function exited({ ended, output }) {
  const { error } = await ended
  throw error ?? new Error(`the browser ended: ${output.err.slice(-2000)}`)
}

async function serve(page) {
  const served = {
    '/': ['text/html', '<!doctype html><meta charset="utf-8"><script type="module" src="/page.mjs"></script>'],
    '/page.mjs': ['text/javascript', readFileSync(page)],
  }
  let post
  const posted = new Promise((resolve) => (post = resolve))
  const server = createServer((request, response) => {
    if (request.method === 'POST') {
      let body = ''
      request.on('data', (data) => (body += data))
      request.on('end', () => {
        response.end()
        post(JSON.parse(body))
      })
      return
    }
    const [type, content] = served[request.url] ?? []
    response.writeHead(type ? 200 : 404, type ? { 'content-type': type } : {})
    response.end(content)
  })
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve))
  const close = () => {
    server.close()
    server.closeAllConnections()
  }
  return { url: `http://127.0.0.1:${server.address().port}/`, posted, close }
}
