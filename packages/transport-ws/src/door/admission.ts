import type { IncomingMessage } from 'node:http'
import { type ErrorCode, MusterError, UnauthorizedError, type UserId } from '@muster/core'
import type { TicketHolder } from '@muster/core/calls'
import type { Authenticator, ExternalIdentity, Identity } from '@muster/core/ports'
import { sessionHolder, trustedPages } from '@muster/core/support'
import type { Muster } from '@muster/host'

/** Why a page is refused, and what would let it in. */
export const ORIGIN_REFUSED =
  'Pages of this origin may not connect: add it to corsOrigins (MUSTER_CORS_ORIGINS of the reference server)'

/** The ways in which callers are named. */
export interface CallerOptions {
  /** Reads bearer tokens. May be left out beside `authenticate`. */
  readonly authenticator?: Authenticator
  /**
   * Names the caller of a connection without a token or ticket, by what the host knows of the request for it, such as the session of its
   * cookie; undefined: nobody. Middleware of the host has not seen the request: run it in here.
   */
  readonly authenticate?: (
    request: IncomingMessage,
  ) =>
    | Identity
    | ExternalIdentity
    | null
    | undefined
    | Promise<Identity | ExternalIdentity | null | undefined>
  /** Other origins whose pages may connect; default none. */
  readonly corsOrigins?: readonly string[]
  /** Connections of one person on this process; default 100. */
  readonly connectionsPerPerson?: number
}

/** The person who connects, as their token or session names them, and until when it holds. */
export type Caller = TicketHolder

/** Why a connection or a frame was refused. */
export type WsCode = ErrorCode | 'rate_limited' | 'internal'

/** Somebody has as many connections as they may. */
class TooManyConnectionsError extends Error {
  override readonly name = 'TooManyConnectionsError'
}

/** The code of an error, for the caller. An error that was not meant is logged, not told. */
export function codeOf(error: unknown, muster: Muster): WsCode {
  if (error instanceof TooManyConnectionsError) return 'rate_limited'
  if (error instanceof MusterError) return error.code
  muster.logger.error({ err: error }, 'A subscription failed')
  return 'internal'
}

const BEARER = /^Bearer +([\w.~+/-]+=*)$/i
const PROTOCOL_TOKEN = /^bearer\.([\w.~+/-]+=*)$/

/** The subprotocol that is spoken, where the client asked for any. */
export const PROTOCOL = 'muster.v1'

/** Says who may connect, and how many times at once. */
export class Admission {
  readonly #muster: Muster
  readonly #authenticator: Authenticator | undefined
  readonly #authenticate: CallerOptions['authenticate']
  readonly #isTrusted: ReturnType<typeof trustedPages>
  readonly #mostConnections: number
  readonly #connections = new Map<UserId, number>()

  /** @throws TypeError for neither an authenticator nor authenticate, and for what is no origin */
  constructor(muster: Muster, options: CallerOptions) {
    const { authenticator, authenticate, corsOrigins = [], connectionsPerPerson = 100 } = options
    if (authenticator === undefined && authenticate === undefined)
      throw new TypeError('attachMusterWs needs an authenticator, or authenticate, to know who connects')
    this.#muster = muster
    this.#authenticator = authenticator
    this.#authenticate = authenticate
    this.#isTrusted = trustedPages(corsOrigins)
    this.#mostConnections = connectionsPerPerson
  }

  /** Whether the page that asks may connect, if it is one. */
  allowsOrigin({ headers }: IncomingMessage): boolean {
    return this.#isTrusted(headers)
  }

  /** The caller whom the token names. @throws UnauthorizedError */
  async byToken(token: string): Promise<Caller> {
    if (this.#authenticator === undefined) throw new UnauthorizedError('No tokens are taken here')
    return this.#known(await this.#authenticator.authenticate(token))
  }

  /** The caller without a token, as the host knows them. @throws UnauthorizedError */
  async bySession(request: IncomingMessage): Promise<Caller> {
    if (this.#authenticate === undefined) throw new UnauthorizedError('A token is needed')
    return this.#known(sessionHolder(await this.#authenticate(request), this.#muster.clock.now()))
  }

  /** A suspended user's token or session does not hold. */
  async #known(caller: Identity | ExternalIdentity): Promise<Caller> {
    const { userId, role: tokenRole, expiresAt } = await this.#muster.people.identify(caller)
    await this.#muster.people.principalOf(userId, tokenRole)
    return { userId, tokenRole, expiresAt }
  }

  /**
   * The caller of an upgrade: by ticket, by header, or by subprotocol; `undefined` if none names one.
   * @throws UnauthorizedError where what it says does not hold
   */
  async byRequest(request: IncomingMessage, ticket: string | null): Promise<Caller | undefined> {
    if (ticket !== null) {
      const holder = await this.#muster.tickets.take(ticket)
      await this.#muster.people.principalOf(holder.userId, holder.tokenRole)
      return holder
    }
    const token = tokenOf(request)
    return token === undefined ? undefined : this.byToken(token)
  }

  /** Counts a connection until what it gives is called. @throws TooManyConnectionsError */
  enter({ userId }: Caller): () => void {
    const count = this.#connections.get(userId) ?? 0
    if (count >= this.#mostConnections) {
      throw new TooManyConnectionsError(`At most ${this.#mostConnections} connections a person`)
    }
    this.#connections.set(userId, count + 1)
    let left = false
    return () => {
      if (left) return
      left = true
      const now = (this.#connections.get(userId) ?? 1) - 1
      if (now === 0) this.#connections.delete(userId)
      else this.#connections.set(userId, now)
    }
  }
}

function tokenOf({ headers }: IncomingMessage): string | undefined {
  const byHeader = BEARER.exec(headers.authorization ?? '')?.[1]
  const offered = (headers['sec-websocket-protocol'] ?? '').split(',')
  return byHeader ?? offered.map((name) => PROTOCOL_TOKEN.exec(name.trim())?.[1]).find(Boolean)
}

/** `over` is called when the caller's token is no longer good. Gives how to call that off. */
export function whenExpired({ expiresAt }: Caller, over: () => void): () => void {
  let timer: NodeJS.Timeout | undefined
  const wait = (): void => {
    const left = expiresAt.getTime() - Date.now()
    if (left <= 0) over()
    else timer = setTimeout(wait, Math.min(left, 2 ** 31 - 1)).unref()
  }
  timer = setTimeout(wait, 0)
  return () => clearTimeout(timer)
}
