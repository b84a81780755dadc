/** As a worker with the nodejs_compat flag, where bundlers set no "node" condition: the main entry stays with noble. */
import { run } from './node.ts'

const worker = { fetch: async (): Promise<Response> => Response.json(await run('noble')) }

export { worker as default }
