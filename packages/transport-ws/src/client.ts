import { io, type Socket } from 'socket.io-client'
import type {
  ChannelName,
  ClientToServerEvents,
  Closed,
  QueueUpdated,
  Refusal,
  ServerToClientEvents,
  StepProgressed,
  Subscribed,
  WireEvent,
} from './protocol.ts'

/** Where the client connects, and as whom. */
export interface MusterClientOptions {
  /** The token, or where to get one whenever a connection begins. */
  readonly token: string | (() => string | Promise<string>)
  /** Between two attempts to connect, at least and at most; default 500 and 5 000 ms. */
  readonly reconnectMs?: readonly [number, number]
}

/** What becomes of a channel that is followed. */
export interface Handlers {
  /** Where things stand: at the beginning, and whenever what was missed is no longer kept. Everything known before is void. */
  readonly snapshot?: (snapshot: Readonly<Record<string, unknown>>) => void
  /** Facts, each once and in its project's order, whatever happens to the connection; and signals. */
  readonly event?: (event: WireEvent) => void
  readonly queueUpdated?: (update: QueueUpdated) => void
  readonly stepProgressed?: (progress: StepProgressed) => void
  /** It is not followed any more, and will not be: the right to it was lost or never there. */
  readonly closed?: (code: Closed['code'] | Refusal['code']) => void
}

/** A channel that is followed. */
export interface Following {
  /** Keep it to go on from here in another client. */
  readonly cursor: string | undefined
  /** Resolves when the channel is followed for the first time. */
  readonly ready: Promise<void>
  stop(): void
}

interface Followed {
  readonly handlers: Handlers
  cursor: string | undefined
  readonly opened: () => void
}

type ClientSocket = Socket<ServerToClientEvents, ClientToServerEvents>

/** What may be tried again: the server is busy or its backend away. */
const PASSING: ReadonlySet<string> = new Set(['unavailable', 'busy', 'rate_limited', 'internal', 'conflict'])
const AGAIN_MS = 1_000

/** Follows channels over socket.io: keeps each one's cursor and goes on from it after every reconnect, on whatever process. */
export class MusterClient {
  /** For what this class does not do. */
  readonly socket: ClientSocket
  readonly #followed = new Map<ChannelName, Followed>()
  readonly #present = new Set<string>()
  #closed = false

  constructor(origin: string, { token, reconnectMs: [least, most] = [500, 5_000] }: MusterClientOptions) {
    const given = async (): Promise<string> => (typeof token === 'string' ? token : token())
    this.socket = io(origin, {
      transports: ['websocket'],
      forceNew: true,
      reconnectionDelay: least,
      reconnectionDelayMax: most,
      auth: (answer) => {
        given().then(
          (bearer) => answer({ token: bearer }),
          () => answer({}),
        )
      },
    })
    this.socket.on('connect', () => this.#connected())
    // A refused token and a disconnect by the server are not tried again by socket.io itself: a new token may be good.
    this.socket.on('connect_error', () =>
      this.#later(() => void (this.socket.active || this.socket.connect())),
    )
    this.socket.on('disconnect', () => this.#later(() => void (this.socket.active || this.socket.connect())))
    this.socket.on('event', ({ channel, ...event }) => {
      this.#move(channel, event.cursor)?.event?.(event)
    })
    this.socket.on('mark', ({ channel, cursor }) => {
      this.#move(channel, cursor)
    })
    this.socket.on('reload', ({ channel, cursor, snapshot }) => {
      this.#move(channel, cursor)?.snapshot?.(snapshot)
    })
    this.socket.on('closed', ({ channel, code }) => this.#end(channel, code))
    this.socket.onAny((name: string, data: unknown) => this.#state(name, data))
  }

  /** Follows the channel until told to stop. Following it again replaces the one before. */
  follow(channel: ChannelName, handlers: Handlers, after?: string): Following {
    const { promise, resolve } = Promise.withResolvers<void>()
    const followed: Followed = { handlers, cursor: after, opened: resolve }
    this.#followed.set(channel, followed)
    if (this.socket.connected) this.#subscribe(channel, followed)
    return {
      get cursor() {
        return followed.cursor
      },
      ready: promise,
      stop: () => {
        if (this.#followed.get(channel) !== followed) return
        this.#followed.delete(channel)
        if (this.socket.connected) this.socket.emit('unsubscribe', { channel }, () => undefined)
      },
    }
  }

  /** Says that whoever holds the token has the project open, or no longer; again after every reconnect. */
  presence(projectId: string, state: 'active' | 'left'): void {
    if (state === 'active') this.#present.add(projectId)
    else this.#present.delete(projectId)
    if (this.socket.connected) this.socket.emit('presence', { projectId, state }, () => undefined)
  }

  close(): void {
    this.#closed = true
    this.#followed.clear()
    this.socket.close()
  }

  #connected(): void {
    for (const [channel, followed] of this.#followed) this.#subscribe(channel, followed)
    for (const projectId of this.#present)
      this.socket.emit('presence', { projectId, state: 'active' }, () => undefined)
  }

  #subscribe(channel: ChannelName, followed: Followed): void {
    const { cursor } = followed
    this.socket.emit(
      'subscribe',
      { channel, ...(cursor === undefined ? {} : { after: cursor }) },
      (answer) => {
        if (this.#followed.get(channel) === followed) this.#answered(channel, followed, answer)
      },
    )
  }

  #answered(channel: ChannelName, followed: Followed, answer: Subscribed | Refusal): void {
    if (!answer.ok) {
      if (!PASSING.has(answer.code)) this.#end(channel, answer.code)
      else {
        this.#later(() => {
          if (this.socket.connected && this.#followed.get(channel) === followed)
            this.#subscribe(channel, followed)
        })
      }
      return
    }
    followed.cursor = answer.cursor
    if (!answer.resumed) followed.handlers.snapshot?.(answer.snapshot)
    followed.opened()
  }

  #move(channel: ChannelName, cursor: string): Handlers | undefined {
    const followed = this.#followed.get(channel)
    if (followed) followed.cursor = cursor
    return followed?.handlers
  }

  #end(channel: ChannelName, code: Closed['code'] | Refusal['code']): void {
    const handlers = this.#followed.get(channel)?.handlers
    this.#followed.delete(channel)
    handlers?.closed?.(code)
  }

  #state(name: string, data: unknown): void {
    for (const { handlers } of this.#followed.values()) {
      if (name.startsWith('queue:updated:')) handlers.queueUpdated?.(data as QueueUpdated)
      else if (name.startsWith('task:step:progress:')) handlers.stepProgressed?.(data as StepProgressed)
    }
  }

  #later(act: () => void): void {
    setTimeout(() => {
      if (!this.#closed) act()
    }, AGAIN_MS)
  }
}
