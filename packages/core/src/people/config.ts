import type { AssignmentConfig } from './person.ts'

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
}
