import type { JobId, ProjectId } from '@muster/core'
import type {
  AwaitedRun,
  EndedChild,
  FlowLink,
  FlowStore,
  FlowSweep,
  LinkedJob,
  ParentJob,
  Waiting,
} from '@muster/core/making'
import { type Connection, engineStatement, NIL_UUID, statement } from '../connection/queryable.ts'
import { jobFromRow, toldOf } from './job-rows.ts'

const PARENTS = statement(
  'flow_parents_known',
  `select j.job_id as "jobId", (select count(*)::float8 from dep as d where d.parent_id = j.job_id) as children
   from unnest($2::uuid[]) as p (id) cross join lateral (select * from job as j where j.job_id = p.id offset 0) as j
   where j.project_no = (select g.project_no from project_gate as g where g.project_id = $1)`,
)
const SWEEP = engineStatement(
  'flows_sweep',
  'select moved, started, ended from flows_sweep($1, $2::timestamptz)',
)
const MEND = engineStatement(
  'flows_mend',
  'select to_json(mended) as mended, goes_on as "goesOn" from flows_mend($1::uuid, $2)',
)
const LIST_PARENTS = statement(
  'flow_parents',
  `select t.job_id as "jobId", t.type, t.state, t.result, t.error
   from (select d.parent_id, d.place from dep as d where d.child_id = $1 order by d.place offset $2 limit $3) as d
   ${toldOf('d.parent_id')} order by d.place`,
)
const WAITING = statement(
  'flow_waiting',
  `select j.waits_open as open, (select count(*)::float8 from dep as d where d.child_id = j.job_id) as of,
     (select json_build_object('runId', r.run_id, 'when', w.start_when) from run_wait as w join run as r using (run_no)
      where w.job_id = j.job_id) as run
   from job as j where j.job_id = $1 and j.state + 0 = 9`,
)
const AWAITED = statement(
  'flow_runs_awaited',
  `select r.run_id as "runId", w.start_when as "when"
   from (select distinct run_no, start_when from run_wait where failed is null) as w join run as r using (run_no)
   where r.status in ('completed', 'cancelled')
     and ($1::uuid is null or (r.run_id, w.start_when collate "C") > ($1, $2::text collate "C"))
   order by r.run_id, w.start_when collate "C" limit $3`,
)
const MEET = engineStatement('flow_run_met', 'select run_waits_met($1::uuid, $2, $3, $4) as met')
const LIST_CHILDREN = statement(
  'flow_children',
  `select d.parent_id as "parentId", d.child_id as "childId" from dep as d
   where d.parent_id = any($1::uuid[]) order by d.parent_id, d.child_id limit $2`,
)

const linked = (name: string, of: string, other: string) =>
  statement(
    name,
    `select d.${of} as of, t.job_id as "jobId", t.type, t.state
     from (select d.${of}, d.${other} from dep as d where d.${of} = any($1::uuid[]) order by 1, 2 limit $2) as d
     ${toldOf(`d.${other}`)} order by 1, 2`,
  )
const LINKED = {
  parents: linked('flow_linked_parents', 'child_id', 'parent_id'),
  children: linked('flow_linked_children', 'parent_id', 'child_id'),
}

/** A job that ended, as `flows_sweep` gives it. */
type EndedRow = Omit<EndedChild, 'state'> & { readonly state: number }

/** Jobs of state 9 in `job`, the links in `dep`, and ends not counted yet in `ended_parent`. */
export class PgFlowStore implements FlowStore {
  readonly #connection: Connection

  constructor(connection: Connection) {
    this.#connection = connection
  }

  async findParents(projectId: ProjectId, jobIds: readonly JobId[]): Promise<ReadonlyMap<JobId, number>> {
    if (jobIds.length === 0) return new Map()
    const rows = await this.#connection.rows<{ readonly jobId: JobId; readonly children: number }>(PARENTS, [
      projectId,
      jobIds,
    ])
    return new Map(rows.map(({ jobId, children }) => [jobId, children]))
  }

  async sweep(limit: number, now: Date): Promise<FlowSweep> {
    const [row] = await this.#connection.rows<{
      readonly moved: number
      readonly started: number
      readonly ended: readonly EndedRow[] | null
    }>(SWEEP, [limit, now])
    const { moved = 0, started = 0, ended = [] } = row ?? {}
    return { moved, started, ended: (ended ?? []).map((child) => jobFromRow(child) as EndedChild) }
  }

  async mend(
    after: JobId | null,
    limit: number,
  ): Promise<{ readonly mended: readonly JobId[]; readonly goesOn: JobId | null }> {
    const [row] = await this.#connection.rows<{ mended: JobId[]; goesOn: JobId | null }>(MEND, [
      after ?? NIL_UUID,
      limit,
    ])
    return row ?? { mended: [], goesOn: null }
  }

  async listParents(jobId: JobId, from: number, limit: number): Promise<readonly ParentJob[]> {
    const rows = await this.#connection.rows<Omit<ParentJob, 'state'> & { readonly state: number }>(
      LIST_PARENTS,
      [jobId, from, limit],
    )
    return rows.map((row) => jobFromRow(row))
  }

  async findWaiting(jobId: JobId): Promise<Waiting | undefined> {
    const [row] = await this.#connection.rows<{ open: number; of: number; run: AwaitedRun | null }>(WAITING, [
      jobId,
    ])
    if (row === undefined) return undefined
    const { open, of, run } = row
    return run === null ? { open, of } : { open, of: 1, run }
  }

  listAwaitedRuns(after: AwaitedRun | null, limit: number): Promise<readonly AwaitedRun[]> {
    return this.#connection.rows<AwaitedRun>(AWAITED, [after?.runId ?? null, after?.when ?? null, limit])
  }

  async meetRun({ runId, when }: AwaitedRun, isMet: boolean, limit: number): Promise<number> {
    const [row] = await this.#connection.rows<{ met: number }>(MEET, [runId, when, !isMet, limit])
    return row?.met ?? 0
  }

  async listChildren(parentIds: readonly JobId[], limit: number): Promise<readonly FlowLink[]> {
    return this.#connection.rows<FlowLink>(LIST_CHILDREN, [[...new Set(parentIds)], limit])
  }

  async listLinked(
    jobIds: readonly JobId[],
    side: 'parents' | 'children',
    limit: number,
  ): Promise<readonly LinkedJob[]> {
    const rows = await this.#connection.rows<Omit<LinkedJob, 'state'> & { readonly state: number }>(
      LINKED[side],
      [[...new Set(jobIds)], limit],
    )
    return rows.map((row) => jobFromRow(row))
  }
}
