const slots = 64

/** Views of the first bytes of a buffer, the last few kept: making one costs as much as hashing a block. */
export function prefixViews(buffer: Uint8Array): (length: number) => Uint8Array {
  const kept: Uint8Array[] = Array.from({ length: slots }, () => buffer)
  return (length) => {
    const slot = length % slots
    const last = kept[slot]!
    if (last.length === length) return last
    const view = buffer.subarray(0, length)
    kept[slot] = view
    return view
  }
}
