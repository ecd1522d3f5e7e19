import type { Json } from '../../json/json.ts'
import { LEAST_WEIGHT } from './performance-weighted.ts'
import { chooseBest, freeCapacity } from './ranking.ts'
import type { AssignmentStrategy, StrategyInput } from './strategy.ts'

type Candidate = StrategyInput['people'][number]

/**
 * How unequal quality may make the shares of work, as the coefficient of variation of what people have earned. Jain's index of such shares is
 * 1 ÷ (1 + this²), so 0.16 keeps it at 0.975: 0.95 is what a project is promised, and a short day has its chances.
 */
const MAX_VARIATION = 0.16

/** Being this many assignments ahead of what one has earned, or behind it, counts in full; more counts no more. */
const FULL_SWING = 5

/**
 * The distance from furthest behind to furthest ahead, in assignments held. Exactly one would be a tie between somebody furthest behind who
 * holds one and somebody furthest ahead who holds none; less gains less quality, and 1.35 was measured to wait a quarter longer than by capacity alone.
 */
const WORTH = 1.1

/**
 * The weighted mean of free capacity and performance: how far somebody is behind the share of the work that their quality earns them.
 * Quality itself as long as none of these people was given anything on the step. Then it is ½ for a person who has just what they have
 * earned; between furthest behind and furthest ahead it differs by about one assignment's worth of capacity, so with equal weights it chooses
 * among people who are about equally loaded, and with a performance weight k times that of capacity it outweighs about k assignments held.
 */
export const hybridCapacityPerformance: AssignmentStrategy = ({ people, weights, state }) => {
  const given = givenOf(state)
  const known = people.flatMap(({ userId }) => given[userId] ?? [])
  const level = known.length > 0 ? mean(known) : 0
  const earning = earningsOf(people)
  const worth = WORTH / Math.max(...people.map(({ limit }) => limit))
  const aheadOf = ({ userId }: Candidate): number => {
    const ahead = (given[userId] ?? level) - level
    return Math.max(-FULL_SWING, Math.min(FULL_SWING, ahead))
  }
  const performanceOf = (person: Candidate): number => {
    if (known.length === 0) return person.quality
    return Math.max(0, Math.min(1, (1 - (aheadOf(person) / FULL_SWING) * worth) / 2))
  }

  const choice = chooseBest(people, (person) => {
    const capacity = freeCapacity(person)
    const performance = performanceOf(person)
    const total = weights.capacity + weights.performance
    return {
      score: (weights.capacity * capacity + weights.performance * performance) / total,
      parts: { capacity, performance },
    }
  })
  return {
    ...choice,
    state: {
      ...given,
      ...Object.fromEntries(
        people.map((person, place) => {
          const { userId } = person
          if (userId !== choice.chosen) return [userId, given[userId] ?? level]
          return [userId, level + aheadOf(person) + 1 / (earning[place] ?? 1)]
        }),
      ),
    },
  }
}

/** The share that each earns by their quality, in the order of the people, 1 on average: quality ÷ mean quality, drawn together to at most the variation allowed. */
function earningsOf(people: readonly Candidate[]): number[] {
  const qualities = people.map(({ quality }) => Math.max(quality, LEAST_WEIGHT))
  const average = mean(qualities)
  const deviations = qualities.map((quality) => quality / average - 1)
  const variation = Math.sqrt(mean(deviations.map((deviation) => deviation ** 2)))
  const kept = variation > MAX_VARIATION ? MAX_VARIATION / variation : 1
  return deviations.map((deviation) => Math.max(LEAST_WEIGHT, 1 + kept * deviation))
}

/** The load of each person on the step: each assignment divided by its holder's share. */
function givenOf(state: Json): Readonly<Record<string, number>> {
  return state !== null && typeof state === 'object' && !Array.isArray(state)
    ? (state as Record<string, number>)
    : {}
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length
}
