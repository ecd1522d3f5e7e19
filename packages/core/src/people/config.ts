import type { NewQualityPolicy } from './people.ts'
import type { AssignmentConfig, PausePolicy, QualityPolicy } from './person.ts'

/** The configuration of a project that says nothing of its own. */
export const DEFAULT_ASSIGNMENT_CONFIG: AssignmentConfig = {
  maxConcurrentPerUser: 10,
  crossStepExclusionPairs: [],
  cooldownMinutes: 0,
  leaseMinutes: 60,
  defaultStrategy: 'hybrid_capacity_performance',
  weights: { capacity: 0.5, performance: 0.5 },
  maxReturns: 2,
  holdMinutes: 1440,
  undoSeconds: 10,
}

const DEFAULT_PAUSE: PausePolicy = { good: 0.92, bad: 0.65, alarm: 4.6, minimum: 5 }

/** A policy with what its author left out. */
export function completePolicy({ controls, pause }: NewQualityPolicy): QualityPolicy {
  return { ...(controls && { controls }), ...(pause && { pause: { ...DEFAULT_PAUSE, ...pause } }) }
}
