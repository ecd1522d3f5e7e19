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
import * as ws from 'ws'
import { z } from 'zod'
import { type Admission, type Caller, codeOf, ORIGIN_REFUSED, whenExpired } from './door/admission.ts'
import { FrameLimit } from './frame-limit.ts'
import { Outlet, type Pipe } from './outlet.ts'
import { ConnectionPresence } from './presence.ts'
import type { ClientToServerEvents, Refusal, ServerToClientEvents, Subscribed } from './protocol.ts'

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
      const { clients } = io.engine as unknown as { readonly clients: Readonly<Record<string, Conn>> }
      await Promise.all(Object.values(clients).map(goneElsewhere))
      io.engine.close()
    },
  }
}

type Conn = IoSocket['conn']

/** Ends a connection. A disconnect of socket.io's own would keep its client from coming again. */
async function goneElsewhere(conn: Conn): Promise<void> {
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

function webSocketOf(conn: Conn): Partial<ws.WebSocket> {
  return (conn.transport as unknown as { readonly socket?: Partial<ws.WebSocket> }).socket ?? {}
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
  const pipe = new SocketPipe(socket)
  const outlet = new Outlet(pipe, slowAfterMs)
  const presence = new ConnectionPresence(muster, caller, socket.id)
  const limit = new FrameLimit(clock)
  /** Of several subscribes to one channel, the last one asked for is the one that stays. */
  const asked = new Map<string, object>()
  outlets.add(outlet)
  const stop = whenExpired(caller, () => socket.disconnect(true))
  onWritten(socket, () => outlet.drained())
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

// What many sockets are sent is put into bytes once. These are the packets of socket.io's protocol 5 (an EVENT in the default namespace) inside engine.io's
// protocol 4 (a message), as socket.io-adapter makes them for a broadcast: https://socket.io/docs/v4/socket-io-protocol/

interface Encoded {
  readonly packet: string
  /** The same as a whole WebSocket frame. */
  readonly frame: Buffer
}

const byEvent = new WeakMap<object, Map<string, Encoded>>()

function encodedEvent(event: object, channel: string): Encoded {
  const byChannel = byEvent.get(event) ?? new Map<string, Encoded>()
  byEvent.set(event, byChannel)
  const known = byChannel.get(channel) ?? encoded('event', { ...event, channel })
  byChannel.set(channel, known)
  return known
}

const byObject = new WeakMap<object, Encoded>()

function encodedOnce(object: object, make: () => readonly [string, unknown]): Encoded {
  const known = byObject.get(object) ?? encoded(...make())
  byObject.set(object, known)
  return known
}

interface FrameMaker {
  frame(
    bytes: Buffer,
    options: { fin: boolean; opcode: number; mask: boolean; readOnly: boolean; rsv1: boolean },
  ): Buffer[]
}

const { Sender } = ws as unknown as { readonly Sender: FrameMaker }
const TEXT_FRAME = { fin: true, opcode: 1, mask: false, readOnly: false, rsv1: false }

function encoded(name: string, data: unknown): Encoded {
  const packet = `2${JSON.stringify([name, data])}`
  return { packet, frame: Buffer.concat(Sender.frame(Buffer.from(`4${packet}`), TEXT_FRAME)) }
}

/** About as long as a frame is of which nothing is known but that it waits. */
const FRAME_BYTES = 512

interface Waiting {
  readonly options?: { readonly wsPreEncodedFrame?: readonly Buffer[] }
}

/** Writes to a socket, what is written at once in one system call: of what a fact costs, that is most. */
class SocketPipe implements Pipe {
  readonly #conn: IoSocket['conn']
  #frames: Buffer[] = []
  #held = 0

  constructor({ conn }: IoSocket) {
    this.#conn = conn
  }

  write({ packet, frame }: Encoded): void {
    if (this.#conn.transport.name !== 'websocket') {
      this.#conn.write(packet)
      return
    }
    this.#frames.push(frame)
    this.#held += frame.length
  }

  flush(): void {
    const [only] = this.#frames
    if (only === undefined) return
    // Frames one after the other are what a WebSocket carries, whoever puts them there.
    const all = this.#frames.length === 1 ? only : Buffer.concat(this.#frames, this.#held)
    this.#frames = []
    this.#held = 0
    // As socket.io-adapter does for a broadcast: the packet itself is not looked at where its frame is there.
    this.#conn.write('', { wsPreEncodedFrame: [all] } as object)
  }

  /** In the connection's own buffer, in engine.io's while a write is under way, and here. */
  get waiting(): number {
    let waiting = this.#held + (this.#connection.bufferedAmount ?? 0)
    const { writeBuffer } = this.#conn as unknown as { readonly writeBuffer: readonly Waiting[] }
    for (const { options } of writeBuffer) waiting += options?.wsPreEncodedFrame?.[0]?.length ?? FRAME_BYTES
    return waiting
  }

  close(code: number): void {
    const socket = this.#connection
    if (socket.close) socket.close(code)
    else this.#conn.close()
  }

  get #connection(): Partial<ws.WebSocket> {
    return webSocketOf(this.#conn)
  }
}

/** Calls `free` when the socket has written what it had, over a change of transport too. */
function onWritten({ conn }: IoSocket, free: () => void): void {
  conn.transport.on('ready', free)
  conn.on('upgrade', () => conn.transport.on('ready', free))
}
