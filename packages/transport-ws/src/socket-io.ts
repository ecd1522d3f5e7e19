import type { Server as HttpServer } from 'node:http'
import {
  type FeedItem,
  type Muster,
  MusterError,
  type Opening,
  parse,
  parseChannel,
  queueUpdateView,
  snapshotView,
  Unauthorized,
} from '@muster/core'
import { Server, type Socket } from 'socket.io'
import * as ws from 'ws'
import { z } from 'zod'
import { type Admission, type Caller, codeOf, whenExpired } from './admission.ts'
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

const subscribeRequest = z.strictObject({ channel: z.string(), after: z.string().optional() })
const unsubscribeRequest = z.strictObject({ channel: z.string() })

export interface SocketIoOptions {
  readonly muster: Muster
  readonly admission: Admission
  readonly slowAfterMs: number
  readonly maxFrameBytes: number
  readonly polling: boolean
}

/** socket.io beside whatever else the server serves. Connection state recovery is off: it loses events, and the feed resumes by itself. */
export function openSocketIo(server: HttpServer, options: SocketIoOptions, outlets: Set<Outlet>): Io {
  const { admission } = options
  const io: Io = new Server(server, {
    serveClient: false,
    destroyUpgrade: false,
    transports: options.polling ? ['websocket', 'polling'] : ['websocket'],
    pingInterval: 25_000,
    pingTimeout: 20_000,
    maxHttpBufferSize: options.maxFrameBytes,
    perMessageDeflate: false,
    allowRequest: (request, decide) => decide(null, admission.allowsOrigin(request)),
  })
  io.use((socket, next) => {
    void admit(socket, options, next)
  })
  io.on('connection', (socket) => serve(socket, options, outlets))
  return io
}

/** Lets the socket in, or says why not. */
async function admit(
  socket: IoSocket,
  { admission, muster }: SocketIoOptions,
  next: (refusal?: Error) => void,
): Promise<void> {
  try {
    const { token } = socket.handshake.auth as { readonly token?: unknown }
    if (typeof token !== 'string') throw new Unauthorized('A token is needed: auth: { token }')
    const caller = await admission.byToken(token)
    socket.data.caller = caller
    socket.data.left = admission.enter(caller)
  } catch (error) {
    next(refusalOf(error, muster))
    return
  }
  next()
}

function refusalOf(error: unknown, muster: Muster): Error {
  const message = error instanceof MusterError ? error.message : 'The connection was refused'
  return Object.assign(new Error(message), { data: { code: codeOf(error, muster) } })
}

function serve(socket: IoSocket, { muster, slowAfterMs }: SocketIoOptions, outlets: Set<Outlet>): void {
  const { caller, left } = socket.data
  const outlet = new Outlet(pipeOf(socket), slowAfterMs)
  const presence = new ConnectionPresence(muster, caller, socket.id)
  const limit = new FrameLimit()
  /** Of several subscribes to one channel, the last one asked for is the one that stays. */
  const asked = new Map<string, object>()
  outlets.add(outlet)
  const stop = whenExpired(caller, () => socket.disconnect(true))
  onWritten(socket, () => outlet.flow())
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
      if (!limit.allows()) {
        answer({ ok: false, code: 'rate_limited' })
        return
      }
      call(request).then(answer, (error: unknown) => {
        const detail = error instanceof MusterError ? { detail: error.message } : {}
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
        return { ok: false, code: 'rate_limited' } as const
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
        if (asked.get(name) === me) outlet.add(name, subscription, (item) => write(socket, name, item, asked))
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

function write(socket: IoSocket, channel: string, item: FeedItem, asked: Map<string, object>): undefined {
  switch (item.kind) {
    case 'event': {
      const { event } = item
      send(socket, encodedEvent(event, channel))
      if (event.type === 'step_progress') {
        send(socket, encoded(`task:step:progress:${event.projectId}`, event.data))
      }
      return undefined
    }
    case 'queue':
      send(
        socket,
        encodedOnce(item.update, () => [
          `queue:updated:${item.update.projectId}`,
          queueUpdateView(item.update),
        ]),
      )
      return undefined
    case 'mark':
      send(socket, encoded('mark', { channel, cursor: item.cursor }))
      return undefined
    case 'reload': {
      const { reason, cursor } = item
      send(socket, encoded('reload', { channel, reason, snapshot: snapshotView(item.snapshot), cursor }))
      return undefined
    }
    case 'closed':
      asked.delete(channel)
      send(socket, encoded('closed', { channel, code: item.code }))
      if (item.code === 'unauthorized') socket.disconnect(true)
      return undefined
  }
}

// What many sockets are sent is put into bytes once. These are the packets of socket.io's protocol 5 (an EVENT in the default namespace) inside engine.io's
// protocol 4 (a message), as socket.io-adapter makes them for a broadcast: https://socket.io/docs/v4/socket-io-protocol/

interface Encoded {
  readonly packet: string
  readonly options: object
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
  return { packet, options: { wsPreEncodedFrame: Sender.frame(Buffer.from(`4${packet}`), TEXT_FRAME) } }
}

function send({ conn }: IoSocket, { packet, options }: Encoded): void {
  conn.write(packet, options)
}

/** About as long as a frame is that waits in engine.io's buffer, which counts frames. */
const FRAME_BYTES = 512

/** How much waits in a socket: in engine.io's buffer while a write is under way, and in the connection's own. */
function pipeOf({ conn }: IoSocket): Pipe {
  const connection = (): Partial<ws.WebSocket> | undefined =>
    (conn.transport as unknown as { readonly socket?: Partial<ws.WebSocket> }).socket
  return {
    get waiting() {
      const frames = (conn as unknown as { readonly writeBuffer: readonly unknown[] }).writeBuffer.length
      return (connection()?.bufferedAmount ?? 0) + frames * FRAME_BYTES
    },
    close(code) {
      const socket = connection()
      if (socket?.close) socket.close(code)
      else conn.close()
    },
  }
}

/** Calls `flow` when the socket has written what it had, over a change of transport too. */
function onWritten({ conn }: IoSocket, flow: () => void): void {
  conn.transport.on('ready', flow)
  conn.on('upgrade', () => conn.transport.on('ready', flow))
}
