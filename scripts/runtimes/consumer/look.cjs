// Names the backend of the main entry, tries each entry, and says what is wrong.
function backendOf({ generateKey }) {
  try {
    generateKey('RS256')
    return 'node'
  } catch (error) {
    return error?.detail?.backend ?? String(error)
  }
}

async function faultsOf({ main, core, noble, node, unverified, webcrypto }) {
  const faults = []
  for (const [name, entry] of Object.entries({ main, noble, node, webcrypto })) {
    const key = await entry.generateKey('ES256')
    const token = await entry.encode({ sub: 'alice' }, key, { algorithm: 'ES256' })
    const { sub } = await entry.decode(token, key.publicKey, { algorithms: ['ES256'] })
    if (sub !== 'alice') faults.push(`${name}: claims differ`)
    if (unverified.decodeUnverifiedHeader(token).alg !== 'ES256') faults.push(`${name}: header differs`)
    if (entry.InvalidSignatureError !== core.InvalidSignatureError) faults.push(`${name}: a second copy of the error classes`)
  }
  return faults
}

async function look(entries) {
  const faults = await faultsOf(entries).catch((error) => [String(error)])
  console.log(JSON.stringify({ backend: backendOf(entries.main), faults }))
}

exports.look = look
