import type { Clock } from '../../environment.ts'
import { type BudgetFact, fact, type NewFact } from '../../events/event.ts'
import type { EventStore } from '../../events/event-store.ts'
import type { JobStore } from '../../jobs/job-store.ts'
import type { Transactions } from '../../transactions.ts'
import type { Budget } from '../../usage/budget.ts'
import type { BudgetStore } from '../../usage/budget-store.ts'
import { cancelWithin } from '../run-controls.ts'
import type { RunStore } from '../run-store.ts'

interface WatchStores {
  readonly budgets: BudgetStore
  readonly jobs: JobStore
  readonly runs: RunStore
  readonly events: EventStore
}

/**
 * Tells of a budget that has come to its soft share or to its cap, and cancels what has not begun where it asks for that: all in one transaction. Says of how many
 * budgets, 0 or 1.
 */
export function budgetWatch({
  transactions,
  clock,
}: {
  readonly transactions: Transactions<WatchStores>
  readonly clock: Clock
}): () => Promise<number> {
  return async () => {
    // Most of the time there is none: a look needs no transaction.
    if (!(await transactions.stores.budgets.hasCrossed(clock.now()))) return 0
    return transactions.transaction(async (stores) => {
      const now = clock.now()
      const [crossed] = await stores.budgets.takeCrossed(1, now)
      if (!crossed) return 0
      const { budget, warned, reached } = crossed
      const facts: NewFact[] = []
      if (warned) facts.push(fact(budget.projectId, 'budget_warned', told(budget)))
      if (reached) facts.push(fact(budget.projectId, 'budget_reached', told(budget)))
      await stores.events.append(facts)
      if (reached && budget.atCap === 'cancel') await cancelUnder(stores, budget, now)
      return 1
    })
  }
}

/** Nothing that has not begun is going to: at once, however much it is. */
async function cancelUnder(
  { jobs, runs, events }: WatchStores,
  { scope, projectId }: Budget,
  now: Date,
): Promise<void> {
  if ('runId' in scope) return cancelWithin({ runs, events }, scope.runId, now)
  const cancelled = await jobs.clear(projectId, now)
  if (cancelled > 0) await events.append([fact(projectId, 'queue_cleared', { cancelled })])
}

/** The members of a fact about a budget. */
export function told({ budgetId, scope, capMicros, spentMicros }: Budget): BudgetFact {
  const [runId, day] = 'runId' in scope ? [scope.runId, null] : [null, scope.day ?? null]
  return { budgetId, runId, day, capMicros, spentMicros }
}
