import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import type { Caller } from './admission.ts'
import { EndpointConnection, type WsEndpoint } from './endpoint.ts'
import type { DoorDeps } from './plain-server.ts'
import { closeSockets, socketServer } from './socket-server.ts'

/** Serves the connections of an endpoint that another package brings. */
export class EndpointServer {
  readonly connections = new Set<EndpointConnection>()
  readonly #endpoint: WsEndpoint
  readonly #deps: DoorDeps
  readonly #sockets

  constructor(endpoint: WsEndpoint, deps: DoorDeps) {
    this.#endpoint = endpoint
    this.#deps = deps
    this.#sockets = socketServer(endpoint.protocol)
  }

  accept(request: IncomingMessage, socket: Duplex, head: Buffer, caller: Caller | undefined): void {
    this.#sockets.handleUpgrade(request, socket, head, (webSocket) => {
      const connection = new EndpointConnection({
        ...this.#deps,
        endpoint: this.#endpoint,
        request,
        socket: webSocket,
        caller,
        ended: () => void this.connections.delete(connection),
      })
      this.connections.add(connection)
    })
  }

  /** Closes every connection with 1001. */
  close(): Promise<void> {
    return closeSockets(this.#sockets)
  }
}
