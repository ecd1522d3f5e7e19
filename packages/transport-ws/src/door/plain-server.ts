import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import type { Subscription } from '@muster/core/feed'
import type { Clock } from '@muster/core/ports'
import type { Muster } from '@muster/host'
import type { Outlet } from '../outlet.ts'
import { type Endpoint, PlainConnection } from '../plain.ts'
import { type Asked, askedAt } from './addresses.ts'
import { type Admission, type Caller, PROTOCOL } from './admission.ts'
import { closeSockets, socketServer } from './socket-server.ts'

/** Dependencies of the servers behind the door. */
export interface DoorDeps {
  readonly muster: Muster
  readonly admission: Admission
  readonly clock: Pick<Clock, 'now'>
  readonly slowAfterMs: number
}

interface Opened {
  readonly asked: Asked
  readonly caller: Caller
  readonly subscription: Subscription
  readonly leave: () => void
}

/** Serves the plain endpoints: each connection is one subscription. */
export class PlainServer {
  readonly #deps: DoorDeps
  readonly #outlets: Set<Outlet>
  readonly #sockets = socketServer(PROTOCOL)

  /** @param outlets those of open connections, its own among them */
  constructor(deps: DoorDeps, outlets: Set<Outlet>) {
    this.#deps = deps
    this.#outlets = outlets
  }

  /**
   * Opens the subscription first, so that a refusal is an answer by HTTP. `callerOf` says who asks, if the request does.
   * @throws what refuses the caller, the address or the subscription
   */
  async serve(
    request: IncomingMessage,
    socket: Duplex,
    head: Buffer,
    to: { readonly url: URL; readonly endpoint: Endpoint; readonly caller: Caller | undefined },
  ): Promise<void> {
    const { muster, admission } = this.#deps
    const caller = to.caller ?? (await admission.bySession(request))
    const asked = askedAt(to.url, to.endpoint)
    const leave = admission.enter(caller)
    try {
      const { userId, tokenRole } = caller
      const subscription = await muster.feed.subscribe({ userId, tokenRole, ...asked })
      this.#accept(request, socket, head, { asked, caller, subscription, leave })
    } catch (error) {
      leave()
      throw error
    }
  }

  /** Closes every connection with 1001. */
  close(): Promise<void> {
    return closeSockets(this.#sockets)
  }

  #accept(request: IncomingMessage, socket: Duplex, head: Buffer, opened: Opened): void {
    const { asked, caller, subscription, leave } = opened
    // A client that went away meanwhile is not served.
    if (!socket.readable || !socket.writable) {
      subscription.close()
      leave()
      socket.destroy()
      return
    }
    this.#sockets.handleUpgrade(request, socket, head, (webSocket) => {
      const left = (): void => {
        leave()
        this.#outlets.delete(connection.outlet)
      }
      const { muster, clock, slowAfterMs } = this.#deps
      const { endpoint } = asked
      const connection = new PlainConnection({
        muster,
        endpoint,
        socket: webSocket,
        clock,
        subscription,
        caller,
        slowAfterMs,
        left,
      })
      this.#outlets.add(connection.outlet)
    })
  }
}
