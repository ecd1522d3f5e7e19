import type { ProjectId, RunId } from '@muster/core'
import {
  CAUSE_COUNTS_KEPT_MS,
  type JobRate,
  RATE_THINNING,
  type RateStore,
  type RateWindow,
  type RunRate,
  type StepRate,
} from '@muster/core/runs'
import { type Connection, statement } from '../connection/queryable.ts'

const STEP = "date_bin(make_interval(secs => $4::int), r.at, timestamptz 'epoch')"
const TIME = 'r.grain in (10, 60, 3600) and r.at >= $2::timestamptz and r.at < $3::timestamptz'

const JOBS = statement(
  'rate_jobs',
  `select t.name as type, b.at, b.settled, b.failed, b.retried, b.lost
   from (
     select r.type_no, ${STEP} as at, sum(r.settled)::int as settled, sum(r.failed)::int as failed, sum(r.retried)::int as retried,
       sum(r.lost)::int as lost
     from job_rate as r
     where ${TIME} and ($1::uuid is null or r.project_no = (select project_no from project_gate where project_id = $1))
     group by 1, 2) as b
   join job_type as t using (type_no) order by b.at, t.name collate "C"`,
)
const STEPS = statement(
  'rate_steps',
  `select r.step_id as "stepId", r.step_type as "stepType", ${STEP} as at, sum(r.submitted)::int as submitted,
     sum(r.returned)::int as returned
   from step_rate as r where ${TIME} and ($1::uuid is null or r.project_id = $1)
   group by 1, 2, 3 order by 3, r.step_id collate "C", r.step_type collate "C"`,
)
const RUN = statement(
  'rate_run',
  `select date_bin(make_interval(secs => $4::int), j.finished_at, timestamptz 'epoch') as at, count(*)::int as settled,
     (count(*) filter (where j.state = 5))::int as failed
   from run as r join job as j on j.project_no = r.project_no and coalesce(j.run_no, 0) = r.run_no and j.state in (4, 5)
     and j.finished_at >= $2::timestamptz and j.finished_at < $3::timestamptz
   where r.run_id = $1 group by 1 order by 1`,
)
const THIN = statement(
  'rate_thin',
  'select rates_thin($1::smallint, $2::smallint, $3::timestamptz, $4) as thinned',
)
const THIN_CAUSES = statement('cause_thin', 'select causes_thin($1::timestamptz, $2) as thinned')

/** Rates in `job_rate` and `step_rate`, which settling and appending facts write. */
export class PgRateStore implements RateStore {
  readonly #connection: Connection

  constructor(connection: Connection) {
    this.#connection = connection
  }

  jobs(projectId: ProjectId | null, { from, to, step }: RateWindow): Promise<JobRate[]> {
    return this.#connection.rows<JobRate>(JOBS, [projectId, from, to, step])
  }

  steps(projectId: ProjectId | null, { from, to, step }: RateWindow): Promise<StepRate[]> {
    return this.#connection.rows<StepRate>(STEPS, [projectId, from, to, step])
  }

  run(runId: RunId, { from, to, step }: RateWindow): Promise<RunRate[]> {
    return this.#connection.rows<RunRate>(RUN, [runId, from, to, step])
  }

  async thin(now: Date, limit: number): Promise<number> {
    let thinned = 0
    for (const { from, to, afterMs } of RATE_THINNING) {
      const before = new Date(now.getTime() - afterMs)
      const [row] = await this.#connection.rows<{ thinned: number }>(THIN, [from, to, before, limit])
      thinned += row?.thinned ?? 0
    }
    const before = new Date(now.getTime() - CAUSE_COUNTS_KEPT_MS)
    const [row] = await this.#connection.rows<{ thinned: number }>(THIN_CAUSES, [before, limit])
    return thinned + (row?.thinned ?? 0)
  }
}
