import type { JobId } from '@muster/core'
import type { CoolDown } from '@muster/core/limits'
import { causePattern } from '@muster/core/operating'
import type {
  ActiveJob,
  Attendance,
  Clock,
  Delivery,
  Outcome,
  SettleReceipt,
  StepReport,
  Taken,
  WorkerId,
  WorkerStore,
} from '@muster/core/ports'
import {
  type Connection,
  engineStatement,
  jsonText,
  plain,
  plainItems,
  statement,
} from '../connection/queryable.ts'
import { countOf } from './count.ts'

const FEED = engineStatement(
  'job_feed',
  'select ids::text, lanes::text, types::text from job_feed($1, $2::text[], $3::timestamptz)',
)
// Jobs that were shut out go to a broker again when they may begin.
const UNDELIVERED = engineStatement(
  'job_undelivered',
  `select j.job_id as "jobId", t.name as type, j.lane_no as lane
   from handover as h
   cross join lateral (select l.held, l.project_no from lane as l where l.lane_no = h.lane_no offset 0) as l
   cross join lateral (select g.paused from project_gate as g where g.project_no = l.project_no offset 0) as g
   cross join lateral (
     select a.* from job as a where a.lane_no = h.lane_no and a.state = 0 and a.seq between h.from_seq and h.to_seq offset 0) as j
   cross join lateral (select t.name from job_type as t where t.type_no = j.type_no offset 0) as t
   where h.handed_at < $1 and not l.held and not g.paused and ($3::text[] is null or t.name = any($3::text[]))
   order by h.handed_at, h.handover_no, j.seq limit $2`,
)
const BEGIN = engineStatement(
  'job_begin',
  `select job_id as "jobId", project_id as "projectId", run_id as "runId", task_id as "taskId", type, payload, model,
     scenario_id as "scenarioId", repeat, attempt, max_attempts as "maxAttempts", starts as start, not_nows as "notNows",
     set_no as "limitSet", false as reserves
   from job_begin($1::uuid[], $2::int[], $3::uuid, $4::timestamptz)`,
)
const TAKE = engineStatement(
  'job_take',
  `select job_id as "jobId", project_id as "projectId", run_id as "runId", task_id as "taskId", type, payload, model,
     scenario_id as "scenarioId", repeat, attempt, max_attempts as "maxAttempts", starts as start, not_nows as "notNows",
     set_no as "limitSet", opens_ms as "opensMs", reserves
   from job_take($1, $2::text[], $3::uuid, $4::timestamptz, $5::boolean, $6::boolean, $7::int[], $8::int[], $9::int[], $10::int[],
     $11::bigint[], $12::bigint, $13::boolean, $14::uuid[], $15::boolean)`,
)
const SETTLE = engineStatement(
  'job_settle',
  `select job_settle($1::uuid[], $2::smallint[], $3::smallint[], $4::json, $5::timestamptz[], $6::text[], $7::float8[], $8::uuid, $9::timestamptz, $10::text[], $11::bigint[], $12::bigint[], $13::boolean, $14::text[], $15::float8[], $16::float8[]) as recorded`,
)
const REPORT = engineStatement(
  'job_report',
  'select job_report($1::uuid[], $2::smallint[], $3::text[], $4::float8[], $5::uuid)',
)
const OPEN_WORKER = engineStatement(
  'worker_open',
  'insert into worker (worker_id, lease_until, types) values ($1, $2, $3::text[])',
)
const BEAT = engineStatement(
  'worker_beat',
  `update worker set lease_until = $2 where worker_id = $1
   returning array(
     select j.job_id from job as j cross join lateral (select l.stopped from lane as l where l.lane_no = j.lane_no offset 0) as l
     where j.state = 1 and j.worker_no = worker.worker_no and (j.cancelling or l.stopped)) as cancelling`,
)
const ANNOUNCE = statement(
  'scheduler_announce',
  `insert into scheduler_seen (until) values ($1)
   on conflict (one) do update set until = greatest(scheduler_seen.until, excluded.until)`,
)
const ATTENDANCE = statement(
  'job_attendance',
  `select
     (select coalesce(json_object_agg(type, n), '{}') from (
       select type, count(distinct worker_no)::int as n from worker, unnest(types) as type
       where lease_until >= $1 group by type) as t) as workers,
     exists (select from scheduler_seen where until >= $1) as scheduled,
     (select min(at) from (
       select min(due_at) from job where state = 2
       union all (select due_at from schedule where due_at is not null order by due_at limit 1)
       union all (select created_at from import where finished_at is null and status <> 'receiving' order by created_at limit 1)
       union all select min(created_at) from operation where state = 0) as due (at)) as "dueAt"`,
)
const CLOSE_WORKER = engineStatement('worker_close', 'select worker_close($1::uuid, $2::timestamptz)')
const REAP = engineStatement('worker_reap', 'select worker_reap($1::timestamptz) as count')
const WAKE = engineStatement(
  'job_wake',
  'select woken, next_at as "nextAt" from job_wake($1::timestamptz, $2)',
)
const SWEEP = engineStatement('job_sweep', 'select job_sweep($1) as count')
/** The row that `job_feed` gives: arrays as text, null if nothing was fed. */
interface Fed {
  readonly ids: string | null
  readonly lanes: string | null
  /** Of each job, the place of its type among those asked for, from 1. */
  readonly types: string | null
}

/** A job, or none where only the time at which a key opens is told: in ms, or never by time. */
type TakenRow = Omit<ActiveJob, 'jobId'> & { readonly jobId: JobId | null; readonly opensMs: number | null }

/** The state that each kind of outcome leads to, as `job_settle` reads it. */
const KINDS: Readonly<Record<Outcome['kind'], number>> = {
  retry: 2,
  returned: 3,
  notNow: 7,
  completed: 4,
  failed: 5,
  cancelled: 6,
  asleep: 10,
}

const ASKED_ONCE_TOO_OFTEN = 8

/** Workers in `worker`, and their jobs in `job`; what is hot is a function in the database, planned once per connection on either backend. */
export class PgWorkerStore implements WorkerStore {
  readonly #connection: Connection
  readonly #clock: Pick<Clock, 'virtual'>

  constructor(connection: Connection, clock: Pick<Clock, 'virtual'>) {
    this.#connection = connection
    this.#clock = clock
  }

  async feed(request: Parameters<WorkerStore['feed']>[0]): Promise<Delivery[]> {
    const { limit, types, now } = request
    const [fed] = await this.#connection.rows<Fed>(FEED, [limit, types, now])
    const lanes = plainItems(fed?.lanes)
    const places = plainItems(fed?.types)
    return plainItems(fed?.ids).map((id, index) => ({
      jobId: id as JobId,
      type: types[Number(places[index]) - 1] ?? '',
      lane: Number(lanes[index]),
    }))
  }

  listUndelivered(handedBefore: Date, limit: number, types?: readonly string[]): Promise<Delivery[]> {
    return this.#connection.rows<Delivery>(UNDELIVERED, [handedBefore, limit, types ?? null])
  }

  async begin(request: Parameters<WorkerStore['begin']>[0]): Promise<ActiveJob[]> {
    const { deliveries, workerId, now } = request
    if (deliveries.length === 0) return []
    const ids = deliveries.map(({ jobId }) => jobId)
    const lanes = new Set(deliveries.map(({ lane }) => lane))
    const active = await this.#connection.rows<ActiveJob>(BEGIN, [plain(ids), plain(lanes), workerId, now])
    // An update gives its rows in no order; handlers start in the line's.
    const byId = new Map(active.map((job) => [job.jobId, job]))
    return ids.flatMap((id) => {
      const job = byId.get(id)
      byId.delete(id)
      return job ?? []
    })
  }

  async take(request: Parameters<WorkerStore['take']>[0]): Promise<Taken> {
    const { limit, types, workerId, now, report, uncounted, keyed, projects, durable = false } = request
    const { held = [], settled = uncounted ?? [] } = report ?? {}
    const rows = await this.#connection.rows<TakenRow>(TAKE, [
      limit,
      types,
      workerId,
      now,
      keyed ?? null,
      this.#clock.virtual !== true,
      plain(held.map(({ limitSet }) => limitSet)),
      plain(held.map(({ jobs }) => jobs)),
      plain(settled.map(({ limitSet }) => limitSet)),
      plain(settled.map(({ jobs }) => jobs)),
      plain(settled.map(({ units }) => units)),
      report?.number ?? null,
      uncounted !== undefined,
      projects ?? null,
      durable,
    ])
    const opensMs = rows[0]?.opensMs ?? null
    return {
      jobs: rows.flatMap(jobOf),
      waits: opensMs !== null,
      opensAt: opensMs === null || opensMs === Number.POSITIVE_INFINITY ? null : new Date(Math.ceil(opensMs)),
    }
  }

  async settle(request: Parameters<WorkerStore['settle']>[0]): Promise<SettleReceipt> {
    const { workerId, now } = request
    if (request.outcomes.length === 0) return { recorded: [] }
    // `job_settle` locks jobs in the order given, everything else by id.
    const outcomes = request.outcomes.toSorted((a, b) => (a.jobId < b.jobId ? -1 : a.jobId > b.jobId ? 1 : 0))
    // Absent columns travel as null, not as arrays of nulls: most batches have no retry and no last step.
    const columnOf = <Value>(read: (outcome: Outcome) => Value | undefined): (Value | null)[] | null => {
      const column = outcomes.map((outcome) => read(outcome) ?? null)
      return column.some((value) => value !== null) ? column : null
    }
    const [answer] = await this.#connection.rows<{ recorded: JobId[] | null }>(SETTLE, [
      plain(outcomes.map(({ jobId }) => jobId)),
      plain(outcomes.map(({ start }) => start)),
      plain(outcomes.map(kindOf)),
      jsonText(outcomes.map(remainsOf)),
      columnOf((outcome) => ('availableAt' in outcome ? outcome.availableAt : undefined)),
      columnOf(({ step }) => step && jsonText(step)),
      columnOf(({ progress }) => progress),
      workerId,
      now,
      columnOf((outcome) => (outcome.kind === 'failed' ? causePattern(outcome.error.message) : undefined)),
      ...usageColumns(outcomes),
      this.#clock.virtual !== true,
      columnOf((outcome) => coolDownOf(outcome)?.key),
      columnOf((outcome) => coolDownOf(outcome)?.askedMs),
      columnOf((outcome) => coolDownOf(outcome)?.random),
    ])
    return { recorded: answer?.recorded ?? request.outcomes.map(({ jobId }) => jobId) }
  }

  async reportSteps(reports: readonly StepReport[], workerId: WorkerId): Promise<void> {
    if (reports.length === 0) return
    await this.#connection.rows(REPORT, [
      reports.map(({ jobId }) => jobId),
      reports.map(({ start }) => start),
      reports.map(({ step }) => jsonText(step)),
      reports.map(({ progress }) => progress),
      workerId,
    ])
  }

  async openWorker(worker: Parameters<WorkerStore['openWorker']>[0]): Promise<void> {
    await this.#connection.rows(OPEN_WORKER, [worker.workerId, worker.leaseUntil, worker.types ?? []])
  }

  async beat(
    worker: Parameters<WorkerStore['beat']>[0],
  ): Promise<{ readonly alive: boolean; readonly cancelling: readonly JobId[] }> {
    const [beaten] = await this.#connection.rows<{ cancelling: JobId[] }>(BEAT, [
      worker.workerId,
      worker.leaseUntil,
    ])
    return { alive: beaten !== undefined, cancelling: beaten?.cancelling ?? [] }
  }

  async announceScheduler(until: Date): Promise<void> {
    await this.#connection.rows(ANNOUNCE, [until])
  }

  async findAttendance(now: Date): Promise<Attendance> {
    const [found] = await this.#connection.rows<Attendance>(ATTENDANCE, [now])
    return found ?? { workers: {}, scheduled: false, dueAt: null }
  }

  async closeWorker(workerId: WorkerId, now: Date): Promise<void> {
    await this.#connection.rows(CLOSE_WORKER, [workerId, now])
  }

  async reapWorkers(now: Date): Promise<number> {
    return countOf(await this.#connection.rows<{ count: number }>(REAP, [now]))
  }

  async wakeDue(now: Date, limit: number): Promise<{ readonly woken: number; readonly nextAt: Date | null }> {
    const [answer] = await this.#connection.rows<{ woken: number; nextAt: Date | null }>(WAKE, [now, limit])
    return answer ?? { woken: 0, nextAt: null }
  }

  async sweepCancelled(limit: number): Promise<number> {
    return countOf(await this.#connection.rows<{ count: number }>(SWEEP, [limit]))
  }
}

/** The usage that outcomes bring, in two arrays of numbers; nulls where none does. */
function usageColumns(outcomes: readonly Outcome[]): readonly (string | null)[] {
  if (outcomes.every(({ usage }) => usage === undefined)) return [null, null]
  return [
    plain(outcomes.map(({ usage }) => usage?.units ?? 'null')),
    plain(outcomes.map(({ usage }) => usage?.costMicros ?? 'null')),
  ]
}

function jobOf(row: TakenRow): ActiveJob[] {
  const { opensMs: _, ...job } = row
  return job.jobId === null ? [] : [job as ActiveJob]
}

/** The kind by its number; one more for a retry that keeps the count of answers that ask to wait. */
function kindOf(outcome: Outcome): number {
  return outcome.kind === 'retry' && outcome.notNow ? ASKED_ONCE_TOO_OFTEN : KINDS[outcome.kind]
}

function coolDownOf(outcome: Outcome): CoolDown | undefined {
  return 'coolDown' in outcome ? outcome.coolDown : undefined
}

/** The value that an outcome leaves behind. */
function remainsOf(outcome: Outcome): unknown {
  switch (outcome.kind) {
    case 'completed':
      return outcome.result
    case 'failed':
    case 'retry':
    case 'notNow':
      return outcome.error
    case 'returned':
    case 'cancelled':
    case 'asleep':
      return null
  }
}
