import type { JobId, JobState, ProjectId } from '@muster/core'
import {
  type AttemptOutcome,
  CAUSE_STRETCH_SECONDS,
  type FoundJob,
  type FoundJobs,
  type JobAttempt,
  type JobCause,
  type JobFilter,
  type JobMove,
  type JobRecord,
  type JobSearchSlice,
  type JobSearchStore,
  type JobsMoved,
  MOST_CAUSES_LISTED,
  movedSum,
  NONE_MOVED,
  type OperationTally,
} from '@muster/core/operating'
import { folded } from '../connection/folded.ts'
import { type Connection, NIL_UUID, type Statement, statement } from '../connection/queryable.ts'
import { jobFromRow, stateNumbers } from './job-rows.ts'

/** The time that one count of a cause covers, as an interval. */
const STRETCH = `${CAUSE_STRETCH_SECONDS} s`

/** Jobs that one statement looks at, at most. */
const MOST_LOOKED_AT = 20_000

/** As many times what is asked for is looked at first: of a list by hardly any filter that is enough. */
const LOOKED_AT_FIRST = 4

/** The greatest UUID: behind it, backwards, are all. */
const LAST_UUID = 'ffffffff-ffff-ffff-ffff-ffffffffffff'

/** Ways to the jobs: each gives at most $4 of them, in their order, behind $3. */
type Way = 'walk' | 'run' | 'failed' | 'few' | 'named'
type Order = JobSearchSlice['order']

const behind = (order: Order, id: string): string => `${id} ${order === 'desc' ? '<' : '>'} $3::uuid`
const inOrder = (order: Order, id: string): string => `order by ${id} ${order} limit $4`
const PROJECTS = 'select g.project_no from project_gate as g where g.project_id = any($1::uuid[])'

/** $1 projects or null, $2 run or null, $3 behind, $4 how many to look at, $13 cause or null, $16 these alone or null. */
function candidates(way: Way, order: Order): string {
  const jobs = (ids: string): string =>
    `select j.* from (${ids}) as c cross join lateral (select j.* from job as j where j.job_id = c.job_id offset 0) as j`
  switch (way) {
    case 'walk':
      return `select j.* from job as j where ${behind(order, 'j.job_id')} ${inOrder(order, 'j.job_id')}`
    case 'named':
      return `select j.* from unnest($16::uuid[]) as n (job_id) join job as j using (job_id)
        where ${behind(order, 'j.job_id')} ${inOrder(order, 'j.job_id')}`
    case 'run':
      return `select j.* from run as r cross join lateral (
          select j.* from job as j
          where j.job_id between run_job_id(r, 1) and run_job_id(r, r.total) and j.run_no + 0 = r.run_no
            and ${behind(order, 'j.job_id')} ${inOrder(order, 'j.job_id')}) as j
        where r.run_id = $2::uuid and ($1::uuid[] is null or r.project_no in (${PROJECTS}))`
    case 'failed':
      return jobs(`
        (select f.job_id from failure as f
          where f.cause_no = $13::int
            and exists (
              select from cause as k where k.cause_no = $13::int and ($1::uuid[] is null or k.project_no in (${PROJECTS})))
            and ${behind(order, 'f.job_id')} ${inOrder(order, 'f.job_id')})
        union all
        (select f.job_id from failure as f
          where $13::int is null and $1::uuid[] is null and ${behind(order, 'f.job_id')} ${inOrder(order, 'f.job_id')})
        union all
        (select f.job_id from (${PROJECTS}) as g cross join lateral (
            select f.job_id from failure as f
            where f.project_no = g.project_no and ${behind(order, 'f.job_id')} ${inOrder(order, 'f.job_id')}) as f
          where $13::int is null ${inOrder(order, 'f.job_id')})`)
    case 'few':
      return `select j.* from (
          select c.job_id from (
            select j.job_id from job as j where j.state = 1 and j.project_no in (${PROJECTS}) and 1 = any($5::smallint[])
            union all
            select j.job_id from job as j where (j.state = 10 or (j.state = 8 and j.lane_no <> 0))
              and j.project_no in (${PROJECTS}) and 10 = any($5::smallint[])
            union all
            select j.job_id from (${PROJECTS}) as g cross join unnest('{4,5}'::smallint[]) as s (state) cross join lateral (
              select j.job_id from job as j
              where j.project_no = g.project_no and j.state = s.state and j.state in (4, 5) offset 0) as j
            where s.state = any($5::smallint[])
            union all
            select j.job_id from (${PROJECTS}) as g cross join lateral (
              select j.job_id from job as j where j.project_no = g.project_no and j.state = 6 offset 0) as j
            where 6 = any($5::smallint[])
            union all
            select j.job_id from (${PROJECTS}) as g cross join lateral (
                select l.lane_no from lane as l where l.project_no = g.project_no offset 0) as l
              cross join lateral (
                select j.job_id from job as j where j.lane_no = l.lane_no and j.state = 0
                union all select j.job_id from job as j where j.lane_no = l.lane_no and j.state = 3
                union all select j.job_id from job as j where j.lane_no = l.lane_no and j.state = 7) as j
            where $5::smallint[] && '{0,6}'
            union all
            select j.job_id from job as j
            where j.state = 2 and j.project_no in (${PROJECTS}) and $5::smallint[] && '{0,6}'
            union all
            select j.job_id from job as j
            where j.state = 9 and j.project_no in (${PROJECTS}) and 9 = any($5::smallint[])) as c
          where ${behind(order, 'c.job_id')} ${inOrder(order, 'c.job_id')}) as c
        cross join lateral (select j.* from job as j where j.job_id = c.job_id offset 0) as j`
  }
}

/** $5 states, $6 type, $7 model, $8 scenario, $9 error, $10 $11 attempts, $12 limit, $14 from, $15 to, $16 ids. */
function finding(way: Way, order: Order): Statement {
  return statement(
    `job_search_${way}_${order}`,
    `with looked as materialized (${candidates(way, order)}),
     seen as (
       select count(*)::int as looked,
         (count(*) filter (where $1::uuid[] is null or project_no in (${PROJECTS})))::int as searched,
         (select job_id from looked order by job_id ${order === 'desc' ? 'asc' : 'desc'} limit 1) as last from looked),
     told as (
       select w.job_id, w.project_no, w.type_no,
         case when w.state in (0, 2, 3, 7) and w.seq <= l.cut_seq then 6 else w.state end as state
       from looked as w
       left join lateral (select l.cut_seq from lane as l where l.lane_no = w.lane_no offset 0) as l on true
       left join lateral (
         select r.run_id, r.models, r.created_at, r.definition_no from run as r where r.run_no = w.run_no offset 0) as r on true
       where ($1::uuid[] is null or w.project_no in (${PROJECTS}))
         and ($2::uuid is null or r.run_id = $2::uuid)
         and (case when w.state in (0, 2, 3, 7) and w.seq <= l.cut_seq then 6 else w.state end) = any($5::smallint[])
         and ($6::text is null or w.type_no = (select t.type_no from job_type as t where t.name = $6::text))
         and ($7::text is null or r.models[w.model] = $7::text)
         and ($8::text is null or (select s.scenario_id from scenario as s
           where s.definition_no = r.definition_no and s.place = w.place) = $8::text)
         and ($9::text is null or strpos(${folded(`(w.error ->> 'message')`)}, ${folded('$9::text')}) > 0)
         and ($10::int is null or w.attempt between $10::int and $11::int)
         and ($13::int is null or exists (
           select from failure as f where f.job_id = w.job_id and f.cause_no = $13::int))
         and ($14::timestamptz is null or coalesce(w.created_at, r.created_at) >= $14::timestamptz)
         and ($15::timestamptz is null or coalesce(w.created_at, r.created_at) < $15::timestamptz)
         and ($16::uuid[] is null or w.job_id = any($16::uuid[]))
       order by w.job_id ${order} limit $12)
     select seen.looked, seen.searched, seen.last, f.job_id as "jobId", g.project_id as "projectId", f.state, t.name as type
     from seen left join told as f on true
       left join project_gate as g on g.project_no = f.project_no left join job_type as t on t.type_no = f.type_no
     order by f.job_id ${order}`,
  )
}

const WAYS = ['walk', 'run', 'failed', 'few', 'named'] as const
const FINDING: ReadonlyMap<string, Statement> = new Map(
  WAYS.flatMap((way) => (['asc', 'desc'] as const).map((order) => [`${way} ${order}`, finding(way, order)])),
)
const HOW_MANY = statement(
  'job_search_how_many',
  `select coalesce(sum(c.total), 0)::float8 as count from queue_made as c where c.project_no in (${PROJECTS})`,
)
const CAUSES = statement(
  'job_causes',
  `select c.cause_no as "causeId", g.project_id as "projectId", t.name as type, c.code, c.pattern, c.sample,
     f.failed, h.parts as "lastHour", c.first_at as "firstAt", coalesce(h.last_at, c.first_at) as "lastAt"
   from cause as c
   join project_gate as g using (project_no)
   join job_type as t using (type_no)
   cross join lateral (select count(*)::int as failed from failure as f where f.cause_no = c.cause_no) as f
   cross join lateral (
     select (select n.last_at from cause_count as n where n.cause_no = c.cause_no order by n.at desc limit 1) as last_at,
       (select array_agg(coalesce(n.n, 0) order by part.ago desc)
        from generate_series(0, 5) as part (ago) left join cause_count as n on n.cause_no = c.cause_no
          and n.at = date_bin('${STRETCH}', $3::timestamptz, timestamptz 'epoch') - part.ago * interval '${STRETCH}'
       ) as parts) as h
   where ($1::uuid[] is null or c.project_no in (${PROJECTS})) and ($2::text is null or t.name = $2::text)
     and (f.failed > 0 or 0 < any(h.parts))
   order by f.failed desc, c.cause_no limit ${MOST_CAUSES_LISTED}`,
)
const THIS_STRETCH = `date_bin('${STRETCH}', $4::timestamptz, timestamptz 'epoch')`
const CAUSES_OF_RUN = statement(
  'job_causes_of_run',
  `select c.cause_no as "causeId", g.project_id as "projectId", t.name as type, c.code, c.pattern, c.sample,
     f.failed, f.parts as "lastHour", f.first_at as "firstAt", f.last_at as "lastAt"
   from (
     select e.cause_no, count(*)::int as failed, min(e.finished_at) as first_at, max(e.finished_at) as last_at,
       array[${[5, 4, 3, 2, 1, 0]
         .map(
           (ago) =>
             `count(*) filter (where e.stretch = ${THIS_STRETCH} - ${ago} * interval '${STRETCH}')::int`,
         )
         .join(', ')}] as parts
     from (
       select f.cause_no, j.finished_at, date_bin('${STRETCH}', j.finished_at, timestamptz 'epoch') as stretch
       from run as r
       cross join lateral (
         select f.job_id, f.cause_no from failure as f
         where f.job_id between run_job_id(r, 1) and run_job_id(r, r.total) offset 0) as f
       join job as j on j.job_id = f.job_id and j.run_no = r.run_no
       where r.run_id = $3::uuid) as e
     group by e.cause_no) as f
   join cause as c using (cause_no)
   join project_gate as g using (project_no)
   join job_type as t using (type_no)
   where ($1::uuid[] is null or c.project_no in (${PROJECTS})) and ($2::text is null or t.name = $2::text)
   order by f.failed desc, c.cause_no limit ${MOST_CAUSES_LISTED}`,
)
const RECORD = statement(
  'job_record_of',
  `select (select w.worker_id from worker as w where w.worker_no = j.worker_no and j.state in (1, 4, 5, 6)) as "workerId",
     case when l.pace is not null then l.next_at end as "paceOpensAt",
     c.cause_no as "causeId", c.code, c.pattern,
     (select coalesce(json_agg(json_build_object('attempt', a.attempt, 'startedAt', coalesce(a.started_at, a.ended_at),
        'endedAt', a.ended_at, 'workerId', a.worker_id, 'outcome', a.outcome, 'error', a.error)
        order by a.started_at, a.ended_at), '[]')
      from job_attempt as a where a.job_id = j.job_id) as attempts
   from job as j left join lane as l using (lane_no)
   left join failure as f on f.job_id = j.job_id and j.state = 5 left join cause as c on c.cause_no = f.cause_no
   where j.job_id = $1`,
)
const MOVE = statement(
  'jobs_move',
  'select project_id as "projectId", reason, n from jobs_move($1::uuid[], $2, $3::smallint, $4::timestamptz)',
)

const OUTCOMES: Readonly<Record<number, AttemptOutcome>> = {
  2: 'retried',
  3: 'returned',
  5: 'failed',
  7: 'notNow',
  9: 'lost',
  10: 'asleep',
}

interface FoundRow {
  readonly looked: number
  readonly searched: number
  readonly last: JobId | null
  readonly jobId: JobId | null
  readonly projectId: ProjectId
  readonly state: number
  readonly type: string
}

interface RecordRow extends Pick<JobRecord, 'workerId' | 'paceOpensAt'> {
  readonly causeId: number | null
  readonly code: string
  readonly pattern: string
  readonly attempts: readonly (Omit<JobAttempt, 'outcome' | 'startedAt' | 'endedAt'> & {
    readonly outcome: number
    readonly startedAt: string
    readonly endedAt: string
  })[]
}

/** The jobs of a run, and those that failed, are found by themselves. */
function firstWayTo({ jobIds, runId, state }: JobFilter): Way {
  if (jobIds !== undefined) return 'named'
  if (runId !== undefined) return 'run'
  return state?.every((one) => one === 'failed') ? 'failed' : 'walk'
}

/** Jobs by what is in them, failures in `failure` and `cause`, attempts in `job_attempt`. */
export class PgJobSearchStore implements JobSearchStore {
  readonly #connection: Connection

  constructor(connection: Connection) {
    this.#connection = connection
  }

  async find(filter: JobFilter, slice: JobSearchSlice): Promise<FoundJobs> {
    const { projects, error, causeId } = filter
    const isOfFailures = error !== undefined || causeId !== undefined
    const wanted = filter.state ?? ['pending', 'active', 'completed', 'failed', 'cancelled']
    const state = isOfFailures ? wanted.filter((one) => one === 'failed') : wanted
    if (state.length === 0 || projects?.length === 0) return { found: [], searched: 0, goesOn: null }
    const where = { ...filter, state }
    const few = Math.min(MOST_LOOKED_AT, LOOKED_AT_FIRST * slice.limit)
    const first = await this.#look(firstWayTo(where), where, slice, few)
    if (first.goesOn === null || first.found.length === slice.limit) return first
    const { found, searched, goesOn } = first
    const rest = { ...slice, limit: slice.limit - found.length, after: goesOn }
    const more = await this.#look(await this.#wayTo(where), where, rest, MOST_LOOKED_AT)
    return { ...more, found: [...found, ...more.found], searched: searched + more.searched }
  }

  /** Looks at so many jobs at most. */
  async #look(
    way: Way,
    filter: JobFilter & { readonly state: readonly JobState[] },
    { limit, order, after }: JobSearchSlice,
    most: number,
  ): Promise<FoundJobs> {
    const { projects, jobIds, type, runId, model, scenarioId, error, causeId, attempts, from, to } = filter
    const finding = FINDING.get(`${way} ${order}`)
    if (finding === undefined) throw new Error(`There is no way ${way}`)
    const rows = await this.#connection.rows<FoundRow>(finding, [
      projects,
      runId ?? null,
      after ?? (order === 'desc' ? LAST_UUID : NIL_UUID),
      most,
      stateNumbers(filter.state),
      type ?? null,
      model ?? null,
      scenarioId ?? null,
      error ?? null,
      attempts?.least ?? null,
      attempts?.most ?? null,
      limit,
      causeId ?? null,
      from ?? null,
      to ?? null,
      jobIds ?? null,
    ])
    const found = rows.flatMap(({ jobId, projectId, state, type: name }): FoundJob[] =>
      jobId === null ? [] : [jobFromRow({ jobId, projectId, state, type: name })],
    )
    const { looked, searched, last } = rows[0] ?? { looked: 0, searched: 0, last: null }
    if (found.length === limit) return { found, searched, goesOn: found.at(-1)?.jobId ?? null }
    return { found, searched, goesOn: looked < most ? null : last }
  }

  /** The jobs of a small project are found by themselves. */
  async #wayTo(filter: JobFilter): Promise<Way> {
    const [way, { projects }] = [firstWayTo(filter), filter]
    if (way !== 'walk' || projects === null) return way
    const [row] = await this.#connection.rows<{ count: number }>(HOW_MANY, [projects])
    return row !== undefined && row.count <= MOST_LOOKED_AT ? 'few' : 'walk'
  }

  listCauses(
    { projects, type, runId }: Parameters<JobSearchStore['listCauses']>[0],
    now: Date,
  ): Promise<JobCause[]> {
    if (runId !== undefined) {
      return this.#connection.rows<JobCause>(CAUSES_OF_RUN, [projects, type ?? null, runId, now])
    }
    return this.#connection.rows<JobCause>(CAUSES, [projects, type ?? null, now])
  }

  async findRecord(jobId: JobId): Promise<JobRecord | undefined> {
    const [row] = await this.#connection.rows<RecordRow>(RECORD, [jobId])
    if (row === undefined) return undefined
    const { workerId, paceOpensAt, causeId, code, pattern } = row
    return {
      attempts: row.attempts.map(({ outcome, startedAt, endedAt, ...attempt }) => ({
        ...attempt,
        startedAt: new Date(startedAt),
        endedAt: new Date(endedAt),
        outcome: OUTCOMES[outcome] ?? null,
      })),
      workerId,
      cause: causeId === null ? null : { causeId, code, pattern },
      paceOpensAt,
    }
  }

  async moveMany(jobIds: readonly JobId[], move: JobMove, now: Date): Promise<JobsMoved> {
    const priority = move.action === 'priority' ? move.priority : null
    const rows = await this.#connection.rows<{ projectId: ProjectId; reason: string | null; n: number }>(
      MOVE,
      [jobIds, move.action, priority, now],
    )
    const moved: Record<string, OperationTally> = {}
    for (const { projectId, reason, n } of rows) {
      const one = reason === null ? { done: n, skipped: {} } : { done: 0, skipped: { [reason]: n } }
      moved[projectId] = movedSum(moved[projectId] ?? NONE_MOVED, one)
    }
    return moved
  }
}
