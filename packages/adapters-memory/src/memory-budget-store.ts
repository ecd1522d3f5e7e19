import type { JobId, ProjectId } from '@muster/core'
import type {
  Budget,
  BudgetId,
  BudgetScope,
  BudgetSettings,
  BudgetStore,
  CrossedBudget,
  JobBudgets,
  NewBudget,
} from '@muster/core/usage'
import type { JobTables } from './jobs/job-tables.ts'
import { byText } from './jobs/order.ts'
import type { MemoryContext } from './tables/tables.ts'

/** Budgets in memory. */
export class MemoryBudgetStore implements BudgetStore {
  readonly #tables: JobTables

  constructor({ tables }: MemoryContext) {
    this.#tables = tables.jobs
  }

  async add(budget: NewBudget, now: Date): Promise<BudgetId | null> {
    const held = budget.hard ? this.#hardOf(budget.scope) : undefined
    if (held !== undefined) return held
    this.#tables.budgets.add(budget, now.getTime())
    return null
  }

  #hardOf(scope: BudgetScope): BudgetId | undefined {
    const key = scopeKey(scope)
    const rows = [...this.#tables.budgets.budgets.values()]
    return rows.find((row) => row.hard && scopeKey(row.scope) === key)?.budgetId
  }

  async find(budgetId: BudgetId, now: Date): Promise<Budget | undefined> {
    const { budgets } = this.#tables
    budgets.turn(now.getTime())
    const row = budgets.budgets.get(budgetId)
    return row && budgets.told(row)
  }

  async list(
    projectId: ProjectId | null,
    { limit, after }: Parameters<BudgetStore['list']>[1],
    now: Date,
  ): Promise<Budget[]> {
    const { budgets } = this.#tables
    budgets.turn(now.getTime())
    return [...budgets.budgets.values()]
      .filter((row) => projectId === null || row.projectId === projectId)
      .filter(({ budgetId }) => after === undefined || byText(budgetId, after) > 0)
      .sort((a, b) => byText(a.budgetId, b.budgetId))
      .slice(0, limit)
      .map((row) => budgets.told(row))
  }

  async put(
    budgetId: BudgetId,
    settings: BudgetSettings,
    now: Date,
    version?: number,
  ): Promise<boolean | BudgetId> {
    const { budgets } = this.#tables
    budgets.turn(now.getTime())
    const row = budgets.budgets.get(budgetId)
    if (!row || (version !== undefined && row.version !== version)) return false
    const held = settings.hard ? this.#hardOf(row.scope) : undefined
    if (held !== undefined && held !== budgetId) return held
    budgets.change(row, settings)
    return true
  }

  async remove(budgetId: BudgetId, version?: number): Promise<boolean> {
    const { budgets } = this.#tables
    const row = budgets.budgets.get(budgetId)
    if (!row || (version !== undefined && row.version !== version)) return false
    budgets.remove(budgetId)
    return true
  }

  async findOfJob(jobId: JobId, now: Date): Promise<JobBudgets | undefined> {
    const { budgets, limits } = this.#tables
    budgets.turn(now.getTime())
    const row = this.#tables.find(jobId)
    const hard = row ? budgets.hardOf(row.lane) : []
    if (!row || hard.length === 0) return undefined
    const set = row.limitSet === null ? undefined : limits.sets.get(row.limitSet)
    return {
      estimateMicros: budgets.estimate(row, set, now.getTime()),
      budgets: hard.map((one) => budgets.told(one)),
    }
  }

  async hasCrossed(now: Date): Promise<boolean> {
    const { budgets } = this.#tables
    budgets.turn(now.getTime())
    return budgets.crossed(1).length > 0
  }

  async takeCrossed(limit: number, now: Date): Promise<CrossedBudget[]> {
    const { budgets } = this.#tables
    budgets.turn(now.getTime())
    return budgets
      .takeCrossed(limit)
      .map(({ row, warned, reached }) => ({ budget: budgets.told(row), warned, reached }))
  }
}

function scopeKey(scope: BudgetScope): string {
  if ('runId' in scope) return scope.runId
  return `${scope.projectId} ${scope.day === undefined ? '' : 'day'}`
}
