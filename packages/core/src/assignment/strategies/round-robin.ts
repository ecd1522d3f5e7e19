import type { AssignmentStrategy } from './strategy.ts'

/** The next person by userId after the last one who got something for this step; then from the start again. */
export const roundRobin: AssignmentStrategy = ({ people, state }) => {
  const last = typeof state === 'string' ? state : ''
  const next = people.findIndex(({ userId }) => userId > last)
  const first = next === -1 ? 0 : next
  const inTurn = [...people.slice(first), ...people.slice(0, first)]
  const [chosen] = inTurn
  if (chosen === undefined) throw new RangeError('A strategy was asked to choose among nobody')
  const scores = inTurn.map(({ userId }, place) => {
    const turn = 1 - place / inTurn.length
    return [userId, { score: turn, parts: { turn } }] as const
  })
  return { chosen: chosen.userId, scores: new Map(scores), state: chosen.userId }
}
