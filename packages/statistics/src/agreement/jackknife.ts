import { betaQuantile } from '../arithmetic/beta.ts'
import { type Interval, twoSided } from '../arithmetic/interval.ts'
import { exp, LARGEST_EXPONENT, ln } from '../arithmetic/ln-exp.ts'
import { Sum } from '../arithmetic/sum.ts'

/**
 * An agreement 1 − observed/expected as it is without one item, and how many items are like that
 * one.
 */
export interface LeftOut {
  readonly count: number
  /** Observed ÷ expected disagreement of the others; `null` where the others do not vary. */
  readonly disagreement: number | null
}

/** An agreement and what its interval rests on. */
export interface Jackknifed {
  /** Observed ÷ expected disagreement of all items. */
  readonly disagreement: number
  readonly items: number
  readonly leftOut: readonly LeftOut[]
  /** The largest disagreement that one pair of answers could have, ÷ the expected one. */
  readonly worst: () => number
}

/**
 * The interval of 1 − disagreement by the jackknife of its logarithm, which stays on the scale. In
 * simulation it holds its level as well as the bootstrap that Zapf et al. 2016 recommend, and needs
 * no draws.
 *
 * @returns `null` where fewer than two items, or too little variation, say nothing of the error
 */
export function jackknifeInterval(
  { disagreement, items, leftOut, worst }: Jackknifed,
  level: number,
): Interval | null {
  if (items < 2 || leftOut.some((others) => others.disagreement === null)) return null
  if (disagreement === 0) return { low: lowestOfNone(items, worst(), level), high: 1 }
  if (leftOut.some((others) => others.disagreement === 0))
    return { low: lowestOfOne(items, disagreement, level), high: 1 }
  const total = new Sum()
  for (const others of leftOut) total.add(others.count * ln(others.disagreement ?? 1))
  const mean = total.value / items
  const squares = new Sum()
  for (const others of leftOut) {
    const off = ln(others.disagreement ?? 1) - mean
    squares.add(others.count * off * off)
  }
  const se = Math.sqrt(((items - 1) / items) * squares.value)
  return logInterval(disagreement, twoSided(level, items - 1) * se)
}

/** 1 − d·e^{±half}, its low end cut at −1. */
export function logInterval(disagreement: number, half: number): Interval {
  const farther = disagreement * exp(Math.min(half, LARGEST_EXPONENT))
  return { low: Math.max(-1, 1 - farther), high: 1 - disagreement * exp(-half) }
}

/**
 * No item disagrees: the limit of a share of which 0 of n were seen, times the worst that one could
 * be.
 */
export function lowestOfNone(items: number, worst: number, level: number): number {
  const missed = -Math.min(LARGEST_EXPONENT, -ln((1 - level) / 2) / items)
  return Math.max(-1, 1 - (1 - exp(missed)) * worst)
}

/**
 * All disagreement is in one item: the limit of a share of which 1 of n was seen, at that item's
 * disagreement.
 */
function lowestOfOne(items: number, disagreement: number, level: number): number {
  const share = betaQuantile(1 - (1 - level) / 2, 2, items - 1)
  return Math.max(-1, 1 - disagreement * items * share)
}
