import { digestOf } from '../digest.ts'
import type { Clock } from '../environment.ts'
import { UnauthorizedError } from '../errors.ts'
import type { IdempotencyStore, IdempotentCall } from '../idempotency.ts'
import type { UserId } from '../ids.ts'
import type { Role } from './person.ts'

/** How long a ticket can be used. */
export const TICKET_MS = 30_000

/** The holder of a ticket: the bearer of a token, as long as the token holds. */
export interface TicketHolder {
  readonly userId: UserId
  readonly tokenRole: Role
  readonly expiresAt: Date
}

/** Tickets stand for a token where a token must not be, as in a URL: for half a minute, once, on any process. */
export interface TicketUseCases {
  /** Keeps a ticket, which must be a secret that nobody can guess. Gives when it lapses. */
  keep(ticket: string, holder: TicketHolder): Promise<Date>
  /** Uses it up. @throws UnauthorizedError if it is unknown, lapsed or used */
  take(ticket: string): Promise<TicketHolder>
}

/** Kept where answers to repeated calls are: what is needed is the same, one of several at once is the first. The ticket itself is not kept. */
export function ticketUseCases({
  idempotency,
  clock,
}: {
  readonly idempotency: IdempotencyStore
  readonly clock: Clock
}): TicketUseCases {
  const callOf = (scope: string, ticket: string): IdempotentCall => ({
    scope,
    key: digestOf(ticket),
    fingerprint: '',
  })
  const answer = { status: 200, headers: {} }

  return {
    async keep(ticket, { userId, tokenRole, expiresAt }) {
      const call = callOf('ticket', ticket)
      const now = clock.now()
      const lapsesAt = new Date(now.getTime() + TICKET_MS)
      await idempotency.start(call, now, now)
      const body = { userId, tokenRole, expiresAt: expiresAt.getTime(), lapsesAt: lapsesAt.getTime() }
      await idempotency.finish(call, { ...answer, body })
      return lapsesAt
    },

    async take(ticket) {
      const call = callOf('ticket', ticket)
      const now = clock.now()
      const kept = await idempotency.start(call, now, now)
      if (kept.kind !== 'done') {
        await idempotency.abandon(call)
        throw new UnauthorizedError('The ticket does not hold')
      }
      const used = callOf('ticket used', ticket)
      const { userId, tokenRole, expiresAt, lapsesAt } = kept.answer.body as {
        readonly userId: UserId
        readonly tokenRole: Role
        readonly expiresAt: number
        readonly lapsesAt: number
      }
      if (lapsesAt <= now.getTime()) throw new UnauthorizedError('The ticket has lapsed')
      if ((await idempotency.start(used, now, new Date(0))).kind !== 'first')
        throw new UnauthorizedError('The ticket was used')
      await idempotency.finish(used, { ...answer, body: null })
      return { userId, tokenRole, expiresAt: new Date(expiresAt) }
    },
  }
}
