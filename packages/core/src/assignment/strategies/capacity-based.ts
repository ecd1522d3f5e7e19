import { chooseBest, freeCapacity } from './ranking.ts'
import type { AssignmentStrategy } from './strategy.ts'
import { strategyOf } from './turns.ts'

/** The lowest live assignments ÷ limit. */
export const capacityBased: AssignmentStrategy = strategyOf((state) => ({
  rate: (people) =>
    new Map(
      people.map((person) => {
        const capacity = freeCapacity(person)
        return [person.userId, { score: capacity, parts: { capacity } }]
      }),
    ),
  choose: (people) => chooseBest(people, freeCapacity).userId,
  state: () => state,
}))
