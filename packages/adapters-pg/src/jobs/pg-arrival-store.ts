import type { ArrivalStore, ArrivedJob } from '@muster/core/making'
import { type Connection, engineStatement, statement } from '../connection/queryable.ts'

const LOOK = engineStatement(
  'jobs_arrived',
  'select jobs_arrived($1::boolean) as arrived, exists (select from ended_parent) as ended',
)
const COLLECT = engineStatement(
  'jobs_collect',
  `select t.job_id as "jobId", t.project_id as "projectId", t.type, t.priority, t.created_by as "createdBy",
     t.counted
   from jobs_collect($1, $2::boolean) as t`,
)
const KNOW = statement('job_types_known', 'select job_types_known($1::text[])')

/** Jobs of state 8 in `job`: those that stand in no lane, and sleepers that have their answers. */
export class PgArrivalStore implements ArrivalStore {
  readonly #connection: Connection

  constructor(connection: Connection) {
    this.#connection = connection
  }

  async look(recent: boolean): Promise<{ readonly arrived: boolean; readonly ended: boolean }> {
    const [row] = await this.#connection.rows<{ arrived: boolean; ended: boolean }>(LOOK, [recent])
    return row ?? { arrived: false, ended: false }
  }

  collect(limit: number, recent: boolean): Promise<ArrivedJob[]> {
    return this.#connection.rows<ArrivedJob>(COLLECT, [limit, recent])
  }

  async know(types: readonly string[]): Promise<void> {
    if (types.length > 0) await this.#connection.rows(KNOW, [types])
  }
}
