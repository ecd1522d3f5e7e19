import type { Answer, IdempotencyStore, IdempotencyTicket, IdempotentCall } from '@muster/core/ports'
import { type Connection, jsonText, statement } from '../connection/queryable.ts'

// Gives a row to the caller that is to do it: nobody was here, or the one that was died on it.
const START = statement(
  'idempotency_start',
  `insert into idempotency as i (scope, key, fingerprint, started_at) values ($1, $2, $3, $4)
   on conflict (scope, key) do update set started_at = excluded.started_at
     where i.answer is null and i.started_at < $5 and i.fingerprint = excluded.fingerprint
   returning key`,
)
const FIND = statement(
  'idempotency_find',
  'select fingerprint, answer from idempotency where scope = $1 and key = $2',
)
const FINISH = statement(
  'idempotency_finish',
  "update idempotency set answer = $3::json where scope = $1 and key = $2 and (answer is null or answer ->> 'unanswered' = 'true')",
)
const ABANDON = statement(
  'idempotency_abandon',
  'delete from idempotency where scope = $1 and key = $2 and answer is null',
)
const PRUNE = statement(
  'idempotency_prune',
  // A caller that comes while another is at it leaves it to that one, instead of waiting for each of its rows.
  `with old as (select scope, key from idempotency where started_at < $1 order by started_at limit $2 for update skip locked),
   gone as (delete from idempotency using old where idempotency.scope = old.scope and idempotency.key = old.key returning 1)
   select count(*)::int as count from gone`,
)

/** Answers by idempotency key in `idempotency`. */
export class PgIdempotencyStore implements IdempotencyStore {
  readonly #connection: Connection

  constructor(connection: Connection) {
    this.#connection = connection
  }

  async start(
    { scope, key, fingerprint }: IdempotentCall,
    now: Date,
    staleBefore: Date,
  ): Promise<IdempotencyTicket> {
    const mine = await this.#connection.rows(START, [scope, key, fingerprint, now, staleBefore])
    if (mine.length > 0) return { kind: 'first' }
    const [found] = await this.#connection.rows<{ fingerprint: string; answer: Answer | null }>(FIND, [
      scope,
      key,
    ])
    // Abandoned in this instant: asking again finds out.
    if (!found) return { kind: 'running' }
    if (found.fingerprint !== fingerprint) return { kind: 'mismatch' }
    return found.answer === null ? { kind: 'running' } : { kind: 'done', answer: found.answer }
  }

  async finish({ scope, key }: IdempotentCall, answer: Answer): Promise<void> {
    await this.#connection.rows(FINISH, [scope, key, jsonText(answer)])
  }

  async abandon({ scope, key }: IdempotentCall): Promise<void> {
    await this.#connection.rows(ABANDON, [scope, key])
  }

  async prune(before: Date, limit: number): Promise<number> {
    const [gone] = await this.#connection.rows<{ count: number }>(PRUNE, [before, limit])
    return gone?.count ?? 0
  }
}
