import type { OperationId, ProjectId } from '@muster/core'
import {
  type Advanced,
  type MovedByProject,
  movedSum,
  type NewOperation,
  NONE_MOVED,
  OPERATION_STATES,
  type Operation,
  type OperationPart,
  type OperationStore,
  type OperationTally,
} from '@muster/core/operating'
import { type Connection, jsonText, plain, statement } from '../connection/queryable.ts'
import { countOf } from '../jobs/count.ts'

const COLUMNS = `o.operation_id as "operationId", o.project_id as "projectId", o.subject, o.action, o.filter, o.options, o.state,
  o.count, o.done_to as "doneTo", o.by_project as "byProject", o.created_by as "createdBy", o.created_at as "createdAt",
  o.finished_at as "finishedAt"`

const ADD = statement(
  'operation_add',
  `insert into operation (operation_id, project_id, subject, action, filter, options, created_by, created_at)
   values ($1, $2, $3, $4, $5::json, $6::json, $7, $8)`,
)
const ADD_ITEMS = statement(
  'operation_add_items',
  `with grown as (
     update operation set count = count + cardinality($2::uuid[]) where operation_id = $1
     returning operation_no, count - cardinality($2::uuid[]) as before)
   insert into operation_item (operation_no, no, item_id)
   select grown.operation_no, grown.before + item.place, item.id
   from grown cross join unnest($2::uuid[]) with ordinality as item (id, place)`,
)
const FIND = statement('operation_find', `select ${COLUMNS} from operation as o where o.operation_id = $1`)
const COUNT_ALONE = statement(
  'operation_count_alone',
  `select pg_advisory_xact_lock(1707725, hashtext(coalesce($1::uuid::text, '')))`,
)
const COUNT_RUNNING = statement(
  'operation_count_running',
  'select count(*) from operation where state = 0 and project_id is not distinct from $1::uuid',
)
const NEXT = statement(
  'operation_next',
  `select ${COLUMNS}, o.operation_no as no from operation as o
   where o.state = 0
   order by coalesce(array_position($1::uuid[], o.operation_id), 0), o.count - o.done_to, o.operation_no
   limit 1 for no key update skip locked`,
)
const ITEMS = statement(
  'operation_items',
  `select item_id as id from operation_item where operation_no = $1 and no > $2::int and no <= $2::int + $3::int order by no`,
)
const ADVANCE = statement(
  'operation_advance',
  `update operation as o set done_to = o.done_to + $2::int, by_project = $3::json,
     state = case when o.done_to + $2::int = o.count then 1 else 0 end,
     finished_at = case when o.done_to + $2::int = o.count then $4::timestamptz end
   where o.operation_id = $1 and o.state = 0 returning ${COLUMNS}`,
)
const STOP = statement(
  'operation_stop',
  `update operation as o set state = 2, finished_at = $2::timestamptz where o.operation_id = $1 and o.state = 0
   returning ${COLUMNS}`,
)
const PRUNE = statement('operation_prune', 'select operations_forgotten($1::timestamptz, $2) as count')

interface OperationRow extends Omit<Operation, 'state' | 'done' | 'skipped'> {
  readonly state: number
  readonly doneTo: number
  readonly byProject: MovedByProject
}

/** Operations in `operation` and `operation_item`. */
export class PgOperationStore implements OperationStore {
  readonly #connection: Connection

  constructor(connection: Connection) {
    this.#connection = connection
  }

  async add(operation: NewOperation): Promise<void> {
    const { operationId, projectId, subject, action, filter, options, createdBy, createdAt } = operation
    const values = [operationId, projectId, subject, action, jsonText(filter), jsonText(options)]
    await this.#connection.rows(ADD, [...values, createdBy, createdAt])
  }

  async addItems(operationId: OperationId, ids: readonly string[]): Promise<void> {
    if (ids.length > 0) await this.#connection.rows(ADD_ITEMS, [operationId, plain(ids)])
  }

  async find(operationId: OperationId): Promise<Operation | undefined> {
    const [row] = await this.#connection.rows<OperationRow>(FIND, [operationId])
    return row && advancedOf(row).operation
  }

  async countRunning(projectId: ProjectId | null): Promise<number> {
    return this.#connection.atomically(async (connection) => {
      await connection.rows(COUNT_ALONE, [projectId])
      // A statement of its own: it sees what those who were waited for have committed.
      return countOf(await connection.rows<{ count: number }>(COUNT_RUNNING, [projectId]))
    })
  }

  async next(limit: number, behind: readonly OperationId[] = []): Promise<OperationPart | undefined> {
    const [row] = await this.#connection.rows<OperationRow & { readonly no: number }>(NEXT, [plain(behind)])
    if (row === undefined) return undefined
    const items = await this.#connection.rows<{ id: string }>(ITEMS, [row.no, row.doneTo, limit])
    return { operation: advancedOf(row).operation, ids: items.map(({ id }) => id) }
  }

  async advance(
    operationId: OperationId,
    items: number,
    moved: MovedByProject,
    now: Date,
  ): Promise<Advanced> {
    const [before] = await this.#connection.rows<OperationRow>(FIND, [operationId])
    const sums: Record<string, OperationTally> = { ...before?.byProject }
    for (const [project, one] of Object.entries(moved)) {
      sums[project] = movedSum(sums[project] ?? NONE_MOVED, one)
    }
    const values = [operationId, items, jsonText(sums), now]
    const [row] = await this.#connection.rows<OperationRow>(ADVANCE, values)
    if (row === undefined) throw new Error(`Operation ${operationId} is not running`)
    return advancedOf(row)
  }

  async stop(operationId: OperationId, now: Date): Promise<Advanced | undefined> {
    const [row] = await this.#connection.rows<OperationRow>(STOP, [operationId, now])
    return row && advancedOf(row)
  }

  async prune(before: Date, limit: number): Promise<number> {
    return countOf(await this.#connection.rows<{ count: number }>(PRUNE, [before, limit]))
  }
}

function advancedOf(row: OperationRow): Advanced {
  const { doneTo: _doneTo, byProject, state: number, operationId, projectId, subject, action } = row
  const { filter, options, count, createdBy, createdAt, finishedAt } = row
  const state = OPERATION_STATES[number]
  if (state === undefined) throw new Error(`operation.state ${number} is none of ours`)
  const { done, skipped } = Object.values(byProject).reduce<OperationTally>(movedSum, NONE_MOVED)
  const what = { operationId, projectId, subject, action, filter, options, createdBy, createdAt, finishedAt }
  return { operation: { ...what, state, count, done, skipped }, byProject }
}
