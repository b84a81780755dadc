import { run } from '../../core/mode.ts'
import type { KeyHint, VerifierSource } from '../../keys/backend.ts'
import type { RemoteKey, RemoteOptions } from '../../keys/remote.ts'
import { remoteVersions } from '../../keys/remote-verifier.ts'

const secondLookMilliseconds = 5000

/** All versions of a key. A kid that the kept list lacks may be a version made just now, so the list is read again for it. */
export function versionSource(key: RemoteKey, options: RemoteOptions): VerifierSource<'async'> {
  let source = remoteVersions(key, options)
  let lookedAgain = Number.NEGATIVE_INFINITY
  return Object.freeze({
    mode: 'async',
    ...(source.algorithms && { algorithms: source.algorithms }),
    candidates: (hint: KeyHint) =>
      run('async', async () => {
        const found = await source.candidates(hint)
        if (found.length > 0 || hint.kid === undefined || hint.alg !== source.algorithms?.[0]) return found
        if (performance.now() - lookedAgain < secondLookMilliseconds) return found
        lookedAgain = performance.now()
        source = remoteVersions(key, options)
        return source.candidates(hint)
      }),
  })
}
