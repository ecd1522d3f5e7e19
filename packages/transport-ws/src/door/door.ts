import type { Server as HttpServer, IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import { NotFoundError, UnavailableError } from '@muster/core'
import type { Outlet } from '../outlet.ts'
import { openSocketIo, type SocketIo } from '../socket-io.ts'
import { Addresses, type Places } from './addresses.ts'
import { type Caller, codeOf, ORIGIN_REFUSED } from './admission.ts'
import type { WsEndpoint } from './endpoint.ts'
import { EndpointServer } from './endpoint-server.ts'
import { type DoorDeps, PlainServer } from './plain-server.ts'
import { ConnectionRefusedError, refuse } from './refusal.ts'
import { MAX_FRAME_BYTES } from './socket-server.ts'
import { type Route, routeUpgrades } from './upgrades.ts'

const TICK_MS = 500

/** Where things lie behind a door, and what else is served there. */
export interface DoorOptions extends Places {
  readonly endpoints?: readonly WsEndpoint[]
  readonly polling?: boolean
}

/** Leads each upgrade of a server to what serves its path: socket.io, the plain endpoints, or an endpoint of another package. */
export class Door {
  readonly #deps: DoorDeps
  readonly #addresses: Addresses
  readonly #outlets = new Set<Outlet>()
  readonly #plain: PlainServer
  readonly #guests: ReadonlyMap<string, EndpointServer>
  readonly #io: SocketIo
  readonly #leave: () => void
  readonly #ticking: NodeJS.Timeout
  #isClosing = false

  /** @throws TypeError for a path that is none */
  constructor(server: HttpServer, deps: DoorDeps, options: DoorOptions) {
    const { endpoints = [], polling = false } = options
    this.#deps = deps
    this.#addresses = new Addresses(options)
    const { base, socketIo: path } = this.#addresses
    this.#plain = new PlainServer(deps, this.#outlets)
    this.#guests = new Map(
      endpoints.map((endpoint) => [base + endpoint.path, new EndpointServer(endpoint, deps)]),
    )
    this.#io = openSocketIo({ ...deps, path, polling, maxFrameBytes: MAX_FRAME_BYTES }, this.#outlets)
    this.#leave = routeUpgrades(
      server,
      (asked) => this.#routeOf(asked),
      (socket, asked) => {
        this.#hearErrors(socket)
        refuse(socket, 'not_found', new NotFoundError('endpoint', asked))
      },
    )
    this.#ticking = setInterval(() => this.#tick(), TICK_MS).unref()
  }

  /** Connections that are open. */
  get connections(): number {
    const ofGuests = [...this.#guests.values()].reduce((sum, { connections }) => sum + connections.size, 0)
    return [...this.#outlets].filter(({ isOpen }) => isOpen).length + ofGuests
  }

  /** Closes every connection with 1001, refusing new ones meanwhile, and leaves the server. */
  async close(): Promise<void> {
    clearInterval(this.#ticking)
    this.#isClosing = true
    await Promise.all([this.#io, this.#plain, ...this.#guests.values()].map((server) => server.close()))
    this.#leave()
  }

  #tick(): void {
    const now = Date.now()
    for (const outlet of this.#outlets) outlet.tick(now)
    for (const { connections } of this.#guests.values()) {
      for (const connection of connections) connection.tick(now)
    }
  }

  #routeOf(asked: string): Route | undefined {
    const path = this.#addresses.whole(asked)
    if (path.startsWith(`${this.#addresses.socketIo}/`)) {
      return this.#isClosing ? { ...this.#goingAway, isShared: this.#addresses.isShared } : this.#toSocketIo
    }
    if (!this.#guests.has(path) && this.#addresses.endpointAt(path) === undefined) return undefined
    return this.#isClosing ? this.#goingAway : this.#toOurs
  }

  readonly #goingAway: Route = {
    isShared: false,
    upgrade: (_request, socket) => {
      this.#hearErrors(socket)
      refuse(socket, 'unavailable', new UnavailableError('This server is about to end'))
    },
  }

  readonly #toOurs: Route = {
    isShared: false,
    upgrade: (request, socket, head) => {
      this.#hearErrors(socket)
      this.#serve(request, socket, head).catch((error: unknown) => {
        const isOurs = error instanceof ConnectionRefusedError
        refuse(socket, isOurs ? error.code : codeOf(error, this.#deps.muster), error)
      })
    },
  }

  get #toSocketIo(): Route {
    const { door } = this.#io
    return {
      isShared: this.#addresses.isShared,
      upgrade: (request, socket, head) => {
        request.url = this.#addresses.whole(request.url)
        door.emit('upgrade', request, socket, head)
      },
      request: (request, response) => {
        request.url = this.#addresses.whole(request.url)
        door.emit('request', request, response)
      },
    }
  }

  async #serve(request: IncomingMessage, socket: Duplex, head: Buffer): Promise<void> {
    const url = new URL(this.#addresses.whole(request.url), 'http://localhost')
    const guest = this.#guests.get(url.pathname)
    const endpoint = this.#addresses.endpointAt(url.pathname)
    if (guest === undefined && endpoint === undefined) throw new NotFoundError('endpoint', url.pathname)
    const caller = await this.#callerOf(request, url)
    if (guest !== undefined) guest.accept(request, socket, head, caller)
    else if (endpoint !== undefined) await this.#plain.serve(request, socket, head, { url, endpoint, caller })
  }

  /** The caller, if a token or ticket names one. @throws ConnectionRefusedError for a page that may not connect */
  async #callerOf(request: IncomingMessage, url: URL): Promise<Caller | undefined> {
    const { admission } = this.#deps
    if (!admission.allowsOrigin(request)) throw new ConnectionRefusedError('forbidden', ORIGIN_REFUSED)
    return admission.byRequest(request, url.searchParams.get('ticket'))
  }

  #hearErrors(socket: Duplex): void {
    socket.on('error', (error) => this.#deps.muster.logger.debug({ err: error }, 'An upgrade broke off'))
  }
}
