import type { RunId } from '../ids.ts'
import type { KeyHold } from '../limits/key-hold.ts'
import type { BudgetHold } from '../usage/budget.ts'

/** Why none of a run's jobs begins. */
export type RunWaitsFor =
  /** It has none before another run is so far. */
  | { readonly kind: 'run'; readonly key: null; readonly runId: RunId }
  /** A key, or a budget, holds back jobs that are next in line; another may hold back others. */
  | KeyHold
  | BudgetHold

/** The same as members see it who operate nothing: a key may name a model, and a budget tells of money. */
export type RunWaitsForView =
  | Extract<RunWaitsFor, { kind: 'run' }>
  | (Pick<KeyHold | BudgetHold, 'kind' | 'opensAt'> & { readonly key: null })

/** The part of it that every member may see. */
export function runWaitsView(waits: readonly RunWaitsFor[]): RunWaitsForView[] {
  return waits.map((wait) =>
    wait.kind === 'run' ? wait : { kind: wait.kind, key: null, opensAt: wait.opensAt },
  )
}
