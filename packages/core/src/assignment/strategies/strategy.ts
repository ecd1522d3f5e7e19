import type { UserId } from '../../ids.ts'
import type { Json } from '../../json/json.ts'
import type { AssignmentConfig } from '../../people/person.ts'
import type { Person } from '../assignment.ts'

/** The input of a strategy, beside the people. */
export interface StrategyInput {
  /** People who are already eligible, by userId ascending, each with the limit that holds for them. Never empty. */
  readonly people: readonly (Person & { readonly limit: number })[]
  readonly weights: AssignmentConfig['weights']
  /** The state that the strategy kept from its last choice for this step; null at first. */
  readonly state: Json
}

/** The choice of a strategy, and its rating of everybody. */
export interface StrategyChoice {
  readonly chosen: UserId
  /** A score in 0..1 with its named parts (each in 0..1) for every person of the input. The chosen one has the highest. */
  readonly scores: ReadonlyMap<
    UserId,
    { readonly score: number; readonly parts: Readonly<Record<string, number>> }
  >
  /** Kept for the next choice. */
  readonly state: Json
}

/** A strategy at work on one step: each choice moves its memory on. */
export interface Turns {
  /** The strategy's choice among these people, from its state so far. */
  choose(people: StrategyInput['people']): UserId
  /** The memory, kept for the next choice. */
  state(): Json
}

/** Ranks people who are already eligible. Pure: the same input gives the same choice. */
export interface AssignmentStrategy {
  (input: StrategyInput): StrategyChoice
  /**
   * The same choices one after another, without a rating of everybody for each: what a batch asks, for it is faster. A strategy without it is asked
   * as for a single choice.
   */
  readonly begin?: (state: Json, weights: StrategyInput['weights']) => Turns
}
