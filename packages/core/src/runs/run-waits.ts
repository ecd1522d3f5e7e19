import { type KeyHold, keyHold } from '../limits/key-hold.ts'
import type { LimitStore } from '../limits/limit-store.ts'
import { type BudgetHold, budgetHold } from '../usage/budget.ts'
import type { BudgetStore } from '../usage/budget-store.ts'
import type { Run } from './run.ts'
import { waitsForRun } from './run-progress.ts'
import type { RunWaitsFor } from './run-wait.ts'

/** Keys and budgets that are told of a run that waits for more. */
const MOST_TOLD = 20

/** Why none of the run's jobs begins: it has none before another run is so far, or keys and budgets hold back each set of jobs that is next in line. Empty if one may begin. */
export async function runWaits(
  { limits, budgets }: { readonly limits: LimitStore; readonly budgets: BudgetStore },
  run: Run,
  now: Date,
): Promise<RunWaitsFor[]> {
  if (run.status !== 'pending' && run.status !== 'running') return []
  if (waitsForRun(run) && run.link) return [{ kind: 'run', key: null, runId: run.link.parentId }]
  const sets = await limits.findInLine(run.runId, now)
  const [first] = sets
  if (!first || sets.some(({ keys, estimateMicros }) => keys.length === 0 && estimateMicros === null))
    return []
  const keys = [...new Set(sets.flatMap((set) => set.keys))]
  // All jobs of a run are under the same budgets.
  const [used, money] = await Promise.all([
    keys.length === 0 ? [] : limits.findUse(keys, now),
    first.estimateMicros === null ? undefined : budgets.findOfJob(first.jobId, now),
  ])
  const byKey = new Map(used.map((limit) => [limit.key, limit]))
  const told = new Map<string, KeyHold | BudgetHold>()
  for (const set of sets) {
    const holds = [
      ...set.keys.map((key) => {
        const limit = byKey.get(key)
        return limit ? keyHold(limit, set.units, now) : null
      }),
      ...(money?.budgets ?? []).map((budget) => budgetHold(budget, set.estimateMicros ?? 0)),
    ].filter((hold) => hold !== null)
    if (holds.length === 0) return []
    for (const hold of holds) if (!told.has(hold.key)) told.set(hold.key, hold)
  }
  return [...told.values()].slice(0, MOST_TOLD)
}
