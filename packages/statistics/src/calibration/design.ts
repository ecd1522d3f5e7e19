import {
  assertAtLeast,
  assertInside,
  assertOptions,
  assertPositive,
  assertSameLength,
  assertShare,
  assertWhole,
} from '../arithmetic/input.ts'
import { DEFAULT_LEVEL } from '../arithmetic/interval.ts'
import { ln } from '../arithmetic/ln-exp.ts'
import { assertNumbers, sum } from '../arithmetic/sum.ts'

/** How many units to draw, and how evenly. */
export interface InclusionOptions {
  /** How many to draw in the mean. */
  readonly budget: number
  /** The share of the budget that is spread evenly, above 0 and at most 1; 0.5 if not given. */
  readonly floor?: number
}

/**
 * The probability of each unit of being drawn: budget·((1 − φ)u/Σu + φ/N). Those that come out at 1
 * or more become 1, and what they leave is spread anew over the others.
 *
 * @param uncertainty how unsure the judge is of each unit, at least 0
 * @throws RangeError if an uncertainty is negative, or an option is not as it must be
 */
export function inclusion(uncertainty: ArrayLike<number>, options: InclusionOptions): Float64Array {
  assertOptions(options, ['budget', 'floor'])
  const { budget, floor = 0.5 } = options
  assertAtLeast('budget', budget, 0)
  assertShare('floor', floor)
  assertPositive('floor', floor)
  for (let i = 0; i < uncertainty.length; i++) assertAtLeast(`uncertainty[${i}]`, uncertainty[i] as number, 0)
  const pi = new Float64Array(uncertainty.length).fill(1)
  let open = [...pi.keys()]
  while (open.length > 0) {
    const left = budget - (pi.length - open.length)
    if (left >= open.length) return pi
    const whole = sum(open.map((i) => uncertainty[i] as number))
    for (const i of open) {
      const share = whole > 0 ? (uncertainty[i] as number) / whole : 1 / open.length
      pi[i] = left * ((1 - floor) * share + floor / open.length)
    }
    const below = open.filter((i) => (pi[i] as number) < 1)
    if (below.length === open.length) return pi
    for (const i of open) pi[i] = Math.min(1, pi[i] as number)
    open = below
  }
  return pi
}

/** Bounds of each stratum. */
export interface AllocateOptions {
  /**
   * How many each gets at least, or its cap if that is less; 10 if not given. A list has one of
   * each, such as an earlier allocation.
   */
  readonly least?: number | ArrayLike<number>
}

/**
 * Splits a number of units over strata by weight, within bounds. In real numbers first: the first
 * stratum that comes out at or beyond a bound is fixed there, and the others share what is left,
 * again and again. Then whole numbers by largest remainder, ties to the earlier.
 *
 * @param total how many to split; if the caps are less, each gets its cap
 * @param weights at least 0; if all are 0, evenly
 * @param caps how many each can take
 * @throws RangeError if the total is less than what all strata get at least, or a number is not as
 *   it must be
 */
export function allocate(
  total: number,
  weights: ArrayLike<number>,
  caps: ArrayLike<number>,
  options: AllocateOptions = {},
): number[] {
  assertOptions(options, ['least'])
  const { least = 10 } = options
  const strata = weights.length
  assertWhole('total', total)
  assertSameLength('caps', caps.length, 'weights', strata)
  if (typeof least !== 'number') assertSameLength('least', least.length, 'weights', strata)
  const floors = Array.from({ length: strata }, (_, h) => {
    assertAtLeast(`weights[${h}]`, weights[h] as number, 0)
    assertWhole(`caps[${h}]`, caps[h] as number)
    const wanted = typeof least === 'number' ? least : (least[h] as number)
    assertWhole('least', wanted)
    return Math.min(wanted, caps[h] as number)
  })
  const needed = sum(floors)
  if (total < needed)
    throw new RangeError(`total must be at least ${needed}, which the strata need together, and is ${total}`)
  const reachable = Math.min(total, sum(Array.from(caps)))
  const shares = spread(reachable, weights, floors, caps)
  const whole = shares.map(Math.floor)
  let left = reachable - sum(whole)
  const byRemainder = [...shares.keys()].sort((g, h) => remainder(h) - remainder(g) || g - h)
  for (const h of byRemainder) {
    if (left === 0) break
    if ((whole[h] as number) >= (caps[h] as number)) continue
    whole[h] = (whole[h] as number) + 1
    left--
  }
  return whole

  function remainder(h: number): number {
    return (shares[h] as number) - Math.floor(shares[h] as number)
  }
}

function spread(
  total: number,
  weights: ArrayLike<number>,
  floors: readonly number[],
  caps: ArrayLike<number>,
): number[] {
  const shares = Array.from({ length: weights.length }, () => 0)
  const open = new Set(shares.keys())
  let left = total
  for (;;) {
    const places = [...open]
    const whole = sum(places.map((h) => weights[h] as number))
    for (const h of places)
      shares[h] = whole > 0 ? (left * (weights[h] as number)) / whole : left / places.length
    const out = places.find(
      (h) => (shares[h] as number) <= (floors[h] as number) || (shares[h] as number) >= (caps[h] as number),
    )
    if (out === undefined) return shares
    const bound = ((shares[out] as number) >= (caps[out] as number) ? caps : floors)[out] as number
    // The rest must be no less than the others need, and no more than they can take.
    const others = places.filter((h) => h !== out)
    const most = left - sum(others.map((h) => floors[h] as number))
    const fewest = left - sum(others.map((h) => caps[h] as number))
    const fixed = Math.max(fewest, Math.min(most, bound))
    shares[out] = fixed
    left -= fixed
    open.delete(out)
  }
}

/**
 * Strata by score: the bin of each unit is ⌊bins · (units with a smaller score) ÷ N⌋, so equal
 * scores share one.
 *
 * @throws RangeError if a score is no finite number
 */
export function scoreBins(scores: ArrayLike<number>, bins = 4): number[] {
  assertNumbers('scores', scores)
  assertWhole('bins', bins, 1)
  const sorted = Float64Array.from(scores).sort()
  const smaller = new Map<number, number>()
  for (const [below, score] of sorted.entries()) if (!smaller.has(score)) smaller.set(score, below)
  return Array.from(scores, (score) =>
    Math.floor((bins * (smaller.get(score + 0) as number)) / sorted.length),
  )
}

/**
 * Weights for {@link allocate} that give more to strata of which a share is less certain:
 * N·√max(0.01, f̄(1 − f̄)).
 *
 * @param sizes how many units each stratum has
 * @param means the mean of the judge's scores in each, in 0…1
 * @throws RangeError if they are not as many, or not as they must be
 */
export function neymanWeights(sizes: ArrayLike<number>, means: ArrayLike<number>): number[] {
  assertSameLength('means', means.length, 'strata', sizes.length)
  return Array.from(sizes, (size, h) => {
    assertWhole(`sizes[${h}]`, size)
    const mean = means[h] as number
    assertShare(`means[${h}]`, mean)
    return size * Math.sqrt(Math.max(0.01, mean * (1 - mean)))
  })
}

/** The plan of an anytime-valid interval. */
export interface AnytimeOptions {
  /** The number of labels at which it is to be narrowest. */
  readonly planned: number
  /** 0.95 if not given. */
  readonly level?: number
}

/**
 * The multiplier of the error that holds at every number of labels at once, so that one may look
 * after each and stop: in place of t. Meant from 30 labels on.
 *
 * Source: Waudby-Smith et al. 2024, Ann Stat 52 (arXiv 2103.06476).
 *
 * @param labels how many there are by now
 * @throws RangeError if a number is not as it must be
 */
export function anytimeMultiplier(labels: number, options: AnytimeOptions): number {
  assertOptions(options, ['planned', 'level'])
  const { planned, level = DEFAULT_LEVEL } = options
  assertWhole('labels', labels, 1)
  assertWhole('planned', planned, 1)
  assertInside('level', level)
  const alpha = 1 - level
  const lnAlpha = ln(alpha)
  const rho2 = (-2 * lnAlpha + ln(1 - 2 * lnAlpha)) / planned
  const grown = labels * rho2
  return Math.sqrt((1 + 1 / grown) * ln((grown + 1) / (alpha * alpha)))
}
