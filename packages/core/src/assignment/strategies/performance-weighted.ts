import type { Json } from '../../json/json.ts'
import type { AssignmentStrategy } from './strategy.ts'

/** The least weight anybody has, so that nobody starves. */
export const LEAST_WEIGHT = 0.05

/**
 * Smooth weighted round robin: at each choice everybody gains credit by their weight (their quality), the richest is chosen
 * and pays what all gained together. Over time each gets a share by weight, spread evenly. Credits of people who are not
 * eligible this time stay as they are.
 */
export const performanceWeighted: AssignmentStrategy = ({ people, state }) => {
  const credits = creditsOf(state)
  const gained = people.map(({ userId, quality }) => {
    const weight = Math.max(quality, LEAST_WEIGHT)
    return { userId, quality, weight, credit: (credits[userId] ?? 0) + weight }
  })
  const richest = gained.reduce((best, person) => (person.credit > best.credit ? person : best))
  const poorest = gained.reduce((worst, person) => Math.min(worst, person.credit), Number.POSITIVE_INFINITY)
  const spread = richest.credit - poorest
  const total = gained.reduce((sum, { weight }) => sum + weight, 0)
  return {
    chosen: richest.userId,
    scores: new Map(
      gained.map(({ userId, quality, credit }) => {
        const turn = spread > 0 ? (credit - poorest) / spread : 1
        return [userId, { score: turn, parts: { turn, performance: quality } }]
      }),
    ),
    state: {
      ...credits,
      ...Object.fromEntries(
        gained.map(({ userId, credit }) => [userId, userId === richest.userId ? credit - total : credit]),
      ),
    },
  }
}

function creditsOf(state: Json): Readonly<Record<string, number>> {
  return state !== null && typeof state === 'object' && !Array.isArray(state)
    ? (state as Record<string, number>)
    : {}
}
