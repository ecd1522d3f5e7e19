import type { ProjectId } from '@muster/core'
import type { Fact, NewFact } from '@muster/core/feed'
import type { EventStore } from '@muster/core/ports'
import { stepMoves } from '@muster/core/runs'
import { type Connection, jsonText, statement } from '../connection/queryable.ts'
import type { PgPorts } from './pg-ports.ts'

// The heads are taken in the order of project ids; each is this transaction's until it ends.
const append = (counted: string): string => `with given as materialized (
     select fact.*, row_number() over here as nth, count(*) over (partition by project_id) as added
     from rows from (json_to_recordset($1::json) as (
         "projectId" uuid, "eventId" uuid, type text, audience text, "affectedUserIds" uuid[], data json)) with ordinality
       as fact (project_id, event_id, type, audience, affected_user_ids, data, place)
     window here as (partition by project_id order by place)),
   head as (
     insert into feed_head as h (project_id, seq)
     select project_id, count(*) from given group by project_id order by project_id
     on conflict (project_id) do update set seq = h.seq + excluded.seq
     returning h.project_id, h.seq)${counted}
   insert into fact (project_id, seq, event_id, type, audience, affected_user_ids, occurred_at, data)
   select project_id, head.seq - added + nth, event_id, type, audience, affected_user_ids, $2::timestamptz, data
   from given join head using (project_id)`
const APPEND = statement('fact_append', append(''))
// Written behind the heads, so that nobody waits here who did not wait there.
const APPEND_COUNTED = statement(
  'fact_append_counted',
  append(`,
   counted as (
     insert into step_rate as r (project_id, step_id, step_type, grain, at, submitted, returned)
     select "projectId", "stepId", "stepType", 10, date_bin('10 s', $2::timestamptz, timestamptz 'epoch'), submitted, returned
     from json_to_recordset($3::json) as m ("projectId" uuid, "stepId" text, "stepType" text, submitted int, returned int)
     order by 1, 2, 3
     on conflict (project_id, step_id, step_type, grain, at)
       do update set submitted = r.submitted + excluded.submitted, returned = r.returned + excluded.returned)`),
)
const READ = statement(
  'fact_read',
  `select event_id as "eventId", seq::float8 as seq, project_id as "projectId", type, audience,
     affected_user_ids as "affectedUserIds", occurred_at as "occurredAt", data
   from fact where project_id = $1 and seq > $2::bigint order by fact.seq limit $3`,
)
const HEAD = statement('feed_head_find', 'select seq::float8 as seq from feed_head where project_id = $1')
const HEADS = statement(
  'feed_heads',
  `select project_id as "projectId", seq::float8 as seq from feed_head where $1::uuid[] is null or project_id = any($1)`,
)
const SEQ_BEFORE = statement(
  'fact_seq_before',
  `select coalesce(
     (select seq from fact where project_id = $1 and occurred_at < $2 order by fact.seq desc limit 1),
     (select min(seq) - 1 from fact where project_id = $1),
     (select seq from feed_head where project_id = $1), 0)::float8 as seq`,
)
const EPOCH = statement('feed_epoch_find', 'select epoch::text as epoch from feed_epoch')
// From the beginning of each project, and no further than all are old: a hole in what is kept would be taken for a loss. Numbers have none, so a range of
// them is read, however the plan reads it. A caller that comes while another is at it leaves it to that one, instead of waiting for each of its rows.
const PRUNE = statement(
  'fact_prune',
  `with turn as materialized (select pg_try_advisory_xact_lock(7077237003) as mine),
   due as (
     select project_id, oldest.seq, (
         select min(coalesce(told.seq, 0)) from webhook left join webhook_place as told
           on told.webhook_no = webhook.webhook_no and told.project_id = feed_head.project_id
         where disabled is null and (webhook.project_id is null or webhook.project_id = feed_head.project_id)) as told
     from feed_head
     cross join lateral (
       select seq, occurred_at from fact where fact.project_id = feed_head.project_id order by fact.seq limit 1) as oldest
     where (select mine from turn) and oldest.occurred_at < $1),
   old as (
     select place from due
     cross join lateral (
       select fact.seq, fact.ctid as place, bool_and(
           fact.occurred_at < $1 and (due.told is null or fact.seq <= due.told or fact.occurred_at < $3)) over (order by fact.seq) as is_old
       from fact where fact.project_id = due.project_id and fact.seq >= due.seq and fact.seq < due.seq + $2::int) as first
     where is_old order by project_id, first.seq limit $2),
   gone as (delete from fact where ctid = any(array(select place from old)) returning 1)
   select count(*)::int as count from gone`,
)

/** Facts in `fact`, numbered through `feed_head`. */
export class PgEventStore implements EventStore {
  readonly #connection: Connection
  readonly #ports: PgPorts
  readonly #recognize: (() => Promise<void>) | undefined

  constructor(connection: Connection, ports: PgPorts, recognize?: () => Promise<void>) {
    this.#connection = connection
    this.#ports = ports
    this.#recognize = recognize
  }

  async append(facts: readonly NewFact[]): Promise<void> {
    if (facts.length === 0) return
    const { clock, ids } = this.#ports
    const identified = facts.map((fact) => ({ ...fact, eventId: ids.next() }))
    const moves = stepMoves(facts)
    const written = [jsonText(identified), clock.now()]
    await (moves.length === 0
      ? this.#connection.rows(APPEND, written)
      : this.#connection.rows(APPEND_COUNTED, [...written, jsonText(moves)]))
  }

  read(projectId: ProjectId, afterSeq: number, limit: number): Promise<Fact[]> {
    return this.#connection.rows<Fact>(READ, [projectId, afterSeq, limit])
  }

  async head(projectId: ProjectId): Promise<number> {
    const [head] = await this.#connection.rows<{ seq: number }>(HEAD, [projectId])
    return head?.seq ?? 0
  }

  async heads(projectIds?: readonly ProjectId[]): Promise<ReadonlyMap<ProjectId, number>> {
    const rows = await this.#connection.rows<{ projectId: ProjectId; seq: number }>(HEADS, [
      projectIds ?? null,
    ])
    return new Map(rows.map(({ projectId, seq }) => [projectId, seq]))
  }

  async seqBefore(projectId: ProjectId, moment: Date): Promise<number> {
    const [before] = await this.#connection.rows<{ seq: number }>(SEQ_BEFORE, [projectId, moment])
    return before?.seq ?? 0
  }

  async epoch(): Promise<string> {
    await this.#recognize?.()
    const [row] = await this.#connection.rows<{ epoch: string }>(EPOCH)
    if (row === undefined) throw new Error('The database has lost its feed_epoch')
    return row.epoch
  }

  async prune(before: Date, limit: number, heldSince: Date = before): Promise<number> {
    const [gone] = await this.#connection.rows<{ count: number }>(PRUNE, [before, limit, heldSince])
    return gone?.count ?? 0
  }
}
