import type { Run, RunId } from '@muster/core'
import type { NewRun } from '@muster/core/ports'
import { RUN_PRIORITIES } from '@muster/core/rules'
import type {
  DueLink,
  KeptLink,
  LinkEnd,
  LinkPart,
  NewLink,
  OpenLink,
  RunFlowLink,
  RunLinkStore,
} from '@muster/core/runs'
import { type Connection, jsonText, statement } from '../connection/queryable.ts'
import { forgetScenarios, keepScenarios } from './pg-definition-store.ts'
import { getRun, setsOf } from './pg-run-store.ts'

const ADD = statement(
  'run_link_add',
  `select run_link_add($1::uuid, $2::uuid, $3::uuid, $4, $5::json, $6, $7, $8::text[], $9::smallint, $10::json, $11::uuid, $12,
     $13::timestamptz) as first`,
)
const KEPT = `r.run_id as "runId", g.project_id as "projectId", p.run_id as "parentId", l.start_when as "when", l.request`
const LINKED = `from run_link as l join run as r on r.run_no = l.run_no join run as p on p.run_no = l.parent_no
   join project_gate as g on g.project_no = r.project_no`
const FIND = statement('run_link_find', `select ${KEPT} ${LINKED} where r.run_id = $1`)
const LIST_DUE = statement(
  'run_link_due',
  `select r.run_id as "runId", p.run_id as "parentId", l.start_when as "when", l.is_read as "isRead",
     r.status = 'cancelled' as "isCancelled"
   from run_link as l join run as r on r.run_no = l.run_no join run as p on p.run_no = l.parent_no
   where l.state in ('waiting', 'making') and r.type_no = any (array(select type_no from job_type where name = any ($1)))
     and ($2::uuid is null or r.run_id > $2) and (r.status = 'cancelled' or p.status in ('completed', 'cancelled'))
   order by r.run_id limit $3`,
)
const LIST_CHILDREN = statement(
  'run_link_children',
  `select p.run_id as "parentId", r.run_id as "runId"
   from run as p join run_link as l on l.parent_no = p.run_no join run as r on r.run_no = l.run_no
   where p.run_id = any ($1::uuid[]) order by 1, 2 limit $2`,
)
const open = (name: string, locking: string) =>
  statement(
    name,
    `select ${KEPT}, l.place, l.is_read as "isRead", l.parent_ended_at as "parentEndedAt", l.refused, l.refusals,
       r.definition_no as stage, l.made
     ${LINKED} where r.run_id = $1 and l.state in ('waiting', 'making') for update of l ${locking}`,
  )
const TAKE = open('run_link_take', 'skip locked')
const LOCK = open('run_link_hold', '')
const LOCK_RUN = statement('run_link_lock', 'select run_link_lock($1::uuid)')
const FIND_STAGED = statement(
  'run_link_staged',
  `select scenario_id as "scenarioId" from scenario
   where definition_no = (select definition_no from run where run_id = $1) and scenario_id = any ($2)`,
)
const STAGE = statement(
  'run_link_stage',
  `update run_link as l set state = 'making', place = $2, is_read = $3, parent_ended_at = $4, refused = $5, refusals = $6::json,
     made = l.made + $7
   from run as r where r.run_no = l.run_no and r.run_id = $1 returning r.definition_no as stage, l.made - $7 as before`,
)
const RESET = statement(
  'run_link_reset',
  `update run_link as l set state = 'waiting', place = 0, is_read = false, parent_ended_at = null, made = 0, refused = 0, refusals = '[]'
   from run as r where r.run_no = l.run_no and r.run_id = $1 returning r.definition_no as stage`,
)
const FILL = statement(
  'run_link_fill',
  'select run_link_fill($1::uuid, $2::smallint, $3::json, $4::int[], $5::float8, $6::smallint, $7::int[], $8::timestamptz)',
)
const END = statement('run_link_end', 'select run_link_end($1::uuid, $2, $3, $4::timestamptz)')
const STAGE_OF = statement('run_link_stage_of', 'select definition_no as stage from run where run_id = $1')

type OpenRow = Omit<OpenLink, 'staged'> & { readonly stage: number; readonly made: number }

/** Links in `run_link`; scenarios that are made in `scenario`, under the number of a definition that follows. */
export class PgRunLinkStore implements RunLinkStore {
  readonly #connection: Connection

  constructor(connection: Connection) {
    this.#connection = connection
  }

  add({ run, parentId, when, request, idempotencyKey }: NewLink): Promise<{
    readonly run: Run
    readonly created: boolean
  }> {
    return this.#connection.atomically(async (connection) => {
      const [added] = await connection.rows<{ first: RunId | null }>(ADD, [
        run.runId,
        run.projectId,
        parentId,
        when,
        jsonText(request),
        request.jobType,
        run.priority,
        run.config.models,
        run.config.repeats,
        jsonText(run.config),
        run.startedBy,
        idempotencyKey,
        run.createdAt,
      ])
      const first = added?.first ?? null
      return { run: await getRun(connection, first ?? run.runId), created: first === null }
    })
  }

  async find(runId: RunId): Promise<KeptLink | undefined> {
    return (await this.#connection.rows<KeptLink>(FIND, [runId]))[0]
  }

  listDue(jobTypes: readonly string[], after: RunId | null, limit: number): Promise<readonly DueLink[]> {
    return this.#connection.rows<DueLink>(LIST_DUE, [jobTypes, after, limit])
  }

  listChildren(parentIds: readonly RunId[], limit: number): Promise<readonly RunFlowLink[]> {
    return this.#connection.rows<RunFlowLink>(LIST_CHILDREN, [parentIds, limit])
  }

  async take(runId: RunId): Promise<OpenLink | undefined> {
    const [row] = await this.#connection.rows<OpenRow>(TAKE, [runId])
    return row && openLink(row)
  }

  async lock(runId: RunId): Promise<OpenLink | undefined> {
    const [row] = await this.#connection.rows<OpenRow>(LOCK, [runId])
    return row && openLink(row)
  }

  lockRun(runId: RunId): Promise<Run | undefined> {
    return this.#connection.atomically(async (connection) => {
      await connection.rows(LOCK_RUN, [runId])
      const [row] = await connection.rows<{ readonly stage: number }>(STAGE_OF, [runId])
      return row && getRun(connection, runId)
    })
  }

  async findStaged(runId: RunId, scenarioIds: readonly string[]): Promise<readonly string[]> {
    const rows = await this.#connection.rows<{ readonly scenarioId: string }>(FIND_STAGED, [
      runId,
      scenarioIds,
    ])
    return rows.map(({ scenarioId }) => scenarioId)
  }

  stage(runId: RunId, { scenarios, ...part }: LinkPart): Promise<void> {
    const { place, isRead, parentEndedAt, refused, refusals } = part
    return this.#connection.atomically(async (connection) => {
      const [row] = await connection.rows<{ readonly stage: number; readonly before: number }>(STAGE, [
        runId,
        place,
        isRead,
        parentEndedAt,
        refused,
        jsonText(refusals),
        scenarios.length,
      ])
      if (row === undefined) throw new Error(`run ${runId} starts after no other`)
      const kept = await keepScenarios(connection, row.stage, row.before, scenarios)
      if (kept.length < scenarios.length) throw new Error(`a scenario of run ${runId} was there already`)
    })
  }

  reset(runId: RunId): Promise<void> {
    return this.#connection.atomically(async (connection) => {
      const [row] = await connection.rows<{ readonly stage: number }>(RESET, [runId])
      if (row) await forgetScenarios(connection, row.stage)
    })
  }

  fill({ run, places, maxAttempts, limits = [] }: Omit<NewRun, 'idempotencyKey'>, now: Date): Promise<Run> {
    return this.#connection.atomically(async (connection) => {
      const limitSets = await setsOf(connection, limits)
      await connection.rows(FILL, [
        run.runId,
        RUN_PRIORITIES[run.priority],
        jsonText(run.config),
        places,
        run.config.maxJobsPerSecond,
        maxAttempts,
        limitSets,
        now,
      ])
      return getRun(connection, run.runId)
    })
  }

  end(runId: RunId, reason: LinkEnd, message: string | null, now: Date): Promise<Run> {
    return this.#connection.atomically(async (connection) => {
      await connection.rows(END, [runId, reason, message, now])
      const [row] = await connection.rows<{ readonly stage: number }>(STAGE_OF, [runId])
      if (row) await forgetScenarios(connection, row.stage)
      return getRun(connection, runId)
    })
  }
}

function openLink({ stage, made, ...open }: OpenRow): OpenLink {
  return { ...open, staged: { stage, count: made } }
}
