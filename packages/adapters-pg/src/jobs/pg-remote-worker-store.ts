import type { WorkerId } from '@muster/core/ports'
import type { AttemptKey, HeldJob, RemoteWorker, RemoteWorkerStore, WorkedOn } from '@muster/core/remote'
import { type Connection, engineStatement, statement } from '../connection/queryable.ts'

const ADD = statement(
  'remote_worker_add',
  `insert into remote_worker (worker_id, worker_no, name, subject, types, concurrency, lease_ms, opened_at)
   select w.worker_id, w.worker_no, $2, $3, $4::text[], $5, $6, $7 from worker as w where w.worker_id = $1`,
)
const FIND = statement(
  'remote_worker_find',
  `select worker_id as "workerId", name, subject, types, concurrency, lease_ms as "leaseMs", opened_at as "openedAt"
   from remote_worker where worker_id = $1`,
)
/** The project, the type and the run of a job. */
const OWNERS = `cross join lateral (select g.project_id from project_gate as g where g.project_no = j.project_no offset 0) as g
   cross join lateral (select t.name from job_type as t where t.type_no = j.type_no offset 0) as t
   left join lateral (
     select r.run_id, r.models, r.repeats, r.definition_no from run as r where r.run_no = j.run_no offset 0) as r on true`
const HELD = engineStatement(
  'remote_held',
  `select j.job_id as "jobId", g.project_id as "projectId", r.run_id as "runId", j.task_id as "taskId", t.name as type,
     r.models[j.model] as model, s.scenario_id as "scenarioId", run_job_repeat(j.job_id, r.repeats) as repeat,
     j.attempt, j.max_attempts as "maxAttempts", j.starts as start, j.not_nows as "notNows", nullif(j.set_no, 0) as "limitSet",
     exists (select from budget_reserve as b where b.job_id = j.job_id and b.start = j.starts) as reserves, j.started_at as "startedAt", j.cancelling or l.stopped as cancelling
   from worker as w
   cross join lateral (select a.* from job as a where a.state = 1 and a.worker_no = w.worker_no offset 0) as j
   cross join lateral (select l.stopped from lane as l where l.lane_no = j.lane_no offset 0) as l
   ${OWNERS}
   left join lateral (
     select s.scenario_id from scenario as s
     where s.definition_no = r.definition_no and s.place between j.place and j.place order by s.place limit 1) as s on true
   where w.worker_id = $1 order by j.started_at, j.job_id`,
)
// Lost and handed back attempts (9 and 3) have no outcome of the worker's.
const WORKED_ON = engineStatement(
  'remote_worked_on',
  `select j.job_id as "jobId", g.project_id as "projectId", r.run_id as "runId", t.name as type, r.models[j.model] as model,
     (select coalesce(json_agg(json_build_object('attempt', e.attempt, 'startedAt', e.started_at)), '[]') from (
       select j.attempt, j.started_at where j.state in (4, 6) and j.worker_no = w.worker_no
       union all
       select a.attempt, a.started_at from job_attempt as a
       where a.job_id = j.job_id and a.worker_id = w.worker_id and a.outcome not in (3, 9)) as e) as recorded
   from remote_worker as w cross join unnest($2::uuid[]) as asked (job_id)
   cross join lateral (select a.* from job as a where a.job_id = asked.job_id offset 0) as j
   ${OWNERS}
   where w.worker_id = $1`,
)
const PRUNE = statement(
  'remote_worker_prune',
  `delete from remote_worker as r where r.opened_at < $1
     and not exists (select from worker as w where w.worker_id = r.worker_id)`,
)

interface WorkedOnRow extends Omit<WorkedOn, 'recorded'> {
  readonly recorded: readonly { readonly attempt: number; readonly startedAt: string }[]
}

/** Workers over HTTP in `remote_worker`, and what they hold in `job`. */
export class PgRemoteWorkerStore implements RemoteWorkerStore {
  readonly #connection: Connection

  constructor(connection: Connection) {
    this.#connection = connection
  }

  async add(worker: RemoteWorker): Promise<void> {
    const { workerId, name, subject, types, concurrency, leaseMs, openedAt } = worker
    await this.#connection.rows(ADD, [workerId, name, subject, types, concurrency, leaseMs, openedAt])
  }

  async find(workerId: WorkerId): Promise<RemoteWorker | undefined> {
    const [worker] = await this.#connection.rows<RemoteWorker>(FIND, [workerId])
    return worker
  }

  listHeld(workerId: WorkerId): Promise<HeldJob[]> {
    return this.#connection.rows<HeldJob>(HELD, [workerId])
  }

  async findWorkedOn(workerId: WorkerId, attempts: readonly AttemptKey[]): Promise<WorkedOn[]> {
    const asked = Map.groupBy(attempts, ({ jobId }) => jobId)
    const rows = await this.#connection.rows<WorkedOnRow>(WORKED_ON, [workerId, [...asked.keys()]])
    return rows.map(({ recorded, ...job }) => ({
      ...job,
      recorded: recorded
        .filter((one) => asked.get(job.jobId)?.some(({ attempt }) => attempt === one.attempt))
        .map(({ attempt, startedAt }) => ({ attempt, startedAt: new Date(startedAt) })),
    }))
  }

  async prune(openedBefore: Date): Promise<void> {
    await this.#connection.rows(PRUNE, [openedBefore])
  }
}
