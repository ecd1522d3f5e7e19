import type { IncomingMessage } from 'node:http'
import { type Authenticator, type ErrorCode, MusterError, type TicketHolder, type UserId } from '@muster/core'
import type { Muster } from '@muster/host'
import { isOfHost, normalOrigin, originsOf } from './origins.ts'

/** Who connects, as their token says, and until when it says so. */
export type Caller = TicketHolder

/** Why a connection or a frame was refused. */
export type WsCode = ErrorCode | 'rate_limited' | 'internal'

/** Somebody has as many connections as they may. */
class TooManyConnections extends Error {
  override readonly name = 'TooManyConnections'
}

/** The code of an error, for whoever caused it. What was not meant is logged, not told. */
export function codeOf(error: unknown, muster: Muster): WsCode {
  if (error instanceof TooManyConnections) return 'rate_limited'
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
  readonly #authenticator: Authenticator
  readonly #origins: ReadonlySet<string>
  readonly #mostConnections: number
  readonly #connections = new Map<UserId, number>()

  constructor(
    muster: Muster,
    authenticator: Authenticator,
    origins: readonly string[],
    mostConnections: number,
  ) {
    this.#muster = muster
    this.#authenticator = authenticator
    this.#origins = originsOf(origins)
    this.#mostConnections = mostConnections
  }

  /** Whether pages of the request's origin may connect: no origin (not a browser), this very host, or one that was named. */
  allowsOrigin({ headers: { origin, host } }: IncomingMessage): boolean {
    if (origin === undefined || this.#origins.has(normalOrigin(origin) ?? '')) return true
    return isOfHost(origin, host)
  }

  /** Who the token names. @throws Unauthorized */
  async byToken(token: string): Promise<Caller> {
    const { userId, role: tokenRole, expiresAt } = await this.#authenticator.authenticate(token)
    // A suspended user's token does not hold.
    await this.#muster.people.principalOf(userId, tokenRole)
    return { userId, tokenRole, expiresAt }
  }

  /**
   * Who asks for an upgrade: by ticket, by header, or by subprotocol; `undefined` where it does not say.
   * @throws Unauthorized where what it says does not hold
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

  /** Counts a connection until what it gives is called. @throws TooManyConnections */
  enter({ userId }: Caller): () => void {
    const count = this.#connections.get(userId) ?? 0
    if (count >= this.#mostConnections) {
      throw new TooManyConnections(`At most ${this.#mostConnections} connections a person`)
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
