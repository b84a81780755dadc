import { afterEach, beforeEach, expect } from 'vitest'

/** No test of the file may leave a rejection that nobody handles. */
export function watchRejections(): void {
  const unhandled: unknown[] = []
  const note = (error: unknown): void => void unhandled.push(error)
  beforeEach(() => void process.on('unhandledRejection', note))
  afterEach(async () => {
    await new Promise((resolve) => setTimeout(resolve, 5))
    process.off('unhandledRejection', note)
    expect(unhandled.splice(0)).toEqual([])
  })
}
