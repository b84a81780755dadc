import { prefixViews } from './prefix-views.ts'

const scratchSize = 4096

/** UTF-8 of text in one buffer, which each call overwrites: for calls of node:crypto, which keep nothing of what they are given. */
export function textView(): (text: string) => Uint8Array {
  const encoder = new TextEncoder()
  const scratch = Buffer.allocUnsafeSlow(scratchSize)
  const upTo = prefixViews(scratch)
  return (text) => {
    const { read, written } = encoder.encodeInto(text, scratch)
    return read === text.length ? upTo(written) : Buffer.from(text, 'utf8')
  }
}
