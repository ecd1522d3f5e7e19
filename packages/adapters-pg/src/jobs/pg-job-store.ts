import { type JobId, type ProjectId, type QueueItem, RunStateError } from '@muster/core'
import type { JobCounts } from '@muster/core/calls'
import type { NewFact } from '@muster/core/feed'
import type { JobStore, JobWithResult, NewJob, QueueFilter, QueueItemKey, Slice } from '@muster/core/ports'
import { newItem } from '@muster/core/support'
import { type Connection, jsonText, plain, plainItems, statement } from '../connection/queryable.ts'
import { countOf } from './count.ts'
import { ITEM, type ItemRow, JOB, type JobRow, jobFromRow } from './job-rows.ts'
import { keepSets } from './pg-limit-store.ts'
import { uniqueBy } from './pg-unique-store.ts'
import { listQueueItems } from './queue-items.ts'

const ADD = statement('job_add', 'select job_add($1::json)')
const ADD_ITEMS = statement(
  'queue_add',
  'select to_json(queue_add($1::json, $2::json, $3::uuid[], $4::timestamptz, $5::json)) as missing',
)
const ADD_PLACED = statement(
  'queue_add_placed',
  `select to_json(missing) as missing, ids::text, places::text, global_places::text as "globalPlaces"
   from queue_add_placed($1::json, $2::json, $3::uuid[], $4::timestamptz, $5::uuid[])`,
)
const FIND = statement('job_find', `select ${JOB} from job_told as t where t.job_id = $1`)
const FIND_ITEMS = statement(
  'job_find_items',
  `select ${ITEM}, p.place::float8 as position, p.global_place::float8 as "globalPosition"
   from job_told as t left join job_positions($1::uuid[]) as p using (job_id) where t.job_id = any($1)`,
)
const COUNTS = statement('queue_counts', 'select * from queue_counts($1::uuid)')
const COUNTS_OF_PROJECTS = statement(
  'project_counts',
  `select g.project_id as "projectId", (c.total - c.completed - c.failed - c.cancelled - coalesce(a.n, 0))::float8 as pending,
     coalesce(a.n, 0)::float8 as active, c.completed::float8 as completed, c.failed::float8 as failed, c.cancelled::float8 as cancelled
   from (
     select m.project_no, m.total, coalesce(e.completed, 0) as completed, coalesce(e.failed, 0) as failed,
       coalesce(e.cancelled, 0) as cancelled
     from (select project_no, sum(total) as total from queue_made group by project_no) as m
     left join (
       select project_no, sum(completed) as completed, sum(failed) as failed, sum(cancelled) as cancelled
       from queue_count group by project_no) as e using (project_no)) as c
   join project_gate as g using (project_no)
   left join (select project_no, count(*) as n from job_underway group by project_no) as a using (project_no)
   order by c.total - c.completed - c.failed - c.cancelled desc, g.project_id limit $1`,
)
const LOCK = statement('job_lock', 'select job_lock($1::uuid)')
const LOCK_MANY = statement('jobs_lock', 'select jobs_lock($1::uuid[])')
const FIND_MANY = statement(
  'job_find_many',
  `select ${JOB} from job_told as t where t.job_id = any($1) order by t.job_id`,
)
const CANCEL = statement('job_cancel', 'select job_cancel($1::uuid, $2::timestamptz)')
const REQUEST_CANCEL = statement(
  'job_request_cancel',
  'update job set cancelling = true where job_id = $1 and state + 0 = 1',
)
const MOVE = statement('job_move', 'select job_move($1::uuid, $2::smallint)')
const STATUS_OF_RUN = statement(
  'job_run_status',
  `select run.status, run.config ->> 'origin' as origin from job join run using (run_no) where job.job_id = $1`,
)
const RETRY = statement('job_retry', 'select job_retry($1::uuid, $2::timestamptz)')
const CLEAR = statement('queue_clear', 'select queue_clear($1::uuid, $2::timestamptz)::float8 as count')

/** The row that `queue_add_placed` gives: arrays as text, null if nothing of it stands in line. */
interface Placed {
  readonly missing: ProjectId[] | null
  readonly ids: string | null
  readonly places: string | null
  readonly globalPlaces: string | null
}

function addition(
  jobs: readonly NewJob[],
  facts: readonly NewFact[],
  now: Date,
  all: readonly NewJob[] = jobs,
): unknown[] {
  const told = facts.map(({ projectId, type, data }) => ({ projectId, type, data }))
  const projects = [...new Set(all.map(({ projectId }) => projectId))]
  return [jobs.length > 0 ? jsonText(jobs.map(rowOf)) : null, jsonText(told), plain(projects), now]
}

/** A job as the functions that add jobs read it. */
export function rowOf(job: NewJob): object {
  return job.unique === undefined ? job : { ...job, unique: uniqueBy(job.unique) }
}

/** Jobs in `job`, in `lane`s, and their counters. */
export class PgJobStore implements JobStore {
  readonly #connection: Connection

  constructor(connection: Connection) {
    this.#connection = connection
  }

  async add(jobs: readonly NewJob[]): Promise<void> {
    if (jobs.some(({ after }) => after !== undefined)) await this.addItems(jobs, [], new Date(0))
    else if (jobs.length > 0)
      await this.#connection.rows(ADD, [jsonText((await this.#withSets(jobs)).map(rowOf))])
  }

  async addItems(
    jobs: readonly NewJob[],
    facts: readonly NewFact[],
    now: Date,
  ): Promise<readonly ProjectId[]> {
    if (jobs.length === 0) return []
    const rows = await this.#withSets(jobs)
    const blocked = rows.filter(({ after }) => after !== undefined)
    const [row] = await this.#connection.rows<{ missing: ProjectId[] }>(ADD_ITEMS, [
      ...addition(
        rows.filter(({ after }) => after === undefined),
        facts,
        now,
        jobs,
      ),
      blocked.length > 0 ? jsonText(blocked.map(rowOf)) : null,
    ])
    return row?.missing ?? []
  }

  async addPlaced(jobs: readonly NewJob[], facts: readonly NewFact[], now: Date): Promise<QueueItem[]> {
    if (jobs.length === 0) return []
    if (jobs.some(({ after }) => after !== undefined)) {
      const unknown = new Set(await this.addItems(jobs, facts, now))
      const items = await this.findItems(jobs.map(({ jobId }) => jobId))
      const byId = new Map(items.map((item) => [item.jobId, item]))
      return jobs.flatMap(({ jobId, projectId }) => (unknown.has(projectId) ? [] : (byId.get(jobId) ?? [])))
    }
    const [row] = await this.#connection.rows<Placed>(ADD_PLACED, [
      ...addition(await this.#withSets(jobs), facts, now),
      plain(jobs.map(({ jobId }) => jobId)),
    ])
    const missing = new Set(row?.missing)
    const [places, globalPlaces] = [plainItems(row?.places), plainItems(row?.globalPlaces)]
    const placed = new Map(plainItems(row?.ids).map((id, nth) => [id, nth]))
    return jobs.flatMap((job) => {
      if (missing.has(job.projectId)) return []
      const nth = placed.get(job.jobId)
      const at = (of: readonly string[]): number | null => (nth === undefined ? null : Number(of[nth]))
      return newItem(job, at(places), at(globalPlaces))
    })
  }

  /** The jobs with the numbers of their sets of keys. */
  async #withSets(jobs: readonly NewJob[]): Promise<readonly NewJob[]> {
    const sets = jobs.flatMap(({ limits }) => limits ?? [])
    if (sets.length === 0) return jobs
    const numbers = (await keepSets(this.#connection, sets)).values()
    return jobs.map(({ limits, ...job }) => (limits ? { ...job, limitSet: numbers.next().value } : job))
  }

  async find(jobId: JobId): Promise<JobWithResult | undefined> {
    const [row] = await this.#connection.rows<JobRow>(FIND, [jobId])
    return row && jobFromRow(row)
  }

  async findItems(jobIds: readonly JobId[]): Promise<QueueItem[]> {
    const rows = await this.#connection.rows<ItemRow>(FIND_ITEMS, [jobIds])
    return rows.map((row) => jobFromRow(row))
  }

  listItems(
    filter: QueueFilter,
    slice: Slice<QueueItemKey>,
  ): Promise<{ readonly item: QueueItem; readonly key: QueueItemKey }[]> {
    return listQueueItems(this.#connection, filter, slice)
  }

  async countByType(projectId: ProjectId | null): Promise<ReadonlyMap<string, JobCounts>> {
    const rows = await this.#connection.rows<JobCounts & { readonly type: string }>(COUNTS, [projectId])
    return new Map(rows.map(({ type, ...counts }) => [type, counts]))
  }

  async countByProject(limit: number): Promise<ReadonlyMap<ProjectId, JobCounts>> {
    const rows = await this.#connection.rows<JobCounts & { readonly projectId: ProjectId }>(
      COUNTS_OF_PROJECTS,
      [limit],
    )
    return new Map(rows.map(({ projectId, ...counts }) => [projectId, counts]))
  }

  lock(jobId: JobId): Promise<JobWithResult | undefined> {
    return this.#connection.atomically(async (connection) => {
      await connection.rows(LOCK, [jobId])
      const [row] = await connection.rows<JobRow>(FIND, [jobId])
      return row && jobFromRow(row)
    })
  }

  lockMany(jobIds: readonly JobId[]): Promise<JobWithResult[]> {
    return this.#connection.atomically(async (connection) => {
      await connection.rows(LOCK_MANY, [jobIds])
      return (await connection.rows<JobRow>(FIND_MANY, [jobIds])).map((row) => jobFromRow(row))
    })
  }

  async cancelPending(jobId: JobId, now: Date): Promise<void> {
    await this.#connection.rows(CANCEL, [jobId, now])
  }

  async requestCancel(jobId: JobId): Promise<void> {
    await this.#connection.rows(REQUEST_CANCEL, [jobId])
  }

  async setPriority(jobId: JobId, priority: number): Promise<void> {
    await this.#connection.rows(MOVE, [jobId, priority])
  }

  async retry(jobId: JobId, now: Date): Promise<void> {
    const [run] = await this.#connection.rows<{ status: string; origin: 'import' | null }>(STATUS_OF_RUN, [
      jobId,
    ])
    if (run?.status === 'cancelled') throw new RunStateError('have its failed jobs retried', run.status)
    if (run?.origin) throw new RunStateError('have its failed jobs retried', run.status, run.origin)
    await this.#connection.rows(RETRY, [jobId, now])
  }

  async clear(projectId: ProjectId, now: Date): Promise<number> {
    return countOf(await this.#connection.rows<{ count: number }>(CLEAR, [projectId, now]))
  }
}
