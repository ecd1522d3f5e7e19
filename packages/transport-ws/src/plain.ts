import { randomUUID } from 'node:crypto'
import { type FeedEvent, type FeedItem, type Subscription, snapshotView } from '@muster/core/feed'
import type { Clock } from '@muster/core/ports'
import { parseJson } from '@muster/core/support'
import type { Muster } from '@muster/host'
import type { WebSocket } from 'ws'
import { type Caller, codeOf, whenExpired } from './door/admission.ts'
import { FrameLimit } from './frame-limit.ts'
import { keepAlive } from './keep-alive.ts'
import { Outlet } from './outlet.ts'
import { ConnectionPresence } from './presence.ts'
import { queueUpdateFrame } from './queue-updates.ts'

/** Frames from a client that may wait to be answered. */
const MOST_UNANSWERED = 32

/** The plain endpoints: a person's own events, and the queues. */
export type Endpoint = 'me' | 'queues'

/** One plain connection: one subscription, in JSON text frames. */
export class PlainConnection {
  readonly outlet: Outlet
  readonly #muster: Muster
  readonly #endpoint: Endpoint
  readonly #socket: WebSocket
  readonly #subscription: Subscription
  readonly #presence: ConnectionPresence
  readonly #limit: FrameLimit
  readonly #timers: (() => void)[] = []
  #answering: Promise<void> = Promise.resolve()
  #unanswered = 0

  constructor(options: {
    readonly muster: Muster
    readonly endpoint: Endpoint
    readonly socket: WebSocket
    readonly clock: Pick<Clock, 'now'>
    readonly subscription: Subscription
    readonly caller: Caller
    readonly slowAfterMs: number
    readonly left: () => void
  }) {
    const { muster, endpoint, socket, subscription, caller, left } = options
    this.#muster = muster
    this.#endpoint = endpoint
    this.#socket = socket
    this.#subscription = subscription
    this.#presence = new ConnectionPresence(muster, caller, randomUUID())
    this.#limit = new FrameLimit(options.clock)
    const pipe = {
      get waiting() {
        return socket.bufferedAmount
      },
      close: (code: number) => socket.close(code),
    }
    this.outlet = new Outlet(pipe, options.slowAfterMs)
    socket.on('message', (bytes, isBinary) => this.#hear(isBinary ? '' : String(bytes as Buffer)))
    socket.on('error', (error) => muster.logger.debug({ err: error }, 'A connection broke'))
    socket.once('close', () => {
      for (const stop of this.#timers) stop()
      this.outlet.close()
      subscription.close()
      void this.#presence.close()
      left()
    })
    this.#timers.push(whenExpired(caller, () => this.close(4001)))
    this.#timers.push(keepAlive(socket))
    this.#begin()
  }

  close(code: number): void {
    this.#socket.close(code)
  }

  #begin(): void {
    const { opening } = this.#subscription
    const snapshot = opening.resumed ? {} : { snapshot: snapshotView(opening.snapshot) }
    this.#send({ type: 'ready', cursor: opening.cursor, resumed: opening.resumed, ...snapshot })
    this.outlet.add('', this.#subscription, (item) => this.#write(item))
  }

  #write(item: FeedItem): undefined | Promise<void> {
    const channel = this.#endpoint
    switch (item.kind) {
      case 'event':
        if (this.#endpoint === 'queues') {
          return this.#writeQueue(item.event)
        }
        this.#send(item.event)
        return undefined
      case 'mark':
        this.#send({ type: 'mark', channel, cursor: item.cursor })
        return undefined
      case 'reload': {
        const { reason, cursor } = item
        this.#send({ type: 'reload', channel, reason, snapshot: snapshotView(item.snapshot), cursor })
        return undefined
      }
      case 'closed':
        this.close(item.code === 'unauthorized' ? 4001 : 4003)
        return undefined
      case 'queue':
        return undefined
    }
  }

  /** Where the item stood when it was read may no longer be so, or never be told otherwise. */
  async #writeQueue(event: FeedEvent): Promise<void> {
    const { frame, item } = await queueUpdateFrame(this.#muster, event)
    this.#send(frame)
    if (item) this.#subscription.toldPlace(item.projectId, item.jobId, item)
  }

  #send(frame: object): void {
    this.#socket.send(JSON.stringify(frame), () => this.outlet.drained())
  }

  /** Frames are answered one after the other. */
  #hear(text: string): void {
    const retryAfterMs = this.#limit.refusal()
    if (retryAfterMs !== undefined || this.#unanswered >= MOST_UNANSWERED) {
      const cursor = this.#subscription.cursor
      this.#send({ type: 'error', code: 'rate_limited', cursor, ...(retryAfterMs && { retryAfterMs }) })
      return
    }
    this.#unanswered += 1
    this.#answering = this.#answering.then(async () => {
      this.#send({ ...(await this.#answer(text)), cursor: this.#subscription.cursor })
      this.#unanswered -= 1
    })
  }

  async #answer(text: string): Promise<object> {
    let frame: unknown
    try {
      frame = parseJson(text)
    } catch {
      frame = undefined
    }
    if (typeof frame !== 'object' || frame === null || !('type' in frame) || frame.type !== 'presence') {
      return { type: 'error', code: 'validation_failed' }
    }
    const { type: _type, ...request } = frame
    const projectId = 'projectId' in request ? request.projectId : undefined
    try {
      const said = await this.#presence.say(request)
      this.#subscription.showPresence(said.projectId, said.state === 'active')
      return { type: 'presence_ack', projectId: said.projectId, ok: true }
    } catch (error) {
      const code = codeOf(error, this.#muster)
      if (typeof projectId !== 'string') return { type: 'error', code }
      return { type: 'presence_ack', projectId, ok: false, code }
    }
  }
}
