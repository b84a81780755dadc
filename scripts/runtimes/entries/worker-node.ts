/** As a worker with the nodejs_compat flag. */
import { run } from './node.ts'

const worker = { fetch: async (): Promise<Response> => Response.json(await run()) }
export { worker as default }
