import type { BudgetId, ProjectId } from '../../ids.ts'
import type { Page, PageRequest } from '../../paging.ts'
import type { AtCap, Budget } from '../../usage/budget.ts'

/** The settings of a budget, as they are given. */
export interface BudgetInput {
  /** The money that there is, in millionths of the currency unit: 1 to 10¹⁵. */
  readonly capMicros: number
  /** The share of it at which managers are warned: above 0, at most 1; default 0.8. */
  readonly soft?: number | undefined
  /** Nothing begins beyond the cap; default true. One that is not hard only tells. */
  readonly hard?: boolean | undefined
  /** Jobs that the cap holds back wait (default), or all that has not begun is cancelled. */
  readonly atCap?: AtCap | undefined
}

/** A budget to be made, of a project as a whole unless it says more. */
export interface NewBudgetRequest extends BudgetInput {
  /** Of this run alone. */
  readonly runId?: string | undefined
  /** By the day of this zone, such as `Europe/Berlin`. */
  readonly day?: string | undefined
}

/** Budgets: caps on what a run, a project or a project's day may cost. */
export interface BudgetUseCases {
  /**
   * Holds for jobs that are made already, from the next start on.
   * @throws ValidationError, NotFoundError; ConflictError with the `budgetId` of the hard budget that the scope has
   */
  add(projectId: ProjectId, budget: NewBudgetRequest): Promise<Budget>
  /** Of a project and its runs, or of all (null); by id. @throws NotFoundError */
  list(projectId: ProjectId | null, request?: PageRequest): Promise<Page<Budget>>
  /** @throws NotFoundError */
  get(budgetId: BudgetId): Promise<Budget>
  /**
   * Replaces the settings. A raise lets jobs go on by itself; a lower cap stops nothing that runs.
   * @throws ValidationError, NotFoundError, ConflictError; VersionConflictError if `ifVersion` is not its version
   */
  put(
    budgetId: BudgetId,
    budget: BudgetInput,
    options?: { readonly ifVersion?: number | undefined },
  ): Promise<Budget>
  /** The budget goes, and jobs go on. Again is fine. @throws VersionConflictError if `ifVersion` is not its version */
  remove(budgetId: BudgetId, options?: { readonly ifVersion?: number | undefined }): Promise<void>
}
