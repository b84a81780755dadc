import { link, open, readdir, readFile, rename, stat, unlink } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { isJwtError, UsageError } from '../../core/errors.ts'
import { parseJsonObject } from '../../core/json.ts'
import { backendFailure } from '../../keys/remote-failure.ts'
import { crypto } from './builtin.ts'

/** A key ring's store in one file. */
export interface FileStore {
  load(): Promise<{ readonly state: unknown; readonly version: string } | undefined>
  save(state: object, expected: string | undefined): Promise<boolean>
}

const ownerOnly = 0o600
const staleLockMs = 10_000
const lockWaitMs = 15_000

/**
 * Keeps the state of a key ring in a file that only its owner may read, for processes of one machine. A new state is
 * written beside the file and renamed over it, so a reader or a crash never meets half a file; `path.lock` keeps writers
 * apart, and one left by a process that died is taken over after ten seconds. What such a process left beside the file is
 * removed by the next save. Not for network file systems.
 * @throws UsageError; its functions reject with BackendError
 */
export function fileStore(path: string): FileStore {
  if (typeof path !== 'string' || path === '') throw new UsageError('fileStore takes the path of a file')
  return Object.freeze({
    load: () => typed(() => load(path)),
    save: (state: object, expected: string | undefined) => typed(() => save(path, JSON.stringify(state), expected)),
  })
}

async function load(path: string): Promise<{ state: unknown; version: string } | undefined> {
  const text = await readText(path)
  if (text === undefined) return undefined
  const state = parseJsonObject(text)
  if (typeof state === 'object') return { state, version: versionOf(text) }
  throw backendFailure('permanent', 'The file of the key ring is damaged: not a strict JSON object; detail.reason says why', {
    backend: 'file-store',
    reason: state,
  })
}

/** States that are alike are the same version: swapping one for the other changes nothing. */
function versionOf(text: string): string {
  return crypto().createHash('sha256').update(text).digest('base64url')
}

async function save(path: string, text: string, expected: string | undefined): Promise<boolean> {
  const lock = `${path}.lock`
  const token = crypto().randomBytes(12).toString('hex')
  await acquire(lock, token)
  try {
    const isExpected = async (): Promise<boolean> => (await versionAt(path)) === expected
    if (!(await isExpected())) return false
    return await replace(path, text, async (beside) => {
      if ((await readText(lock)) !== token) return false
      await sweep(path, beside)
      return isExpected()
    })
  } finally {
    if ((await readText(lock)) === token) await unlink(lock).catch(absent)
  }
}

async function versionAt(path: string): Promise<string | undefined> {
  const text = await readText(path)
  return text === undefined ? undefined : versionOf(text)
}

/**
 * Writes beside the file and renames, if `mayReplace` still says so. The order is what keeps writers apart even where one
 * lost its lock unseen: own file, lock, sweep, version, rename. Of two that held the lock, the one that looked at it later
 * has swept the other's file away, whose rename then fails, or sees the other's version.
 */
async function replace(path: string, text: string, mayReplace: (beside: string) => Promise<boolean>): Promise<boolean> {
  const beside = `${path}.${crypto().randomBytes(6).toString('hex')}.new`
  try {
    const file = await open(beside, 'wx', ownerOnly)
    try {
      await file.writeFile(text)
      await file.sync()
    } finally {
      await file.close()
    }
    return (await mayReplace(beside)) && (await rename(beside, path).then(() => true, gone))
  } finally {
    await unlink(beside).catch(absent)
  }
}

/** Removes what processes that died left beside the file: whole states among it, with their private keys. */
async function sweep(path: string, own: string): Promise<void> {
  const folder = dirname(path)
  const prefix = `${basename(path)}.`
  const names = (await readdir(folder)).filter((name) => name.startsWith(prefix) && name !== basename(own))
  for (const name of names) {
    const rest = name.slice(prefix.length)
    const file = join(folder, name)
    // Those who wait for the lock have files of their own.
    if (unfinished.test(rest) || (ofLock.test(rest) && (await isStale(file)))) await unlink(file).catch(absent)
  }
}

const unfinished = /^[0-9a-f]{12}\.new$/
const ofLock = /^lock\.[0-9a-f]{12,24}(\.stale)?$/

async function isStale(file: string): Promise<boolean> {
  const found = await stat(file).catch(absent)
  return found !== undefined && Date.now() - found.mtimeMs >= staleLockMs
}

async function acquire(lock: string, token: string): Promise<void> {
  const until = Date.now() + lockWaitMs
  while (!(await take(lock, token))) {
    if (Date.now() > until)
      throw backendFailure('retryable', 'The lock of the key ring file is held by another process', { backend: 'file-store' })
    await removeStale(lock)
    await sleep(1 + Math.random() * 10)
  }
}

/** The token is there from the first moment, since the lock appears by a link to a finished file. */
async function take(lock: string, token: string): Promise<boolean> {
  const own = `${lock}.${token}`
  const file = await open(own, 'wx', ownerOnly)
  await file.writeFile(token).finally(() => file.close())
  try {
    await link(own, lock)
    return true
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false
    return gone(error)
  } finally {
    await unlink(own).catch(absent)
  }
}

/**
 * Takes away a lock whose owner died. Moved aside first: should it have changed hands since it was looked at, it is put
 * back. By its token and time, since file systems give the inode of a removed file to the next.
 */
async function removeStale(lock: string): Promise<void> {
  const seen = await lockAt(lock)
  if (!seen || Date.now() - seen.mtimeMs < staleLockMs) return
  const aside = `${lock}.${crypto().randomBytes(6).toString('hex')}.stale`
  const moved = await rename(lock, aside).then(() => lockAt(aside), absent)
  if (!moved) return
  if (moved.token !== seen.token || moved.mtimeMs !== seen.mtimeMs) await link(aside, lock).catch(() => undefined)
  await unlink(aside).catch(absent)
}

async function lockAt(path: string): Promise<{ readonly token: string; readonly mtimeMs: number } | undefined> {
  const file = await open(path, 'r').catch(absent)
  if (!file) return undefined
  try {
    const { mtimeMs } = await file.stat()
    return { token: await file.readFile('utf8'), mtimeMs }
  } finally {
    await file.close()
  }
}

async function readText(path: string): Promise<string | undefined> {
  return readFile(path, 'utf8').catch(absent)
}

function absent(error: unknown): undefined {
  if (codeOf(error) === 'ENOENT') return undefined
  throw error
}

/** False where another process swept the file away. */
function gone(error: unknown): false {
  absent(error)
  return false
}

function codeOf(error: unknown): unknown {
  return (error as { code?: unknown } | null)?.code
}

async function typed<T>(call: () => Promise<T>): Promise<T> {
  try {
    return await call()
  } catch (error) {
    if (isJwtError(error)) throw error
    throw backendFailure('retryable', 'The file of the key ring cannot be read or written; see cause', { backend: 'file-store' }, error)
  }
}
