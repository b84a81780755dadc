import { UsageError } from '../core/errors.ts'
import { run } from '../core/mode.ts'
import { readCount, readFunction, readOptions } from '../core/options.ts'
import type { RemoteSession, RemoteSessionOptions } from './remote.ts'
import { abortedFailure, failureOf } from './remote-failure.ts'
import { givenOptions } from './remote-options.ts'

/** A session as the calls of a key see it. */
export interface OpenSession extends RemoteSession {
  isClosed(): boolean
  /** Starts the task in its turn, or refuses it: also under way, when the session ends without waiting longer. What it returns takes a waiting task out again. */
  enter(start: () => Promise<void>, refuse: () => void): () => void
}

interface Task {
  readonly start: () => Promise<void>
  readonly refuse: () => void
}

const backend = 'remote-session'
const patienceMilliseconds = 10_000
const readers = { concurrency: readCount, close: readFunction }

/** A session for keys to share. @throws UsageError */
export function remoteSession(options?: RemoteSessionOptions): RemoteSession {
  return run('sync', () => {
    const { concurrency = Number.POSITIVE_INFINITY, close } = readOptions(givenOptions(options), readers)
    return openSession(concurrency, close as RemoteSessionOptions['close'])
  })
}

/** @throws UsageError for what `remoteSession` has not made */
export function readSession(value: unknown): OpenSession {
  if (typeof (value as OpenSession | null)?.enter === 'function') return value as OpenSession
  throw new UsageError('session is what remoteSession gives; all keys over one connection share one')
}

/** A task that was given up keeps its place until the device has answered, since its connection is still in use. */
function openSession(places: number, closeDevice: RemoteSessionOptions['close']): OpenSession {
  const line: Task[] = []
  const underWay = new Set<Task>()
  let isClosed = false
  let whenIdle: (() => void) | undefined
  let ended: Promise<void> | undefined

  const next = (): void => {
    const task = underWay.size < places ? line.shift() : undefined
    if (!task) return
    underWay.add(task)
    void task.start().finally(() => {
      underWay.delete(task)
      if (underWay.size === 0) whenIdle?.()
      next()
    })
  }
  const idle = (): Promise<void> | void => {
    if (underWay.size === 0) return
    return new Promise((resolve) => {
      whenIdle = resolve
    })
  }
  const end = async (): Promise<void> => {
    isClosed = true
    for (const { refuse } of line.splice(0)) refuse()
    await inTime(idle()).catch(() => {})
    for (const { refuse } of underWay) refuse()
    try {
      await inTime(closeDevice?.())
    } catch (error) {
      throw failureOf({ backend }, error)
    }
  }
  return Object.freeze({
    isClosed: () => isClosed,
    enter: (start: () => Promise<void>, refuse: () => void) => {
      const task = { start, refuse }
      if (isClosed) refuse()
      else line.push(task)
      next()
      return () => {
        const at = line.indexOf(task)
        if (at >= 0) line.splice(at, 1)
      }
    },
    close: () => {
      ended ??= end()
      return ended
    },
  })
}

async function inTime(value: void | Promise<void>): Promise<void> {
  let timer: ReturnType<typeof setTimeout> | undefined
  const timeout = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(abortedFailure(backend, 'deadline')), patienceMilliseconds)
  })
  try {
    await Promise.race([value, timeout])
  } finally {
    clearTimeout(timer)
  }
}
