import { io, type ManagerOptions, type Socket } from 'socket.io-client'
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
  /** The token, or where to get one whenever a connection begins. Without: a page's cookies say who it is of. */
  readonly token?: string | (() => string | Promise<string>)
  /** Between two attempts to connect, at least and at most; default 500 and 5 000 ms. */
  readonly reconnectMs?: readonly [number, number]
  /** Where socket.io lies at the origin. Default: `/socket.io` below the path of the address that the client is given. */
  readonly path?: string
}

/** Why nothing is followed: the server refuses for good, or there is none of Muster's. Following again tries again. */
export class RefusedError extends Error {
  override readonly name = 'RefusedError'
  readonly code: Closed['code'] | Refusal['code'] | 'closed'

  constructor(code: RefusedError['code'], message: string) {
    super(message)
    this.code = code
  }
}

/** The fate of a channel that is followed. */
export interface Handlers {
  /** Where things stand: at the beginning, and whenever what was missed is no longer kept. Everything known before is void. */
  readonly snapshot?: (snapshot: Readonly<Record<string, unknown>>) => void
  /** Facts, each once and in its project's order, whatever happens to the connection; and signals. */
  readonly event?: (event: WireEvent) => void
  readonly queueUpdated?: (update: QueueUpdated) => void
  readonly stepProgressed?: (progress: StepProgressed) => void
  /** It is no longer followed, and will not be: the right to it was lost or never there. */
  readonly closed?: (code: Closed['code'] | Refusal['code']) => void
}

/** A channel that is followed. */
export interface Following {
  /** Keep it to go on from here in another client. */
  readonly cursor: string | undefined
  /**
   * Resolves when the channel is followed for the first time. Rejects with a {@link RefusedError} if that cannot come about: the right is
   * lacking, the token does not hold, the address is not Muster's, or the client was closed before.
   */
  readonly ready: Promise<void>
  stop(): void
}

interface Followed {
  readonly handlers: Handlers
  cursor: string | undefined
  readonly opened: () => void
  readonly failed: (error: RefusedError) => void
}

type ClientSocket = Socket<ServerToClientEvents, ClientToServerEvents>

/** Refusals that may be tried again: the server is busy or its backend away. */
const PASSING: ReadonlySet<string> = new Set([
  'unavailable',
  'busy',
  'closed',
  'rate_limited',
  'internal',
  'conflict',
])
const ANSWER_MS = 10_000
/** Refusals in a row that a fresh token, or a server that comes up behind its proxy, may still put right. */
const MOST_REFUSALS = 3

/** Follows channels over socket.io: keeps each one's cursor and goes on from it after every reconnect, on whatever process. */
export class MusterClient {
  /** For what this class does not do. */
  readonly socket: ClientSocket
  readonly #followed = new Map<ChannelName, Followed>()
  readonly #present = new Set<string>()
  readonly #mostRefusals: number
  readonly #againMs: number
  #closed = false
  /** A final refusal is not tried again by itself. */
  #isRefused = false
  #refusals = 0
  #hasToken = false
  #wasConnected = false
  #wasAnswered = false
  #silences = 0

  constructor(origin: string, options: MusterClientOptions = {}) {
    const { token, reconnectMs: [least, most] = [500, 5_000] } = options
    if (!(least >= 0 && most >= least && most < Number.POSITIVE_INFINITY))
      throw new TypeError('reconnectMs must be two numbers of milliseconds, the smaller one first')
    const given = async (): Promise<string | undefined> => (typeof token === 'function' ? token() : token)
    const { address, path } = placeOf(origin, options.path)
    const where: Partial<ManagerOptions> = path === undefined ? {} : { path }
    this.#againMs = least
    this.#mostRefusals = typeof token === 'function' ? MOST_REFUSALS : 1
    this.socket = io(address, {
      ...where,
      transports: ['websocket'],
      forceNew: true,
      reconnectionDelay: least,
      reconnectionDelayMax: most,
      auth: (answer) => {
        given().then(
          (bearer) => {
            this.#hasToken = true
            answer(bearer === undefined ? {} : { token: bearer })
          },
          () => {
            this.#hasToken = false
            answer({})
          },
        )
      },
    })
    this.socket.on('connect', () => this.#connected())
    this.socket.on('connect_error', (error) => this.#notConnected(error))
    // A disconnect by the server is not tried again by socket.io itself.
    this.socket.on('disconnect', () => this.#again())
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
    const { promise, resolve, reject } = Promise.withResolvers<void>()
    // A caller that does not look at it must not fail by it: there is `closed`.
    promise.catch(() => undefined)
    const followed: Followed = { handlers, cursor: after, opened: resolve, failed: reject }
    this.#followed.get(channel)?.failed(new RefusedError('closed', `${channel} is followed anew`))
    this.#followed.set(channel, followed)
    if (this.socket.connected) this.#subscribe(channel, followed)
    else if (this.#closed) this.#end(channel, 'closed', 'The client was closed')
    else if (this.#isRefused) this.#tryAnew()
    return {
      get cursor() {
        return followed.cursor
      },
      ready: promise,
      stop: () => {
        if (this.#followed.get(channel) !== followed) return
        this.#followed.delete(channel)
        followed.failed(new RefusedError('closed', 'It is not to be followed any more'))
        if (this.socket.connected) this.socket.emit('unsubscribe', { channel }, () => undefined)
      },
    }
  }

  /** Says that the holder of the token has the project open, or no longer; again after every reconnect. */
  presence(projectId: string, state: 'active' | 'left'): void {
    if (state === 'active') this.#present.add(projectId)
    else this.#present.delete(projectId)
    if (this.socket.connected) this.socket.emit('presence', { projectId, state }, () => undefined)
  }

  close(): void {
    this.#closed = true
    for (const { failed } of this.#followed.values())
      failed(new RefusedError('closed', 'The client was closed'))
    this.#followed.clear()
    this.socket.close()
  }

  #connected(): void {
    this.#refusals = 0
    this.#wasConnected = true
    for (const [channel, followed] of this.#followed) this.#subscribe(channel, followed)
    for (const projectId of this.#present)
      this.socket.emit('presence', { projectId, state: 'active' }, () => undefined)
  }

  #subscribe(channel: ChannelName, followed: Followed): void {
    const { cursor } = followed
    const request = { channel, ...(cursor === undefined ? {} : { after: cursor }) }
    this.socket.timeout(ANSWER_MS).emit('subscribe', request, (silence: Error | null, answer) => {
      if (this.#followed.get(channel) !== followed) return
      if (!silence) this.#answered(channel, followed, answer)
      else if (this.socket.connected) this.#unanswered(channel, followed)
    })
  }

  /** A server that has answered before is slow; one that never does is another's. */
  #unanswered(channel: ChannelName, followed: Followed): void {
    this.#silences += 1
    if (this.#wasAnswered || this.#silences < MOST_REFUSALS) this.#subscribe(channel, followed)
    else this.#end(channel, 'not_found', 'The server does not answer as Muster does')
  }

  #answered(channel: ChannelName, followed: Followed, answer: Subscribed | Refusal): void {
    this.#wasAnswered = true
    if (!answer.ok) {
      if (!PASSING.has(answer.code)) this.#end(channel, answer.code, answer.detail)
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

  /** Tells it apart whether a refusal can pass; socket.io itself tries for ever, or never again. */
  #notConnected(error: Error): void {
    const refusal = refusalOf(error)
    // Without a token the refusal says nothing of it. A server that was there before is one that comes back.
    const isPassing =
      refusal === undefined ||
      (refusal.code === 'unauthorized' && !this.#hasToken) ||
      (refusal.code === 'not_found' && this.#wasConnected)
    if (!isPassing) {
      this.#refusals += 1
      const most = refusal.code === 'not_found' ? MOST_REFUSALS : this.#mostRefusals
      if (refusal.isFinal || this.#refusals >= most) {
        this.#isRefused = true
        this.socket.disconnect()
        // A handler that is told may follow again.
        const ended = Array.from(this.#followed.keys())
        for (const channel of ended) this.#end(channel, refusal.code, refusal.message)
        return
      }
    }
    this.#again()
  }

  #again(): void {
    this.#later(() => {
      if (!this.#isRefused && !this.socket.active) this.socket.connect()
    })
  }

  #tryAnew(): void {
    this.#isRefused = false
    this.#refusals = 0
    this.socket.connect()
  }

  #end(channel: ChannelName, code: RefusedError['code'], why?: string): void {
    const followed = this.#followed.get(channel)
    this.#followed.delete(channel)
    followed?.failed(new RefusedError(code, why ?? `${channel} may not be followed: ${code}`))
    if (code !== 'closed') followed?.handlers.closed?.(code)
  }

  #state(name: string, data: unknown): void {
    const { channel } = Object(data) as { readonly channel?: ChannelName }
    for (const [own, { handlers }] of this.#followed) {
      // A server of before does not say which channel it is of.
      if (channel !== undefined && channel !== own) continue
      if (name.startsWith('queue:updated:')) handlers.queueUpdated?.(data as QueueUpdated)
      else if (name.startsWith('task:step:progress:')) handlers.stepProgressed?.(data as StepProgressed)
    }
  }

  #later(act: () => void): void {
    setTimeout(() => {
      if (!this.#closed) act()
    }, this.#againMs)
  }
}

/** Where to connect: the path of an address is not the namespace for which socket.io takes it, but what socket.io lies below. */
function placeOf(origin: string, path: string | undefined): { address: string; path?: string } {
  // In browsers an address may be relative to the page.
  const at: { readonly href: string } | undefined = (globalThis as { location?: { href: string } }).location
  if (!URL.canParse(origin, at?.href))
    throw new TypeError('The address must be such as https://example.org/muster')
  const url = new URL(origin, at?.href)
  const base = url.pathname.replace(/\/+$/, '')
  if (path !== undefined) return { address: url.origin, path }
  return base === '' ? { address: url.origin } : { address: url.origin, path: `${base}/socket.io` }
}

interface FinalRefusal {
  readonly code: Refusal['code']
  readonly message: string
  readonly isFinal: boolean
}

/** Statuses of an upgrade that say that this is no place to connect to. */
const NO_PLACE: ReadonlySet<number> = new Set([400, 401, 403, 404, 405, 410, 426, 501])

/** The words of an error that no waiting can change, or `undefined` if waiting can. */
function refusalOf(error: Error): FinalRefusal | undefined {
  const { data, description } = error as { data?: Partial<Refusal>; description?: { message?: unknown } }
  const { message } = error
  if (data?.code !== undefined) {
    return PASSING.has(data.code) ? undefined : { code: data.code, message, isFinal: false }
  }
  if (message === 'Invalid namespace') {
    return { code: 'not_found', message: 'Another socket.io answers there, not Muster’s', isFinal: true }
  }
  const status = Number(/response: (\d{3})/.exec(String(description?.message))?.[1])
  if (!NO_PLACE.has(status)) return undefined
  const code = status === 401 ? 'unauthorized' : status === 403 ? 'forbidden' : 'not_found'
  return { code, message: `The address answers ${status}, and not as Muster does`, isFinal: false }
}
