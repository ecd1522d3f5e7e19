import type { JobId, ProjectId, RunId } from '@muster/core'
import type {
  AtCap,
  Budget,
  BudgetId,
  BudgetSettings,
  BudgetStore,
  CrossedBudget,
  JobBudgets,
  NewBudget,
} from '@muster/core/usage'
import { type Connection, statement } from '../connection/queryable.ts'

const TOLD = `select budget_id as "budgetId", project_id as "projectId", run_id as "runId", zone, cap_micros as "capMicros", soft, hard,
     at_cap as "atCap", version, resets_ms as "resetsMs", spent as "spentMicros", reserved as "reservedMicros",
     assumed as "assumedMicros", reached, blind`
const LIST = statement('budgets_told', `${TOLD} from budgets_told($1, $2, $3, $4, $5)`)
const ADD = statement(
  'budget_add',
  'select budget_add($1, $2, $3, $4, $5::bigint, $6::float8, $7::boolean, $8, $9::timestamptz) as held',
)
const PUT = statement(
  'budget_put',
  'select changed, held from budget_put($1, $2::bigint, $3::float8, $4::boolean, $5, $6::int, $7::timestamptz)',
)
const REMOVE = statement('budget_remove', 'select budget_remove($1, $2::int) as removed')
const OF_JOB = statement(
  'budgets_of_job',
  `select (attempts_estimated(array[j.job_id], $2))[1] as "estimateMicros", array(
     select b.budget_id::text from budget as b
     where b.hard and b.project_no = j.project_no and (b.run_no is null or b.run_no = j.run_no) order by b.budget_no) as budgets
   from job as j where j.job_id = $1 and has_budget(j.project_no, j.run_no)`,
)
const HAS_CROSSED = statement(
  'budgets_crossing',
  'select exists (select from budgets_crossing($1::timestamptz)) as has',
)
const CROSSED = statement(
  'budgets_crossed',
  'select budget_id as "budgetId", warned, reached from budgets_crossed($1, $2::timestamptz)',
)

interface BudgetRow extends BudgetSettings {
  readonly budgetId: BudgetId
  readonly projectId: ProjectId
  readonly runId: RunId | null
  readonly zone: string | null
  readonly atCap: AtCap
  readonly version: number
  readonly resetsMs: number | null
  readonly spentMicros: number
  readonly reservedMicros: number
  readonly assumedMicros: number
  readonly reached: boolean
  readonly blind: boolean
}

/** Budgets in `budget`, their use in `budget_state`, and what attempts have reserved in `budget_reserve`. */
export class PgBudgetStore implements BudgetStore {
  readonly #connection: Connection

  constructor(connection: Connection) {
    this.#connection = connection
  }

  async add(budget: NewBudget, now: Date): Promise<BudgetId | null> {
    const { budgetId, projectId, scope, capMicros, soft, hard, atCap } = budget
    const [row] = await this.#connection.rows<{ held: BudgetId | null }>(ADD, [
      budgetId,
      projectId,
      'runId' in scope ? scope.runId : null,
      'projectId' in scope ? (scope.day ?? null) : null,
      capMicros,
      soft,
      hard,
      atCap,
      now,
    ])
    return row?.held ?? null
  }

  async find(budgetId: BudgetId, now: Date): Promise<Budget | undefined> {
    const [row] = await this.#connection.rows<BudgetRow>(LIST, [budgetId, null, null, 1, now])
    return row && budgetOf(row)
  }

  async list(
    projectId: ProjectId | null,
    { limit, after }: Parameters<BudgetStore['list']>[1],
    now: Date,
  ): Promise<Budget[]> {
    const rows = await this.#connection.rows<BudgetRow>(LIST, [null, projectId, after ?? null, limit, now])
    return rows.map(budgetOf)
  }

  async put(
    budgetId: BudgetId,
    { capMicros, soft, hard, atCap }: BudgetSettings,
    now: Date,
    version?: number,
  ): Promise<boolean | BudgetId> {
    const [row] = await this.#connection.rows<{ changed: boolean; held: BudgetId | null }>(PUT, [
      budgetId,
      capMicros,
      soft,
      hard,
      atCap,
      version ?? null,
      now,
    ])
    return row?.held ?? row?.changed === true
  }

  async remove(budgetId: BudgetId, version?: number): Promise<boolean> {
    const [row] = await this.#connection.rows<{ removed: boolean }>(REMOVE, [budgetId, version ?? null])
    return row?.removed === true
  }

  async findOfJob(jobId: JobId, now: Date): Promise<JobBudgets | undefined> {
    const [row] = await this.#connection.rows<{ estimateMicros: number; budgets: BudgetId[] }>(OF_JOB, [
      jobId,
      now.getTime(),
    ])
    if (!row) return undefined
    const found = await Promise.all(row.budgets.map((budgetId) => this.find(budgetId, now)))
    return { estimateMicros: row.estimateMicros, budgets: found.flatMap((budget) => budget ?? []) }
  }

  async hasCrossed(now: Date): Promise<boolean> {
    const [row] = await this.#connection.rows<{ has: boolean }>(HAS_CROSSED, [now])
    return row?.has === true
  }

  async takeCrossed(limit: number, now: Date): Promise<CrossedBudget[]> {
    const rows = await this.#connection.rows<{ budgetId: BudgetId; warned: boolean; reached: boolean }>(
      CROSSED,
      [limit, now],
    )
    const crossed: CrossedBudget[] = []
    for (const { budgetId, warned, reached } of rows) {
      const budget = await this.find(budgetId, now)
      if (budget) crossed.push({ budget, warned, reached })
    }
    return crossed
  }
}

function budgetOf({ runId, zone, resetsMs, blind, ...row }: BudgetRow): Budget {
  const { projectId } = row
  return {
    ...row,
    scope: runId === null ? { projectId, ...(zone !== null && { day: zone }) } : { runId },
    estimate: blind ? 'none' : 'known',
    resetsAt: resetsMs === null ? null : new Date(resetsMs),
  }
}
