import type { JobState, QueueItem } from '@muster/core'
import type { QueueFilter, QueueItemKey, Slice } from '@muster/core/ports'
import { type Connection, type Statement, statement } from '../connection/queryable.ts'
import { ITEM, type ItemRow, jobFromRow, stateNumbers, toldOf } from './job-rows.ts'

type Group = QueueItemKey['group']
type KeyedItem = { readonly item: QueueItem; readonly key: QueueItemKey }
type KeyedRow = ItemRow & { readonly a: number; readonly b: number }

const MILLISECONDS = (column: string): string => `(extract(epoch from ${column}) * 1000)::float8`
const TIME = (parameter: string): string => `to_timestamp(${parameter}::float8 / 1000)`
const PROJECT = '(select project_no from project_gate where project_id = $1)'
const OF_TYPE = '($2::text is null or j.type_no = (select type_no from job_type where name = $2))'
const NOT_IN_LINE = 'null::float8 as position, null::float8 as "globalPosition"'

function underway(state: string): string {
  return `select j.job_id, j.started_at from job as j
     where ${state} and j.project_no = ${PROJECT} and ${OF_TYPE}
       and ($4::float8 is null or (j.started_at, j.job_id) > (${TIME('$4')}, $6::uuid)) and $5::float8 is not distinct from $5
     order by j.started_at, j.job_id limit $3`
}

// Each finds the ids of its page in one small index, then tells these jobs.
// $1 project, $2 type or null, $3 limit, $4 $5 $6 the key's a, b, id or nulls.
const ACTIVE = statement(
  'queue_items_active',
  `select ${ITEM}, ${NOT_IN_LINE}, ${MILLISECONDS('k.started_at')} as a, 0 as b
   from (
     (${underway('j.state = 1')}) union all (${underway('(j.state = 10 or (j.state = 8 and j.lane_no <> 0))')})
     order by started_at, job_id limit $3) as k
   ${toldOf('k.job_id')} order by k.started_at, k.job_id`,
)
const PENDING = statement(
  'queue_items_pending',
  `with k as materialized (
     select *, row_number() over () as nth from queue_line($1::uuid, $2::text, $4::float8::int, $5::float8::bigint, $3) where $6::uuid is not distinct from $6)
   select ${ITEM}, p.place::float8 as position, p.global_place::float8 as "globalPosition", k.lane_no::float8 as a, k.seq::float8 as b
   from k join job_positions((select array_agg(job_id) from k)) as p using (job_id) ${toldOf('k.job_id')} order by k.nth`,
)
const WAITING = statement(
  'queue_items_waiting',
  `select ${ITEM}, ${NOT_IN_LINE}, ${MILLISECONDS('k.due_at')} as a, 0 as b
   from (
     (select j.job_id, j.due_at from job as j cross join lateral (select l.cut_seq from lane as l where l.lane_no = j.lane_no offset 0) as l
       where j.state = 2 and j.seq > l.cut_seq and j.project_no = ${PROJECT} and ${OF_TYPE}
         and ($4::float8 is null or (j.due_at, j.job_id) > (${TIME('$4')}, $6::uuid)) and $5::float8 is not distinct from $5
       order by j.due_at, j.job_id limit $3)
     union all
     (select j.job_id, j.due_at from job as j
       where j.state = 9 and j.project_no = ${PROJECT} and ${OF_TYPE}
         and ($4::float8 is null or (j.due_at, j.job_id) > (${TIME('$4')}, $6::uuid))
       order by j.due_at, j.job_id limit $3)
     order by due_at, job_id limit $3) as k
   ${toldOf('k.job_id')} order by k.due_at, k.job_id`,
)
const SETTLED = statement(
  'queue_items_settled',
  `select ${ITEM}, ${NOT_IN_LINE}, ${MILLISECONDS('k.finished_at')} as a, k.seq::float8 as b
   from settled_page(${PROJECT}, null, $2::text, $7::smallint[], ${TIME('$4')}, $5::float8::bigint, $6::uuid, $3) as k
   ${toldOf('k.job_id')} order by k.finished_at desc, k.seq desc, k.job_id desc`,
)

const GROUPS: readonly {
  readonly group: Group
  readonly states: readonly JobState[]
  readonly page: Statement
}[] = [
  { group: 'active', states: ['active'], page: ACTIVE },
  { group: 'pending', states: ['pending'], page: PENDING },
  { group: 'waiting', states: ['pending'], page: WAITING },
  { group: 'settled', states: ['completed', 'failed', 'cancelled'], page: SETTLED },
]

/** The project's items, group after group, each in its own order, up to `limit`. */
export async function listQueueItems(
  connection: Connection,
  { projectId, state, type }: QueueFilter,
  { limit, after }: Slice<QueueItemKey>,
): Promise<KeyedItem[]> {
  const items: KeyedItem[] = []
  const first = after === undefined ? 0 : GROUPS.findIndex(({ group }) => group === after.group)
  for (const { group, states, page } of GROUPS.slice(first)) {
    const wanted = states.filter((one) => state === undefined || state.includes(one))
    if (wanted.length === 0 || items.length === limit) continue
    const key = after?.group === group ? after : undefined
    const values = [
      projectId,
      type ?? null,
      limit - items.length,
      key?.a ?? null,
      key?.b ?? null,
      key?.id ?? null,
      ...(group === 'settled' ? [stateNumbers(wanted)] : []),
    ]
    for (const { a, b, ...row } of await connection.rows<KeyedRow>(page, values)) {
      items.push({ item: jobFromRow(row), key: { group, a, b, id: row.jobId } })
    }
  }
  return items
}
