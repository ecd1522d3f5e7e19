import type { JobState, ProjectId, Run, RunId, RunResult } from '@muster/core'
import type { LimitSet } from '@muster/core/limits'
import type {
  JobWithResult,
  NewestKey,
  NewRun,
  RunJobKey,
  RunStore,
  RunsWhere,
  Slice,
} from '@muster/core/ports'
import { RUN_PRIORITIES } from '@muster/core/rules'
import type { ModelDurations, RunPacing, RunResultKey } from '@muster/core/runs'
import type { JobUsage } from '@muster/core/usage'
import { type Connection, jsonText, notTooLarge, plain, statement } from '../connection/queryable.ts'
import { JOB, type JobRow, jobFromRow, stateNumbers, toldOf } from './job-rows.ts'
import { keepSets } from './pg-limit-store.ts'
import { RUN, type RunRow, runFromRow } from './run-rows.ts'

const FROM_RUN =
  'from run as r cross join lateral (select g.project_id from project_gate as g where g.project_no = r.project_no offset 0) as g'

const ADD = statement(
  'run_add',
  `select run_add($1::uuid, $2::uuid, $3::uuid, $4, $5, $6::smallint, $7::text[], $8::smallint, $9::json, $10::int[], $11::float8, $12::smallint, $13::uuid, $14,
     $15::timestamptz, $16::int[]) as first`,
)
const OUTCOMES = statement(
  'run_outcomes',
  'select run_outcomes($1::uuid, $2::int[], $3::smallint[], $4::smallint[], $5::json, $6::float8[], $7::json, $8::timestamptz)',
)
const IMPORTED = statement('run_imported', 'select run_imported($1::uuid, $2::timestamptz)')
const FIND = statement('run_find', `select ${RUN} ${FROM_RUN} where r.run_id = any($1::uuid[])`)
const LIST = statement(
  'run_list',
  `select ${RUN} ${FROM_RUN}
   where r.project_no = (select project_no from project_gate where project_id = $1)
     and ($3::timestamptz is null or (r.created_at, r.run_id) < ($3, $4::uuid))
   order by r.created_at desc, r.run_id desc limit $2`,
)
const SAID = `($5::text[] is null or r.status = any ($5))
     and ($6::uuid is null or r.definition_no = (select definition_no from definition where definition_id = $6))
     and ($7::text is null or r.config->>'experimentId' = $7)
     and ($8::text is null or $8 = any (r.models))
     and ($9::timestamptz is null or r.created_at >= $9) and ($10::timestamptz is null or r.created_at < $10)`
const FIND_SOME = statement(
  'run_find_some',
  `select ${RUN} ${FROM_RUN}
   where r.project_no = (select project_no from project_gate where project_id = $1)
     and ($3::timestamptz is null or (r.created_at, r.run_id) < ($3, $4::uuid))
     and ${SAID}
   order by r.created_at desc, r.run_id desc limit $2`,
)
const FIND_ANYWHERE = statement(
  'run_find_anywhere',
  `select ${RUN} ${FROM_RUN}
   where ($1::uuid[] is null or r.project_no = any (array(select project_no from project_gate where project_id = any ($1))))
     and ($3::timestamptz is null or (r.created_at, r.run_id) < ($3, $4::uuid))
     and ${SAID}
   order by r.created_at desc, r.run_id desc limit $2`,
)
// In an order that no index has: by statistics of a time when all were live, all runs would be read in theirs.
const LIST_LIVE = statement(
  'run_list_live',
  `select ${RUN} ${FROM_RUN}
   where r.project_no + 0 = (select project_no from project_gate where project_id = $1) and r.status in ('pending', 'running', 'paused')
   order by r.created_at + interval '0' desc, r.run_id desc limit $2`,
)
const LOCK = statement('run_lock', 'select run_lock($1::uuid)')
const HOLD = statement(
  'run_hold',
  'update lane set held = $2 where run_no = (select run_no from run where run_id = $1)',
)
const PAUSE = statement(
  'run_pause',
  `update run set status = 'paused', version = version + 1 where run_id = $1`,
)
const RESUME = statement(
  'run_resume',
  `update run set status = $2, version = version + 1, earlier_at = $3, earlier_settled = settled, mark_at = $3, mark_settled = settled
   where run_id = $1`,
)
const CHANGE = statement(
  'run_change',
  'select run_change($1::uuid, $2::smallint, $3, $4::smallint, $5::json, $6::float8, $7::timestamptz)',
)
const CANCEL = statement('run_cancel', 'select run_cancel($1::uuid, $2::timestamptz)')
const REOPEN = statement('run_reopen', 'select run_reopen($1::uuid, $2::timestamptz)')
// The jobs of a run are a range of the key, in the order they were made.
const LIST_JOBS = statement(
  'run_jobs',
  `select ${JOB}, run_job_nth(t.job_id)::float8 as nth
   from run as r cross join lateral (
     select * from job_told as t
     where t.run_no + 0 = r.run_no and t.job_id >= run_job_id(r, 1)
       and t.job_id <= run_job_id(r, least(coalesce($3::float8::bigint - 1, r.total), r.total))
       and ($4::smallint[] is null or t.state = any($4)) and ($5::text is null or t.model = $5)
     order by t.job_id desc limit $2) as t
   where r.run_id = $1 order by t.job_id desc`,
)
const RECENT = statement(
  'run_recent',
  `select ${JOB}
   from run as r cross join lateral settled_page(r.project_no, r.run_no, null, '{4,5,6}', null, null, null, $2) as k
   ${toldOf('k.job_id')}
   where r.run_id = any($1::uuid[]) order by k.finished_at desc, k.seq desc, k.job_id desc`,
)
const DURATIONS = statement(
  'run_durations',
  `select r.models[j.model] as model, count(*)::int as jobs,
     percentile_disc(array[0.5, 0.95]) within group (order by (extract(epoch from j.finished_at - j.started_at) * 1000)::float8) as ranks
   from run as r cross join lateral settled_page(r.project_no, r.run_no, null, '{4,5}', null, null, null, $2) as k
   cross join lateral (
     select j.model, j.started_at, j.finished_at from job as j where j.job_id = k.job_id offset 0) as j
   where r.run_id = $1 group by 1`,
)
const RESULTS = statement(
  'run_results',
  notTooLarge(
    ['scenarioId', 'model', 'repeat', 'state', 'payload', 'result', 'error', 'usage', 'place', 'modelNo'],
    `select t.scenario_id as "scenarioId", t.model, t.repeat, t.state, t.payload, t.result, t.error, t.usage, t.place, t.model_no as "modelNo", t.job_id,
       coalesce(pg_column_size(t.payload), 0) + coalesce(pg_column_size(t.result), 0) as bytes
     from run as r cross join lateral (
       select * from job_told as t
       where t.run_no + 0 = r.run_no and t.job_id <= run_job_id(r, r.total)
         and t.job_id > run_job_id(r, coalesce(
           ((case when r.places is null then $3::int else array_position(r.places, $3::int) end - 1) * cardinality(r.models) + $4::int - 1)
             * r.repeats + $5::int, 0))
         and t.state between 4 and 6 order by t.job_id limit $2) as t
     where r.run_id = $1 order by t.job_id`,
    'job_id',
  ),
)

/** The number of each set, each kept once; null where there is nothing. */
export async function setsOf(
  connection: Connection,
  limits: readonly (LimitSet | null)[],
): Promise<(number | null)[] | null> {
  const sets = new Map(limits.flatMap((set) => (set ? [[jsonText(set), set] as const] : [])))
  if (sets.size === 0) return null
  const numbers = await keepSets(connection, [...sets.values()])
  const byText = new Map([...sets.keys()].map((text, nth) => [text, numbers[nth] ?? null]))
  return limits.map((set) => (set ? (byText.get(jsonText(set)) ?? null) : null))
}

type ResultRow = Omit<RunResult, 'state'> & {
  readonly usage: JobUsage | null
  readonly state: number
  readonly place: number
  readonly modelNo: number
}

/** Runs in `run`, with their counters as arrays by the model's ordinal; their jobs are rows of `job`. */
export class PgRunStore implements RunStore {
  readonly #connection: Connection

  constructor(connection: Connection) {
    this.#connection = connection
  }

  add({ run, places, jobType, maxAttempts, idempotencyKey, limits = [], outcomes }: NewRun): Promise<{
    readonly run: Run
    readonly created: boolean
  }> {
    return this.#connection.atomically(async (connection) => {
      const limitSets = await setsOf(connection, limits)
      const [added] = await connection.rows<{ first: RunId | null }>(ADD, [
        run.runId,
        run.projectId,
        run.definitionId,
        jobType,
        run.priority,
        RUN_PRIORITIES[run.priority],
        run.config.models,
        run.config.repeats,
        jsonText(run.config),
        places,
        run.config.maxJobsPerSecond,
        maxAttempts,
        run.startedBy,
        idempotencyKey,
        run.createdAt,
        limitSets,
      ])
      const first = added?.first ?? null
      if (first === null && outcomes) await complete(connection, run, outcomes)
      return { run: await getRun(connection, first ?? run.runId), created: first === null }
    })
  }

  async find(runId: RunId): Promise<Run | undefined> {
    return (await this.findMany([runId]))[0]
  }

  async findMany(runIds: readonly RunId[]): Promise<Run[]> {
    return (await this.#connection.rows<RunRow>(FIND, [runIds])).map(runFromRow)
  }

  async list(
    projects: ProjectId | readonly ProjectId[] | null,
    { limit, after }: Slice<NewestKey>,
    where: RunsWhere = {},
  ): Promise<Run[]> {
    const slice = [projects, limit, after?.createdAt ?? null, after?.id ?? null]
    const { status, definitionId, experimentId, model, from, to } = where
    const some = [status, definitionId, experimentId, model, from, to].map((said) => said ?? null)
    const rows = await (typeof projects !== 'string'
      ? this.#connection.rows<RunRow>(FIND_ANYWHERE, [...slice, ...some])
      : some.every((said) => said === null)
        ? this.#connection.rows<RunRow>(LIST, slice)
        : this.#connection.rows<RunRow>(FIND_SOME, [...slice, ...some]))
    return rows.map(runFromRow)
  }

  async listLive(projectId: ProjectId, limit: number): Promise<Run[]> {
    return (await this.#connection.rows<RunRow>(LIST_LIVE, [projectId, limit])).map(runFromRow)
  }

  lock(runId: RunId): Promise<Run | undefined> {
    return this.#connection.atomically(async (connection) => {
      await connection.rows(LOCK, [runId])
      const [row] = await connection.rows<RunRow>(FIND, [[runId]])
      return row && runFromRow(row)
    })
  }

  pause(runId: RunId): Promise<Run> {
    return this.#connection.atomically(async (connection) => {
      await connection.rows(HOLD, [runId, true])
      await connection.rows(PAUSE, [runId])
      return getRun(connection, runId)
    })
  }

  resume(runId: RunId, status: 'pending' | 'running', now: Date): Promise<Run> {
    return this.#connection.atomically(async (connection) => {
      await connection.rows(HOLD, [runId, false])
      await connection.rows(RESUME, [runId, status, now])
      return getRun(connection, runId)
    })
  }

  change(runId: RunId, { priority, maxJobsPerSecond }: RunPacing, now: Date): Promise<Run> {
    return this.#connection.atomically(async (connection) => {
      const before = await getRun(connection, runId)
      await connection.rows(CHANGE, [
        runId,
        RUN_PRIORITIES[before.priority],
        priority,
        RUN_PRIORITIES[priority],
        jsonText({ ...before.config, maxJobsPerSecond }),
        maxJobsPerSecond,
        now,
      ])
      return getRun(connection, runId)
    })
  }

  cancel(runId: RunId, now: Date): Promise<Run> {
    return this.#connection.atomically(async (connection) => {
      await connection.rows(CANCEL, [runId, now])
      return getRun(connection, runId)
    })
  }

  reopenFailed(runId: RunId, now: Date): Promise<Run> {
    return this.#connection.atomically(async (connection) => {
      await connection.rows(REOPEN, [runId, now])
      return getRun(connection, runId)
    })
  }

  async listJobs(
    runId: RunId,
    filter: { readonly state?: readonly JobState[] | undefined; readonly model?: string | undefined },
    { limit, after }: Slice<RunJobKey>,
  ): Promise<{ readonly job: JobWithResult; readonly key: RunJobKey }[]> {
    const rows = await this.#connection.rows<JobRow & { readonly nth: number }>(LIST_JOBS, [
      runId,
      limit,
      after?.seq ?? null,
      filter.state ? stateNumbers(filter.state) : null,
      filter.model ?? null,
    ])
    return rows.map(({ nth, ...row }) => ({ job: jobFromRow(row), key: { seq: nth } }))
  }

  async recentJobs(runIds: readonly RunId[], limit: number): Promise<JobWithResult[]> {
    return (await this.#connection.rows<JobRow>(RECENT, [runIds, limit])).map(jobFromRow)
  }

  async durations(runId: RunId, limit: number): Promise<ModelDurations[]> {
    const rows = await this.#connection.rows<
      Omit<ModelDurations, 'p50' | 'p95'> & { ranks: [number, number] }
    >(DURATIONS, [runId, limit])
    return rows.map(({ ranks: [p50, p95], ...model }) => ({ ...model, p50, p95 }))
  }

  async listResults(
    runId: RunId,
    { limit, after }: Slice<RunResultKey>,
  ): Promise<{ readonly result: RunResult; readonly usage: JobUsage | null; readonly key: RunResultKey }[]> {
    const rows = await this.#connection.rows<ResultRow>(RESULTS, [
      runId,
      limit,
      after?.place ?? null,
      after?.model ?? null,
      after?.repeat ?? null,
    ])
    return rows.map(({ place, modelNo, usage, ...row }) => ({
      // The statement gives settled jobs alone.
      result: jobFromRow(row) as RunResult,
      usage,
      key: { place, model: modelNo, repeat: row.repeat },
    }))
  }
}

/** The run, just kept, was done elsewhere: its jobs ended so. */
async function complete(
  connection: Connection,
  { runId, createdAt }: Run,
  outcomes: NonNullable<NewRun['outcomes']>,
): Promise<void> {
  for await (const batch of outcomes)
    await connection.rows(OUTCOMES, [
      runId,
      plain(batch.map(({ place }) => place)),
      plain(batch.map(({ model }) => model)),
      plain(batch.map(({ state }) => stateNumbers([state]).join())),
      jsonText(batch.map(({ state, result, error }) => (state === 'completed' ? result : error))),
      plain(batch.map(({ latencyMs }) => latencyMs ?? 0)),
      jsonText(batch.map(({ usage }) => usage)),
      createdAt,
    ])
  await connection.rows(IMPORTED, [runId, createdAt])
}

/** The run, which is there. */
export async function getRun(connection: Connection, runId: RunId): Promise<Run> {
  const [row] = await connection.rows<RunRow>(FIND, [[runId]])
  if (!row) throw new Error(`run ${runId} is gone`)
  return runFromRow(row)
}
