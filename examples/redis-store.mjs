// A key ring's store in Redis. The script compares and swaps on the server, in one step.
import { randomUUID } from 'node:crypto'

const swap = `
  local current = redis.call('HGET', KEYS[1], 'version')
  if (current or '') ~= ARGV[1] then return 0 end
  redis.call('HSET', KEYS[1], 'version', ARGV[2], 'state', ARGV[3])
  return 1
`

/** `client` is a connected client of the npm package redis; `key` names the ring. */
export function redisStore(client, key) {
  return {
    async load() {
      const { version, state } = await client.hGetAll(key)
      return version === undefined ? undefined : { version, state: JSON.parse(state) }
    },
    async save(state, expected = '') {
      const saved = await client.eval(swap, { keys: [key], arguments: [expected, randomUUID(), JSON.stringify(state)] })
      return saved === 1
    },
  }
}
