import type { Json } from '../../json/json.ts'
import type { AssignmentStrategy, StrategyChoice, StrategyInput, Turns } from './strategy.ts'

/** Turns that can rate everybody too, before a choice. */
export interface RatedTurns extends Turns {
  rate(people: StrategyInput['people']): StrategyChoice['scores']
}

/** The strategy whose choices, alone or many in a row, are these turns. */
export function strategyOf(
  begin: (state: Json, weights: StrategyInput['weights']) => RatedTurns,
): AssignmentStrategy {
  const strategy = ({ people, weights, state }: StrategyInput): StrategyChoice => {
    const turns = begin(state, weights)
    const scores = turns.rate(people)
    return { chosen: turns.choose(people), scores, state: turns.state() }
  }
  return Object.assign(strategy, { begin })
}

/** The turns of any strategy. */
export function turnsOf(strategy: AssignmentStrategy, state: Json, weights: StrategyInput['weights']): Turns {
  if (strategy.begin) return strategy.begin(state, weights)
  let memory = state
  return {
    choose(people) {
      const choice = strategy({ people, weights, state: memory })
      memory = choice.state
      return choice.chosen
    },
    state: () => memory,
  }
}

/** The numbers that a strategy remembers of people, by userId; none if it remembers something else. */
export function numbersOf(state: Json): Map<string, number> {
  return state !== null && typeof state === 'object' && !Array.isArray(state)
    ? new Map(Object.entries(state as Record<string, number>))
    : new Map()
}
