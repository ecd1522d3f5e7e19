import {
  assertAtLeast,
  assertDegrees,
  assertInside,
  assertNumber,
  assertOneOf,
  assertOptions,
} from '../arithmetic/input.ts'
import { DEFAULT_LEVEL, twoSided } from '../arithmetic/interval.ts'
import { tQuantile, tUpper } from '../arithmetic/student.ts'
import { assertNumbers, moments, sum, variance } from '../arithmetic/sum.ts'
import { sharesOf } from './bootstrap.ts'
import { clusterT } from './paired-means.ts'

/** Two one-sided p-values about a limit. */
export interface MarginTests {
  /** Small if the limit is shown to be kept. */
  readonly pass: number
  /** Small if the limit is shown to be broken. */
  readonly block: number
}

/** An estimate of a difference, with the distribution of what it stands on. */
export interface Pivot {
  /** The middle of its interval. */
  readonly centre: number
  readonly se: number
  /** Degrees of freedom of t; `Infinity` for the normal. */
  readonly df: number
}

/**
 * Whether a difference is shown to fall by less than `maxDrop` (`pass`), or by more (`block`). With
 * an error of 0 they are 0 and 1, by the side; both are 1 just at the limit.
 *
 * @throws RangeError if a number is not as it must be
 */
export function marginTests(pivot: Pivot, maxDrop: number): MarginTests {
  assertNumber('centre', pivot.centre)
  assertAtLeast('se', pivot.se, 0)
  assertDegrees(pivot.df)
  assertAtLeast('maxDrop', maxDrop, 0)
  const above = pivot.centre + maxDrop
  if (pivot.se === 0) return { pass: above > 0 ? 0 : 1, block: above < 0 ? 0 : 1 }
  const t = above / pivot.se
  return { pass: tUpper(t, pivot.df), block: tUpper(-t, pivot.df) }
}

/**
 * The same from the draws of a bootstrap, for medians and percentiles.
 *
 * @throws RangeError if there are no draws, or maxDrop is negative
 */
export function bootstrapMarginTests(drawn: ArrayLike<number>, maxDrop: number): MarginTests {
  assertAtLeast('maxDrop', maxDrop, 0)
  assertNumbers('drawn', drawn)
  if (drawn.length === 0) throw new RangeError('drawn must have a draw, and has none')
  const { atMost, atLeast } = sharesOf(drawn, -maxDrop)
  return { pass: (1 + atMost) / (drawn.length + 1), block: (1 + atLeast) / (drawn.length + 1) }
}

/** Which way is better. */
export type Better = 'higher' | 'lower'

/** How values stand to the limit. */
export interface FloorOptions {
  /** `higher` if not given: the limit is a floor. With `lower` it is a ceiling. */
  readonly better?: Better
  /** The cluster of each value, if values depend on each other. */
  readonly clusters?: ArrayLike<string>
}

/**
 * Whether the mean of values is shown to be better than a limit (`pass`), or worse (`block`): by
 * the score test if all are 0 or 1, else by t.
 *
 * @throws RangeError if there are fewer than two values or clusters, or a number is not as it must
 *   be
 */
export function floorTests(
  values: ArrayLike<number>,
  limit: number,
  options: FloorOptions = {},
): MarginTests {
  assertOptions(options, ['better', 'clusters'])
  const { better = 'higher', clusters } = options
  assertOneOf('better', better, ['higher', 'lower'])
  assertNumber('limit', limit)
  assertNumbers('values', values)
  if (values.length < 2) throw new RangeError(`values must be at least 2, and are ${values.length}`)
  const { mean, se, df } = pivotOf(values, limit, clusters)
  return marginTests({ centre: better === 'higher' ? mean - limit : limit - mean, se, df }, 0)
}

function pivotOf(
  values: ArrayLike<number>,
  limit: number,
  clusters: ArrayLike<string> | undefined,
): { readonly mean: number; readonly se: number; readonly df: number } {
  if (clusters) {
    const { difference, se, df } = clusterT(values, clusters)
    return { mean: difference, se, df }
  }
  const n = values.length
  if (isBinary(values) && limit >= 0 && limit <= 1) {
    const mean = sum(Array.from(values)) / n
    return { mean, se: Math.sqrt((limit * (1 - limit)) / n), df: Number.POSITIVE_INFINITY }
  }
  const spread = moments(values)
  return { mean: spread.mean, se: Math.sqrt(variance(spread) / n), df: n - 1 }
}

/** Whether every value is 0 or 1. */
export function isBinary(values: ArrayLike<number>): boolean {
  for (let i = 0; i < values.length; i++) if (values[i] !== 0 && values[i] !== 1) return false
  return true
}

/** How often a difference that is there is to be found. */
export interface PowerOptions {
  /** 0.95 if not given. */
  readonly level?: number
  /** 0.8 if not given. */
  readonly power?: number
}

/**
 * The smallest difference that a comparison with this error would find so often: (q(1 − α/2) +
 * q(power))·se, α = 1 − level.
 *
 * @param df degrees of freedom of t; `Infinity` for the normal
 * @throws RangeError if a number is not as it must be
 */
export function minimumDetectable(se: number, df: number, options: PowerOptions = {}): number {
  assertOptions(options, ['level', 'power'])
  const { level = DEFAULT_LEVEL, power = 0.8 } = options
  assertAtLeast('se', se, 0)
  assertInside('power', power)
  return (twoSided(level, df) + tQuantile(power, df)) * se
}
