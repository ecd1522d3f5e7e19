import { createServer, type Server as HttpServer } from 'node:http'
import {
  type Clock,
  type FeedItem,
  MusterError,
  type Opening,
  parse,
  parseChannel,
  publicMessage,
  queueUpdateView,
  snapshotView,
} from '@muster/core'
import type { Muster } from '@muster/host'
import { Server, type Socket } from 'socket.io'
import { z } from 'zod'
import { type Admission, type Caller, codeOf, ORIGIN_REFUSED, whenExpired } from './door/admission.ts'
import { FrameLimit } from './frame-limit.ts'
import { encoded, encodedEvent, encodedOnce } from './frames.ts'
import { Outlet } from './outlet.ts'
import { ConnectionPresence } from './presence.ts'
import type { ClientToServerEvents, Refusal, ServerToClientEvents, Subscribed } from './protocol.ts'
import { type Connection, onWritten, SocketPipe, webSocketOf } from './socket-pipe.ts'

interface SocketData {
  caller: Caller
  left: () => void
}

type Io = Server<ClientToServerEvents, ServerToClientEvents, Record<never, never>, SocketData>
type IoSocket = Socket<ClientToServerEvents, ServerToClientEvents, Record<never, never>, SocketData>

const MOST_SUBSCRIPTIONS = 100
const TOO_MANY_SUBSCRIPTIONS = `A connection has at most ${MOST_SUBSCRIPTIONS} subscriptions: end one first`

const subscribeRequest = z.strictObject({ channel: z.string(), after: z.string().optional() })
const unsubscribeRequest = z.strictObject({ channel: z.string() })

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

/** A socket.io server for whoever routes its requests and upgrades. */
export interface SocketIo {
  /** Answers the requests and upgrades that are emitted on it. It does not listen. */
  readonly door: HttpServer
  /** Closes every connection with 1001, so that clients connect again, elsewhere. */
  close(): Promise<void>
}

const CLOSING_MS = 1_000

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
  const { caller, left } = socket.data
  const pipe = new SocketPipe(socket.conn)
  const outlet = new Outlet(pipe, slowAfterMs)
  const presence = new ConnectionPresence(muster, caller, socket.id)
  const limit = new FrameLimit(clock)
  /** Of several subscribes to one channel, the last one asked for is the one that stays. */
  const asked = new Map<string, object>()
  outlets.add(outlet)
  const stop = whenExpired(caller, () => socket.disconnect(true))
  onWritten(socket.conn, () => outlet.drained())
  socket.once('disconnect', () => {
    stop()
    outlets.delete(outlet)
    outlet.close()
    asked.clear()
    void presence.close()
    left()
  })

  /** Answers `call`, or says why not. What is not answered cannot be acknowledged, so it is not done. */
  const answered =
    <Request, Answer>(call: (request: Request) => Promise<Answer>) =>
    (request: Request, answer: (answer: Answer | Refusal) => void): void => {
      if (typeof answer !== 'function') return
      const retryAfterMs = limit.refusal()
      if (retryAfterMs !== undefined) {
        answer({ ok: false, code: 'rate_limited', retryAfterMs })
        return
      }
      call(request).then(answer, (error: unknown) => {
        const detail = error instanceof MusterError ? { detail: publicMessage(error) } : {}
        answer({ ok: false, code: codeOf(error, muster), ...detail })
      })
    }

  socket.on(
    'subscribe',
    answered(async (request) => {
      const { channel: name, after } = parse(subscribeRequest, request)
      const channel = parseChannel(name)
      const me = {}
      if (!asked.has(name) && asked.size >= MOST_SUBSCRIPTIONS)
        return { ok: false, code: 'rate_limited', detail: TOO_MANY_SUBSCRIPTIONS } as const
      asked.set(name, me)
      const { userId, tokenRole } = caller
      const subscription = await muster.feed
        .subscribe({ userId, tokenRole, channel, after })
        .catch((error: unknown) => {
          if (asked.get(name) === me && outlet.get(name) === undefined) asked.delete(name)
          throw error
        })
      if (asked.get(name) !== me) {
        subscription.close()
        return { ok: false, code: 'conflict' } as const
      }
      // Once the answer has been written: what comes of the subscription comes after it.
      setImmediate(() => {
        if (asked.get(name) === me)
          outlet.add(name, subscription, (item) => write(socket, pipe, name, item, asked))
        else subscription.close()
      })
      return subscribed(subscription.opening)
    }),
  )
  socket.on(
    'unsubscribe',
    answered(async (request) => {
      const { channel } = parse(unsubscribeRequest, request)
      parseChannel(channel)
      asked.delete(channel)
      outlet.remove(channel)
      return { ok: true } as const
    }),
  )
  socket.on(
    'presence',
    answered(async (request) => {
      await presence.say(request)
      return { ok: true } as const
    }),
  )
}

function subscribed(opening: Opening): Subscribed {
  const { cursor } = opening
  if (opening.resumed) return { ok: true, resumed: true, cursor }
  const snapshot = snapshotView(opening.snapshot) as Readonly<Record<string, unknown>>
  return { ok: true, resumed: false, cursor, snapshot }
}

function write(
  socket: IoSocket,
  pipe: SocketPipe,
  channel: string,
  item: FeedItem,
  asked: Map<string, object>,
): undefined {
  switch (item.kind) {
    case 'event': {
      const { event } = item
      pipe.write(encodedEvent(event, channel))
      if (event.type === 'step_progress') {
        pipe.write(encoded(`task:step:progress:${event.projectId}`, event.data))
      }
      return undefined
    }
    case 'queue': {
      const { update } = item
      const make = () => [`queue:updated:${update.projectId}`, queueUpdateView(update)] as const
      pipe.write(encodedOnce(update, make))
      return undefined
    }
    case 'mark':
      pipe.write(encoded('mark', { channel, cursor: item.cursor }))
      return undefined
    case 'reload': {
      const { reason, cursor } = item
      pipe.write(encoded('reload', { channel, reason, snapshot: snapshotView(item.snapshot), cursor }))
      return undefined
    }
    case 'closed':
      asked.delete(channel)
      pipe.write(encoded('closed', { channel, code: item.code }))
      pipe.flush()
      if (item.code === 'unauthorized') socket.disconnect(true)
      return undefined
  }
}
