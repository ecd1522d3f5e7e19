import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'

/** A server of one path. */
export interface Route {
  /** Takes an upgrade. */
  readonly upgrade: (request: IncomingMessage, socket: Duplex, head: Buffer) => void
  /** Answers a plain request, if the path has any for it. */
  readonly request?: (request: IncomingMessage, response: ServerResponse) => void
  /** Whether the host may serve the same path, and so is asked first. */
  readonly isShared: boolean
}

/** How long a host that shares a path may think about an upgrade before it counts as ours. */
const SHARED_PATIENCE_MS = 250
const LOOK_MS = 10

const routersOf = new WeakMap<Server, Set<object>>()

/**
 * Sends upgrades of `server` to whatever `find` names for their path. Other listeners never see these: an engine that is attached to the same server, before or
 * after, would refuse or destroy them, or take them a second time. All else is left to them; what nobody can take is given to `refuse`.
 * @returns what ends it
 */
export function routeUpgrades(
  server: Server,
  find: (path: string) => Route | undefined,
  refuse: (socket: Duplex, path: string) => void,
): () => void {
  const me = {}
  const routers = routersOf.get(server) ?? new Set()
  routersOf.set(server, routers.add(me))
  const seen = new WeakSet<IncomingMessage>()
  let isOver = false

  const othersListen = (): boolean => server.listenerCount('upgrade') > routers.size

  /** Takes what is ours. Tells whether it did. */
  const take = (request: IncomingMessage, socket: Duplex, head: Buffer): boolean => {
    const route = seen.has(request) ? undefined : find(pathOf(request))
    if (route === undefined) return false
    seen.add(request)
    if (!route.isShared || !othersListen()) {
      route.upgrade(request, socket, head)
      return true
    }
    const isTaken = watch(socket)
    void untilTaken(isTaken).then((taken) => {
      if (!taken) route.upgrade(request, socket, head)
    })
    return false
  }

  const emit = Reflect.get(server, 'emit') as (...args: unknown[]) => boolean
  const routed = (name: string | symbol, ...args: unknown[]): boolean => {
    if (!isOver && name === 'upgrade') {
      const [request, socket, head] = args as [IncomingMessage, Duplex, Buffer]
      if (take(request, socket, head)) return true
    }
    if (!isOver && name === 'request') {
      const [request, response] = args as [IncomingMessage, ServerResponse]
      const route = find(pathOf(request))
      if (route?.request !== undefined && !(route.isShared && othersListen())) {
        route.request(request, response)
        return true
      }
    }
    return Reflect.apply(emit, server, [name, ...args])
  }
  const hadOwn = Object.hasOwn(server, 'emit')
  Reflect.set(server, 'emit', routed)

  // Node hands upgrades out only if somebody listens, and a server that forwards to this one may have kept its first `emit`.
  const onUpgrade = (request: IncomingMessage, socket: Duplex, head: Buffer): void => {
    if (take(request, socket, head) || seen.has(request) || othersListen() || !socket.writable) return
    seen.add(request)
    refuse(socket, pathOf(request))
  }
  server.on('upgrade', onUpgrade)

  return () => {
    isOver = true
    routers.delete(me)
    server.removeListener('upgrade', onUpgrade)
    if (Reflect.get(server, 'emit') !== routed) return
    if (hadOwn) Reflect.set(server, 'emit', emit)
    else Reflect.deleteProperty(server, 'emit')
  }
}

/** The path of a request, as it came. */
function pathOf({ url = '/' }: IncomingMessage): string {
  return url.split(/[?#]/, 1)[0] ?? '/'
}

/** Tells from now on whether somebody has answered on the socket. A connection that was used before has written already. */
function watch(socket: Duplex): () => boolean {
  const { bytesWritten: before = 0 } = socket as { bytesWritten?: number }
  return () => !socket.writable || ((socket as { bytesWritten?: number }).bytesWritten ?? 0) > before
}

async function untilTaken(isTaken: () => boolean): Promise<boolean> {
  for (let waited = 0; ; waited += LOOK_MS) {
    if (isTaken() || waited >= SHARED_PATIENCE_MS) return isTaken()
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS))
  }
}
