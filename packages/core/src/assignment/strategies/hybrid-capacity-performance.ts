import { LEAST_WEIGHT } from './performance-weighted.ts'
import { chooseBest, freeCapacity } from './ranking.ts'
import type { AssignmentStrategy, StrategyInput } from './strategy.ts'
import { Remembered, strategyOf } from './turns.ts'

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
export const hybridCapacityPerformance: AssignmentStrategy = strategyOf((state, weights) => {
  const given = new Remembered(state)
  const totalWeight = weights.capacity + weights.performance

  /** How each of these people stands among them. */
  const standingAmong = (people: readonly Candidate[]) => {
    let sum = 0
    let known = 0
    let mostAllowed = 0
    for (const { userId, limit } of people) {
      mostAllowed = Math.max(mostAllowed, limit)
      const load = given.get(userId)
      if (load === undefined) continue
      sum += load
      known++
    }
    const level = known > 0 ? sum / known : 0
    const worth = WORTH / mostAllowed
    const aheadOf = ({ userId }: Candidate): number =>
      Math.max(-FULL_SWING, Math.min(FULL_SWING, (given.get(userId) ?? level) - level))
    const performanceOf = (person: Candidate): number =>
      known === 0
        ? person.quality
        : Math.max(0, Math.min(1, (1 - (aheadOf(person) / FULL_SWING) * worth) / 2))
    const scoreOf = (person: Candidate): number =>
      (weights.capacity * freeCapacity(person) + weights.performance * performanceOf(person)) / totalWeight
    return { level, aheadOf, performanceOf, scoreOf }
  }

  return {
    rate(people) {
      const { performanceOf, scoreOf } = standingAmong(people)
      return new Map(
        people.map((person) => {
          const parts = { capacity: freeCapacity(person), performance: performanceOf(person) }
          return [person.userId, { score: scoreOf(person), parts }]
        }),
      )
    },
    choose(people) {
      const { level, aheadOf, scoreOf } = standingAmong(people)
      const chosen = chooseBest(people, scoreOf)
      const load = level + aheadOf(chosen) + 1 / earningOf(chosen, people)
      for (const { userId } of people) if (given.get(userId) === undefined) given.set(userId, level)
      given.set(chosen.userId, load)
      return chosen.userId
    },
    state: () => given.state(),
  }
})

/** The share that the person earns by their quality, 1 on average: quality ÷ mean quality, drawn together to at most the variation allowed. */
function earningOf({ quality }: Candidate, people: readonly Candidate[]): number {
  let sum = 0
  for (const one of people) sum += Math.max(one.quality, LEAST_WEIGHT)
  const average = sum / people.length
  let squares = 0
  for (const one of people) squares += (Math.max(one.quality, LEAST_WEIGHT) / average - 1) ** 2
  const variation = Math.sqrt(squares / people.length)
  const kept = variation > MAX_VARIATION ? MAX_VARIATION / variation : 1
  return Math.max(LEAST_WEIGHT, 1 + kept * (Math.max(quality, LEAST_WEIGHT) / average - 1))
}
