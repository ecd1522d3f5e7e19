import type { JobId, Json, ProjectId, TaskId, UserId } from '@muster/core'
import {
  ASK_STATES,
  type AskEnd,
  type AskOf,
  type AskStore,
  type DueAsk,
  type JobAsk,
  type JobLife,
  type NewAsk,
} from '@muster/core/asks'
import { type Connection, jsonText, statement } from '../connection/queryable.ts'

const ASKS = statement(
  'asks_of_jobs',
  `select a.job_id as "jobId", a.name, encode(a.digest, 'hex') as digest, a.task_id as "taskId", a.state, a.answer, a.answered_by as by, a.asked_at as "askedAt",
     a.ended_at as "endedAt", a.timeout_at as "timeoutAt", a.stale
   from job_ask as a where a.job_id = any($1::uuid[]) order by a.job_id, a.nth`,
)
const KEPT = statement(
  'kept_of_jobs',
  'select job_id as "jobId", kept from job_kept where job_id = any($1::uuid[])',
)
const OPEN = statement('asks_open', 'select to_json(asks_open($1::json, $2::timestamptz)) as asleep')
const KEEP = statement(
  'job_keep',
  `insert into job_kept as k (job_id, kept) values ($1, $2::json)
   on conflict (job_id) do update set kept = (
     select json_object_agg(x.name, x.value) from (
       select e.key as name, e.value from json_each(k.kept) as e
         where not exists (select from json_each(excluded.kept) as n where n.key = e.key)
       union all select n.key, n.value from json_each(excluded.kept) as n) as x)`,
)
const END_TASKS = statement(
  'asks_end',
  'select asks_end($1::uuid[], $2::smallint, $3::json, $4::uuid[], $5::timestamptz)',
)
const DUE = statement(
  'asks_due',
  `select a.task_id as "taskId", a.on_timeout as "onTimeout" from job_ask as a
   where a.state = 0 and a.timeout_at is not null and a.timeout_at <= $1 order by a.timeout_at limit $2`,
)
const WAIT_ON = statement('ask_wait_on', 'update job_ask set timeout_at = null where task_id = $1')
const BY_TASKS = statement(
  'asks_by_tasks',
  `select a.task_id as "taskId", a.job_id as "jobId", a.name, (select g.project_id from job as j join project_gate as g using (project_no)
     where j.job_id = a.job_id) as "projectId"
   from job_ask as a where a.task_id = any($1::uuid[])`,
)
const STOPPED = statement(
  'asleep_stopped',
  'select s.job_id as "jobId", s.project_id as "projectId" from asleep_stopped($1) as s',
)
const FORGET_ASKS = statement('asks_forget', 'delete from job_ask where job_id = $1')
const FORGET_KEPT = statement('kept_forget', 'delete from job_kept where job_id = $1')

/** `state` is the column's number. */
type AskRow = Omit<JobAsk, 'state' | 'by'> & {
  readonly jobId: JobId
  readonly state: number
  readonly by: readonly UserId[] | null
}

/** Questions of jobs in `job_ask`, and what is made once in `job_kept`. */
export class PgAskStore implements AskStore {
  readonly #connection: Connection

  constructor(connection: Connection) {
    this.#connection = connection
  }

  async lives(jobIds: readonly JobId[]): Promise<ReadonlyMap<JobId, JobLife>> {
    if (jobIds.length === 0) return new Map()
    const rows = await this.#connection.rows<AskRow>(ASKS, [jobIds])
    const kept = await this.#connection.rows<Pick<JobLife, 'kept'> & { readonly jobId: JobId }>(KEPT, [
      jobIds,
    ])
    const keptOf = new Map(kept.map((row) => [row.jobId, row.kept]))
    const asksOf = Map.groupBy(rows, ({ jobId }) => jobId)
    const known = new Set([...asksOf.keys(), ...keptOf.keys()])
    return new Map(
      [...known].map((jobId) => [
        jobId,
        { asks: (asksOf.get(jobId) ?? []).map(askFromRow), kept: keptOf.get(jobId) ?? {} },
      ]),
    )
  }

  async open(asks: readonly NewAsk[], now: Date): Promise<ReadonlySet<JobId>> {
    if (asks.length === 0) return new Set()
    const [row] = await this.#connection.rows<{ asleep: JobId[] | null }>(OPEN, [jsonText(asks), now])
    return new Set(row?.asleep)
  }

  async keep(jobId: JobId, values: Readonly<Record<string, Json>>): Promise<void> {
    await this.#connection.rows(KEEP, [jobId, jsonText(values)])
  }

  async endTasks(taskIds: readonly TaskId[], { state, answer, by }: AskEnd, now: Date): Promise<void> {
    if (taskIds.length === 0) return
    await this.#connection.rows(END_TASKS, [taskIds, ASK_STATES.indexOf(state), jsonText(answer), by, now])
  }

  listDue(now: Date, limit: number): Promise<DueAsk[]> {
    return this.#connection.rows<DueAsk>(DUE, [now, limit])
  }

  async waitOn(taskId: TaskId): Promise<void> {
    await this.#connection.rows(WAIT_ON, [taskId])
  }

  async findByTasks(taskIds: readonly TaskId[]): Promise<ReadonlyMap<TaskId, AskOf>> {
    const rows = await this.#connection.rows<AskOf & { readonly taskId: TaskId }>(BY_TASKS, [taskIds])
    return new Map(rows.map(({ taskId, ...of }) => [taskId, of]))
  }

  listStopped(limit: number): Promise<{ readonly jobId: JobId; readonly projectId: ProjectId }[]> {
    return this.#connection.rows(STOPPED, [limit])
  }

  async forget(jobId: JobId): Promise<void> {
    await this.#connection.rows(FORGET_ASKS, [jobId])
    await this.#connection.rows(FORGET_KEPT, [jobId])
  }
}

function askFromRow({ jobId: _jobId, state, by, ...row }: AskRow): JobAsk {
  const named = ASK_STATES[state]
  if (named === undefined) throw new Error(`job_ask.state ${state} is none of ours`)
  return { ...row, state: named, by: by ?? [] }
}
