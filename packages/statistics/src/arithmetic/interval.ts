import { assertAtLeast, assertInside, assertNumber, assertPositive } from './input.ts'
import { tQuantile } from './student.ts'

/** The limits of an interval. */
export interface Interval {
  readonly low: number
  readonly high: number
}

/** The level of intervals where none is asked for. */
export const DEFAULT_LEVEL = 0.95

/** Beyond, the interval is the share itself. */
const MOST_EFFECTIVE = 1e200

/**
 * How an interval is made: at a level, or with a multiplier of the error in place of the quantile
 * of t.
 */
export interface IntervalOptions {
  /** The share of samples whose interval holds the truth; 0.95 if not given. */
  readonly level?: number
  /** In place of the quantile of t with n − 1 degrees of freedom. */
  readonly multiplier?: number
}

/**
 * The interval of a share, by Wilson's formula at the effective number n_e = p(1 − p)/se²; where
 * that says nothing (se = 0, or p is 0 or 1) at n. It stays within 0…1, and holds the truth also
 * where the share is small.
 *
 * @param estimate the share; cut to 0…1
 * @param se its standard error
 * @param n the number of independent observations it rests on: t has n − 1 degrees of freedom
 * @throws RangeError if n is not above 1 and no multiplier is given, or a number is not as it must
 *   be
 */
export function shareInterval(
  estimate: number,
  se: number,
  n: number,
  options: IntervalOptions = {},
): Interval {
  assertNumber('estimate', estimate)
  assertAtLeast('se', se, 0)
  assertPositive('n', n)
  const m = multiplierOf(n, options)
  const p = Math.min(1, Math.max(0, estimate))
  const effective = se > 0 && p > 0 && p < 1 ? Math.min(MOST_EFFECTIVE, (p / se) * ((1 - p) / se)) : n
  const square = m * m
  const spread = effective + square
  const centre = (p * effective + square / 2) / spread
  const half = (m / spread) * Math.sqrt(p * (1 - p) * effective + square / 4)
  // Wilson's interval holds the share, which rounding would miss at the ends.
  return { low: Math.min(p, Math.max(0, centre - half)), high: Math.max(p, Math.min(1, centre + half)) }
}

/**
 * The interval x ± t·se of a mean.
 *
 * @param n the number of independent observations: t has n − 1 degrees of freedom
 * @throws RangeError if n is not above 1 and no multiplier is given, or a number is not as it must
 *   be
 */
export function meanInterval(
  estimate: number,
  se: number,
  n: number,
  options: IntervalOptions = {},
): Interval {
  assertNumber('estimate', estimate)
  assertAtLeast('se', se, 0)
  assertPositive('n', n)
  const half = multiplierOf(n, options) * se
  return { low: estimate - half, high: estimate + half }
}

/**
 * The quantile of t that makes an interval at the level, on both sides. Infinite degrees of
 * freedom: the normal's.
 */
export function twoSided(level: number, df: number): number {
  assertInside('level', level)
  return tQuantile((1 + level) / 2, df)
}

function multiplierOf(n: number, { level = DEFAULT_LEVEL, multiplier }: IntervalOptions): number {
  if (multiplier !== undefined) {
    assertAtLeast('multiplier', multiplier, 0)
    return multiplier
  }
  if (!(n > 1)) throw new RangeError(`n must be above 1 for an interval by t, and is ${n}`)
  return twoSided(level, n - 1)
}
