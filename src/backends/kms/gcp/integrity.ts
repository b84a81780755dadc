import { isBytes } from '../../../core/bytes.ts'
import { decodeBase64 } from '../../../keys/base64.ts'
import { crc32c } from '../crc32c.ts'
import { badAnswer, damaged } from '../failures.ts'
import type { GcpBytes, GcpInt64Value } from './client.ts'
import { backendName } from './failures.ts'

/** A checksum as requests carry it. */
export function checksum(bytes: Uint8Array): { readonly value: number } {
  return { value: crc32c(bytes) }
}

/** The service has seen the bytes that were sent. @throws BackendError */
export function checkReceived(...verified: readonly (boolean | null | undefined)[]): void {
  if (!verified.every((flag) => flag === true)) throw damaged(backendName)
}

/** The bytes that the service has sent: its checksum must be there and agree. @throws BackendError */
export function received(bytes: GcpBytes | undefined, sum: GcpInt64Value | undefined): Uint8Array {
  const read = typeof bytes === 'string' ? decodeBase64(bytes) : bytes
  if (!isBytes(read)) throw badAnswer(backendName, 'The service gave no bytes where a signature or MAC is due')
  checkSum(read, sum)
  return read
}

export function checkSum(bytes: Uint8Array, sum: GcpInt64Value | undefined): void {
  if (sum?.value === undefined || sum.value === null || String(sum.value) !== String(crc32c(bytes))) throw damaged(backendName)
}

/** The version that answers is the one that was asked. @throws BackendError */
export function checkName(name: string | null | undefined, asked: string): void {
  if (name !== asked) throw badAnswer(backendName, 'The service answered for another key version than it was asked for')
}
