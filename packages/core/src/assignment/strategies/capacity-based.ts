import { chooseBest, freeCapacity } from './ranking.ts'
import type { AssignmentStrategy } from './strategy.ts'

/** The lowest live assignments ÷ limit. */
export const capacityBased: AssignmentStrategy = ({ people, state }) => ({
  ...chooseBest(people, (person) => {
    const capacity = freeCapacity(person)
    return { score: capacity, parts: { capacity } }
  }),
  state,
})
