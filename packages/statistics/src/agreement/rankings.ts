import { type Agreement, type Answer, type ItemsOptions, levelOf } from './items.ts'
import { meanOfPairs, signedInterval } from './percent.ts'

/** Groups from the first to the last; members of one group are tied. */
export type Ranking = readonly (readonly Answer[])[]

/**
 * The Kendall distance of two rankings of the same sides: over all pairs of sides, 1 for each in
 * opposite order and ½ for each tied in one only, divided by the pairs. From 0 for the same order
 * to 1 for the opposite one.
 *
 * @throws RangeError if a ranking has a side twice, or the two do not rank the same sides
 */
export function kendallDistance(a: Ranking, b: Ranking): number {
  const [left, right] = [placesOf('a', a), placesOf('b', b)]
  const sides = [...left.keys()]
  if (left.size !== right.size || sides.some((side) => !right.has(side)))
    throw new RangeError('a and b must rank the same sides')
  const pairs = (sides.length * (sides.length - 1)) / 2
  if (pairs === 0) return 0
  let halves = 0
  for (const [i, side] of sides.entries()) {
    for (const other of sides.slice(0, i)) {
      const inA = orderOf(left, side, other)
      const inB = orderOf(right, side, other)
      halves += Math.abs(inA - inB)
    }
  }
  return halves / 2 / pairs
}

/**
 * The agreement τ = 1 − 2 · Kendall distance of people who ranked the same sides: the mean over
 * each item's pairs of people, and then over items. Its interval is x ± t·s/√n over items, cut to
 * −1…1.
 *
 * @param items for each item, the ranking of each person; fewer than two say nothing
 * @throws RangeError if rankings of one item are not of the same sides
 */
export function rankingAgreement(items: Iterable<readonly Ranking[]>, options: ItemsOptions = {}): Agreement {
  const level = levelOf(options)
  return meanOfPairs(
    items,
    options.counts,
    (a, b) => 1 - 2 * kendallDistance(a, b),
    (mean, se, n) => signedInterval(mean, se, n, level),
  )
}

function placesOf(name: string, ranking: Ranking): Map<Answer, number> {
  const places = new Map<Answer, number>()
  for (const [place, group] of ranking.entries()) {
    for (const side of group) {
      if (places.has(side))
        throw new RangeError(`${name} must rank each side once, and has ${String(side)} twice`)
      places.set(side, place)
    }
  }
  return places
}

/** −1, 0 for a tie, or 1. */
function orderOf(places: ReadonlyMap<Answer, number>, side: Answer, other: Answer): number {
  const apart = (places.get(side) as number) - (places.get(other) as number)
  return apart === 0 ? 0 : apart < 0 ? -1 : 1
}
