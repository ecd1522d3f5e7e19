import type { Clock, Ids } from '../../environment.ts'
import { ConflictError, NotFoundError, VersionConflictError } from '../../errors.ts'
import { fact } from '../../events/event.ts'
import type { EventStore } from '../../events/event-store.ts'
import type { BudgetId, ProjectId, RunId } from '../../ids.ts'
import { parse } from '../../input/parse.ts'
import { page } from '../../paging.ts'
import type { ProjectStore } from '../../people/project-store.ts'
import type { Transactions } from '../../transactions.ts'
import type { Budget, BudgetScope } from '../../usage/budget.ts'
import type { BudgetStore } from '../../usage/budget-store.ts'
import { demandProject } from '../run-deps.ts'
import type { RunStore } from '../run-store.ts'
import { budgetInput, budgetSettings, newBudget } from './budget-input.ts'
import { told } from './budget-watch.ts'
import type { BudgetUseCases } from './budgets.ts'

interface BudgetStores {
  readonly budgets: BudgetStore
  readonly runs: RunStore
  readonly projects: ProjectStore
  readonly events: EventStore
}

interface Deps {
  readonly transactions: Transactions<BudgetStores>
  readonly clock: Clock
  readonly ids: Ids
  /** Called after a change that may let jobs begin. */
  readonly nudge: () => void
}

/** The use cases of budgets. */
export function budgetUseCases({ transactions, clock, ids, nudge }: Deps): BudgetUseCases {
  const { budgets, runs, projects } = transactions.stores

  const get = async (budgetId: BudgetId): Promise<Budget> => {
    const budget = await budgets.find(budgetId, clock.now())
    if (!budget) throw new NotFoundError('budget', budgetId)
    return budget
  }

  const scopeOf = async (projectId: ProjectId, runId?: string, day?: string): Promise<BudgetScope> => {
    if (runId === undefined) return { projectId, ...(day !== undefined && { day }) }
    const run = await runs.find(runId as RunId)
    if (run?.projectId !== projectId) throw new NotFoundError('run', runId)
    return { runId: run.runId }
  }

  /** Says that the budget is another now. */
  const changed = async (
    stores: Pick<BudgetStores, 'budgets' | 'events'>,
    budgetId: BudgetId,
    change: 'added' | 'changed',
  ): Promise<Budget> => {
    const budget = await stores.budgets.find(budgetId, clock.now())
    if (!budget) throw new NotFoundError('budget', budgetId)
    await stores.events.append([fact(budget.projectId, 'budget_changed', { ...told(budget), change })])
    return budget
  }

  return {
    get,

    async add(projectId, given) {
      const { runId, day, ...input } = parse(newBudget, given)
      await demandProject(projects, projectId)
      const budgetId = ids.next() as BudgetId
      const scope = await scopeOf(projectId, runId, day)
      const budget = await transactions.transaction(async (stores) => {
        const given = { budgetId, projectId, scope, ...budgetSettings(input) }
        const held = await stores.budgets.add(given, clock.now())
        if (held !== null) throw heldBy(held)
        return changed(stores, budgetId, 'added')
      })
      nudge()
      return budget
    },

    async list(projectId, request = {}) {
      if (projectId !== null) await demandProject(projects, projectId)
      return page(
        request,
        ['budgets', projectId],
        ({ budgetId }: Budget) => ({ budgetId }),
        ({ limit, after }) => budgets.list(projectId, { limit, after: after?.budgetId }, clock.now()),
      )
    },

    async put(budgetId, given, { ifVersion } = {}) {
      const settings = budgetSettings(parse(budgetInput, given))
      const budget = await transactions.transaction(async (stores) => {
        const put = await stores.budgets.put(budgetId, settings, clock.now(), ifVersion)
        if (typeof put === 'string') throw heldBy(put)
        if (put) return changed(stores, budgetId, 'changed')
        const kept = await stores.budgets.find(budgetId, clock.now())
        if (!kept) throw new NotFoundError('budget', budgetId)
        throw passed(kept, ifVersion)
      })
      nudge()
      return budget
    },

    async remove(budgetId, { ifVersion } = {}) {
      const removed = await transactions.transaction(async (stores) => {
        const budget = await stores.budgets.find(budgetId, clock.now())
        if (!budget) return false
        if (!(await stores.budgets.remove(budgetId, ifVersion))) {
          const kept = await stores.budgets.find(budgetId, clock.now())
          if (kept) throw passed(kept, ifVersion)
          return false
        }
        await stores.events.append([
          fact(budget.projectId, 'budget_changed', { ...told(budget), change: 'removed' }),
        ])
        return true
      })
      if (removed) nudge()
    },
  }
}

function passed({ version }: Budget, ifVersion: number | undefined): VersionConflictError {
  return new VersionConflictError(`The budget is at version ${version}, not ${ifVersion}`, { version })
}

function heldBy(budgetId: BudgetId): ConflictError {
  return new ConflictError('The scope has a hard budget, which can be changed', { budgetId })
}
