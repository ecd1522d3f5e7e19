import type { IncomingMessage } from 'node:http'
import type { Clock } from '@muster/core/ports'
import type { Muster } from '@muster/host'
import type { WebSocket } from 'ws'
import { FrameLimit } from '../frame-limit.ts'
import { keepAlive } from '../keep-alive.ts'
import { MOST_WAITING } from '../outlet.ts'
import { type Admission, type Caller, whenExpired } from './admission.ts'

/** A protocol that is spoken on a path of its own, behind the same door as Muster's: the same origins, tokens, tickets and limits. */
export interface WsEndpoint {
  readonly path: string
  /** The subprotocol that clients name. */
  readonly protocol: string
  /** Serves a connection. The function that it gives is called when that has ended. */
  open(connection: WsConnection): (code: number, reason: string) => Promise<void>
}

/** A connection as an endpoint has it. */
export interface WsConnection {
  /** The subprotocol that was agreed on; empty: the client named another, or none. */
  readonly protocol: string
  /**
   * Names the caller, and lets them in: as the upgrade said, or else by this token, or else by the host's session. The connection ends with the token.
   * @throws UnauthorizedError; another error where they have as many connections as they may
   */
  admit(token: string | undefined): Promise<Caller>
  /** Resolves when it was written; if that can no longer be, at the end of the connection. A sender that waits for it holds one message for a slow reader. */
  send(text: string): Promise<void>
  close(code: number, reason: string): void
  onMessage(hear: (text: string) => Promise<void>): void
}

/** One connection of an endpoint. */
export class EndpointConnection implements WsConnection {
  readonly protocol: string
  readonly #muster: Muster
  readonly #socket: WebSocket
  readonly #admission: Admission
  readonly #request: IncomingMessage
  readonly #slowAfterMs: number
  readonly #limit: FrameLimit
  readonly #end: (code: number, reason: string) => Promise<void>
  readonly #atEnd: (() => void)[]
  readonly #gone = Promise.withResolvers<void>()
  #caller: Caller | undefined
  /** Messages that have not left this process, and since when none has. */
  #unsent = 0
  #stuckAt = 0

  constructor(options: {
    readonly muster: Muster
    readonly admission: Admission
    readonly endpoint: WsEndpoint
    /** The upgrade that it began with. */
    readonly request: IncomingMessage
    readonly socket: WebSocket
    readonly clock: Pick<Clock, 'now'>
    readonly caller: Caller | undefined
    readonly slowAfterMs: number
    readonly ended: () => void
  }) {
    const { muster, admission, endpoint, socket, caller, slowAfterMs, ended } = options
    this.#muster = muster
    this.#admission = admission
    this.#request = options.request
    this.#socket = socket
    this.#slowAfterMs = slowAfterMs
    this.#limit = new FrameLimit(options.clock)
    this.#caller = caller
    this.protocol = socket.protocol
    this.#atEnd = [keepAlive(socket), ended]
    socket.on('error', (error) => muster.logger.debug({ err: error }, 'A connection broke'))
    this.#end = endpoint.open(this)
    socket.once('close', (code, reason) => this.#over(code, String(reason)))
  }

  async admit(token: string | undefined): Promise<Caller> {
    this.#caller ??= await (token === undefined
      ? this.#admission.bySession(this.#request)
      : this.#admission.byToken(token))
    const caller = this.#caller
    const leave = this.#admission.enter(caller)
    if (this.#atEnd.length === 0) leave()
    else
      this.#atEnd.push(
        leave,
        whenExpired(caller, () => this.close(4001, 'The token has expired')),
      )
    return caller
  }

  send(text: string): Promise<void> {
    if (this.#socket.readyState !== this.#socket.OPEN) return this.#gone.promise
    if (this.#unsent === 0) this.#stuckAt = Date.now()
    this.#unsent += 1
    const { promise, resolve } = Promise.withResolvers<void>()
    this.#socket.send(text, () => {
      this.#unsent -= 1
      this.#stuckAt = Date.now()
      if (this.#socket.isPaused && this.#socket.bufferedAmount < MOST_WAITING) this.#socket.resume()
      resolve()
    })
    // A client that takes no answers is not asked for more questions.
    if (this.#socket.bufferedAmount >= MOST_WAITING) this.#socket.pause()
    return promise
  }

  close(code: number, reason: string): void {
    this.#socket.resume()
    this.#socket.close(code, reason.slice(0, MOST_REASON))
  }

  onMessage(hear: (text: string) => Promise<void>): void {
    this.#socket.on('message', (bytes) => {
      if (this.#limit.refusal() === undefined) void this.#answered(hear(String(bytes as Buffer)))
      else this.close(1008, 'rate_limited')
    })
  }

  /** Called now and then. */
  tick(now: number): void {
    if (this.#unsent === 0 || now - this.#stuckAt < this.#slowAfterMs) return
    this.close(4008, 'too slow')
    // A client that takes nothing does not take this either: all that it holds is let go of now.
    this.#over(4008, 'too slow')
  }

  #over(code: number, reason: string): void {
    const acts = this.#atEnd.splice(0)
    if (acts.length === 0) return
    for (const act of acts) act()
    this.#gone.resolve()
    void this.#answered(this.#end(code, reason))
  }

  async #answered(work: Promise<void>): Promise<void> {
    try {
      await work
    } catch (error) {
      this.#muster.logger.error({ err: error }, 'A message could not be dealt with')
      this.close(1011, 'internal')
    }
  }
}

/** A close frame has room for 123 bytes. */
const MOST_REASON = 100
