import { abortedFailure } from '../../keys/remote-failure.ts'
import { type Connection, quietly } from './connection.ts'
import type { Handle } from './cryptoki.ts'
import { backendName, failureKind, fault, returnValue, tokenFailure } from './failures.ts'

/** Sessions of one token. One operation at a time has a session; an operation that failed takes its session with it. */
export interface SessionPool {
  /** @throws BackendError */
  use<T>(signal: AbortSignal | undefined, body: (session: Handle) => T | Promise<T>): Promise<T>
  /** Closes what is idle now, and what is in use when it comes back. Resolves when nothing is in use, or at the signal. */
  close(signal: AbortSignal): Promise<void>
}

interface Waiter {
  readonly start: () => void
  readonly refuse: (error: unknown) => void
}

export function sessionPool(connection: Connection, most: number): SessionPool {
  const { module } = connection
  const idle: Handle[] = []
  const line: Waiter[] = []
  let taken = 0
  let generation = 0
  let closed = false
  let drained: (() => void) | undefined

  const end = (session: Handle): void => quietly(() => module.C_CloseSession(session))
  const dropIdle = (): void => idle.splice(0).forEach(end)
  const free = (): void => {
    taken--
    if (closed && taken === 0) drained?.()
    else line.shift()?.start()
  }
  // Sessions are lost together: what is wrong with one of them is wrong with the others.
  const lose = (error: unknown): void => {
    if (returnValue(error) === undefined || failureKind(error) !== 'retryable') return
    generation++
    dropIdle()
    connection.lose()
  }
  const place = (signal: AbortSignal | undefined): Promise<void> | undefined => {
    if (taken < most) {
      taken++
      return undefined
    }
    return new Promise((resolve, reject) => {
      const leave = (): void => {
        const at = line.indexOf(waiter)
        if (at >= 0) line.splice(at, 1)
        reject(abortedFailure(backendName, 'signal'))
      }
      const settle = (step: () => void): void => {
        signal?.removeEventListener('abort', leave)
        step()
      }
      const waiter: Waiter = {
        start: () => settle(() => resolve(void taken++)),
        refuse: (error) => settle(() => reject(error as Error)),
      }
      signal?.addEventListener('abort', leave, { once: true })
      line.push(waiter)
    })
  }
  const attempt = async <T>(signal: AbortSignal | undefined, body: (session: Handle) => T | Promise<T>): Promise<T> => {
    const born = generation
    const session = idle.pop() ?? (await connection.open())
    try {
      if (signal?.aborted) throw abortedFailure(backendName, 'signal')
      const value = await body(session)
      if (closed || born !== generation) end(session)
      else idle.push(session)
      return value
    } catch (error) {
      end(session)
      throw error
    }
  }
  return {
    use: async (signal, body) => {
      if (closed) throw closedFault()
      await place(signal)
      try {
        return await attempt(signal, body)
      } catch (error) {
        lose(error)
        throw tokenFailure(error)
      } finally {
        free()
      }
    },
    close: async (signal) => {
      closed = true
      for (const waiter of line.splice(0)) waiter.refuse(closedFault())
      dropIdle()
      if (taken === 0) return connection.end()
      await new Promise<void>((resolve) => {
        drained = resolve
        signal.addEventListener('abort', () => resolve(), { once: true })
      })
      // To shut a module down under a thread that is still in it is undefined.
      if (taken === 0) connection.end()
    },
  }
}

function closedFault(): Error {
  return fault('permanent', 'The token has been closed')
}
