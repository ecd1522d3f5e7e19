import type { BudgetId, JobId, ProjectId } from '../ids.ts'
import type { Budget, BudgetSettings } from './budget.ts'

/** A budget to be kept. */
export interface NewBudget extends BudgetSettings, Pick<Budget, 'budgetId' | 'projectId' | 'scope'> {}

/** The hard budgets that a job is under, and the estimate of its next attempt. */
export interface JobBudgets {
  readonly estimateMicros: number
  readonly budgets: readonly Budget[]
}

/** A budget that has come to its soft share or to its cap, and nobody was told of it. */
export interface CrossedBudget {
  readonly budget: Budget
  readonly warned: boolean
  readonly reached: boolean
}

/**
 * Keeps budgets. Takes of the `WorkerStore` reserve estimates under them, reports of the `UsageStore` put recorded costs in the place of reserves, and the reserves of a
 * worker that is gone are assumed. The period of a budget by day ends by the store's time, at whatever looks first.
 */
export interface BudgetStore {
  /**
   * Keeps the budget. It holds for jobs that are made already: what has begun and costs is not reserved. Gives the id of the hard budget that the scope has, if both are hard:
   * then nothing is kept.
   */
  add(budget: NewBudget, now: Date): Promise<BudgetId | null>
  find(budgetId: BudgetId, now: Date): Promise<Budget | undefined>
  /** By id, of a project and its runs, or of all. */
  list(
    projectId: ProjectId | null,
    slice: { readonly limit: number; readonly after?: BudgetId | undefined },
    now: Date,
  ): Promise<Budget[]>
  /**
   * Gives the budget these settings; jobs that it held back are looked at again. The id of another: that one is the hard one of its scope, and nothing changed. `false`: it is not
   * there, or not at `version`, where that is given.
   */
  put(budgetId: BudgetId, settings: BudgetSettings, now: Date, version?: number): Promise<boolean | BudgetId>
  /** The budget goes, and what it held back may begin. `false`: it was not there, or not at `version`, where that is given. */
  remove(budgetId: BudgetId, version?: number): Promise<boolean>
  /** Nothing for a job that is under no hard budget. */
  findOfJob(jobId: JobId, now: Date): Promise<JobBudgets | undefined>
  /** Whether there are budgets to tell of. */
  hasCrossed(now: Date): Promise<boolean>
  /** Budgets to tell of, at most so many, and says no more of these. Part of a transaction. */
  takeCrossed(limit: number, now: Date): Promise<CrossedBudget[]>
}
