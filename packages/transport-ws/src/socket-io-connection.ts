import { MusterError } from '@muster/core'
import {
  type FeedItem,
  MOST_SUBSCRIPTIONS,
  type Opening,
  parseChannel,
  queueUpdateView,
  snapshotView,
} from '@muster/core/feed'
import type { Clock } from '@muster/core/ports'
import { parse } from '@muster/core/schemas'
import { publicMessage } from '@muster/core/support'
import type { Muster } from '@muster/host'
import type { Server, Socket } from 'socket.io'
import { z } from 'zod'
import { type Caller, codeOf, whenExpired } from './door/admission.ts'
import { FrameLimit } from './frame-limit.ts'
import { encoded, encodedEvent, encodedOnce } from './frames.ts'
import { Outlet } from './outlet.ts'
import { ConnectionPresence } from './presence.ts'
import type { ClientToServerEvents, Refusal, ServerToClientEvents, Subscribed } from './protocol.ts'
import { onWritten, SocketPipe } from './socket-pipe.ts'

interface SocketData {
  caller: Caller
  left: () => void
}

/** A server of socket.io that speaks as protocol.ts says. */
export type Io = Server<ClientToServerEvents, ServerToClientEvents, Record<never, never>, SocketData>
/** A connection of it. */
export type IoSocket = Socket<ClientToServerEvents, ServerToClientEvents, Record<never, never>, SocketData>

const TOO_MANY_SUBSCRIPTIONS = `A connection has at most ${MOST_SUBSCRIPTIONS} subscriptions: end one first`

const subscribeRequest = z.strictObject({ channel: z.string(), after: z.string().optional() })
const unsubscribeRequest = z.strictObject({ channel: z.string() })

/** One connection of socket.io: a subscription for each channel that its client follows. */
export class SocketIoConnection {
  readonly outlet: Outlet
  readonly #socket: IoSocket
  readonly #muster: Muster
  readonly #pipe: SocketPipe
  readonly #presence: ConnectionPresence
  readonly #limit: FrameLimit
  /** Of several subscribes to one channel, the last one asked for is the one that stays. */
  readonly #asked = new Map<string, object>()

  constructor(options: {
    readonly socket: IoSocket
    readonly muster: Muster
    readonly clock: Pick<Clock, 'now'>
    readonly slowAfterMs: number
    readonly left: () => void
  }) {
    const { socket, muster, left } = options
    const { caller } = socket.data
    this.#socket = socket
    this.#muster = muster
    this.#pipe = new SocketPipe(socket.conn)
    this.outlet = new Outlet(this.#pipe, options.slowAfterMs)
    this.#presence = new ConnectionPresence(muster, caller, socket.id)
    this.#limit = new FrameLimit(options.clock)
    const stop = whenExpired(caller, () => socket.disconnect(true))
    onWritten(socket.conn, () => this.outlet.drained())
    socket.once('disconnect', () => {
      stop()
      this.outlet.close()
      this.#asked.clear()
      void this.#presence.close()
      left()
    })
    socket.on(
      'subscribe',
      this.#answered(async (request) => this.#subscribe(request)),
    )
    socket.on(
      'unsubscribe',
      this.#answered(async (request) => this.#unsubscribe(request)),
    )
    socket.on(
      'presence',
      this.#answered(async (request) => {
        await this.#presence.say(request)
        return { ok: true } as const
      }),
    )
  }

  /** Answers `call`, or says why not. A call without an answer cannot be acknowledged, so it is not done. */
  #answered<Request, Answer>(
    call: (request: Request) => Promise<Answer>,
  ): (request: Request, answer: (answer: Answer | Refusal) => void) => void {
    return (request, answer) => {
      if (typeof answer !== 'function') return
      const retryAfterMs = this.#limit.refusal()
      if (retryAfterMs !== undefined) {
        answer({ ok: false, code: 'rate_limited', retryAfterMs })
        return
      }
      call(request).then(answer, (error: unknown) => {
        const detail = error instanceof MusterError ? { detail: publicMessage(error) } : {}
        answer({ ok: false, code: codeOf(error, this.#muster), ...detail })
      })
    }
  }

  async #subscribe(request: unknown): Promise<Subscribed | Refusal> {
    const { channel: name, after } = parse(subscribeRequest, request)
    const channel = parseChannel(name)
    const me = {}
    if (!this.#asked.has(name) && this.#asked.size >= MOST_SUBSCRIPTIONS)
      return { ok: false, code: 'rate_limited', detail: TOO_MANY_SUBSCRIPTIONS }
    this.#asked.set(name, me)
    const isAsked = (): boolean => this.#asked.get(name) === me
    const { userId, tokenRole } = this.#socket.data.caller
    const subscription = await this.#muster.feed
      .subscribe({ userId, tokenRole, channel, after })
      .catch((error: unknown) => {
        if (isAsked() && this.outlet.get(name) === undefined) this.#asked.delete(name)
        throw error
      })
    if (!isAsked()) {
      subscription.close()
      return { ok: false, code: 'conflict' }
    }
    // Once the answer has been written: what comes of the subscription comes after it.
    setImmediate(() => {
      if (isAsked()) this.outlet.add(name, subscription, (item) => this.#write(name, item))
      else subscription.close()
    })
    return subscribed(subscription.opening)
  }

  #unsubscribe(request: unknown): { readonly ok: true } {
    const { channel } = parse(unsubscribeRequest, request)
    parseChannel(channel)
    this.#asked.delete(channel)
    this.outlet.remove(channel)
    return { ok: true }
  }

  #write(channel: string, item: FeedItem): undefined {
    switch (item.kind) {
      case 'event': {
        const { event } = item
        this.#pipe.write(encodedEvent(event, channel))
        if (event.type === 'step_progress') {
          this.#pipe.write(encoded(`task:step:progress:${event.projectId}`, { ...event.data, channel }))
        }
        return undefined
      }
      case 'queue': {
        const { update } = item
        const make = () =>
          [`queue:updated:${update.projectId}`, { ...queueUpdateView(update), channel }] as const
        this.#pipe.write(encodedOnce(update, channel, make))
        return undefined
      }
      case 'mark':
        this.#pipe.write(encoded('mark', { channel, cursor: item.cursor }))
        return undefined
      case 'reload': {
        const { reason, cursor } = item
        this.#pipe.write(
          encoded('reload', { channel, reason, snapshot: snapshotView(item.snapshot), cursor }),
        )
        return undefined
      }
      case 'closed':
        this.#asked.delete(channel)
        this.#pipe.write(encoded('closed', { channel, code: item.code }))
        this.#pipe.flush()
        if (item.code === 'unauthorized') this.#socket.disconnect(true)
        return undefined
    }
  }
}

function subscribed(opening: Opening): Subscribed {
  const { cursor } = opening
  if (opening.resumed) return { ok: true, resumed: true, cursor }
  const snapshot = snapshotView(opening.snapshot) as Readonly<Record<string, unknown>>
  return { ok: true, resumed: false, cursor, snapshot }
}
