// What a program carries that only verifies, bundled and minified as for the web or a function service, gzipped.

import { resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'

const dist = process.env.SIGNET_DIST ? resolve(process.env.SIGNET_DIST) : fileURLToPath(new URL('../dist', import.meta.url))

const options = "{ issuer: 'a', audience: 'b' }"

// The smallest program that each entry point allows: README.md, "Small bundles". Keys come as the platform's own or as imported.
const small = (entry, name) => `import { createSmallDecoder } from 'signet-jwt/core'
  import { ${name} } from 'signet-jwt/${entry}'
  export const decoderFor = (...key) => createSmallDecoder(${name}(...key), ${options})`

const programs = [
  { name: 'noble, HS256', code: small('noble', 'hs256Verifier') },
  { name: 'node, all algorithms', code: small('node', 'nodeVerifier') },
  { name: 'webcrypto, all algorithms', code: small('webcrypto', 'cryptoKeyVerifier') },
  ...['noble', 'node', 'webcrypto'].map((name) => ({
    name: `${name}, all algorithms, options and key formats`,
    code: `import { createDecoder } from 'signet-jwt/${name}'
      export const decoderFor = (key, algorithms) => createDecoder(key, { algorithms, issuer: 'a', audience: 'b' })`,
  })),
  { name: 'signet, everything', code: "export * from 'signet-jwt'" },
  { name: 'jose, jwtVerify', code: "export { jwtVerify } from 'jose'" },
  { name: 'jsonwebtoken, verify', code: "export { verify } from 'jsonwebtoken'" },
  { name: 'fast-jwt, createVerifier', code: "export { createVerifier } from 'fast-jwt'" },
]

/** The package's entry points, as its `exports` would resolve them on Node. */
const ownPackage = {
  name: 'signet-jwt',
  setup(build) {
    build.onResolve({ filter: /^signet-jwt(\/|$)/ }, ({ path }) => ({
      path: resolve(dist, `${path.slice('signet-jwt/'.length) || 'index.node'}.js`),
    }))
  },
}

/** One bundled file, as bytes. */
export async function bundle(code, { minify = true, format = 'esm' } = {}) {
  const { build } = await import('esbuild')
  const { outputFiles } = await build({
    stdin: { contents: code, resolveDir: fileURLToPath(new URL('.', import.meta.url)) },
    plugins: [ownPackage],
    bundle: true,
    minify,
    format,
    platform: 'node',
    write: false,
    logLevel: 'silent',
  })
  return outputFiles[0].contents
}

export async function measureBundles() {
  const results = []
  for (const { name, code } of programs) {
    const bytes = await bundle(code)
    results.push({ name, minified: bytes.length, gzipped: gzipSync(bytes, { level: 9 }).length })
  }
  return results
}
