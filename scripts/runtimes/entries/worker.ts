/** As a worker without node:crypto. */
import { run } from './portable.ts'

const worker = { fetch: async (): Promise<Response> => Response.json(await run()) }

export { worker as default }
