// A STAND-IN: puts the stand-in key services of these tests on a port of this machine, with faults on demand. No vendor's code.
import http from 'node:http'
import https from 'node:https'
import type { AddressInfo } from 'node:net'
import type { StandIn } from './wire.ts'

export interface StandInServer {
  readonly port: number
  /** Requests that were left without an answer, and whose connection the client has closed. */
  abandoned(): number
  close(): Promise<void>
}

/** Serves a stand-in over http, or over https with a key and certificate. */
export async function serve(stand: StandIn, tls?: { readonly key: string; readonly cert: string }): Promise<StandInServer> {
  let abandoned = 0
  const listener: http.RequestListener = async (request, response) => {
    let text = ''
    for await (const chunk of request) text += chunk
    const answer = stand.answer({
      method: request.method!,
      path: request.url!,
      headers: request.headers as Record<string, string>,
      body: text ? JSON.parse(text) : {},
    })
    if (answer.delayMilliseconds) await new Promise((resolve) => setTimeout(resolve, answer.delayMilliseconds))
    if (answer.end === 'never') {
      response.on('close', () => abandoned++)
      return
    }
    const body = Buffer.from(typeof answer.body === 'string' ? answer.body : JSON.stringify(answer.body))
    response.writeHead(answer.status, { 'content-type': 'application/json', ...answer.headers, 'content-length': body.length })
    if (answer.end !== 'truncated') return void response.end(body)
    response.write(body.subarray(0, body.length / 2), () => response.destroy())
  }
  const server = tls ? https.createServer(tls, listener) : http.createServer(listener)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    port: (server.address() as AddressInfo).port,
    abandoned: () => abandoned,
    close: () => {
      server.closeAllConnections()
      return new Promise((resolve) => server.close(() => resolve()))
    },
  }
}
