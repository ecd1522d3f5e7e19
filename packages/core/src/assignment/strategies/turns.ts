import type { UserId } from '../../ids.ts'
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

/** The numbers that a strategy remembers of people, by userId; none at first, or if it remembers something else. */
export class Remembered {
  readonly #before: Readonly<Record<string, number>>
  /** Apart, for a single choice moves few of many. */
  readonly #since = new Map<string, number>()

  constructor(state: Json) {
    this.#before =
      state !== null && typeof state === 'object' && !Array.isArray(state)
        ? (state as Record<string, number>)
        : {}
  }

  get(userId: UserId): number | undefined {
    return this.#since.get(userId) ?? this.#before[userId]
  }

  set(userId: UserId, number: number): void {
    this.#since.set(userId, number)
  }

  state(): Json {
    return { ...this.#before, ...Object.fromEntries(this.#since) }
  }
}
