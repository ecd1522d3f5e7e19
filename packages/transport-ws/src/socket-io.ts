import { createServer, type Server as HttpServer } from 'node:http'
import { MusterError } from '@muster/core'
import type { Clock } from '@muster/core/ports'
import { publicMessage } from '@muster/core/support'
import type { Muster } from '@muster/host'
import { Server } from 'socket.io'
import { type Admission, codeOf, ORIGIN_REFUSED } from './door/admission.ts'
import { CLOSING_MS } from './door/socket-server.ts'
import type { Outlet } from './outlet.ts'
import { type Io, type IoSocket, SocketIoConnection } from './socket-io-connection.ts'
import { type Connection, webSocketOf } from './socket-pipe.ts'

export interface SocketIoOptions {
  /** Such as `/socket.io`. */
  readonly path: string
  readonly muster: Muster
  readonly admission: Admission
  readonly clock: Pick<Clock, 'now'>
  readonly slowAfterMs: number
  readonly maxFrameBytes: number
  readonly polling: boolean
}

/** A socket.io server whose requests and upgrades are routed to it. */
export interface SocketIo {
  /** Answers the requests and upgrades that are emitted on it. It does not listen. */
  readonly door: HttpServer
  /** Closes every connection with 1001, so that clients connect again, elsewhere. */
  close(): Promise<void>
}

/** Opens socket.io. Connection state recovery is off: it loses events, and the feed resumes by itself. */
export function openSocketIo(options: SocketIoOptions, outlets: Set<Outlet>): SocketIo {
  const { admission, path } = options
  const door = createServer()
  const io: Io = new Server(door, {
    path,
    serveClient: false,
    destroyUpgrade: false,
    transports: options.polling ? ['websocket', 'polling'] : ['websocket'],
    pingInterval: 25_000,
    pingTimeout: 20_000,
    maxHttpBufferSize: options.maxFrameBytes,
    perMessageDeflate: false,
    allowRequest: (request, decide) => {
      const allowed = admission.allowsOrigin(request)
      decide(allowed ? null : ORIGIN_REFUSED, allowed)
    },
  })
  io.use((socket, next) => {
    void admit(socket, options, next)
  })
  io.on('connection', (socket) => serve(socket, options, outlets))
  return {
    door,
    async close() {
      const { clients } = io.engine as unknown as { readonly clients: Readonly<Record<string, Connection>> }
      await Promise.all(Object.values(clients).map(goneElsewhere))
      io.engine.close()
    },
  }
}

/** Ends a connection. A disconnect of socket.io's own would keep its client from coming again. */
async function goneElsewhere(conn: Connection): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>()
  conn.once('close', () => resolve())
  const impatience = setTimeout(() => {
    conn.close(true)
    resolve()
  }, CLOSING_MS)
  const socket = webSocketOf(conn)
  if (socket.close) socket.close(1001)
  else conn.close()
  await promise
  clearTimeout(impatience)
}

/** Lets the socket in, or says why not. */
async function admit(
  socket: IoSocket,
  { admission, muster }: SocketIoOptions,
  next: (refusal?: Error) => void,
): Promise<void> {
  try {
    const { token } = socket.handshake.auth as { readonly token?: unknown }
    const caller = await (typeof token === 'string'
      ? admission.byToken(token)
      : admission.bySession(socket.request))
    socket.data.caller = caller
    socket.data.left = admission.enter(caller)
  } catch (error) {
    next(refusalOf(error, muster))
    return
  }
  next()
}

function refusalOf(error: unknown, muster: Muster): Error {
  const message = error instanceof MusterError ? publicMessage(error) : 'The connection was refused'
  return Object.assign(new Error(message), { data: { code: codeOf(error, muster) } })
}

function serve(
  socket: IoSocket,
  { muster, clock, slowAfterMs }: SocketIoOptions,
  outlets: Set<Outlet>,
): void {
  const left = (): void => {
    outlets.delete(connection.outlet)
    socket.data.left()
  }
  const connection = new SocketIoConnection({ socket, muster, clock, slowAfterMs, left })
  outlets.add(connection.outlet)
}
