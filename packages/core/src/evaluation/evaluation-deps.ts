import type { AssignmentDeps, AssignmentStores } from '../assignment/assignment-deps.ts'
import type { RunStore } from '../runs/run-store.ts'
import type { Transactions } from '../transactions.ts'
import type { CalibrationStore } from './calibration-store.ts'
import type { ComparisonStore } from './comparison-store.ts'
import type { ScoreFunction } from './metric.ts'

/** The stores that evaluating reads and writes. */
export interface EvaluationStores extends AssignmentStores {
  readonly runs: RunStore
  readonly comparisons: ComparisonStore
  readonly calibrations: CalibrationStore
}

/** Dependencies of evaluating. */
export interface EvaluationDeps
  extends Pick<AssignmentDeps, 'clock' | 'ids' | 'jobTypes' | 'nudge' | 'random'> {
  readonly transactions: Transactions<EvaluationStores>
  /** The registered scorers, by name. */
  readonly scorers: Readonly<Record<string, ScoreFunction>>
}
