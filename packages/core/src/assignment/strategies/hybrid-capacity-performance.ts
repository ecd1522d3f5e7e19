import { chooseBest, freeCapacity } from './ranking.ts'
import type { AssignmentStrategy } from './strategy.ts'

/** The weighted mean of free capacity and quality. */
export const hybridCapacityPerformance: AssignmentStrategy = ({ people, weights, state }) => {
  const total = weights.capacity + weights.performance
  return {
    ...chooseBest(people, (person) => {
      const capacity = freeCapacity(person)
      const performance = person.quality
      return {
        score: (weights.capacity * capacity + weights.performance * performance) / total,
        parts: { capacity, performance },
      }
    }),
    state,
  }
}
