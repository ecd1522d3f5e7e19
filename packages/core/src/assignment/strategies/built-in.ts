import { capacityBased } from './capacity-based.ts'
import { hybridCapacityPerformance } from './hybrid-capacity-performance.ts'
import { performanceWeighted } from './performance-weighted.ts'
import { roundRobin } from './round-robin.ts'
import type { AssignmentStrategy } from './strategy.ts'

/** The strategies that ship with Muster, by name. */
export const builtInStrategies = {
  round_robin: roundRobin,
  capacity_based: capacityBased,
  performance_weighted: performanceWeighted,
  hybrid_capacity_performance: hybridCapacityPerformance,
} as const satisfies Readonly<Record<string, AssignmentStrategy>>
