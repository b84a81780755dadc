// Finds the vendors' SDKs in a folder of their own, which git and npm ci do not know.
import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('../..', import.meta.url))
const cache = 'node_modules/.cache/signet-kms'
const wanted = { '@aws-sdk/client-kms': '3.1162.0', '@google-cloud/kms': '6.3.0', '@azure/keyvault-keys': '4.10.2' }
const parts = [
  'install',
  '--no-audit',
  '--no-fund',
  '--prefix',
  cache,
  ...Object.entries(wanted).map(([name, version]) => `${name}@${version}`),
]

export const installLine = `npm ${parts.join(' ')}`

export function installSdks() {
  const { status } = spawnSync('npm', parts, { cwd: root, stdio: 'inherit' })
  if (status !== 0) process.exit(2)
}

/** The SDKs, or undefined where one is missing or of another version. */
export function findSdks() {
  const require = createRequire(join(root, cache, 'package.json'))
  try {
    for (const [name, version] of Object.entries(wanted)) {
      const found = JSON.parse(readFileSync(join(root, cache, 'node_modules', name, 'package.json'), 'utf8')).version
      if (found !== version) return undefined
    }
    return {
      folder: join(root, cache),
      versions: Object.entries(wanted).map(([name, version]) => `${name} ${version}`),
      aws: require('@aws-sdk/client-kms'),
      gcp: require('@google-cloud/kms'),
      azure: require('@azure/keyvault-keys'),
      grpc: require('@grpc/grpc-js'),
      gax: require('google-gax'),
      protobuf: require('protobufjs'),
    }
  } catch (error) {
    if (error.code === 'MODULE_NOT_FOUND' || error.code === 'ENOENT') return undefined
    throw error
  }
}
