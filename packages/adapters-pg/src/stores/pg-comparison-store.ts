import type { Json, ProjectId } from '@muster/core'
import type {
  ComparisonId,
  ComparisonStore,
  Gate,
  GateId,
  KeptComparison,
  Pair,
  PairSide,
  PairSlice,
} from '@muster/core/evaluation'
import type { NewestKey, Slice } from '@muster/core/ports'
import { sameJson } from '@muster/core/support'
import { type Connection, jsonText, notTooLarge, statement } from '../connection/queryable.ts'
import { jobFromRow } from '../jobs/job-rows.ts'

const PAIRS = statement(
  'comparison_pairs',
  notTooLarge(
    [
      'nth',
      'scenarioId',
      'repeat',
      'payload',
      'isOther',
      'other',
      'baseState',
      'baseResult',
      'candState',
      'candResult',
      'found',
    ],
    `select nth, scenario_id as "scenarioId", repeat, payload, is_other as "isOther", other, base_state as "baseState",
       base_result as "baseResult", cand_state as "candState", cand_result as "candResult", count(*) over () as found,
       pg_column_size(payload) + coalesce(pg_column_size(base_result), 0) + coalesce(pg_column_size(cand_result), 0) as bytes
     from comparison_pairs($1::uuid, $2, $3::uuid, $4, $5::int, $6::int)`,
    'nth',
  ),
)
const TOTAL = statement(
  'comparison_total',
  'select total / cardinality(models) as total from run where run_id = $1',
)
const ADD = statement(
  'comparison_add',
  `insert into comparison (comparison_id, project_id, created_at, comparison) values ($1, $2, $3, $4::json)`,
)
const FIND = statement(
  'comparison_find',
  'select comparison as body from comparison where comparison_id = $1',
)
const LIST = statement(
  'comparison_list',
  `select comparison as body from comparison
   where project_id = $1 and ($3::timestamptz is null or (created_at, comparison_id) < ($3, $4::uuid))
   order by created_at desc, comparison_id desc limit $2`,
)
const ADD_GATE = statement(
  'gate_add',
  'insert into gate (gate_id, project_id, created_at, gate) values ($1, $2, $3, $4::json)',
)
const FIND_GATE = statement('gate_find', 'select gate as body from gate where gate_id = $1')
const LIST_GATES = statement(
  'gate_list',
  `select gate as body from gate
   where project_id = $1 and ($3::timestamptz is null or (created_at, gate_id) < ($3, $4::uuid))
   order by created_at desc, gate_id desc limit $2`,
)

interface PairRow {
  readonly nth: number
  readonly scenarioId: string
  readonly repeat: number
  readonly payload: Json
  readonly isOther: boolean
  readonly other: Json
  readonly baseState: number
  readonly baseResult: Json
  readonly candState: number
  readonly candResult: Json
  readonly found: number
}

/** As JSON keeps it: with its moment as text. */
type Body<Kept extends { readonly createdAt: Date }> = {
  readonly body: Omit<Kept, 'createdAt'> & { readonly createdAt: string }
}

/** Comparisons and gates in `comparison` and `gate`; their pairs are rows of `job`. */
export class PgComparisonStore implements ComparisonStore {
  readonly #connection: Connection

  constructor(connection: Connection) {
    this.#connection = connection
  }

  async listPairs(
    { baseline, candidate }: Parameters<ComparisonStore['listPairs']>[0],
    { from, limit }: { readonly from: number; readonly limit: number },
  ): Promise<PairSlice> {
    const values = [baseline.runId, baseline.model, candidate.runId, candidate.model, from, limit]
    const rows = await this.#connection.rows<PairRow>(PAIRS, values)
    const pairs = rows.map(pairFromRow)
    const last = rows.at(-1)
    if (last !== undefined && rows.length < last.found) return { pairs, next: last.nth + 1 }
    const [run] = await this.#connection.rows<{ total: number }>(TOTAL, [baseline.runId])
    return { pairs, next: from + limit <= (run?.total ?? 0) ? from + limit : undefined }
  }

  async add(comparison: KeptComparison): Promise<void> {
    const { comparisonId, projectId, createdAt } = comparison
    await this.#connection.rows(ADD, [comparisonId, projectId, createdAt, jsonText(comparison)])
  }

  async find(comparisonId: ComparisonId): Promise<KeptComparison | undefined> {
    const [row] = await this.#connection.rows<Body<KeptComparison>>(FIND, [comparisonId])
    return row && keptOf(row)
  }

  async list(projectId: ProjectId, slice: Slice<NewestKey>): Promise<KeptComparison[]> {
    return (await this.#connection.rows<Body<KeptComparison>>(LIST, valuesOf(projectId, slice))).map(keptOf)
  }

  async addGate(gate: Gate): Promise<void> {
    const { gateId, projectId, createdAt } = gate
    await this.#connection.rows(ADD_GATE, [gateId, projectId, createdAt, jsonText(gate)])
  }

  async findGate(gateId: GateId): Promise<Gate | undefined> {
    const [row] = await this.#connection.rows<Body<Gate>>(FIND_GATE, [gateId])
    return row && keptOf(row)
  }

  async listGates(projectId: ProjectId, slice: Slice<NewestKey>): Promise<Gate[]> {
    return (await this.#connection.rows<Body<Gate>>(LIST_GATES, valuesOf(projectId, slice))).map(keptOf)
  }
}

function pairFromRow(row: PairRow): Pair {
  return {
    scenarioId: row.scenarioId,
    repeat: row.repeat,
    payload: row.payload,
    // Two texts may be the same JSON.
    changed: row.isOther && !sameJson(row.payload, row.other),
    baseline: sideFrom(row.baseState, row.baseResult),
    candidate: sideFrom(row.candState, row.candResult),
  }
}

/** The statement gives settled jobs alone. */
function sideFrom(state: number, result: Json): PairSide {
  return jobFromRow({ state, result }) as PairSide
}

function keptOf<Kept extends { readonly createdAt: Date }>({ body }: Body<Kept>): Kept {
  return { ...body, createdAt: new Date(body.createdAt) } as unknown as Kept
}

function valuesOf(projectId: ProjectId, { limit, after }: Slice<NewestKey>): unknown[] {
  return [projectId, limit, after?.createdAt ?? null, after?.id ?? null]
}
