import type { AssignmentStrategy, StrategyInput } from './strategy.ts'
import { Remembered, strategyOf } from './turns.ts'

type People = StrategyInput['people']

/** The least weight anybody has, so that nobody starves. */
export const LEAST_WEIGHT = 0.05

/**
 * Smooth weighted round robin: at each choice everybody gains credit by their weight (their quality), the richest is chosen
 * and pays what all gained together. Over time each gets a share by weight, spread evenly. Credits of people who are not
 * eligible this time stay as they are.
 */
export const performanceWeighted: AssignmentStrategy = strategyOf((state) => {
  const credits = new Remembered(state)
  const gained = ({ userId, quality }: People[number]): number =>
    (credits.get(userId) ?? 0) + weightOf(quality)
  return {
    rate(people) {
      const all = people.map(gained)
      const poorest = all.reduce((least, credit) => Math.min(least, credit), Number.POSITIVE_INFINITY)
      const richest = all.reduce((most, credit) => Math.max(most, credit), Number.NEGATIVE_INFINITY)
      const spread = richest - poorest
      return new Map(
        people.map(({ userId, quality }, place) => {
          const turn = spread > 0 ? ((all[place] ?? poorest) - poorest) / spread : 1
          return [userId, { score: turn, parts: { turn, performance: quality } }]
        }),
      )
    },
    choose(people) {
      let [richest] = people
      let most = Number.NEGATIVE_INFINITY
      let total = 0
      for (const person of people) {
        const credit = gained(person)
        credits.set(person.userId, credit)
        total += weightOf(person.quality)
        if (credit > most) {
          richest = person
          most = credit
        }
      }
      if (richest === undefined) throw new RangeError('A strategy was asked to choose among nobody')
      credits.set(richest.userId, most - total)
      return richest.userId
    },
    state: () => credits.state(),
  }
})

function weightOf(quality: number): number {
  return Math.max(quality, LEAST_WEIGHT)
}
