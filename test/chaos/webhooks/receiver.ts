import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'

/** A message as it arrived. */
export interface Arrival {
  readonly messageId: string
  readonly projectId: string
  readonly seq: number
}

/** Receivers on this machine, one at each path. */
export class Receiver {
  /** By path, in the order of arrival. */
  readonly arrivals = new Map<string, Arrival[]>()
  /** There while it is away, when it breaks every connection; called for each. */
  #missed: (() => void) | undefined
  readonly #server = createServer((request, response) => {
    let body = ''
    request.setEncoding('utf8').on('data', (chunk: string) => {
      body += chunk
    })
    request.on('end', () => {
      if (this.#missed !== undefined) {
        this.#missed()
        request.socket.destroy()
        return
      }
      const { data } = JSON.parse(body) as { readonly data: Omit<Arrival, 'messageId'> }
      const messageId = String(request.headers['webhook-id'])
      const path = request.url ?? ''
      const { projectId, seq } = data
      this.arrivals.set(path, [...(this.arrivals.get(path) ?? []), { messageId, projectId, seq }])
      response.writeHead(204).end()
    })
  })

  /** Is away for so long, and until somebody has called in vain. */
  async leave(ms: number): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>()
    this.#missed = resolve
    await Promise.all([promise, delay(ms)])
    this.#missed = undefined
  }

  async open(): Promise<string> {
    this.#server.listen(0, '127.0.0.1')
    await once(this.#server, 'listening')
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections()
    await new Promise((resolve) => this.#server.close(resolve))
  }
}
