import type { UserId } from '../../ids.ts'
import type { AssignmentStrategy, StrategyInput } from './strategy.ts'
import { strategyOf } from './turns.ts'

/** The next person by userId after the last one who got something for this step; then from the start again. */
export const roundRobin: AssignmentStrategy = strategyOf((state) => {
  let last = typeof state === 'string' ? state : ''
  const nextOf = (people: StrategyInput['people']): number =>
    Math.max(
      0,
      people.findIndex(({ userId }) => userId > last),
    )
  return {
    rate(people) {
      const next = nextOf(people)
      const inTurn = [...people.slice(next), ...people.slice(0, next)]
      return new Map(
        inTurn.map(({ userId }, place) => {
          const turn = 1 - place / inTurn.length
          return [userId, { score: turn, parts: { turn } }]
        }),
      )
    },
    choose(people): UserId {
      const chosen = people[nextOf(people)]
      if (chosen === undefined) throw new RangeError('A strategy was asked to choose among nobody')
      last = chosen.userId
      return chosen.userId
    },
    state: () => last,
  }
})
